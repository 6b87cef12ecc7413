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

/** The normal form: three numbers without leading zeros, a fourth only if it is not zero, the pre-release in lower case. */
export function normalNuget(text: string): string {
  const version = parse(text);
  if (!version) return text;
  const numbers = version.numbers.map((number) => number.replace(/^0+(?=[0-9])/, ''));
  const [major = '0', minor = '0', patch = '0', revision = '0'] = numbers;
  const release = `${major}.${minor}.${patch}${revision === '0' ? '' : `.${revision}`}`;
  return `${release}${version.pre && `-${version.pre}`}${version.build && `+${version.build}`}`;
}
