import { compareDigits, compareInTurn, comparePadded, compareText, type Order, orderOf } from './order.ts';

/** Package Manager Specification §3.2 and §3.3. */
interface GentooVersion {
  readonly first: string;
  readonly numbers: readonly string[];
  readonly letter: string;
  readonly suffixes: readonly Suffix[];
  readonly revision: string;
}

interface Suffix {
  readonly rank: number;
  readonly number: string;
}

const shape = /^([0-9]+)((?:\.[0-9]+)*)([a-z]?)((?:_(?:alpha|beta|pre|rc|p)[0-9]*)*)(?:-r([0-9]+))?$/;
const ranks = ['alpha', 'beta', 'pre', 'rc', '', 'p'];
const none: Suffix = { rank: ranks.indexOf(''), number: '' };

function parse(text: string): GentooVersion | undefined {
  const match = shape.exec(text);
  if (!match) return undefined;
  const [, first = '', numbers = '', letter = '', suffixes = '', revision = ''] = match;
  const list = [...suffixes.matchAll(/_([a-z]+)([0-9]*)/g)].map(([, word, number]) => ({ rank: ranks.indexOf(word!), number: number! }));
  return { first, numbers: numbers.split('.').slice(1), letter, suffixes: list, revision };
}

export const gentoo: Order = orderOf(
  parse,
  (a, b) =>
    compareDigits(a.first, b.first) ||
    compareInTurn(a.numbers, b.numbers, compareFurther) ||
    compareText(a.letter, b.letter) ||
    comparePadded(a.suffixes, b.suffixes, none, (x, y) => x.rank - y.rank || compareDigits(x.number, y.number)) ||
    compareDigits(a.revision, b.revision),
);

/** From the second number on, a leading zero makes it a fraction. */
function compareFurther(a: string, b: string): number {
  if (!a.startsWith('0') && !b.startsWith('0')) return compareDigits(a, b);
  return compareText(withoutTrailingZeros(a), withoutTrailingZeros(b));
}

function withoutTrailingZeros(digits: string): string {
  let end = digits.length;
  while (digits[end - 1] === '0') end--;
  return digits.slice(0, end);
}
