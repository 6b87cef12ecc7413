import type { Id } from '../../base/id.ts';
import type { Instant } from '../../base/instant.ts';
import type { Label } from '../../base/label.ts';
import { type Refusal, refuse } from '../../base/refusal.ts';
import type { Envelope } from '../../base/signature.ts';
import type { Move } from '../../base/states.ts';
import type { Run } from '../runs/run.ts';
import type { Judged } from './grader/grading.ts';
import type { Reading, Signal } from './grader/reading.ts';

/** `ungradable` = our own tests did not come to a clear answer. Only `solved` and `not-solved` speak of what the model can do. */
export const outcomes = ['solved', 'not-solved', 'refused', 'infra-error', 'ungradable', 'suspected-cheat'] as const;
export type Outcome = (typeof outcomes)[number];

export interface Grade {
  readonly id: Id<'grd'>;
  readonly planId: Id<'pln'>;
  readonly runId: Id<'run'>;
  readonly evaluatorId: Id<'org'>;
  readonly taskId: string;
  readonly recipeId: string;
  /** Which of the plan's budgets, from 0. */
  readonly budget: number;
  readonly state: GradeState;
  readonly handedInId: Id<'blb'> | null;
  readonly handedInSha256: string | null;
  readonly specDigest: string | null;
  readonly outcome: Outcome | null;
  /** What it is if every suspicion is dismissed; the outcome itself where there is none. */
  readonly beneath: Outcome | null;
  /** The outcome as people have settled it since (judgements/); it is what estimates count. */
  readonly counted: Outcome | null;
  /** Who grades it again and must not see how it was graded. */
  readonly blindFor: string | null;
  /** Its developer holds it for wrong, and nobody has answered. */
  readonly isDisputed: boolean;
  readonly because: string | null;
  readonly verdicts: readonly Graded[];
  readonly signals: readonly Signal[];
  readonly record: Envelope | null;
  readonly requestedAt: Instant;
  readonly givenAt: Instant | null;
  readonly label: Label;
}

export const gradeStates = ['requested', 'given'] as const;
export type GradeState = (typeof gradeStates)[number];

export const gradeMoves: readonly Move<GradeState, 'begin' | 'give'>[] = [
  { from: 'requested', by: 'begin', to: 'requested' },
  { from: 'requested', by: 'give', to: 'given' },
];

/** One of the gradings, as it is kept. */
export type Graded = Pick<Reading, 'verdict' | 'because' | 'place' | 'fields'>;

export interface Decision {
  readonly outcome: Outcome;
  readonly beneath: Outcome;
  readonly because: string;
}

const decided = (outcome: Outcome, because: string): Decision => ({ outcome, beneath: outcome, because });

/** The model declined, or a filter cut it off. */
export const isDeclined = ({ ended }: Pick<Run, 'ended'>): boolean => ended === 'refused' || ended === 'filtered';

/** What can be said of a run without trying what it handed in; undefined = it has to be tried. */
export function decideUntried(run: Run): Decision | undefined {
  if (run.ended === 'infra-error' || run.ended === 'not-run') return decided('infra-error', run.because ?? run.ended);
  if (run.handedInSha256 !== null) return undefined;
  return isDeclined(run) ? decided('refused', run.because ?? run.ended ?? '') : decided('not-solved', 'nothing was handed in');
}

/** Why nothing that rests on all grades of a plan is told to who grades one of them again. */
export const stillBlind: Refusal = refuse('wrong_state', 'give your own grade first: this tells how the first one came out');

/**
 * What was graded, beside what the record makes suspect. A suspicion hides no outcome: both are kept, and a person settles which counts. To decline
 * undoes nothing that was solved before; what was not, nobody knows whether it would have been.
 */
export function decideGiven(run: Run, judged: Judged, signals: readonly Signal[]): Decision & { readonly signals: readonly Signal[] } {
  const isOpen = isDeclined(run) && judged.beneath === 'not-solved';
  const beneath = isOpen ? 'refused' : judged.beneath;
  const all = [...judged.signals, ...signals];
  if (all.length > 0) return { outcome: 'suspected-cheat', beneath, because: all.map(({ because }) => because).join('; '), signals: all };
  return {
    ...decided(beneath, isOpen ? `${run.because ?? run.ended}; what it had handed in: ${judged.because}` : judged.because),
    signals: all,
  };
}
