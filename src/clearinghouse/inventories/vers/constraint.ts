import type { Order } from '../versions/order.ts';

export const comparators = ['>=', '<=', '!=', '<', '>', '=', '*'] as const;
export type Comparator = (typeof comparators)[number];

/** `*` stands alone and with an empty version. */
export interface Constraint {
  readonly comparator: Comparator;
  /** Decoded. */
  readonly version: string;
}

export const everything: Constraint = { comparator: '*', version: '' };

/** What has a meaning in a range, and what a URI may not hold, is percent-encoded; nothing else is. */
function encodeVersion(version: string): string {
  return version.toWellFormed().replace(/[><=!*|%]|[^\x21-\x7e]/gu, (char) => percent(char));
}

function percent(char: string): string {
  return [...Buffer.from(char)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('');
}

/** `vers:npm/1.2.3|>=2.0.0|<5.0.0`, in the order given. */
export function rangeText(scheme: string, constraints: readonly Constraint[]): string {
  return `vers:${scheme}/${constraints.map(constraintText).join('|')}`;
}

function constraintText({ comparator, version }: Constraint): string {
  return `${comparator === '=' ? '' : comparator}${encodeVersion(version)}`;
}

/** By version, then by comparator; undefined when one of them is no version of the scheme. */
export function sorted(constraints: readonly Constraint[], order: Order): Constraint[] | undefined {
  if (constraints.some(({ comparator, version }) => comparator !== '*' && order(version, version) === undefined)) return undefined;
  return constraints.toSorted(
    (a, b) => order(a.version, b.version) || (a.comparator < b.comparator ? -1 : Number(a.comparator > b.comparator)),
  );
}
