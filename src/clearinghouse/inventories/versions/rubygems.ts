import { compareDigits, comparePadded, compareText, isDigits, type Order, orderOf } from './order.ts';

/** `Gem::Version`: a hyphen begins a pre-release, as would `.pre.` in its place. */
function parse(text: string): string[] | undefined {
  if (!/^\s*[0-9][0-9A-Za-z]*(\.[0-9A-Za-z]+)*(-[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?\s*$/.test(text)) return undefined;
  const segments = text.replaceAll('-', '.pre.').match(/[0-9]+|[A-Za-z]+/g) ?? [];
  const letters = segments.findIndex((segment) => !isDigits(segment));
  const split = letters < 0 ? segments.length : letters;
  return [...withoutTrailingZeros(segments.slice(0, split)), ...withoutTrailingZeros(segments.slice(split))];
}

function withoutTrailingZeros(segments: readonly string[]): readonly string[] {
  let end = segments.length;
  while (end > 0 && /^0+$/.test(segments[end - 1]!)) end--;
  return segments.slice(0, end);
}

export const rubygems: Order = orderOf(parse, (a, b) => comparePadded(a, b, '0', compareSegments));

/** A word is older than any number, also than the zero that stands for what is missing. */
function compareSegments(a: string, b: string): number {
  const [x, y] = [isDigits(a), isDigits(b)];
  if (x && y) return compareDigits(a, b);
  return x === y ? compareText(a, b) : x ? 1 : -1;
}
