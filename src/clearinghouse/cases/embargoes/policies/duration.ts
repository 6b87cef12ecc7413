import { day, hour } from '../../../../base/instant.ts';

/**
 * A length of time as policies are given: ISO 8601 in weeks, days and hours (`P14D`, `PT72H`). Months and years are of no one length,
 * and an embargo has one end.
 */
export type Duration = string & { readonly __duration: true };

const shape = /^P(?:(\d{1,3})W|(?=\d|T\d)(?:(\d{1,4})D)?(?:T(\d{1,5})H)?)$/;

/** Milliseconds; undefined when it is none of this form. */
export function durationMs(text: string): number | undefined {
  const match = shape.exec(text);
  if (!match) return undefined;
  const [weeks, days, hours] = match.slice(1).map((digits) => Number(digits ?? 0)) as [number, number, number];
  return (weeks * 7 + days) * day + hours * hour;
}

export function msOf(duration: Duration): number {
  return durationMs(duration) ?? 0;
}

/** `14 days`, `72 hours`, `1 day 12 hours`. */
export function inWords(duration: Duration): string {
  const hours = msOf(duration) / hour;
  if (hours % 24 !== 0 && hours <= 72) return count(hours, 'hour');
  const days = Math.floor(hours / 24);
  return [days > 0 ? count(days, 'day') : '', hours % 24 > 0 ? count(hours % 24, 'hour') : ''].filter(Boolean).join(' ') || 'no time';
}

function count(n: number, unit: string): string {
  return `${n} ${unit}${n === 1 ? '' : 's'}`;
}
