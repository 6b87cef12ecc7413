import { day, epochMs, type Instant, instantOf } from './instant.ts';

/** Days as people count them: a date is `2026-11-21`, a zone an IANA name, a calendar says on which dates nobody is at work. */
export type LocalDate = string & { readonly __date: true };

interface Calendar {
  readonly id: string;
  /** Where the rule is laid down. */
  readonly source: string;
  /** Of one year; Saturdays and Sundays are free besides. */
  holidays(year: number): readonly LocalDate[];
}

/** Where and by which calendar days are counted. */
export interface Reckoning {
  readonly zone: string;
  readonly calendar: Calendar;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Building one takes longer than a thousand uses; there are some six hundred zones. */
function formatOf(zone: string): Intl.DateTimeFormat | undefined {
  const known = formats.get(zone);
  if (known) return known;
  // ECMA-402 also takes offsets, which know no summer time.
  if (!/^[A-Za-z]/.test(zone)) return undefined;
  try {
    const parts = { year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit' } as const;
    const made = new Intl.DateTimeFormat('en-US', { timeZone: zone, hourCycle: 'h23', ...parts });
    // Names are taken in any case of letters; kept under what is written in full, so that there are no more than zones.
    formats.set(made.resolvedOptions().timeZone, made);
    return made;
  } catch {
    return undefined;
  }
}

export function isZone(name: string): boolean {
  return name.length <= 64 && formatOf(name) !== undefined;
}

/** The wall clock somewhere, as if it were UTC: `2026-11-21T04:00:00.000Z` for nine o'clock UTC in New York. */
function wallClock(at: Instant, zone: string): Instant {
  const format = formatOf(zone);
  if (!format) throw new RangeError(`no such time zone: ${zone}`);
  const parts = Object.fromEntries(format.formatToParts(epochMs(at)).map((p) => [p.type, p.value]));
  const year = parts.year?.padStart(4, '0');
  return `${year}-${parts.month}-${parts.day}T${parts.hour}:${parts.minute}:${parts.second}.${at.slice(20, 23)}Z` as Instant;
}

export function dateIn(at: Instant, zone: string): LocalDate {
  return wallClock(at, zone).slice(0, 10) as LocalDate;
}

/** `2026-12-11 23:59 America/New_York (UTC-5)`: nobody has to guess the zone, nor whether it was summer. */
export function written(at: Instant, zone: string): string {
  const local = wallClock(at, zone);
  const minutes = Math.round((epochMs(local) - epochMs(at)) / 60_000);
  const rest = Math.abs(minutes) % 60;
  const offset = `${minutes < 0 ? '-' : '+'}${Math.floor(Math.abs(minutes) / 60)}${rest ? `:${String(rest).padStart(2, '0')}` : ''}`;
  return `${local.slice(0, 10)} ${local.slice(11, 16)} ${zone} (UTC${offset})`;
}

/**
 * When the wall clock shows this time on that date. Of two such moments the earlier; where the clock was put forward over it,
 * the moment as long after midnight as the time says (as if it had not been put forward yet).
 */
export function instantIn(date: LocalDate, time: string, zone: string): Instant {
  const wanted = `${date}T${time.padEnd(12, ':00.000'.slice(time.length - 5))}Z` as Instant;
  const offset = (at: Instant) => epochMs(wallClock(at, zone)) - epochMs(at);
  const before = instantOf(epochMs(wanted) - offset(instantOf(epochMs(wanted) - day)));
  const after = instantOf(epochMs(wanted) - offset(instantOf(epochMs(wanted) + day)));
  const earlier = before < after ? before : after;
  return wallClock(earlier, zone) === wanted ? earlier : wallClock(after, zone) === wanted ? after : before;
}

function plusDates(date: LocalDate, days: number): LocalDate {
  return instantOf(epochMs(`${date}T00:00:00.000Z` as Instant) + days * day).slice(0, 10) as LocalDate;
}

/** 0 = Sunday. */
function weekday(date: LocalDate): number {
  return (((epochMs(`${date}T00:00:00.000Z` as Instant) / day + 4) % 7) + 7) % 7;
}

export function isBusinessDay(date: LocalDate, calendar: Calendar): boolean {
  const of = weekday(date);
  return of !== 0 && of !== 6 && !calendar.holidays(Number(date.slice(0, 4))).includes(date);
}

/** The same time of day so many business days later. The day it begins is not counted; 0 of them stays where it is. */
export function plusBusinessDays(at: Instant, days: number, { zone, calendar }: Reckoning): Instant {
  if (days === 0) return at;
  const local = wallClock(at, zone);
  let date = local.slice(0, 10) as LocalDate;
  for (let left = days; left > 0; ) {
    date = plusDates(date, 1);
    if (isBusinessDay(date, calendar)) left--;
  }
  return instantIn(date, local.slice(11, 23), zone);
}

/** Business days that began after the one of `from`, up to the one of `to`. */
export function businessDaysBetween(from: Instant, to: Instant, { zone, calendar }: Reckoning): number {
  const last = dateIn(to, zone);
  let counted = 0;
  for (let date = plusDates(dateIn(from, zone), 1); date <= last; date = plusDates(date, 1)) if (isBusinessDay(date, calendar)) counted++;
  return counted;
}

/** Saturdays and Sundays only. */
export const weekends: Calendar = { id: 'weekends', source: 'Monday to Friday, no holidays', holidays: () => [] };

/** Holidays that somebody gives as they are: a company's, a country's. */
export function givenCalendar(id: string, source: string, dates: readonly LocalDate[]): Calendar {
  const byYear = Map.groupBy(dates, (date) => Number(date.slice(0, 4)));
  return { id, source, holidays: (year) => byYear.get(year) ?? [] };
}

function ruled(id: string, source: string, rule: (year: number) => readonly LocalDate[]): Calendar {
  const known = new Map<number, readonly LocalDate[]>();
  return {
    id,
    source,
    holidays(year) {
      const dates = known.get(year) ?? rule(year);
      known.set(year, dates);
      return dates;
    },
  };
}

const on = (year: number, month: number, date: number) =>
  `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(date).padStart(2, '0')}` as LocalDate;

/** The nth of a weekday in a month. */
function nth(n: number, which: number, year: number, month: number): LocalDate {
  const first = on(year, month, 1);
  return plusDates(first, ((which - weekday(first) + 7) % 7) + (n - 1) * 7);
}

/** On a Saturday the Friday before is free, on a Sunday the Monday after (5 U.S.C. 6103(b)(1); E.O. 11582 §3). */
function observed(date: LocalDate): LocalDate {
  return plusDates(date, { 6: -1, 0: 1 }[weekday(date)] ?? 0);
}

const unitedStates = ruled('us-federal', '5 U.S.C. 6103(a), (b); Executive Order 11582', (year) => {
  const moved = [on(year, 1, 1), on(year, 7, 4), on(year, 11, 11), on(year, 12, 25), on(year + 1, 1, 1)];
  // Juneteenth since Public Law 117-17 of 17 June 2021.
  if (year >= 2021) moved.push(on(year, 6, 19));
  const mondays = [nth(3, 1, year, 1), nth(3, 1, year, 2), plusDates(nth(1, 1, year, 6), -7), nth(1, 1, year, 9), nth(2, 1, year, 10)];
  return [...moved.map(observed), ...mondays, nth(4, 4, year, 11)].filter((date) => Number(date.slice(0, 4)) === year).sort();
});

/** Easter Sunday: the Sunday after the full moon on or after 21 March, by the Gregorian tables of 1582 (epact and century corrections). */
export function easter(year: number): LocalDate {
  const century = Math.floor(year / 100);
  const golden = year % 19;
  const leapsLeftOut = century - Math.floor(century / 4);
  const moonGained = Math.floor((8 * century + 13) / 25);
  const age = (19 * golden + leapsLeftOut - moonGained + 15) % 30;
  // The tables never let the full moon fall on 19 April, nor twice on the 18th in one cycle of nineteen years.
  const full = age - (age === 29 || (age === 28 && golden > 10) ? 1 : 0);
  const moon = plusDates(on(year, 3, 21), full);
  return plusDates(moon, 7 - weekday(moon));
}

const target = ruled(
  'target',
  'European Central Bank, long-term calendar for TARGET closing days, 14 December 2000: https://www.ecb.europa.eu/press/pr/date/2000/html/pr001214_4.en.html',
  (year) => {
    const sunday = easter(year);
    return [on(year, 1, 1), plusDates(sunday, -2), plusDates(sunday, 1), on(year, 5, 1), on(year, 12, 25), on(year, 12, 26)];
  },
);

export const calendars = { weekends, 'us-federal': unitedStates, target } as const;
