import type { BoxLimits } from '../../base/doors.ts';
import { type Observation, type Observed, quiet, unsure } from './observation.ts';
import { observeReport } from './observed.ts';

const busyShare = 0.25;
/** On a machine that others keep busy a share says little; one that only waits never comes to so much. */
const busyUs = 1_000_000;
/** An end this near to the limit may be on its other side the next time. */
const nearShare = 0.8;
const hang: Observation = {
  saw: 'crash',
  crash: { type: 'Timeout', state: 'Timeout', security: false, frames: [], fingerprint: 'hang' },
};

/** A busy program that does not come back. An idle one may only be waiting for us. */
export function observeHang(run: Observed, nonce: string, bounds: Pick<BoxLimits, 'wallMs' | 'cpuSec'>): Observation {
  const isBusy = run.cpuUs >= Math.min(run.wallMs * 1000 * busyShare, busyUs);
  if (run.end === 'cpu-limit') return hang;
  if (run.end === 'timeout') return isBusy ? hang : unsure('it ran out of time, but hardly computed');
  if (run.end !== 'exited') return unsure(`the run ended by ${run.end}`);
  if (run.reports.some(({ name }) => name === 'observed.json')) {
    const seen = observeReport('hang', run, nonce);
    return seen.saw === 'crash' ? hang : seen;
  }
  const isNear = run.cpuUs >= bounds.cpuSec * 1e6 * nearShare || (isBusy && run.wallMs >= bounds.wallMs * nearShare);
  return isNear ? unsure('it came to its end only just before the limit') : quiet;
}
