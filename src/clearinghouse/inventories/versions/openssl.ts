import { compareDigits, comparePadded, compareText, type Order, orderOf } from './order.ts';

/** Before 3.0 a fix adds letters (1.0.2zg, after z: za … zz), since then it is the third number. */
interface OpensslVersion {
  readonly numbers: readonly string[];
  readonly letters: string;
  /** alpha1, beta2, pre1, dev; empty for a release. */
  readonly pre: string;
}

const shape = /^([0-9]+\.[0-9]+(?:\.[0-9]+)?)([a-z]*)(?:-((?:alpha|beta|pre|rc|dev)-?[0-9]*))?$/;

function parse(text: string): OpensslVersion | undefined {
  const [, numbers, letters = '', pre = ''] = shape.exec(text.toLowerCase()) ?? [];
  return numbers === undefined ? undefined : { numbers: numbers.split('.'), letters, pre };
}

export const openssl: Order = orderOf(
  parse,
  (a, b) => comparePadded(a.numbers, b.numbers, '0', compareDigits) || compareText(a.letters, b.letters) || preReleases(a.pre, b.pre),
);

function preReleases(a: string, b: string): number {
  if (a === '' || b === '') return b.length - a.length;
  const [x, y] = [/[0-9]*$/.exec(a)!, /[0-9]*$/.exec(b)!];
  return compareText(a.slice(0, x.index), b.slice(0, y.index)) || compareDigits(x[0], y[0]);
}
