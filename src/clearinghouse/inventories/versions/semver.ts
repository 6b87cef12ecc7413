import { compareDigits, compareInTurn, comparePadded, compareText, isDigits, type Order, orderOf } from './order.ts';

/** A semantic version as it is met: with a leading v, with one, two or more than three numbers, with a pre-release that has no hyphen. */
interface SemanticVersion {
  /** As many as were written. */
  readonly numbers: readonly string[];
  /** Empty for a release. */
  readonly pre: readonly string[];
  /** Without weight in semantic versioning, but Pub orders by it. */
  readonly build: readonly string[];
}

const shape = /^[vV]?([0-9]+(?:\.[0-9]+)*)(-[0-9A-Za-z._~-]+|[A-Za-z][0-9A-Za-z._~-]*)?(?:\+([0-9A-Za-z.+_~-]*))?$/;

function parse(text: string): SemanticVersion | undefined {
  const [, numbers, pre = '', build = ''] = shape.exec(text) ?? [];
  if (numbers === undefined) return undefined;
  const list = numbers.split('.');
  // `1x` is a pattern; `1.2.3beta` is what npm reads as `1.2.3-beta`.
  if (pre !== '' && !pre.startsWith('-') && list.length < 3) return undefined;
  const identifiers = pre.startsWith('-') ? pre.slice(1) : pre;
  return { numbers: list, pre: identifiers === '' ? [] : identifiers.split('.'), build: build === '' ? [] : build.split('.') };
}

/** Semantic Versioning 2.0.0 §11. A fourth number weighs after the third: to drop it would call two versions one. */
function compare(a: SemanticVersion, b: SemanticVersion): number {
  return comparePadded(a.numbers, b.numbers, '0', compareDigits) || comparePreReleases(a.pre, b.pre);
}

function comparePreReleases(a: readonly string[], b: readonly string[]): number {
  if (a.length === 0 || b.length === 0) return b.length - a.length;
  return compareInTurn(a, b, compareIdentifiers);
}

/** Numbers by value and before words. */
export function compareIdentifiers(a: string, b: string): number {
  const [x, y] = [isDigits(a), isDigits(b)];
  if (x && y) return compareDigits(a, b);
  return x === y ? compareText(a, b) : x ? -1 : 1;
}

/** npm, crates.io, Go (pseudo-versions are pre-releases, `+incompatible` is build metadata), Hex, Swift and others. */
export const semver: Order = orderOf(parse, compare);

/** Dart's pub: semantic versions, and a build is newer than none (pub_semver, "Build metadata"). */
export const pub: Order = orderOf(parse, (a, b) => compare(a, b) || compareInTurn(a.build, b.build, compareIdentifiers));
