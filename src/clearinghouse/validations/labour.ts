import { isRefusal, type Refusal } from '../../base/refusal.ts';
import { conclude } from '../../lab/conclude.ts';
import { type Pinned, plannedRuns } from '../../lab/experiment.ts';
import { runExperiment } from '../../lab/run.ts';
import type { Watch, WorkDoors } from '../../trust/labour.ts';

/** A pinned experiment, or why this trial cannot be made one. */
export type TrialSpec = Pinned | Refusal;

export interface Spec {
  readonly trials: readonly TrialSpec[];
}

/** Runs the trials until one reproduces. Its own look at the evidence only saves work: `conclude` decides again, from the evidence. */
export async function workValidation(spec: Spec, doors: WorkDoors, watch?: Watch): Promise<unknown> {
  const probe = await doors.box.probe();
  const trials: unknown[] = [];
  if (!probe.usable) return { probe, trials };
  for (const [i, pinned] of spec.trials.entries()) {
    if (isRefusal(pinned)) {
      trials.push(null);
      continue;
    }
    if (watch?.signal.aborted) break;
    const evidence = await runExperiment(pinned, doors, sayer(pinned, i, spec.trials.length, watch), watch?.signal);
    trials.push(evidence);
    if (conclude(pinned, evidence).verdict === 'reproduced') break;
  }
  return { probe, trials };
}

function sayer(pinned: Pinned, trial: number, trials: number, watch: Watch | undefined): Parameters<typeof runExperiment>[2] {
  const total = plannedRuns(pinned).length;
  const where = trials > 1 ? `, trial ${trial + 1} of ${trials}` : '';
  let at = 0;
  return ({ step, of }) => {
    if (step === 'run') at++;
    watch?.say({ step, of: `${of}${where}`, ...(step === 'run' ? { at, total } : {}) });
  };
}
