import { isRefusal, type Refusal } from '../../base/refusal.ts';
import type { Evidence } from '../../lab/evidence.ts';
import type { Pinned } from '../../lab/experiment.ts';
import { runExperiment } from '../../lab/run.ts';
import type { WorkDoors } from '../../trust/labour.ts';

/** The experiment, or why there is none. It says nothing about whose submission it is. */
export type GradeSpec = { readonly pinned: Pinned | Refusal };

/** Both gradings start from the pinned experiment and never see each other. Their boxes are none that an agent was ever in. */
export async function workGrade(spec: GradeSpec, doors: WorkDoors): Promise<[Evidence | Refusal, Evidence | Refusal]> {
  const { pinned } = spec;
  if (isRefusal(pinned)) return [pinned, pinned];
  return [await runExperiment(pinned, doors), await runExperiment(pinned, doors)];
}
