import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { Clock } from '../../base/doors.ts';
import { epochMs, type Instant, instantOf, plusMs } from '../../base/instant.ts';

export const systemClock: Clock = { now: () => instantOf(Date.now()) };

/** A clock that stands still until it is turned: for tests in one process. */
export function handClock(start: Instant): Clock & { advance(ms: number): void; set(at: Instant): void } {
  let at = start;
  return {
    now: () => at,
    advance: (ms) => {
      at = plusMs(at, ms);
    },
    set: (to) => {
      at = to;
    },
  };
}

/** The system's time plus the milliseconds written in a file: for the demo, which turns the clock of a running hub. Survives kill -9. */
export function shiftedClock(file: string): Clock {
  return {
    now() {
      let shift = 0;
      try {
        shift = Number(readFileSync(file, 'utf8'));
      } catch {
        // not turned yet
      }
      return instantOf(Date.now() + (Number.isFinite(shift) ? shift : 0));
    },
  };
}

export function turnClock(file: string, to: Instant): void {
  writeFileSync(`${file}.new`, String(epochMs(to) - Date.now()));
  renameSync(`${file}.new`, file);
}
