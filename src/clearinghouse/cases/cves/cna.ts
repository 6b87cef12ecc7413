import { z } from 'zod';
import { limits } from '../../../base/limits.ts';
import { type Refusal, refuse } from '../../../base/refusal.ts';

/** A numbering authority, of what its entry in the public list (CNAsList.json) says. */
export interface Cna {
  readonly shortName: string;
  readonly name: string;
  /** In words: whom it covers is for people to read. */
  readonly scope: string;
  readonly roles: readonly string[];
  readonly types: readonly string[];
  readonly isRoot: boolean;
}

/** What a person has read out of a scope: all packages whose purl begins so. */
export interface Scope {
  readonly covers: string;
  readonly shortName: string;
  readonly because: string;
}

const text = z.string().max(8192);
const entry = z.object({
  shortName: z.string().min(1).max(64),
  organizationName: text,
  scope: text,
  CNA: z.object({ isRoot: z.boolean().default(false), role: z.array(text).max(16).default([]), type: z.array(text).max(16).default([]) }),
});

/** Entries that are not of that shape are left out and counted; a document that is no list, or too long, is refused. */
export function readCnas(document: string): { readonly cnas: readonly Cna[]; readonly skipped: number } | Refusal {
  if (Buffer.byteLength(document) > limits.cnaListBytes)
    return refuse('too_large', `a list holds at most ${limits.cnaListBytes} bytes`, 'list');
  let said: unknown;
  try {
    said = JSON.parse(document);
  } catch {
    return refuse('malformed', 'not JSON', 'list');
  }
  if (!Array.isArray(said)) return refuse('malformed', 'not a list', 'list');
  if (said.length > limits.cnas) return refuse('too_many', `at most ${limits.cnas} authorities`, 'list');
  const cnas = said.flatMap((one) => {
    const found = entry.safeParse(one).data;
    if (!found) return [];
    const { shortName, organizationName, scope, CNA } = found;
    return [{ shortName, name: organizationName, scope, roles: CNA.role, types: CNA.type, isRoot: CNA.isRoot }];
  });
  if (cnas.length === 0) return refuse('malformed', 'no authority in it', 'list');
  return { cnas, skipped: said.length - cnas.length };
}

interface Match {
  readonly verdict: 'covered' | 'could-not-tell';
  readonly shortName: string | null;
  readonly because: string;
  /** Whose words might cover it, for a person to read. */
  readonly candidates: readonly { readonly shortName: string; readonly scope: string }[];
}

/**
 * Whose scope covers a package. Scopes are written in words, and words are no rule: only what a person has read out of them covers a package,
 * the longest prefix first. A scope that names the package, its namespace or its repository is offered to be read, the more special first.
 */
export function cnaFor(given: string, scopes: readonly Scope[], cnas: readonly Cna[]): Match {
  const purl = withoutVersion(given);
  const fitting = scopes.filter(({ covers }) => isPrefix(covers, purl)).toSorted((a, b) => b.covers.length - a.covers.length);
  const candidates = candidatesFor(purl, cnas);
  const [best] = fitting;
  if (best) return { verdict: 'covered', shortName: best.shortName, because: `${best.covers}: ${best.because}`, candidates };
  const because = candidates.length > 0 ? 'nobody has read whether one of these scopes covers it' : 'no scope names it';
  return { verdict: 'could-not-tell', shortName: null, because, candidates };
}

/** As a scope writes it: no version and no qualifiers, and an `@` in the name percent-encoded (purl, "Rules for each component"). */
function withoutVersion(purl: string): string {
  return purl
    .replace(/[?#].*$/, '')
    .replace(/(?<!\/)@[^/]*$/, '')
    .replaceAll('/@', '/%40');
}

/** `pkg:npm/%40a` covers `pkg:npm/%40a/b` and itself, not `pkg:npm/%40ab`. */
function isPrefix(covers: string, purl: string): boolean {
  return purl === covers || purl.startsWith(covers.endsWith('/') ? covers : `${covers}/`);
}

const mostCandidates = 5;
/** A word that names nothing by itself. */
const plain = new Set([
  'the',
  'and',
  'all',
  'core',
  'js',
  'lib',
  'python',
  'node',
  'npm',
  'linux',
  'debian',
  'github',
  'com',
  'org',
  'www',
  'main',
  'api',
  'tools',
  'test',
  'data',
  'security',
]);

function candidatesFor(purl: string, cnas: readonly Cna[]): Match['candidates'] {
  const parts = decode(purl.replace(/^pkg:[^/]+\//, '').split(/[@?#]/)[0]!)
    .toLowerCase()
    .split('/');
  const names = parts.flatMap((part, i) => {
    const bare = part.replace(/^@/, '');
    return bare.length < 2 || plain.has(bare) ? [] : [{ bare, isName: i === parts.length - 1 }];
  });
  const scored = cnas.map((cna) => {
    const words = wordsOf(`${cna.scope} ${cna.name}`);
    const score = names.reduce((sum, { bare, isName }) => sum + (words.has(bare) ? (isName ? 4 : 2) : 0), 0);
    // Vendors and projects before those who cover what nobody else does.
    return { cna, score: score === 0 ? 0 : score + (cna.types.some((t) => /vendor|open source/i.test(t)) ? 1 : 0) - (cna.isRoot ? 1 : 0) };
  });
  return scored
    .filter(({ score }) => score > 0)
    .toSorted((a, b) => b.score - a.score || (a.cna.shortName < b.cna.shortName ? -1 : 1))
    .slice(0, mostCandidates)
    .map(({ cna: { shortName, scope } }) => ({ shortName, scope }));
}

/** Also the last part of an address: `https://github.com/alibaba` names `alibaba`. */
function wordsOf(scope: string): Set<string> {
  return new Set(
    scope
      .toLowerCase()
      .split(/[^a-z0-9._+-]+/)
      .map((word) => word.replace(/^[._-]+|[._-]+$/g, '')),
  );
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
