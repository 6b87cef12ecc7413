/** Negative when `a` is older than `b`; undefined when one of the two is no version there. Never throws; linear in the texts. */
export type Order = (a: string, b: string) => number | undefined;

export function orderOf<V>(parse: (text: string) => V | undefined, compare: (a: V, b: V) => number): Order {
  return (a, b) => {
    const [x, y] = [parse(a), parse(b)];
    return x === undefined || y === undefined ? undefined : compare(x, y);
  };
}

/** Numbers as text, because a date with a build number does not fit a double. The empty text is zero. */
export function compareDigits(a: string, b: string): number {
  const [x, y] = [withoutZeros(a), withoutZeros(b)];
  return x.length - y.length || compareText(x, y);
}

function withoutZeros(digits: string): string {
  let start = 0;
  while (digits[start] === '0') start++;
  return digits.slice(start);
}

export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Item by item; a list that ends first is filled up with `missing`. */
export function comparePadded<T>(a: readonly T[], b: readonly T[], missing: T, compare: (a: T, b: T) => number): number {
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const difference = compare(a[i] ?? missing, b[i] ?? missing);
    if (difference) return difference;
  }
  return 0;
}

/** Item by item; of a list and its beginning, the longer is newer. */
export function compareInTurn<T>(a: readonly T[], b: readonly T[], compare: (a: T, b: T) => number): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const difference = compare(a[i]!, b[i]!);
    if (difference) return difference;
  }
  return a.length - b.length;
}

export function isDigits(text: string | undefined): boolean {
  return text !== undefined && /^[0-9]+$/.test(text);
}
