import { isRefusal, type Refusal } from '../../base/refusal.ts';
import { conclude } from '../../lab/conclude.ts';
import type { Pinned } from '../../lab/experiment.ts';
import { runExperiment } from '../../lab/run.ts';
import type { WorkDoors } from '../../trust/labour.ts';

/** A pinned experiment, or why this trial cannot be made one. */
export type TrialSpec = Pinned | Refusal;

export interface Spec {
  readonly trials: readonly TrialSpec[];
}

/** Runs the trials until one reproduces. Its own look at the evidence only saves work: `conclude` decides again, from the evidence. */
export async function workValidation(spec: Spec, doors: WorkDoors): Promise<unknown> {
  const probe = await doors.box.probe();
  const trials: unknown[] = [];
  if (!probe.usable) return { probe, trials };
  for (const pinned of spec.trials) {
    if (isRefusal(pinned)) {
      trials.push(null);
      continue;
    }
    const evidence = await runExperiment(pinned, doors);
    trials.push(evidence);
    if (conclude(pinned, evidence).verdict.startsWith('reproduced')) break;
  }
  return { probe, trials };
}
