import { limits } from '../../../../base/limits.ts';

export const channels = ['private-report', 'email', 'form', 'telephone', 'chat', 'tracker'] as const;
export type Channel = (typeof channels)[number];

export const fileKinds = ['security-txt', 'security-md', 'github-reporting', 'npm', 'pypi', 'debian', 'cargo'] as const;
export type FileKind = (typeof fileKinds)[number];

/** A file that somebody read elsewhere and gave us: nothing is ever fetched from what it says. */
export interface GivenFile {
  readonly name: string;
  readonly kind: FileKind;
  readonly text: string;
  /** Where it was read. */
  readonly url: string | null;
}

/** Where a project may be reached, as one file says in one place: for a person to look at, never acted on. */
interface Suggestion {
  readonly channel: Channel;
  readonly value: string;
  /** Which attempt of the ladder it is for: 1 the project's own private channel, 2 its people, 3 whoever stands near it. */
  readonly attempt: 1 | 2 | 3;
  readonly file: string;
  /** From 1; null where the file has no lines that mean anything (JSON). */
  readonly line: number | null;
  readonly because: string;
  /** What speaks against it. One without a doubt goes before one with. */
  readonly doubts: readonly string[];
}

/** Something else a file says that whoever approaches the project should have read. */
export interface Hint {
  readonly about: 'ai-reports' | 'days' | 'policy' | 'encryption' | 'languages';
  readonly file: string;
  readonly line: number | null;
  readonly text: string;
}

export interface Reading {
  readonly suggestions: readonly Suggestion[];
  readonly hints: readonly Hint[];
}

export type Found = Omit<Suggestion, 'file'>;

/** Ranks by kind of file within an attempt: what was made for the purpose and is dated goes first. */
const trust: readonly FileKind[] = ['security-txt', 'github-reporting', 'security-md', 'pypi', 'npm', 'debian', 'cargo'];

/** Best first, each address once, under the reason that ranks it highest. */
export function ranked(found: readonly { readonly kind: FileKind; readonly suggestion: Suggestion }[]): Suggestion[] {
  const keyed = found.map((f, i) => ({ ...f, i }));
  keyed.sort((a, b) => {
    const doubt = Number(a.suggestion.doubts.length > 0) - Number(b.suggestion.doubts.length > 0);
    return a.suggestion.attempt - b.suggestion.attempt || doubt || trust.indexOf(a.kind) - trust.indexOf(b.kind) || a.i - b.i;
  });
  const seen = new Set<string>();
  const once = keyed.filter(({ suggestion: { value } }) => !seen.has(value.toLowerCase()) && seen.add(value.toLowerCase()));
  return once.slice(0, limits.suggestionsPerLookUp).map(({ suggestion }) => suggestion);
}
