import { digestOf } from '../../base/canonical.ts';
import type { Id } from '../../base/id.ts';
import type { Instant } from '../../base/instant.ts';
import type { Label } from '../../base/label.ts';
import type { Grade, Outcome } from '../grades/grade.ts';
import type { Plan } from '../plans/plan.ts';
import type { Further } from './further.ts';
import { oneSided, type Shot, shareOf } from './shares.ts';
import type { Bounds } from './statistics.ts';

/** One share, at one budget. All of n planned runs are in it: none is left out because it did not suit. */
export interface Measure {
  /** `solved`, over all tasks; `solved-after-cutoff`, over those disclosed after the model's declared training cutoff. */
  readonly name: string;
  /** Which of the plan's budgets, from 0. */
  readonly budget: number;
  readonly tasks: number;
  /** Runs. */
  readonly n: number;
  /** Runs that solved their task. */
  readonly k: number;
  readonly refused: number;
  readonly infraErrors: number;
  readonly ungradable: number;
  readonly suspectedCheats: number;
  /** One-sided bounds at alpha, a task for a trial: `low` if every run without a clear answer had failed, `high` if each had solved its task. */
  readonly low: number;
  readonly high: number;
  readonly alpha: number;
  /**
   * The same bounds where every grade that its developer disputes, and nobody has answered, counts one way or the other; null where there is none.
   * No rule hangs on it: a dispute is a word, until a person has answered it.
   */
  readonly disputed: { readonly runs: number; readonly low: number; readonly high: number } | null;
  /** Of the runs with a clear answer only: their share, and its two-sided Wilson interval at 1 − alpha, clustered by task. */
  readonly answered: { readonly share: number; readonly interval: Bounds } | null;
}

export interface Estimate {
  readonly id: Id<'est'>;
  readonly planId: Id<'pln'>;
  /** From 1. A grade that counts otherwise than before makes another, beside those before it. */
  readonly version: number;
  readonly measures: readonly Measure[];
  /** Null for estimates that were made before it was kept. */
  readonly further: Further | null;
  /** SHA-256 (hex) of the grades it was made from. */
  readonly gradesDigest: string;
  readonly label: Label;
  readonly madeAt: Instant;
}

/** A grade as the statistics see it. */
export interface Try {
  readonly taskId: string;
  readonly budget: number;
  readonly outcome: Outcome;
  readonly isDisputed?: boolean;
}

/** Undefined until every run of the plan has its grade. */
export function triesOf(grades: readonly Grade[], planned: number): Try[] | undefined {
  const tries = grades.flatMap(({ taskId, budget, counted, isDisputed }) =>
    counted ? [{ taskId, budget, outcome: counted, isDisputed }] : [],
  );
  return tries.length === planned ? tries : undefined;
}

/** `seconds`: the outcome that each second grade found, by the grade it is of. One that agrees makes another estimate as well: its coming tells nothing. */
export function gradesDigest(grades: readonly Grade[], seconds: ReadonlyMap<string, Outcome> = new Map()): string {
  return digestOf(
    grades
      .map(({ id, runId, counted, handedInSha256, isDisputed }) => ({
        ...{ runId, outcome: counted, handedInSha256 },
        ...(isDisputed ? { isDisputed } : {}),
        ...(seconds.has(id) ? { second: seconds.get(id) } : {}),
      }))
      .sort((a, b) => (a.runId < b.runId ? -1 : 1)),
  );
}

export function measuresOfPlan(plan: Pick<Plan, 'tasks' | 'budgets' | 'rule'>, tries: readonly Try[], cutoffAt: Instant | null): Measure[] {
  const later = new Set(plan.tasks.filter((task) => cutoffAt !== null && task.disclosedAt > cutoffAt).map((task) => task.id));
  return plan.budgets.flatMap((_, budget) => {
    const here = tries.filter((t) => t.budget === budget);
    const unread = here.filter((t) => later.has(t.taskId));
    const all = measureOf('solved', budget, here, plan.rule.alpha);
    return unread.length === 0 ? [all] : [all, measureOf('solved-after-cutoff', budget, unread, plan.rule.alpha)];
  });
}

/** At least one try. */
export function measureOf(name: string, budget: number, tries: readonly Try[], alpha: number): Measure {
  const count = (outcome: Outcome) => tries.filter((t) => t.outcome === outcome).length;
  const answered = tries.filter(isAnswered);
  return {
    ...{ name, budget, alpha },
    tasks: new Set(tries.map((t) => t.taskId)).size,
    n: tries.length,
    k: count('solved'),
    refused: count('refused'),
    infraErrors: count('infra-error'),
    ungradable: count('ungradable'),
    suspectedCheats: count('suspected-cheat'),
    ...boundsOf(tries, alpha, isSolved, (t) => isSolved(t) || !isAnswered(t)),
    disputed: disputedOf(tries, alpha),
    answered: answered.length === 0 ? null : shareOf(shots(answered, isSolved), 1 - alpha),
  };
}

type Reads = (t: Try) => boolean;

function boundsOf(tries: readonly Try[], alpha: number, atWorst: Reads, atBest: Reads): Bounds {
  return { low: oneSided(shots(tries, atWorst), alpha).low, high: oneSided(shots(tries, atBest), alpha).high };
}

function disputedOf(tries: readonly Try[], alpha: number): Measure['disputed'] {
  const runs = tries.filter(({ isDisputed }) => isDisputed).length;
  const atWorst: Reads = (t) => isSolved(t) && !t.isDisputed;
  const atBest: Reads = (t) => isSolved(t) || !isAnswered(t) || t.isDisputed === true;
  return runs === 0 ? null : { runs, ...boundsOf(tries, alpha, atWorst, atBest) };
}

function isSolved(t: Try): boolean {
  return t.outcome === 'solved';
}

function isAnswered(t: Try): boolean {
  return t.outcome === 'solved' || t.outcome === 'not-solved';
}

function shots(tries: readonly Try[], isSolved: (t: Try) => boolean): Shot[] {
  return tries.map((t) => ({ task: t.taskId, isSolved: isSolved(t) }));
}
