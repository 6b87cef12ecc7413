import { compareDigits, compareInTurn, comparePadded, type Order, orderOf } from './order.ts';
import { compareIdentifiers } from './semver.ts';

/** Up to four numbers, then semantic versioning, letters alike in both cases (NuGet, "Package versioning"). */
interface NugetVersion {
  readonly numbers: readonly string[];
  readonly pre: string;
  readonly build: string;
}

const shape = /^[vV]?([0-9]+(?:\.[0-9]+){0,3})(?:-([0-9A-Za-z.-]+))?(?:\+([0-9A-Za-z.+-]*))?$/;

function parse(text: string): NugetVersion | undefined {
  const [, numbers, pre = '', build = ''] = shape.exec(text) ?? [];
  return numbers === undefined ? undefined : { numbers: numbers.split('.'), pre: pre.toLowerCase(), build };
}

export const nuget: Order = orderOf(parse, (a, b) => comparePadded(a.numbers, b.numbers, '0', compareDigits) || preReleases(a.pre, b.pre));

function preReleases(a: string, b: string): number {
  if (a === '' || b === '') return b.length - a.length;
  return compareInTurn(a.split('.'), b.split('.'), compareIdentifiers);
}
