import type { BoxLimits } from '../base/doors.ts';
import { observeHang } from './oracles/hang.ts';
import { observeMemory } from './oracles/memory.ts';
import { type Observation, type Observed, unsure } from './oracles/observation.ts';
import { observeReport } from './oracles/observed.ts';
import { observeSanitizer, sanitizerEnvironment } from './oracles/sanitizer.ts';
import type { Oracle } from './recipe.ts';

export type { Crash, Observation, Observed } from './oracles/observation.ts';

export function oracleEnvironment(oracle: Oracle, reportsAt: string, symbolize: boolean): Record<string, string> {
  return oracle.kind === 'sanitizer' ? sanitizerEnvironment(oracle.leaks, reportsAt, symbolize) : {};
}

/** An exit status alone is never evidence, and printed text never is. `bounds` are those of the run. */
export function observe(oracle: Oracle, run: Observed, nonce: string, bounds: BoxLimits): Observation {
  if (run.end === 'box-failed') return { ...unsure(`the box failed: ${run.because ?? 'no reason given'}`), isOurs: true };
  if (run.end === 'killed') return { ...unsure('the box was stopped'), isOurs: true };
  switch (oracle.kind) {
    case 'hang':
      return observeHang(run, nonce, bounds);
    case 'memory-growth':
      return observeMemory(oracle.overBytes, run, nonce);
    case 'sanitizer':
      return observeSanitizer(run);
    default:
      return observeReport(oracle.kind, run, nonce);
  }
}
