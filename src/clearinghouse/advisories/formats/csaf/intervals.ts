import { type Comparator, comparators, everything, rangeText } from '../../../inventories/vers/constraint.ts';
import { isSingle, readVersionRange } from '../../csaf/version-range.ts';
import type { Product, Range } from '../../source.ts';
import { ecosystemOf } from '../ecosystem.ts';

/** From one version on, up to another or without an end. */
export interface Interval {
  /** `0` = from the beginning. */
  readonly from: string;
  readonly to: { readonly kind: 'fixed' | 'last-affected' | 'limit'; readonly version: string } | null;
}

/** A leaf of the product tree that says which versions are meant. */
export interface VersionLeaf {
  readonly category: 'product_version' | 'product_version_range';
  readonly name: string;
}

/** Events that neither begin nor end anything are lost here: an end without a beginning, a second beginning. */
export function intervalsOf(range: Range): Interval[] {
  const found: Interval[] = [];
  let from: string | undefined;
  for (const { kind, version } of range.events) {
    if (kind === 'introduced') from ??= version;
    else if (from !== undefined) {
      found.push({ from, to: { kind, version } });
      from = undefined;
    }
  }
  return from === undefined ? found : [...found, { from, to: null }];
}

const semverOnly = 'semver';
const git = 'git';

/** The scheme that a range of a product is written in. `vers:git` is no registered type; any other would order commits like versions. */
export function schemeOf(product: Pick<Product, 'package'>, range: Pick<Range, 'type'>): string {
  if (range.type === 'GIT') return git;
  const own = product.package === null ? undefined : ecosystemOf(product.package);
  if (own?.rangeType === range.type) return own.vers;
  return range.type === 'SEMVER' ? semverOnly : 'generic';
}

export function typeOf(product: Pick<Product, 'package'>, scheme: string): Range['type'] {
  if (scheme === git) return 'GIT';
  const own = product.package === null ? undefined : ecosystemOf(product.package);
  if (own && (scheme === own.vers || scheme === '' || scheme === 'all')) return own.rangeType;
  return scheme === semverOnly ? 'SEMVER' : 'ECOSYSTEM';
}

/** One leaf for all intervals, where they are in the order of their versions; else one each. */
export function leavesOf(scheme: string, intervals: readonly Interval[]): VersionLeaf[] {
  const together = leafOf(scheme, intervals);
  if (together && scheme !== git) return [together];
  return intervals.map((one) => leafOf(scheme, [one]) ?? leafOf('', [one])!);
}

/** As VERS, or, with no scheme, as vls, which asks for no order. Undefined where CSAF would not take it (6.1.50). */
function leafOf(scheme: string, intervals: readonly Interval[]): VersionLeaf | undefined {
  const [first] = intervals;
  const isApart = intervals.every(({ from, to }, i) => (i === 0 || from !== '0') && (to !== null || i === intervals.length - 1));
  if (!isApart) return undefined;
  if (intervals.length === 1 && first!.to?.kind === 'last-affected' && first!.to.version === first!.from && first!.from !== '0')
    return { category: 'product_version', name: first!.from };
  const constraints = intervals.flatMap(({ from, to }) => [
    ...(from === '0' ? [] : [{ comparator: '>=' as Comparator, version: from }]),
    ...(to === null ? [] : [{ comparator: (to.kind === 'last-affected' ? '<=' : '<') as Comparator, version: to.version }]),
  ]);
  const text = rangeText(scheme, constraints.length === 0 ? [everything] : constraints);
  if (scheme === '') {
    const list = constraints.map(({ comparator, version }) => comparator + vlsVersion(version));
    return { category: 'product_version_range', name: list.length === 0 ? 'vers:all/*' : list.join('|') };
  }
  if (intervals.length > 1 && (constraints.length === 0 || isSingle(text))) return undefined;
  return typeof readVersionRange(text) === 'string' ? undefined : { category: 'product_version_range', name: text };
}

/** A version as vls takes it (CSAF 2.1, "Name under Product Version Range"). */
export function vlsVersion(version: string): string {
  return version
    .toWellFormed()
    .replace(/[^"$&-)+-;?-{}~]/gu, (char) => encodeURIComponent(char).replace(/[!*]/, (c) => (c === '!' ? '%21' : '%2A')));
}

/** Back from a leaf; undefined where it says something that no interval does. `isFixed` tells a fix from a mere end. */
export function intervalsIn(
  leaf: VersionLeaf,
  isFixed: (version: string) => boolean,
): { scheme: string; intervals: Interval[] } | undefined {
  if (leaf.category === 'product_version')
    return { scheme: '', intervals: [{ from: leaf.name, to: { kind: 'last-affected', version: leaf.name } }] };
  const [, scheme = '', list] = /^(?:vers:([^/]*)\/)?(.*)$/s.exec(leaf.name)!;
  const intervals: Interval[] = [];
  let from: string | undefined;
  for (const item of list!.split('|')) {
    const comparator = comparators.find((c) => item.startsWith(c)) ?? '=';
    const version = decoded(item.slice(comparator.length));
    if (comparator === '*') intervals.push({ from: '0', to: null });
    else if (version === undefined || version === '') return undefined;
    else if (comparator === '>=' && from === undefined) from = version;
    else if (comparator === '<' || comparator === '<=') {
      const kind = comparator === '<=' ? 'last-affected' : isFixed(version) ? 'fixed' : 'limit';
      intervals.push({ from: from ?? '0', to: { kind, version } });
      from = undefined;
    } else return undefined;
  }
  if (from !== undefined) intervals.push({ from, to: null });
  return { scheme, intervals };
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
