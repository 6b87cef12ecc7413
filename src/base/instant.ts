/**
 * Instants are UTC strings of one fixed width, `2026-11-21T06:08:50.123Z`, so that comparing strings compares times.
 * This is the only pure file that may use Date, and only on a time that was given to it.
 */
export type Instant = string & { readonly __instant: true };

export const second = 1000;
export const minute = 60 * second;
export const hour = 60 * minute;
export const day = 24 * hour;

export function instantOf(epochMs: number): Instant {
  return new Date(epochMs).toISOString() as Instant;
}

/** Reads RFC 3339 with any offset; undefined when it is not a time. A time without an offset is refused: it means nothing. */
export function parseInstant(text: string): Instant | undefined {
  if (!/^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?([Zz]|[+-]\d\d:?\d\d)$/.test(text)) return undefined;
  const ms = Date.parse(text.replace(' ', 'T'));
  return Number.isNaN(ms) ? undefined : instantOf(ms);
}

export function epochMs(at: Instant): number {
  return Date.parse(at);
}

export function plusMs(at: Instant, ms: number): Instant {
  return instantOf(epochMs(at) + ms);
}

export function msBetween(from: Instant, to: Instant): number {
  return epochMs(to) - epochMs(from);
}

/** RFC 9110 §5.6.7: a time in the headers of HTTP, exact to the second. */
export function httpDate(epochMs: number): string {
  return new Date(epochMs).toUTCString();
}

/** Milliseconds since 1970 of a time in a header; undefined when it is none. */
export function parseHttpDate(text: string): number | undefined {
  const ms = /^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(ms) ? undefined : ms;
}
