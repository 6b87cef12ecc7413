import { isRefusal, type Refusal } from '../../../base/refusal.ts';
import type { PinnedMatrix } from '../../../lab/matrix/plan.ts';
import { runMatrix } from '../../../lab/matrix/run.ts';
import type { WorkDoors } from '../../../trust/labour.ts';

/** A pinned matrix, or why none can be made of the plan. */
export type MatrixSpec = PinnedMatrix | Refusal;

/** Boxes only. What comes back is read again by `conclude`. */
export async function workMatrix(spec: MatrixSpec, doors: WorkDoors): Promise<unknown> {
  const probe = await doors.box.probe();
  return { probe, matrix: probe.usable && !isRefusal(spec) ? await runMatrix(spec, doors) : null };
}
