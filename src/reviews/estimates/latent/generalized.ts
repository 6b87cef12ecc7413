import { limits } from '../../../base/limits.ts';
import { type Refusal, refuse } from '../../../base/refusal.ts';
import type { Bounds } from '../../../base/share.ts';
import { normalQuantile, studentQuantile } from '../../../base/special-functions.ts';
import { badConfidence, clopperPearson, isCount } from '../intervals.ts';
import { likelihoodOf } from './likelihood.ts';
import { covarianceAt, minimise } from './minimise.ts';

/** Of one task: `solved` of `runs`. */
interface TaskCount {
  readonly runs: number;
  readonly solved: number;
}

interface Generalized {
  /**
   * `glmm`: logistic mixed model with a random intercept for each task, by marginal likelihood. `one-run-each`: no task was run twice, so the tasks' spread
   * cannot be told from chance and the runs are taken for independent. `clustered-mean`: tasks are so nearly all or nothing that no spread of log odds
   * is large enough; the mean, its error clustered by task with G/(G − 1), t with G − 1 degrees of freedom. `one-outcome`: all alike; the exact interval, tasks for trials.
   */
  readonly method: 'glmm' | 'one-run-each' | 'clustered-mean' | 'one-outcome';
  /** Expected share on tasks that were drawn like these. */
  readonly value: number;
  readonly interval: Bounds;
  /** Standard deviation of the tasks' log odds; null where it was not estimated. */
  readonly spread: number | null;
  readonly tasks: number;
}

/**
 * Generalized accuracy: the share that would be solved on further tasks of the same kind, not only on these very tasks; so the interval holds the chance
 * by which just these tasks were chosen (the distinction of NIST AI 800-3, 2026). With P = 1/(1 + exp(−(θ − b))), b ~ N(0, τ²), it is E[P] over b.
 */
export function generalizedAccuracy({
  tasks,
  confidence,
}: {
  readonly tasks: readonly TaskCount[];
  readonly confidence: number;
}): Generalized | Refusal {
  const bad = badConfidence(confidence) ?? badTasks(tasks);
  if (bad) return bad;
  const [runs, solved] = tasks.reduce(([n, k], of) => [n + of.runs, k + of.solved], [0, 0]);
  if (solved === 0 || solved === runs) {
    const interval = clopperPearson({ k: solved === 0 ? 0 : tasks.length, n: tasks.length, confidence });
    return 'refused' in interval
      ? interval
      : { method: 'one-outcome', value: solved === 0 ? 0 : 1, interval, spread: null, tasks: tasks.length };
  }
  const z = -normalQuantile((1 - confidence) / 2);
  if (tasks.every((task) => task.runs === 1)) {
    const value = solved / runs;
    return {
      method: 'one-run-each',
      value,
      interval: aroundLogit(value, Math.sqrt((value * (1 - value)) / runs), z),
      spread: null,
      tasks: tasks.length,
    };
  }
  return glmm(tasks, solved / runs, z) ?? clusteredShare(tasks, solved / runs, runs, confidence);
}

function clusteredShare(tasks: readonly TaskCount[], value: number, runs: number, confidence: number): Generalized {
  const squares = tasks.reduce((sum, task) => sum + (task.solved - value * task.runs) ** 2, 0);
  const groups = tasks.length;
  const se = Math.sqrt((groups / (groups - 1)) * squares) / runs;
  const interval = aroundLogit(value, se, studentQuantile(1 - confidence, groups - 1));
  return { method: 'clustered-mean', value, interval, spread: null, tasks: groups };
}

/** Above this the likelihood rises on and on with the spread. */
const widest = 10;

function glmm(tasks: readonly TaskCount[], share: number, z: number): Generalized | undefined {
  const items = tasks.map((task) => ({ models: Int32Array.of(0), runs: Float64Array.of(task.runs), solved: Float64Array.of(task.solved) }));
  const { objective } = likelihoodOf(items, 1, 1);
  const at = minimise(objective, Float64Array.of(Math.log(share / (1 - share)), 0));
  const isSpread = at[1]! > Math.log(0.05);
  // At the edge, where tasks do not differ, only the mean is left to estimate.
  const fixed = isSpread ? at : Float64Array.of(at[0]!);
  const covariance = covarianceAt(isSpread ? objective : (of) => sliced(objective(Float64Array.of(of[0]!, -8))), fixed);
  if (!covariance || at[1]! > Math.log(widest)) return undefined;
  const spread = isSpread ? Math.exp(at[1]!) : 0;
  const value = expected(at[0]!, spread);
  const [up, wide] = [1e-5, 1e-5].map(
    (by, i) => (i === 0 ? expected(at[0]! + by, spread) : expected(at[0]!, spread * Math.exp(by))) - value,
  ) as [number, number];
  const slopes = isSpread ? [up / 1e-5, wide / 1e-5] : [up / 1e-5];
  let variance = 0;
  slopes.forEach((a, i) => {
    slopes.forEach((b, j) => {
      variance += a * b * covariance[i]![j]!;
    });
  });
  return { method: 'glmm', value, interval: aroundLogit(value, Math.sqrt(variance), z), spread, tasks: tasks.length };
}

const sliced = ({ value, slope }: { value: number; slope: Float64Array }) => ({ value, slope: slope.slice(0, 1) });

/** E[1/(1 + exp(−(θ − τz)))] over the standard normal. */
function expected(theta: number, spread: number): number {
  let [sum, weights] = [0, 0];
  for (let z = -6; z <= 6.001; z += 0.05) {
    const weight = Math.exp((-z * z) / 2);
    sum += weight / (1 + Math.exp(-(theta - spread * z)));
    weights += weight;
  }
  return sum / weights;
}

/** Symmetric on the scale of log odds, so that it stays between 0 and 1. */
function aroundLogit(value: number, se: number, z: number): Bounds {
  const [logit, half] = [Math.log(value / (1 - value)), (z * se) / (value * (1 - value))];
  return { low: 1 / (1 + Math.exp(-(logit - half))), high: 1 / (1 + Math.exp(-(logit + half))) };
}

function badTasks(tasks: readonly TaskCount[]): Refusal | undefined {
  if (!Array.isArray(tasks) || tasks.length < 2) return refuse('malformed', 'at least two tasks are needed', 'tasks');
  if (tasks.length > limits.generalizedTasks) return refuse('too_many', `at most ${limits.generalizedTasks} tasks`, 'tasks');
  for (const [i, task] of tasks.entries()) {
    const { runs, solved } = Object(task) as TaskCount;
    if (!isCount(runs) || runs === 0) return refuse('malformed', 'a whole number of at least 1 is needed', `tasks/${i}/runs`);
    if (!isCount(solved) || solved > runs) return refuse('malformed', 'a whole number from 0 to runs is needed', `tasks/${i}/solved`);
  }
  return undefined;
}
