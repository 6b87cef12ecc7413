import { type Observation, type Observed, quiet, unsure } from './observation.ts';

const busyShare = 0.25;

/** A busy program that does not come back. An idle one may only be waiting for us. */
export function observeHang(run: Observed): Observation {
  const hang: Observation = {
    saw: 'crash',
    crash: { type: 'Timeout', state: 'Timeout', security: false, frames: [], fingerprint: 'hang' },
  };
  if (run.end === 'cpu-limit') return hang;
  if (run.end === 'timeout') return run.cpuUs >= run.wallMs * 1000 * busyShare ? hang : unsure('it ran out of time, but hardly computed');
  return run.end === 'exited' ? quiet : unsure(`the run ended by ${run.end}`);
}
