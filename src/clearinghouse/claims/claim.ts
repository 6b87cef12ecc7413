import type { Id } from '../../base/id.ts';
import type { Instant } from '../../base/instant.ts';
import { type Interval, overlap } from '../../base/interval.ts';
import type { Label } from '../../base/label.ts';
import type { Move } from '../../base/states.ts';

export const techniques = ['fuzzing', 'static-analysis', 'model-agent', 'manual-review', 'variant-analysis', 'other'] as const;
export type Technique = (typeof techniques)[number];

/** A lease: this organisation looks at this target until then. It expires by itself. */
export interface Claim extends Interval {
  readonly id: Id<'clm'>;
  readonly orgId: Id<'org'>;
  /** Canonical purl; with a version, the claim is for that version only. */
  readonly purl: string;
  /** The purl without version, qualifiers and subpath: what overlap is looked up by. */
  readonly package: string;
  /** Empty = all of it; else directories or files inside the package. */
  readonly paths: readonly string[];
  readonly technique: Technique;
  readonly contact: string;
  readonly state: ClaimState;
  readonly label: Label;
  readonly createdAt: Instant;
}

export type ClaimState = 'held' | 'released' | 'expired';
type ClaimTrigger = 'release' | 'expire';

export const claimMoves: readonly Move<ClaimState, ClaimTrigger>[] = [
  { from: 'held', by: 'release', to: 'released' },
  { from: 'held', by: 'expire', to: 'expired' },
];

export interface Overlap {
  /** Somebody else holds a claim that meets this one. Who it is, is not said. */
  readonly claims: number;
  readonly sameTechnique: boolean;
  readonly until: Instant | null;
}

/** How a claim meets those already held by others on the same package. */
export function decideOverlap(mine: Claim, others: readonly Claim[]): Overlap {
  const met = others.filter((other) => other.orgId !== mine.orgId && overlap(mine, other) && sharePaths(mine.paths, other.paths));
  const until =
    met
      .map((c) => c.endsAt)
      .sort()
      .at(-1) ?? null;
  return { claims: met.length, sameTechnique: met.some((c) => c.technique === mine.technique), until };
}

function sharePaths(a: readonly string[], b: readonly string[]): boolean {
  if (a.length === 0 || b.length === 0) return true;
  return a.some((x) => b.some((y) => isWithin(x, y) || isWithin(y, x)));
}

export function isWithin(inner: string, outer: string): boolean {
  const root = outer.endsWith('/') ? outer : `${outer}/`;
  return inner === outer || inner.startsWith(root);
}
