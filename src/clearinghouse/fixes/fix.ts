import type { Id } from '../../base/id.ts';
import type { Instant } from '../../base/instant.ts';
import type { Label } from '../../base/label.ts';
import type { Move } from '../../base/states.ts';
import type { Due } from './due.ts';
import { type MatchVerdict, matchVersion, type VersionRange } from './match.ts';

export const fixStates = ['exposed', 'could-not-tell', 'fix-claimed', 'observed', 'not-affected'] as const;
export type FixState = (typeof fixStates)[number];
export type FixTrigger = 'find' | 'doubt' | 'claim' | 'miss' | 'correct';

/**
 * `find`, `doubt` and `miss` are what an inventory shows (affected, could not tell, no longer there), `claim` is the operator's word,
 * `correct` a later version of the advisory. A word is never enough for `observed`, and what an inventory shows goes before a word.
 */
export const fixMoves: readonly Move<FixState, FixTrigger>[] = [
  ...fixStates.map((from) => ({ from, by: 'find' as const, to: 'exposed' as const })),
  { from: 'exposed', by: 'doubt', to: 'could-not-tell' },
  { from: 'could-not-tell', by: 'doubt', to: 'could-not-tell' },
  { from: 'fix-claimed', by: 'doubt', to: 'fix-claimed' },
  { from: 'observed', by: 'doubt', to: 'could-not-tell' },
  { from: 'not-affected', by: 'doubt', to: 'could-not-tell' },
  { from: 'exposed', by: 'claim', to: 'fix-claimed' },
  { from: 'could-not-tell', by: 'claim', to: 'fix-claimed' },
  { from: 'exposed', by: 'miss', to: 'observed' },
  { from: 'could-not-tell', by: 'miss', to: 'observed' },
  { from: 'fix-claimed', by: 'miss', to: 'observed' },
  { from: 'exposed', by: 'correct', to: 'not-affected' },
  { from: 'could-not-tell', by: 'correct', to: 'not-affected' },
  { from: 'fix-claimed', by: 'correct', to: 'not-affected' },
];

/** Whether one inventory still holds what one advisory is about. */
export interface Fix {
  readonly id: Id<'fix'>;
  readonly advisoryId: Id<'adv'>;
  /** The newest published version that this was decided by. */
  readonly releaseId: Id<'rel'>;
  readonly trackingId: string;
  readonly inventoryId: Id<'inv'>;
  readonly orgId: Id<'org'>;
  readonly package: string;
  /** Purls of the affected (or undecidable) components that the inventory holds now, or held last. */
  readonly components: readonly string[];
  /** The versions that the advisory names as fixed. */
  readonly fixedIn: readonly string[];
  readonly state: FixState;
  readonly because: string;
  /** What the operator says it did. */
  readonly claim: string | null;
  readonly exposedAt: Instant;
  readonly due: Due;
  readonly claimedAt: Instant | null;
  readonly observedAt: Instant | null;
  readonly label: Label;
}

interface Held {
  readonly purl: string;
  readonly version: string | null;
}

export interface Exposure {
  readonly verdict: MatchVerdict;
  readonly because: string;
  readonly components: readonly string[];
}

/** One inventory against the ranges of one package; it may hold several versions of it. */
export function decideExposure(packagePurl: string, held: readonly Held[], ranges: readonly VersionRange[]): Exposure {
  if (ranges.length === 0) return { verdict: 'not-affected', because: 'the advisory says nothing of it any more', components: [] };
  if (held.length === 0) return { verdict: 'not-affected', because: 'the inventory does not hold this package', components: [] };
  const matches = held.map((h) => ({ ...matchVersion(packagePurl, h.version, ranges), purl: h.purl }));
  for (const verdict of ['affected', 'could-not-tell'] as const) {
    const met = matches.filter((m) => m.verdict === verdict);
    // What could not be told stays listed beside what is affected: both need looking at.
    const open = matches.filter((m) => m.verdict !== 'not-affected').map((m) => m.purl);
    if (met.length) return { verdict, because: met.map((m) => m.because).join('; '), components: [...new Set(open)] };
  }
  return { verdict: 'not-affected', because: matches.map((m) => m.because).join('; '), components: [] };
}

/** Versions of a package to update to. Of several flaws in one advisory, what mends one and has another does not count. */
export function fixedIn(packagePurl: string, affected: readonly (VersionRange & { readonly package: string })[]): string[] {
  const ranges = affected.filter((a) => a.package === packagePurl);
  const named = new Set(ranges.flatMap((a) => (a.fixed === null ? [] : [a.fixed])));
  return [...named].filter((version) => matchVersion(packagePurl, version, ranges).verdict !== 'affected');
}

/** Only the operators' own word and inventories count here; nobody is told which of them stands where. */
type Rollup = {
  readonly operators: number | null;
  readonly states: Readonly<Record<RollupState, number | null>>;
};
export const rollupStates = ['exposed', 'could-not-tell', 'fix-claimed', 'observed'] as const;
export type RollupState = (typeof rollupStates)[number];

/** An operator stands where its worst inventory stands. */
export function worstOf(states: readonly FixState[]): RollupState | undefined {
  return rollupStates.find((s) => states.includes(s));
}

/**
 * Counts of operators, none of which is made up of fewer than `least`. A hidden cell must not follow from the total either:
 * as long as the hidden ones add up to fewer than `least`, or there is only one, the next smallest is hidden too, at last the total.
 */
export function decideRollup(counts: Readonly<Record<RollupState, number>>, least: number): Rollup {
  const total = rollupStates.reduce((sum, s) => sum + counts[s], 0);
  const nothing = { exposed: null, 'could-not-tell': null, 'fix-claimed': null, observed: null };
  if (total < least) return { operators: null, states: nothing };
  const shown: Record<RollupState, number | null> = { ...counts };
  const hidden = () => rollupStates.filter((s) => shown[s] === null);
  for (const s of rollupStates) if (counts[s] > 0 && counts[s] < least) shown[s] = null;
  while (hidden().length > 0 && (hidden().length < 2 || hidden().reduce((sum, s) => sum + counts[s], 0) < least)) {
    const next = rollupStates.filter((s) => shown[s] !== null && counts[s] > 0).sort((a, b) => counts[a] - counts[b])[0];
    if (!next) return { operators: null, states: shown };
    shown[next] = null;
  }
  return { operators: total, states: shown };
}
