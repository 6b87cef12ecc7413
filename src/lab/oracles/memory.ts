import { type Observation, type Observed, quiet, unsure } from './observation.ts';
import { observeReport } from './observed.ts';

/**
 * What the box's own counters say was held at once, by all of its processes. The control input is held to the same bound, and is silent:
 * that makes it growth. An end by memory is one too; any other end says nothing unless the bound was passed before it.
 */
export function observeMemory(overBytes: number, run: Observed, nonce: string): Observation {
  const grown: Observation = {
    saw: 'crash',
    crash: { type: 'Memory-growth', state: `more than ${overBytes >> 20} MiB`, security: true, frames: [], fingerprint: 'memory-growth' },
  };
  if (run.end === 'oom' || run.oomKills > 0 || run.peakBytes > overBytes) return grown;
  if (run.peakBytes === 0) return unsure('the box does not measure memory');
  // What a driver did not come to, it did not hold either.
  if (run.reports.some(({ name }) => name === 'observed.json')) return observeReport('memory-growth', run, nonce);
  return run.end === 'exited' ? quiet : unsure(`the run ended by ${run.end} below the bound`);
}
