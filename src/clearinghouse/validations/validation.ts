import type { Id } from '../../base/id.ts';
import type { Instant } from '../../base/instant.ts';
import type { Label } from '../../base/label.ts';
import type { Envelope } from '../../base/signature.ts';
import type { Move } from '../../base/states.ts';
import { type Verdict, verdicts } from '../../lab/verdict.ts';

export { verdicts };
export type VerdictName = Verdict['verdict'];

export const validationStates = ['requested', 'running', 'concluded'] as const;
export type ValidationState = (typeof validationStates)[number];

/** A worker that died is followed by another, which begins again. */
export const validationMoves: readonly Move<ValidationState, 'begin' | 'conclude'>[] = [
  { from: 'requested', by: 'begin', to: 'running' },
  { from: 'running', by: 'begin', to: 'running' },
  { from: 'requested', by: 'conclude', to: 'concluded' },
  { from: 'running', by: 'conclude', to: 'concluded' },
];

/** One input against one recipe. */
export interface Trial {
  readonly recipeId: string;
  readonly pocId: Id<'blb'>;
  readonly pocSha256: string;
  /** Digest of the pinned experiment (lab/experiment.ts), once begun. */
  readonly experiment: string | null;
  readonly outcome: TrialOutcome | null;
}

interface TrialOutcome {
  readonly verdict: VerdictName;
  readonly because: string;
  readonly counts: Verdict['counts'];
  readonly runs: readonly RunShown[];
}

interface RunShown {
  readonly variant: string;
  readonly input: string;
  readonly index: number;
  readonly symbolized: boolean;
  readonly end: string;
  readonly exit: number | null;
  readonly wallMs: number;
}

/** Our own deterministic re-run of what a finder says: the only source of a verdict. */
export interface Validation {
  readonly id: Id<'val'>;
  readonly findingId: Id<'fnd'>;
  readonly package: string;
  readonly state: ValidationState;
  readonly trials: readonly Trial[];
  readonly verdict: VerdictName | null;
  readonly because: string | null;
  readonly crashState: string | null;
  readonly decided: { readonly recipeId: string; readonly pocId: Id<'blb'>; readonly pocSha256: string } | null;
  readonly record: Envelope | null;
  readonly requestedAt: Instant;
  readonly concludedAt: Instant | null;
  readonly label: Label;
}

const isReproduced = (verdict: VerdictName) => verdict === 'reproduced' || verdict === 'reproduced-fix-incomplete';

/**
 * Which trial speaks for all, by index: the first that reproduced; else the first that could not tell, because silence of the others
 * says nothing about it; else a flaky one; else the first.
 */
export function decisiveTrial(outcomes: readonly Verdict['verdict'][]): number {
  const order: ((v: VerdictName) => boolean)[] = [isReproduced, (v) => v === 'could-not-tell', (v) => v === 'flaky', () => true];
  for (const matches of order) {
    const found = outcomes.findIndex(matches);
    if (found >= 0) return found;
  }
  return -1;
}

/** True when every trial before the end of the work was done: only after one reproduced may the rest be left out. */
export function isEnough(planned: number, outcomes: readonly VerdictName[]): boolean {
  const last = outcomes.at(-1);
  return outcomes.length === planned || (last !== undefined && outcomes.length < planned && isReproduced(last));
}
