import { type Instant, instantOf } from '../src/base/instant.ts';
import { turnClock } from '../src/io/clock/clock.ts';

/** The hub's clock, as the demo drives it: it runs on with real time from wherever it was last turned to. */
export interface DrivenClock {
  readonly file: string;
  now(): Instant;
  turnTo(at: Instant): void;
}

export function drivenClock(file: string): DrivenClock {
  let shiftMs = 0;
  const now = () => instantOf(Date.now() + shiftMs);
  return {
    file,
    now,
    turnTo(at) {
      shiftMs += Date.parse(at) - Date.parse(now());
      turnClock(file, at);
    },
  };
}
