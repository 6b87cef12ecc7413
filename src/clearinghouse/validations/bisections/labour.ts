import { isRefusal, type Refusal } from '../../../base/refusal.ts';
import type { PinnedBisect } from '../../../lab/bisect/bisect.ts';
import { runBisect } from '../../../lab/bisect/run.ts';
import type { Watch, WorkDoors } from '../../../trust/labour.ts';

/** A pinned search, or why none can be made of what there is. */
export type BisectSpec = PinnedBisect | Refusal;

/** Boxes only. What comes back is read again by `conclude`. */
export async function workBisect(spec: BisectSpec, doors: WorkDoors, watch?: Watch): Promise<unknown> {
  const probe = await doors.box.probe();
  const isPossible = probe.usable && !isRefusal(spec);
  return { probe, search: isPossible ? await runBisect(spec, doors, (step) => watch?.say(step), watch?.signal) : null };
}
