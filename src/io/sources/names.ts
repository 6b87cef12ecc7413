import type { Source } from '../../base/doors.ts';
import { type Refusal, refuse } from '../../base/refusal.ts';

/** Debian Policy §5.6.1 and §5.6.12; a patch is a path in debian/patches. None can begin with a dash and pass as an option. */
const debianPackage = /^[a-z0-9][a-z0-9.+-]{1,127}$/;
const debianVersion = /^[0-9][A-Za-z0-9.+~:-]{0,127}$/;
const patchName = /^(?!.*\.\.)[A-Za-z0-9_][A-Za-z0-9_.+~/-]{0,255}$/;
/** npm's own rule (validate-npm-package-name), and exact versions only (SemVer 2.0.0): a range or a tag would not name one thing. */
const npmPackage = /^(@[a-z0-9][a-z0-9._-]{0,99}\/)?[a-z0-9][a-z0-9._-]{0,127}$/;
const npmVersion = /^\d{1,9}\.\d{1,9}\.\d{1,9}(-[0-9A-Za-z.-]{1,64})?(\+[0-9A-Za-z.-]{1,64})?$/;
const integrityPattern = /^sha512-[A-Za-z0-9+/]{86}==$/;

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
  if (source.kind !== 'npm') return refuse('unsupported', 'a source is a Debian source package or an npm package', 'kind');
  if (!npmPackage.test(source.package)) return refuse('malformed', 'not the name of an npm package', 'package');
  if (!npmVersion.test(source.version)) return refuse('malformed', 'not an exact version', 'version');
  if (source.integrity !== undefined && !integrityPattern.test(source.integrity))
    return refuse('malformed', 'integrity is sha512- and base64', 'integrity');
  return undefined;
}
