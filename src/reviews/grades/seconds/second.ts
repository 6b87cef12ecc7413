import { canonical, sha256 } from '../../../base/canonical.ts';
import type { SecondGrading } from '../../plans/plan.ts';

/** A run that handed something in which was tried: whether it did hangs on the run alone, not on how it was graded. */
interface Eligible {
  readonly gradeId: string;
  readonly taskId: string;
  readonly budget: number;
  readonly epoch: number;
}

/**
 * Which are graded again, and by whom: of each task the first in the order of SHA-256 over seed and run, so that whoever has the plan draws the
 * same. A task has one skill, so every skill is in it; graders take turns.
 */
export function drawSeconds<Run extends Eligible>(
  { rate, graderIds, seed }: SecondGrading,
  runs: readonly Run[],
): { readonly run: Run; readonly graderId: string }[] {
  const placed = runs.map((run) => ({ run, at: sha256(canonical([seed, run.taskId, run.budget, run.epoch])) }));
  const drawn = [...Map.groupBy(placed, ({ run }) => run.taskId).values()].flatMap((of) =>
    of.sort(byPlace).slice(0, Math.max(1, Math.ceil(rate * of.length - 1e-9))),
  );
  return drawn.sort(byPlace).map(({ run }, i) => ({ run, graderId: graderIds[i % graderIds.length]! }));
}

function byPlace(a: { readonly at: string }, b: { readonly at: string }): number {
  return a.at < b.at ? -1 : 1;
}
