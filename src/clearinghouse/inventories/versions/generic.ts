import { compareDigits, comparePadded, compareText, isDigits, type Order, orderOf } from './order.ts';

/** Bytes of UTF-8, without normalisation (`vers:lexicographic`). */
export const lexicographic: Order = (a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b));

interface Part {
  readonly rank: number;
  readonly value: string;
}

const ranks = { preRelease: 0, zero: 1, postRelease: 2, number: 3, letterSuffix: 4 };
const zero: Part = { rank: ranks.zero, value: '' };

/** Repology's libversion ("Core algorithm"), which vers-types names for `generic`: any text that holds a letter or a digit. */
export const generic: Order = orderOf(parse, (a, b) => comparePadded(a, b, zero, (x, y) => x.rank - y.rank || compareValues(x, y)));

function parse(text: string): Part[] | undefined {
  const found = [...text.matchAll(/[0-9]+|[A-Za-z]+/g)].map((match) => ({ run: match[0], at: match.index }));
  if (found.length === 0) return undefined;
  return found.map(({ run, at }, i) => {
    if (isDigits(run)) return /^0+$/.test(run) ? zero : { rank: ranks.number, value: run };
    const [before, after] = [found[i - 1], found[i + 1]];
    const joinsNumber = before !== undefined && isDigits(before.run) && before.at + before.run.length === at;
    const beforeNumber = after !== undefined && isDigits(after.run) && at + run.length === after.at;
    return { rank: rankOfWord(run.toLowerCase(), joinsNumber && !beforeNumber), value: run.toLowerCase() };
  });
}

function rankOfWord(word: string, isSuffix: boolean): number {
  if (/^(alpha|beta|rc|pre)/.test(word)) return ranks.preRelease;
  if (/^(patch|post|pl$|errata)/.test(word)) return ranks.postRelease;
  return isSuffix ? ranks.letterSuffix : ranks.preRelease;
}

function compareValues(a: Part, b: Part): number {
  return a.rank === ranks.number ? compareDigits(a.value, b.value) : compareText(a.value.slice(0, 1), b.value.slice(0, 1));
}
