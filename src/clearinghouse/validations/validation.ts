import type { Id } from '../../base/id.ts';
import type { Instant } from '../../base/instant.ts';
import type { Label } from '../../base/label.ts';
import type { Envelope } from '../../base/signature.ts';
import type { Move } from '../../base/states.ts';
import type { CrashFacts } from '../../lab/facts.ts';
import { isReproduced, type Verdict, verdicts } from '../../lab/verdict.ts';
import type { Step } from '../../trust/labour.ts';
import type { Why } from './mending.ts';

export { verdicts };
export type VerdictName = Verdict['verdict'];

/** `parked`: the hub gave up on it, and says so; `cancelled`: nobody waits for it any more. */
export const validationStates = ['requested', 'running', 'parked', 'concluded', 'cancelled'] as const;
export type ValidationState = (typeof validationStates)[number];
type Trigger = 'begin' | 'conclude' | 'park' | 'retry' | 'cancel';

/** A worker that died is followed by another, which begins again. */
export const validationMoves: readonly Move<ValidationState, Trigger>[] = [
  { from: 'requested', by: 'begin', to: 'running' },
  { from: 'running', by: 'begin', to: 'running' },
  { from: 'requested', by: 'conclude', to: 'concluded' },
  { from: 'running', by: 'conclude', to: 'concluded' },
  { from: 'requested', by: 'park', to: 'parked' },
  { from: 'running', by: 'park', to: 'parked' },
  { from: 'parked', by: 'retry', to: 'requested' },
  { from: 'requested', by: 'cancel', to: 'cancelled' },
  { from: 'running', by: 'cancel', to: 'cancelled' },
  { from: 'parked', by: 'cancel', to: 'cancelled' },
];

/** Its finding waits for it. */
export function isOpen(state: ValidationState): boolean {
  return state === 'requested' || state === 'running' || state === 'parked';
}

/** A recipe that came with the finding: which file, and who looked at it and took it. */
export interface Adoption {
  readonly attachmentId: Id<'blb'>;
  readonly sha256: string;
  readonly by: string;
  readonly at: Instant;
}

/** One input against one recipe. */
export interface Trial {
  /** Of the library; of the finder's own recipe, the attachment's. */
  readonly recipeId: string;
  /** Absent: a recipe of the library. */
  readonly adopted?: Adoption;
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

/** A report that a run left behind: what the record names by `sha256`, scrubbed and kept as the blob `id`. */
export interface KeptReport {
  readonly id: Id<'blb'>;
  /** Index of the trial. */
  readonly trial: number;
  readonly variant: string;
  readonly input: string;
  readonly index: number;
  readonly symbolized: boolean;
  readonly name: string;
  /** Of the file as it was collected. */
  readonly sha256: string;
  /** Of what is kept. */
  readonly bytes: number;
}

/** Our own deterministic re-run of what a finder says: the only source of a verdict. */
export interface Validation {
  readonly id: Id<'val'>;
  readonly findingId: Id<'fnd'>;
  readonly package: string;
  readonly state: ValidationState;
  /** k of N. */
  readonly runs: number;
  readonly needed: number;
  readonly priority: number;
  /** How often a worker took it up. */
  readonly attempts: number;
  readonly begunAt: Instant | null;
  readonly trials: readonly Trial[];
  readonly verdict: VerdictName | null;
  /** Of the verdict; while parked or once cancelled, of that. */
  readonly because: string | null;
  readonly why: Why | null;
  /** One line each: what would mend it. For the clearinghouse. */
  readonly mends: readonly string[];
  readonly crashState: string | null;
  readonly facts: CrashFacts | null;
  readonly decided: { readonly recipeId: string; readonly pocId: Id<'blb'>; readonly pocSha256: string } | null;
  readonly reports: readonly KeptReport[];
  readonly record: Envelope | null;
  readonly requestedAt: Instant;
  readonly concludedAt: Instant | null;
  readonly label: Label;
}

/** As it is kept, with what its worker said last. */
export type KeptValidation = Validation & { readonly progress: Step | null };

/**
 * Which trial speaks for all, by index: the first that reproduced with a fix that holds; else one whose fix does not, for that may be another
 * flaw's fix; else the first that could not tell, because silence of the others says nothing about it; else a flaky one; else the first.
 */
export function decisiveTrial(outcomes: readonly Verdict['verdict'][]): number {
  for (const verdict of ['reproduced', 'reproduced-fix-incomplete', 'could-not-tell', 'flaky'] as const) {
    const found = outcomes.indexOf(verdict);
    if (found >= 0) return found;
  }
  return outcomes.length > 0 ? 0 : -1;
}

/** True when every trial before the end of the work was done: only after one that nothing can outdo may the rest be left out. */
export function isEnough(planned: number, outcomes: readonly VerdictName[]): boolean {
  return outcomes.length === planned || (outcomes.length < planned && outcomes.at(-1) === 'reproduced');
}

/** What reproduced, of validations oldest first: under which recipe, and with which input. */
export function reproductionsIn(validations: readonly Pick<Validation, 'verdict' | 'decided'>[]): NonNullable<Validation['decided']>[] {
  return validations.flatMap((v) => (isReproduced(v.verdict) && v.decided ? [v.decided] : []));
}

/** The trial that decided. */
export function decisive(v: Pick<Validation, 'trials' | 'decided'>): Trial | undefined {
  const { decided } = v;
  return decided ? v.trials.find((t) => t.recipeId === decided.recipeId && t.pocId === decided.pocId) : undefined;
}
