import { nonceOf, type Pinned, type PlannedRun } from './experiment.ts';
import { type Observation, type Observed, observe } from './oracle.ts';

/** What one run showed, by our own reading of its report files, under the nonce and the limits that it was planned with. */
export function see(spec: Pinned, run: Observed & PlannedRun): Observation {
  return observe(spec.recipe.oracle, run, nonceOf(spec.digest, run), spec.limits.run);
}
