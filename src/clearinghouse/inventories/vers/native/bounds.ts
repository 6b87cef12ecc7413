import type { Comparator, Constraint } from '../constraint.ts';

/** Digits with one added, whatever their length. */
export function next(digits: string): string {
  let end = digits.length;
  while (digits[end - 1] === '9') end--;
  const raised = end === 0 ? '1' : digits.slice(0, end - 1) + String(Number(digits[end - 1]) + 1);
  return raised + '0'.repeat(digits.length - end);
}

/** The numbers up to and with the one at `index`, that one raised: the first version that no longer begins with them. */
export function raisedAt(numbers: readonly string[], index: number): string {
  return [...numbers.slice(0, index), next(numbers[index]!)].join('.');
}

/** The numbers that a version begins with; those behind a letter or a wildcard are not among them. */
export function leadingNumbers(version: string): string[] {
  return (/^[vV]?([0-9]+(?:\.[0-9]+)*)/.exec(version)?.[1] ?? '').split('.').filter((digits) => digits !== '');
}

export function between(lower: string, upper: string): Constraint[] {
  return [one('>=', lower), one('<', upper)];
}

export function one(comparator: Comparator, version: string): Constraint {
  return { comparator, version };
}

/** `1.2.*`, `1.x`, `*`: the numbers before the wildcard; undefined where there is none. */
export function wildcard(version: string): string[] | undefined {
  return /^[vV]?(?:[0-9]+\.)*[*xX](?:\.[*xX])*$/.test(version) ? leadingNumbers(version) : undefined;
}
