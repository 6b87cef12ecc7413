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

/** What can be said of a run without trying what it handed in; undefined = it has to be tried. */
export function decideUntried(run: Run): Decision | undefined {
  if (run.ended === 'refused' || run.ended === 'filtered') return decided('refused', run.because ?? run.ended);
  if (run.ended === 'infra-error' || run.ended === 'not-run') return decided('infra-error', run.because ?? run.ended);
  return run.handedInSha256 === null ? decided('not-solved', 'nothing was handed in') : undefined;
}

/** Why nothing that rests on all grades of a plan is told to who grades one of them again. */
export const stillBlind: Refusal = refuse('wrong_state', 'give your own grade first: this tells how the first one came out');

/** What was graded, beside what the record makes suspect. A suspicion hides no outcome: both are kept, and a person settles which counts. */
export function decideGiven(judged: Judged, signals: readonly Signal[]): Decision & { readonly signals: readonly Signal[] } {
  const all = [...judged.signals, ...signals];
  if (all.length === 0) return { ...decided(judged.outcome, judged.because), signals: all };
  return { outcome: 'suspected-cheat', beneath: judged.beneath, because: all.map(({ because }) => because).join('; '), signals: all };
}
