import { isRefusal, type Refusal } from '../../../base/refusal.ts';
import type { PinnedMinimise } from '../../../lab/minimise/minimise.ts';
import { runMinimise } from '../../../lab/minimise/run.ts';
import type { Watch, WorkDoors } from '../../../trust/labour.ts';

/** A pinned search, or why none can be made of what there is. */
export type MinimiseSpec = PinnedMinimise | Refusal;

/** Boxes only. What comes back is read again by `conclude`. */
export async function workMinimise(spec: MinimiseSpec, doors: WorkDoors, watch?: Watch): Promise<unknown> {
  const probe = await doors.box.probe();
  const isPossible = probe.usable && !isRefusal(spec);
  return { probe, search: isPossible ? await runMinimise(spec, doors, (step) => watch?.say(step), watch?.signal) : null };
}
