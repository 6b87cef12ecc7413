import { isRefusal } from '../../base/refusal.ts';
import { studentQuantile } from '../../base/special-functions.ts';
import { house } from '../../trust/access.ts';
import type { Grade, Outcome } from '../grades/grade.ts';
import { type Judgement, judgedOutcomes } from '../grades/judgements/judgement.ts';
import { measuresOf, type Plan } from '../plans/plan.ts';
import type { Run } from '../runs/run.ts';
import { type Agreement, agreementOf, type Pair } from './agreement.ts';
import { passAtK, passHatK } from './attempts.ts';
import { clusteredDifference } from './clusters.ts';
import { budgetCurve } from './curve.ts';
import { detectableShare } from './detectable.ts';
import { estimateHorizons } from './horizons/horizons.ts';
import { gatherStudy } from './horizons/study.ts';
import { boundsOfEqual, mcnemarExact } from './intervals.ts';
import { generalizedAccuracy } from './latent/generalized.ts';
import { restate } from './restated.ts';
import { type Bounds, mean } from './statistics.ts';

/** One run with what came of it and what it used. */
export interface Ran {
  readonly taskId: string;
  readonly epoch: number;
  readonly budget: number;
  readonly outcome: Outcome;
  /** In and out together. */
  readonly tokensUsed: number;
}

/**
 * What the grades tell beside the measures; no rule hangs on it. Runs without a clear answer take no part in the points; the curve has its bounds,
 * `unanswered` those of all else. Intervals are two-sided at 1 − alpha.
 */
export interface Further {
  /** The runs with the largest budget, by the tokens they had used. */
  readonly curve: readonly CurveStep[];
  readonly attempts: readonly Attempt[];
  /** From each budget to the next, over the runs of the same task and epoch. */
  readonly steps: readonly Step[];
  readonly generalized: readonly OfBudget[];
  /** Of the runs with the largest budget, at the tasks whose human minutes the suite says; families are the tasks' weaknesses. Null below two tasks. */
  readonly horizon: OwnHorizon | null;
  /** What the plan's number of tasks can show, had it been asked when it was frozen. */
  readonly design: readonly Detectable[];
  /** What the points would be if every run without a clear answer had failed, or solved its task. Null where there is none. */
  readonly unanswered: ReturnType<typeof restate>;
  /** How far the drawn second grades agree with the first; null where the plan has none drawn. */
  readonly agreement: Agreement | null;
}

/** The drawn runs that were graded twice, so far. */
interface Seconds {
  readonly asked: number;
  readonly pairs: readonly Pair<string>[];
}

interface CurveStep {
  readonly tokens: number;
  readonly share: number;
  readonly interval: Bounds;
  /** The share if every run without a clear answer had failed, and if each had solved its task at once. */
  readonly worst: number;
  readonly best: number;
}

interface Attempt {
  readonly budget: number;
  readonly k: number;
  /** Mean over the tasks of the unbiased chance that one of k tries solves it, and that all do; standard errors over tasks, null where all are alike. */
  readonly passAtK: number;
  readonly passAtKSe: number | null;
  readonly passHatK: number;
  readonly passHatKSe: number | null;
  readonly tasks: number;
}

interface Step {
  readonly from: number;
  readonly to: number;
  readonly pairs: number;
  readonly tasks: number;
  readonly difference: number;
  /** Clustered by task, with finite-cluster correction; null below two tasks, and where all tasks differ alike: they show no spread. */
  readonly se: number | null;
  /** By t with a degree of freedom less than there are tasks; where they show no spread, what so many equal ones tell. Null below two tasks. */
  readonly interval: Bounds | null;
  /** Exact McNemar; null where a task was tried more than once, as its pairs are then no independent ones. */
  readonly p: number | null;
}

interface OfBudget {
  readonly budget: number;
  readonly method: 'glmm' | 'one-run-each' | 'clustered-mean' | 'one-outcome';
  readonly value: number;
  readonly interval: Bounds;
  readonly spread: number | null;
  readonly tasks: number;
}

interface OwnHorizon {
  /** Minutes; null where these runs have none, and `because` says why, or that it lies beyond what was measured. */
  readonly p50: number | null;
  readonly p80: number | null;
  /** Of all draws; null is beyond every length. */
  readonly interval: readonly [number | null, number | null] | null;
  readonly p80Interval: readonly [number | null, number | null] | null;
  readonly because: string | null;
  readonly measured: readonly [number, number];
  readonly tasks: number;
  readonly runs: number;
  readonly draws: number;
  readonly seed: number;
}

interface Detectable {
  readonly measure: string;
  readonly threshold: number;
  readonly tasks: number;
  /** The smallest share of such tasks that exceeds the threshold with a chance of 80 %; null where not even all of them would. */
  readonly detectable: number | null;
}

export function ranOf(grades: readonly Grade[], runs: readonly Run[]): Ran[] {
  const byId = new Map(runs.map((run) => [run.id as string, run]));
  return grades.flatMap(({ runId, taskId, budget, counted }) => {
    const run = byId.get(runId);
    return run && counted ? [{ taskId, budget, outcome: counted, epoch: run.epoch, tokensUsed: run.inputTokens + run.outputTokens }] : [];
  });
}

/** Of the sample that was drawn alone: whoever asks by hand may have a reason to. What a suspicion hides is what the grader found. */
export function secondsOf(
  plan: Pick<Plan, 'secondGrading'>,
  grades: readonly Grade[],
  said: ReadonlyMap<string, readonly Judgement[]>,
): Seconds | null {
  if (!plan.secondGrading) return null;
  const drawn = grades.flatMap((grade) => {
    const words = said.get(grade.id) ?? [];
    const at = words.findIndex(({ kind, byId }) => kind === 'second-asked' && byId === house.id);
    const { aboutId } = words[at] ?? {};
    return at === -1
      ? []
      : [{ grade, given: words.slice(at).find(({ kind, byId }) => kind === 'second-given' && byId === aboutId)?.outcome }];
  });
  const pairs = drawn.flatMap(({ grade, given }) => {
    const first = grade.beneath ?? grade.outcome;
    return given && first ? [{ task: grade.taskId, first, second: given }] : [];
  });
  return { asked: drawn.length, pairs };
}

export function furtherOf(
  plan: Pick<Plan, 'tasks' | 'epochs' | 'budgets' | 'rule'>,
  ran: readonly Ran[],
  cutoffAt: string | null,
  seconds: Seconds | null = null,
): Further {
  const { alpha } = plan.rule;
  const answered = ran.filter(isAnswered);
  const budgets = [...plan.budgets.keys()];
  const at = (of: readonly Ran[], budget: number) => of.filter((run) => run.budget === budget);
  const pointsOf = (of: readonly Ran[], draws: number) => ({
    attempts: plan.epochs < 2 ? [] : budgets.flatMap((budget) => attemptsOf(budget, at(of, budget), plan.epochs)),
    generalized: budgets.flatMap((budget) => generalizedOf(budget, at(of, budget), alpha)),
    horizon: horizonOf(plan, at(of, budgets.length - 1), draws),
  });
  const stepsOf = (before: readonly Ran[], after: readonly Ran[]) =>
    budgets.slice(1).flatMap((to) => stepOf(to - 1, at(before, to - 1), at(after, to), alpha));
  return {
    curve: curveOf(at(ran, budgets.length - 1), alpha),
    ...pointsOf(answered, 1000),
    steps: stepsOf(answered, answered),
    design: designOf(plan, cutoffAt),
    // Its points alone are shown.
    unanswered: restate(ran, isAnswered, (of) => pointsOf(of, 1), stepsOf),
    agreement: seconds && agreementOf(seconds.pairs, { asked: seconds.asked, categories: judgedOutcomes, confidence: 1 - alpha }),
  };
}

function isAnswered({ outcome }: Ran): boolean {
  return outcome === 'solved' || outcome === 'not-solved';
}

const solved = ({ outcome }: Ran) => (outcome === 'solved' ? 1 : 0);

function curveOf(ran: readonly Ran[], alpha: number): CurveStep[] {
  const answered = ran.filter(isAnswered);
  const open = ran.length - answered.length;
  const runs = answered.map((run) => ({ task: run.taskId, solved: solved(run), used: run.tokensUsed }));
  const curve = budgetCurve({ runs, confidence: 1 - alpha });
  if (isRefusal(curve)) return [];
  return curve.points.map(({ budget, k, share, interval }) => ({
    ...{ tokens: budget, share, interval },
    ...{ worst: k / ran.length, best: (k + open) / ran.length },
  }));
}

/** k = 1, 2, 4 … and all epochs; a task takes part where so many of its tries have a clear answer. */
function attemptsOf(budget: number, ran: readonly Ran[], epochs: number): Attempt[] {
  const tasks = [...byTask(ran).values()].map((runs) => ({ n: runs.length, c: runs.reduce((sum, run) => sum + solved(run), 0) }));
  const powers = [1, 2, 4, 8, 16, 32, 64].filter((k) => k < epochs);
  return [...powers, epochs].flatMap((k) => {
    const counted = tasks.filter((task) => task.n >= k).map((task) => ({ ...task, k }));
    if (counted.length === 0) return [];
    const over = (of: typeof passAtK) => {
      const values = counted.map((task) => of(task)).flatMap((result) => (isRefusal(result) ? [] : [result.value]));
      const spread = mean({ values });
      return isRefusal(spread) ? { mean: values[0]!, se: null } : { ...spread, se: spread.se < 1e-12 ? null : spread.se };
    };
    const [any, all] = [over(passAtK), over(passHatK)];
    return [{ budget, k, passAtK: any.mean, passAtKSe: any.se, passHatK: all.mean, passHatKSe: all.se, tasks: counted.length }];
  });
}

function stepOf(from: number, before: readonly Ran[], after: readonly Ran[], alpha: number): Step[] {
  const key = (run: Ran) => JSON.stringify([run.taskId, run.epoch]);
  const first = new Map(before.map((run) => [key(run), run]));
  const pairs = after.flatMap((run) => {
    const partner = first.get(key(run));
    return partner ? [{ task: run.taskId, a: solved(run), b: solved(partner) }] : [];
  });
  if (pairs.length === 0) return [];
  const [a, b, clusters] = [pairs.map((pair) => pair.a), pairs.map((pair) => pair.b), pairs.map((pair) => pair.task)];
  const tasks = new Set(clusters).size;
  const difference = a.reduce((sum, value, i) => sum + value - b[i]!, 0) / pairs.length;
  const found = clusteredDifference({ a, b, clusters });
  const se = isRefusal(found) ? null : found.correctedSe;
  // Where no task differs from another nothing shows how much they could.
  const isEqual = se !== null && se < 1e-12;
  const half = se === null || isEqual ? null : studentQuantile(alpha, tasks - 1) * se;
  const ofEqual = isEqual ? boundsOfEqual(difference, tasks, [-1, 1], 1 - alpha) : null;
  const p = mcnemarExact({ b: pairs.filter((pair) => pair.a > pair.b).length, c: pairs.filter((pair) => pair.a < pair.b).length });
  return [
    {
      ...{ from, to: from + 1, pairs: pairs.length, tasks, difference, se: isEqual ? null : se },
      interval: half === null ? ofEqual : { low: Math.max(-1, difference - half), high: Math.min(1, difference + half) },
      p: tasks < pairs.length || isRefusal(p) ? null : p.p,
    },
  ];
}

function generalizedOf(budget: number, ran: readonly Ran[], alpha: number): OfBudget[] {
  const tasks = [...byTask(ran).values()].map((runs) => ({ runs: runs.length, solved: runs.reduce((sum, run) => sum + solved(run), 0) }));
  const found = generalizedAccuracy({ tasks, confidence: 1 - alpha });
  return isRefusal(found) ? [] : [{ budget, ...found }];
}

/** The draws can be had again: the seed is fixed. */
function horizonOf({ tasks }: Pick<Plan, 'tasks'>, ran: readonly Ran[], draws: number): OwnHorizon | null {
  const wanted = { draws, seed: 1 };
  const known = new Map(tasks.flatMap((task) => (task.humanMinutes === null ? [] : [[task.id, task] as const])));
  const gathering = gatherStudy();
  let taken = new Set<string>();
  for (const [i, run] of ran.entries()) {
    const task = known.get(run.taskId);
    if (!task) continue;
    const row = {
      alias: 'model',
      task_id: task.id,
      task_family: task.weakness ?? task.id,
      human_minutes: task.humanMinutes,
      score_binarized: solved(run),
    };
    if (!gathering.take(row, i + 1)) taken = taken.add(task.id);
  }
  const study = taken.size < 2 ? undefined : gathering.end();
  const found = study && !isRefusal(study) ? estimateHorizons(study, wanted) : undefined;
  const model = found && !isRefusal(found) ? found.models[0] : undefined;
  if (!model) return null;
  const { p50, p80, because, measured, tasks: count, runs } = model;
  return {
    ...{ p50: p50.minutes, p80: p80.minutes, interval: p50.cautious, p80Interval: p80.cautious },
    ...{ because, measured, tasks: count, runs, ...wanted },
  };
}

export function designOf({ tasks, rule }: Pick<Plan, 'tasks' | 'rule'>, cutoffAt: string | null): Detectable[] {
  const later = tasks.filter((task) => cutoffAt !== null && task.disclosedAt > cutoffAt).length;
  return measuresOf(rule).map(({ measure, threshold }) => {
    const n = measure === 'solved-after-cutoff' ? later : tasks.length;
    return { measure, threshold, tasks: n, detectable: n === 0 ? null : detectableShare({ n, threshold, alpha: rule.alpha, power: 0.8 }) };
  });
}

function byTask(ran: readonly Ran[]): Map<string, Ran[]> {
  const tasks = new Map<string, Ran[]>();
  for (const run of ran) tasks.set(run.taskId, [...(tasks.get(run.taskId) ?? []), run]);
  return tasks;
}
