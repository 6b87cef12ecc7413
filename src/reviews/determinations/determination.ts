import { digestOf } from '../../base/canonical.ts';
import type { Id } from '../../base/id.ts';
import { type Instant, msBetween } from '../../base/instant.ts';
import type { Label } from '../../base/label.ts';
import type { Move } from '../../base/states.ts';
import type { Comparison, Verdict } from './rule.ts';

/** Somebody's written word on a determination. */
export interface Statement {
  readonly personId: string;
  readonly because: string;
  readonly at: Instant;
}

/**
 * What the frozen rule says of what was measured. It describes a model; it has no effect on anything the developer does with it.
 */
export interface Determination {
  readonly id: Id<'det'>;
  readonly planId: Id<'pln'>;
  readonly submissionId: Id<'sub'>;
  /** The evaluator. */
  readonly orgId: Id<'org'>;
  readonly deciderId: string;
  readonly deciderName: string;
  /** On what authority and material it was made, in the decider's words. */
  readonly basis: string;
  readonly verdict: Verdict;
  readonly reasons: readonly string[];
  readonly comparisons: readonly Comparison[];
  readonly state: DeterminationState;
  readonly appeal: Statement | null;
  readonly answer: Statement | null;
  readonly label: Label;
  readonly decidedAt: Instant;
  /** How long after the access window's end it was decided; 0 within the window. It changes nothing for the release. */
  readonly lateMs: number;
  /** Opens what the log commits to; null for those of before. */
  readonly salt: string | null;
}

/** What the log commits to: the verdict with all it rests on. The salt keeps one of three verdicts from being guessed by it. */
export function decidedDigest({ id, verdict, reasons, comparisons, basis, salt }: Determination): string {
  return digestOf({ id, verdict, reasons, comparisons, basis, salt });
}

export function latenessMs(windowEndsAt: Instant, decidedAt: Instant): number {
  return Math.max(0, msBetween(windowEndsAt, decidedAt));
}

export const determinationStates = ['decided', 'appealed', 'upheld', 'set-aside', 'erased'] as const;
export type DeterminationState = (typeof determinationStates)[number];
type DeterminationTrigger = 'appeal' | 'uphold' | 'set-aside';

/** An appeal is heard once; whoever sets a determination aside makes room for another. */
export const determinationMoves: readonly Move<DeterminationState, DeterminationTrigger>[] = [
  { from: 'decided', by: 'appeal', to: 'appealed' },
  { from: 'appealed', by: 'uphold', to: 'upheld' },
  { from: 'appealed', by: 'set-aside', to: 'set-aside' },
];
