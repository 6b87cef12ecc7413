import { compareDigits, compareText, type Order, orderOf } from './order.ts';

/** In the order in which they may follow each other; where two versions part, the one that is further on in this list is older. */
const kinds = { first: 0, number: 1, letter: 2, suffix: 3, suffixNumber: 4, hash: 5, revision: 6, end: 7, bareDot: 8, invalid: 9 };

interface Token {
  readonly kind: number;
  readonly value: string;
}

const suffixes = ['alpha', 'beta', 'pre', 'rc', '', 'cvs', 'svn', 'git', 'hg', 'p'];
const release = suffixes.indexOf('');

/** `number{.number}{letter}{_suffix{number}}{~hash}{-r#}` (apk-tools, `version.c`). What does not fit ends the comparison, as apk does. */
const token = /([0-9]+)|([a-z])|\.([0-9]+)|(\.)|_(alpha|beta|pre|rc|cvs|svn|git|hg|p)(?![a-z])|~([0-9a-f]+)|-r(?![A-Za-z])([0-9]*)/y;

function parse(text: string): Token[] | undefined {
  // apk orders single letters too, but a word such as `latest` is no version.
  if (!/^[0-9a-z.][\w.~-]*$/.test(text) || !/^[a-z]$|[0-9]/.test(text)) return undefined;
  const leading = /^[0-9]*/.exec(text)![0];
  const tokens: Token[] = [{ kind: kinds.first, value: leading }];
  token.lastIndex = leading.length;
  for (let at = kinds.first; token.lastIndex < text.length; at = tokens.at(-1)!.kind) {
    const next = follow(at, token.exec(text));
    tokens.push(next);
    if (next.kind === kinds.invalid) return tokens;
  }
  tokens.push({ kind: kinds.end, value: '' });
  return tokens;
}

function follow(at: number, match: RegExpExecArray | null): Token {
  const inNumbers = at <= kinds.number || at === kinds.bareDot;
  const [, digits, letter, number, dot, suffix, hash, revision] = match ?? [];
  if (digits !== undefined && at === kinds.suffix) return { kind: kinds.suffixNumber, value: digits };
  if (digits !== undefined && at === kinds.letter) return { kind: kinds.number, value: digits };
  if (letter !== undefined && inNumbers) return { kind: kinds.letter, value: letter };
  if (number !== undefined && inNumbers) return { kind: kinds.number, value: number };
  if (dot !== undefined && inNumbers) return { kind: kinds.bareDot, value: '' };
  if (suffix !== undefined && (at <= kinds.suffixNumber || at === kinds.bareDot)) return { kind: kinds.suffix, value: suffix };
  if (hash !== undefined && at < kinds.hash) return { kind: kinds.hash, value: hash };
  if (revision !== undefined && at < kinds.revision) return { kind: kinds.revision, value: revision };
  return { kind: kinds.invalid, value: '' };
}

export const apk: Order = orderOf(parse, (a, b) => {
  for (let i = 0; ; i++) {
    const [x, y] = [a[i]!, b[i]!];
    if (x.kind !== y.kind) return isPreRelease(x) ? -1 : isPreRelease(y) ? 1 : y.kind - x.kind;
    if (x.kind === kinds.end || x.kind === kinds.invalid) return 0;
    const difference = compareTokens(x, y);
    if (difference) return difference;
  }
});

function isPreRelease({ kind, value }: Token): boolean {
  return kind === kinds.suffix && suffixes.indexOf(value) < release;
}

function compareTokens(a: Token, b: Token): number {
  if (a.kind === kinds.suffix) return suffixes.indexOf(a.value) - suffixes.indexOf(b.value);
  // As fractions are: 1.02 is older than 1.1.
  const isText = a.kind === kinds.number && (a.value.startsWith('0') || b.value.startsWith('0'));
  if (isText || a.kind === kinds.letter || a.kind === kinds.hash) return compareText(a.value, b.value);
  return compareDigits(a.value, b.value);
}
