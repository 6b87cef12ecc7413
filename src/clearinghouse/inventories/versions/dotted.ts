import { compareDigits, compareInTurn, comparePadded, type Order, orderOf } from './order.ts';

/** Numbers only, and the longer of two that begin alike is newer: 1.0 before 1.0.0 (The Haskell PVP; `Data.Version`). */
export const hackage: Order = orderOf(numbers(/^[0-9]+(\.[0-9]+)*$/), byLength);

/** R's `package_version`: dots and hyphens separate alike. */
export const cran: Order = orderOf(numbers(/^[0-9]+([.-][0-9]+)*$/), byLength);

/** `vers:intdot`: what follows the first character that is neither digit nor dot is not read; 1.0 and 1 are one version. */
export const intdot: Order = orderOf(
  (text) => /^[0-9]+(?:\.[0-9]+)*/.exec(text)?.[0].split('.'),
  (a, b) => comparePadded(a, b, '0', compareDigits),
);

function numbers(shape: RegExp): (text: string) => string[] | undefined {
  return (text) => (shape.test(text) ? text.split(/[.-]/) : undefined);
}

function byLength(a: readonly string[], b: readonly string[]): number {
  return compareInTurn(a, b, compareDigits);
}
