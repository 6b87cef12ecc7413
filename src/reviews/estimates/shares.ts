import { insist, isRefusal } from '../../base/refusal.ts';
import { type Bounds, clopperPearson, clusteredMean, mean, wilson } from './statistics.ts';

/** One run, as a share sees it. */
export interface Shot {
  readonly task: string;
  readonly isSolved: boolean;
}

/**
 * One-sided bounds at alpha, because a rule hangs on them: Clopper-Pearson with a task for a trial, however often it was run. A mean of
 * values between 0 and 1 varies at most as a binomial of as many trials does (Hoeffding 1963, in the proof of theorem 1); what further runs of
 * one task would tell hangs on how alike they are, which so few tasks do not show: a design effect let a bound at 5 % be exceeded in 15 of
 * 100 simulated plans. At least one shot.
 */
export function oneSided(shots: readonly Shot[], alpha: number): Bounds {
  const runs = Map.groupBy(shots, (shot) => shot.task);
  const byTasks = [...runs.values()].reduce((sum, of) => sum + of.filter((shot) => shot.isSolved).length / of.length, 0);
  // Where tasks were not run equally often the two differ: each bound takes the one that says less.
  const byRuns = (shots.filter((shot) => shot.isSolved).length / shots.length) * runs.size;
  // At an alpha of one half a bound is the share itself; the interval wants a confidence above nought.
  const confidence = Math.max(1 - 2 * alpha, 1e-9);
  const bound = (k: number) => insist(clopperPearson({ k, n: runs.size, confidence }));
  // Rounded to whole tasks outwards, so that rounding never helps anybody.
  return { low: bound(Math.floor(Math.min(byTasks, byRuns) + 1e-9)).low, high: bound(Math.ceil(Math.max(byTasks, byRuns) - 1e-9)).high };
}

/** The share and its two-sided Wilson interval. At least one shot. */
export function shareOf(shots: readonly Shot[], confidence: number): { share: number; interval: Bounds } {
  const { share, independent } = effective(shots);
  const at = (k: number) => insist(wilson({ k, n: independent, confidence }));
  return {
    share,
    interval: { low: at(Math.floor(share * independent + 1e-9)).low, high: at(Math.ceil(share * independent - 1e-9)).high },
  };
}

/** From fewer tasks a design effect is mostly chance. */
const leastTasks = 10;

/**
 * Tries at one task are alike: n of them tell less than n tasks would. The design effect is how much the clustered variance (Miller 2024,
 * arXiv 2411.00640, eq. 4) exceeds the plain one; n divided by it is how many independent tries they are worth, at least as many as there are
 * tasks.
 * Where nothing varies, nothing tells how alike they are, and only the tasks count.
 */
function effective(shots: readonly Shot[]): { share: number; independent: number } {
  const values = shots.map((shot) => (shot.isSolved ? 1 : 0));
  const clusters = shots.map((shot) => shot.task);
  const [n, tasks] = [shots.length, new Set(clusters).size];
  const share = values.reduce<number>((sum, v) => sum + v, 0) / n;
  const [plain, clustered] = [mean({ values }), clusteredMean({ values, clusters })];
  if (isRefusal(plain) || isRefusal(clustered) || plain.se === 0 || tasks < leastTasks) return { share, independent: tasks };
  const worth = Math.floor(n / Math.max(1, (clustered.se / plain.se) ** 2) + 1e-9);
  return { share, independent: Math.max(tasks, worth) };
}
