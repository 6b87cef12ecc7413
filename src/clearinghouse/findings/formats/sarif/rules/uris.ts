import { listIn, type Members, member, textIn } from '../members.ts';
import { readUri } from '../uri.ts';
import type { Blame, Kind, Rule } from './rule.ts';

/** The URI-valued properties that are looked at, save those of artifact locations. */
const single: Readonly<Partial<Record<Kind, string>>> = {
  log: '$schema',
  reportingDescriptor: 'helpUri',
  toolComponent: 'downloadUri',
  versionControlDetails: 'repositoryUri',
};

function everyUri(look: (text: string, at: string, blame: Blame) => void): Rule['on'] {
  const one = (name: string) => (it: Members, at: string, blame: Blame) => {
    const text = textIn(it, name);
    if (text !== undefined) look(text, `${at}/${name}`, blame);
  };
  return {
    ...Object.fromEntries(Object.entries(single).map(([kind, name]) => [kind, one(name)])),
    result(it, at, blame) {
      for (const [i, text] of (listIn(it, 'workItemUris') ?? []).entries())
        if (typeof text === 'string') look(text, `${at}/workItemUris/${i}`, blame);
    },
  };
}

function valid(text: string, at: string, blame: Blame): void {
  const uri = readUri(text);
  if (!uri.wellFormed) blame(at, 'This is no URI reference (RFC 3986).');
  if (uri.scheme === 'file' && hasDotDot(text)) blame(at, 'A file URI has no ".." in it: links would lead it elsewhere.');
}

function hasDotDot(text: string): boolean {
  return text.split('/').includes('..');
}

const mustBeValid: Rule = {
  id: 'SARIF1002',
  on: {
    ...everyUri(valid),
    artifactLocation(it, at, blame) {
      const text = textIn(it, 'uri');
      if (text !== undefined) valid(text, `${at}/uri`, blame);
    },
  },
};

const mustBeAbsolute: Rule = {
  id: 'SARIF1005',
  on: everyUri((text, at, blame) => {
    const uri = readUri(text);
    if (uri.wellFormed && !uri.absolute) blame(at, 'This URI has to be absolute.');
  }),
};

const bases: Rule = {
  id: 'SARIF1004',
  on: {
    artifactLocation(it, at, blame) {
      const text = textIn(it, 'uri');
      if (text === undefined) return;
      const { absolute } = readUri(text);
      if (absolute && textIn(it, 'uriBaseId') !== undefined)
        blame(at, 'With a uriBaseId the URI is a relative reference; this one is absolute.');
      if (!absolute && text.startsWith('/')) blame(`${at}/uri`, 'A relative reference does not begin with a slash.');
    },
    run(it, at, blame) {
      for (const [id, location] of Object.entries(member(it, 'originalUriBaseIds'))) checkBase(location as Members, stepTo(at, id), blame);
    },
  },
};

function stepTo(at: string, id: string): string {
  return `${at}/originalUriBaseIds/${id.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

function checkBase(location: Members, at: string, blame: Blame): void {
  const text = textIn(location, 'uri');
  const uri = readUri(text ?? '');
  if (text === undefined || !uri.wellFormed) return;
  if (!uri.absolute && textIn(location, 'uriBaseId') === undefined) blame(at, 'A base that rests on no other has an absolute URI.');
  if (!text.endsWith('/')) blame(at, 'The URI of a base ends with a slash.');
  if (hasDotDot(text)) blame(at, 'The URI of a base has no ".." in it.');
  if (uri.absolute && /[?#]/.test(text)) blame(at, 'The URI of a base has no query and no fragment.');
}

const relativeFiles: Rule = {
  id: 'SARIF2016',
  on: {
    result(it, at, blame) {
      for (const [i, location] of (listIn(it, 'locations') ?? []).entries()) {
        const text = textIn(member(member(location as Members, 'physicalLocation'), 'artifactLocation'), 'uri');
        if (text === undefined) continue;
        const place = `${at}/locations/${i}/physicalLocation/artifactLocation/uri`;
        const uri = readUri(text);
        if (uri.absolute) {
          if (uri.scheme === 'file') blame(place, 'A file is better named by a relative reference and a uriBaseId.');
        } else if (text.startsWith('/')) blame(place, 'The leading slash makes the reference hard to join to a base.');
        else if (text.includes('\\')) blame(place, 'Backslashes are not separators in a URI.');
      }
    },
  },
};

const repositoryRoots: Rule = {
  id: 'SARIF2007',
  on: {
    run(it, at, blame) {
      for (const [i, details] of (listIn(it, 'versionControlProvenance') ?? []).entries())
        if (rootOf(details as Members) === undefined)
          blame(`${at}/versionControlProvenance/${i}`, 'It is not said (mappedTo.uriBaseId) where the root of the repository lies.');
    },
    result(it, at, blame, { run, once }) {
      const roots = once('repository roots', () => rootsOf(run));
      if (roots.size === 0) return;
      for (const [i, location] of (listIn(it, 'locations') ?? []).entries()) {
        const artifact = member(location as Members, 'physicalLocation').artifactLocation as Members | undefined;
        if (artifact && !roots.has(textIn(artifact, 'uriBaseId') ?? ''))
          blame(
            `${at}/locations/${i}/physicalLocation/artifactLocation`,
            'The location rests on no root of a repository that the run names.',
          );
      }
    },
  },
};

function rootOf(details: Members): string | undefined {
  const id = textIn(member(details, 'mappedTo'), 'uriBaseId');
  return id?.trim() ? id : undefined;
}

/** The roots, and the bases that rest on one directly. */
function rootsOf(run: Members): Set<string> {
  const roots = new Set((listIn(run, 'versionControlProvenance') ?? []).flatMap((details) => rootOf(details as Members) ?? []));
  const resting = Object.entries(member(run, 'originalUriBaseIds')).filter(([, base]) =>
    roots.has(textIn(base as Members, 'uriBaseId') ?? ''),
  );
  return new Set([...roots, ...resting.map(([id]) => id)]);
}

export const uriRules: readonly Rule[] = [mustBeValid, bases, mustBeAbsolute, repositoryRoots, relativeFiles];
