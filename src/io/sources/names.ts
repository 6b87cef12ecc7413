import type { Source } from '../../base/doors.ts';
import { limits } from '../../base/limits.ts';
import { type Refusal, refuse } from '../../base/refusal.ts';

/** Debian Policy §5.6.1 and §5.6.12; a patch is a path in debian/patches. None can begin with a dash and pass as an option. */
const debianPackage = /^[a-z0-9][a-z0-9.+-]{1,127}$/;
const debianVersion = /^[0-9][A-Za-z0-9.+~:-]{0,127}$/;
const patchName = /^(?!.*\.\.)[A-Za-z0-9_][A-Za-z0-9_.+~/-]{0,255}$/;
/** npm's own rule (validate-npm-package-name, old names with capitals included), and exact versions only (SemVer 2.0.0): a range or a tag would not name one thing. */
export const npmPackage = /^(?!.*\.(?:tgz|tar|tar\.gz)$)(@[A-Za-z0-9][A-Za-z0-9._~-]{0,99}\/)?[A-Za-z0-9][A-Za-z0-9._~-]{0,127}$/;
export const npmVersion = /^(?!.*\.(?:tgz|tar|tar\.gz)$)\d{1,9}\.\d{1,9}\.\d{1,9}(-[0-9A-Za-z.-]{1,64})?(\+[0-9A-Za-z.-]{1,64})?$/;
export const integrityPattern = /^sha512-[A-Za-z0-9+/]{86}==$/;

/** PEP 508 names, PEP 440 versions. */
const pypiPackage = /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,126}[A-Za-z0-9])?$/;
const pypiVersion = /^[0-9][A-Za-z0-9.!+_-]{0,63}$/;
const sha256Pattern = /^[0-9a-f]{64}$/;
/** Plain characters, no user, no query, no fragment; http only within one's own network, which is seen when it is called. */
const address = /^(?:https?:\/\/(?:[A-Za-z0-9.-]{1,253}|\[[0-9a-f:.]{2,45}\])(?::\d{1,5})?\/|file:\/\/\/)[A-Za-z0-9._~%+,=/-]{0,1024}$/;

/** Names become words of commands and parts of paths: checked before anything else sees them. */
export function checkSource(source: Source): Refusal | undefined {
  if (source.kind === 'debian') {
    if (!debianPackage.test(source.package)) return refuse('malformed', 'not the name of a Debian source package', 'package');
    if (!debianVersion.test(source.version)) return refuse('malformed', 'not a Debian version', 'version');
    if (source.patch !== undefined && !patchName.test(source.patch)) return refuse('malformed', 'not the name of a patch', 'patch');
    if ((source.patch === undefined) !== (source.including === undefined))
      return refuse('malformed', 'a patch is named together with whether it is included', 'including');
    return undefined;
  }
  if (source.kind === 'npm') return checkNpm(source);
  if (source.kind === 'pypi') {
    const { requires = [] } = source;
    if (requires.length > limits.requiresPerSource)
      return refuse('too_many', `a package requires at most ${limits.requiresPerSource} others`, 'requires');
    return [source, ...requires].map(checkPypi).find((bad) => bad !== undefined);
  }
  if (source.kind === 'git') {
    if (!address.test(source.url) || !URL.canParse(source.url))
      return refuse('malformed', 'a repository is an https:// or file:// URL', 'url');
    return /^[0-9a-f]{40}$/.test(source.revision) ? undefined : refuse('malformed', 'a revision is its 40 hexadecimal digits', 'revision');
  }
  if (source.kind === 'archive') {
    if (!address.test(source.url) || source.url.startsWith('file:') || !URL.canParse(source.url))
      return refuse('malformed', 'an archive has an https:// URL', 'url');
    if (!sha256Pattern.test(source.sha256)) return refuse('malformed', 'a SHA-256 is 64 hexadecimal digits', 'sha256');
    const { strip = 0 } = source;
    return Number.isInteger(strip) && strip >= 0 && strip <= 16
      ? undefined
      : refuse('malformed', 'strip is a number from 0 to 16', 'strip');
  }
  return refuse('unsupported', 'a source is of kind debian, npm, pypi, git or archive', 'kind');
}

function checkNpm(source: Extract<Source, { kind: 'npm' }>): Refusal | undefined {
  if (!npmPackage.test(source.package)) return refuse('malformed', 'not the name of an npm package', 'package');
  if (!npmVersion.test(source.version)) return refuse('malformed', 'not an exact version', 'version');
  if (source.integrity !== undefined && !integrityPattern.test(source.integrity))
    return refuse('malformed', 'integrity is sha512- and base64', 'integrity');
  return undefined;
}

function checkPypi({ package: name, version, sha256 }: { package: string; version: string; sha256?: string }): Refusal | undefined {
  if (!pypiPackage.test(name)) return refuse('malformed', 'not the name of a Python package', 'package');
  if (!pypiVersion.test(version)) return refuse('malformed', 'not an exact version', 'version');
  return sha256 === undefined || sha256Pattern.test(sha256)
    ? undefined
    : refuse('malformed', 'a SHA-256 is 64 hexadecimal digits', 'sha256');
}
