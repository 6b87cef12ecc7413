import type { Instant } from './instant.ts';

/** A half-open span of time: `startsAt` is in it, `endsAt` is not. */
export interface Interval {
  readonly startsAt: Instant;
  readonly endsAt: Instant;
}

export function overlap(a: Interval, b: Interval): boolean {
  return a.startsAt < b.endsAt && b.startsAt < a.endsAt;
}

export function contains(interval: Interval, at: Instant): boolean {
  return interval.startsAt <= at && at < interval.endsAt;
}
