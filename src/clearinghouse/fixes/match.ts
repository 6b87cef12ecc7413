import { isRefusal } from '../../base/refusal.ts';
import { comparePackageVersions } from '../inventories/versions/compare.ts';

export interface VersionRange {
  readonly introduced: string | null;
  readonly fixed: string | null;
}

export type MatchVerdict = 'affected' | 'not-affected' | 'could-not-tell';
interface Match {
  readonly verdict: MatchVerdict;
  /** Shown to the operator. */
  readonly because: string;
}

/** Negative when `a` is older than `b`; undefined when one of the two is no version of this ecosystem. */
type Order = (a: string, b: string) => number | undefined;

/**
 * Whether a component's version lies in one of the ranges of its package (a union). Three answers, never two:
 * what we cannot compare is `could-not-tell`, and nobody reads it as safe.
 */
export function matchVersion(packagePurl: string, version: string | null, ranges: readonly VersionRange[]): Match {
  const type = packagePurl.slice('pkg:'.length, packagePurl.indexOf('/'));
  if (ranges.some((r) => r.introduced === null && r.fixed === null)) return { verdict: 'affected', because: 'every version is affected' };
  if (version === null) return { verdict: 'could-not-tell', because: 'the inventory names no version' };
  const itself = comparePackageVersions(type, version, version);
  if (isRefusal(itself) && itself.code === 'unsupported')
    return { verdict: 'could-not-tell', because: `versions of ${type} packages cannot be ordered here yet` };
  const order: Order = (a, b) => {
    const answer = comparePackageVersions(type, a, b);
    return isRefusal(answer) ? undefined : answer;
  };
  const answers = ranges.map((range) => within(order, version, range));
  const affected = answers.find((a) => a.verdict === 'affected');
  return affected ?? answers.find((a) => a.verdict === 'could-not-tell') ?? { verdict: 'not-affected', because: safe(version, ranges) };
}

function within(order: Order, version: string, range: VersionRange): Match {
  const { introduced, fixed } = range;
  if (introduced !== null && fixed !== null) {
    const span = order(introduced, fixed);
    // A range that runs backwards would match nothing, which would read as safe.
    if (span !== undefined && span >= 0)
      return { verdict: 'could-not-tell', because: `the advisory's range ${introduced} to ${fixed} is empty` };
  }
  const afterStart = introduced === null ? 0 : order(version, introduced);
  const beforeEnd = fixed === null ? -1 : order(version, fixed);
  // One bound may decide alone: what is older than the beginning is outside whatever the end is.
  if ((afterStart !== undefined && afterStart < 0) || (beforeEnd !== undefined && beforeEnd >= 0))
    return { verdict: 'not-affected', because: '' };
  if (afterStart === undefined || beforeEnd === undefined)
    return { verdict: 'could-not-tell', because: `${version} cannot be compared with the advisory's versions` };
  return { verdict: 'affected', because: `${version} is affected ${spelled(range)}` };
}

function spelled({ introduced, fixed }: VersionRange): string {
  const from = introduced === null ? '' : `from ${introduced} `;
  return fixed === null ? `(${from}on, no fix yet)` : `(${from}before ${fixed})`;
}

function safe(version: string, ranges: readonly VersionRange[]): string {
  return `${version} lies outside ${ranges.map(spelled).join(' and ')}`;
}
