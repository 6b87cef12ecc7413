import { compareDigits, isDigits, type Order, orderOf } from './order.ts';

/** Composer's constraints end in PHP's `version_compare`: runs of digits and of letters; dots, dashes, underscores and pluses separate. */
function parse(text: string): string[] | undefined {
  const bare = text.replace(/^[vV](?=[0-9])/, '');
  // Without a number it names a branch; only those Composer marks as such have a place in the order.
  if (!/[0-9]|^dev-/.test(bare) || /\s/.test(bare)) return undefined;
  return bare.match(/[0-9]+|[^0-9._+-]+/g) ?? [];
}

export const packagist: Order = orderOf(parse, (a, b) => {
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const difference = compareParts(a[i], b[i]);
    if (difference) return difference;
  }
  return 0;
});

/** Any other word < dev < alpha < beta < RC < # (a number, or the end) < patch. */
const forms = ['dev', 'alpha', 'a', 'beta', 'b', 'rc', 'c', '#', 'pl', 'p'];
const ranks = [0, 1, 1, 2, 2, 3, 3, 4, 5, 5];

function compareParts(a: string | undefined, b: string | undefined): number {
  const [x, y] = [isDigits(a), isDigits(b)];
  if (x && y) return compareDigits(a!, b!);
  // The longer wins if it goes on with a number.
  if (a === undefined && y) return -1;
  if (b === undefined && x) return 1;
  return rank(x || a === undefined ? '#' : a) - rank(y || b === undefined ? '#' : b);
}

function rank(word: string): number {
  const found = forms.findIndex((form) => word.toLowerCase().startsWith(form));
  return found < 0 ? -1 : ranks[found]!;
}
