import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  businessDaysBetween,
  calendars,
  dateIn,
  easter,
  givenCalendar,
  instantIn,
  isBusinessDay,
  isZone,
  type LocalDate,
  plusBusinessDays,
  written,
} from './business-days.ts';
import { epochMs, type Instant, instantOf } from './instant.ts';

const at = (text: string) => text as Instant;
const on = (text: string) => text as LocalDate;
const newYork = { zone: 'America/New_York', calendar: calendars['us-federal'] };
const brussels = { zone: 'Europe/Brussels', calendar: calendars.target };

describe('holidays', () => {
  test('of the United States, as OPM lists them for 2026', () => {
    const listed = ['01-01', '01-19', '02-16', '05-25', '06-19', '07-03', '09-07', '10-12', '11-11', '11-26', '12-25'];
    expect(calendars['us-federal'].holidays(2026)).toEqual(listed.map((d) => `2026-${d}`));
  });

  test('on a Sunday the Monday after, on a Saturday the Friday before, across the turn of the year too', () => {
    const { holidays } = calendars['us-federal'];
    expect(holidays(2021)).toContain('2021-12-31'); // 1 January 2022 was a Saturday
    expect(holidays(2022)).not.toContain('2022-01-01');
    expect(holidays(2023)).toContain('2023-01-02');
    expect(holidays(2022)).toContain('2022-06-20');
    expect(holidays(2020)).not.toContain('2020-06-19');
  });

  // As published for each year, e.g. by the US Naval Observatory: the earliest, the latest, and both exceptions of the tables.
  test.each([
    [1818, '03-22'],
    [1943, '04-25'],
    [1954, '04-18'],
    [1981, '04-19'],
    [2000, '04-23'],
    [2019, '04-21'],
    [2024, '03-31'],
    [2026, '04-05'],
    [2027, '03-28'],
    [2038, '04-25'],
    [2049, '04-18'],
    [2076, '04-19'],
  ])('Easter of %i is on %s', (year, date) => expect(easter(year)).toBe(`${year}-${date}`));

  test('of TARGET', () => {
    const listed = ['01-01', '04-03', '04-06', '05-01', '12-25', '12-26'];
    expect(calendars.target.holidays(2026)).toEqual(listed.map((d) => `2026-${d}`));
  });

  test('that somebody gives', () => {
    const own = givenCalendar('acme', 'its staff handbook', [on('2026-11-27'), on('2027-05-17')]);
    expect(isBusinessDay(on('2026-11-27'), own)).toBe(false);
    expect(isBusinessDay(on('2026-11-26'), own)).toBe(true);
    expect(isBusinessDay(on('2027-05-17'), own)).toBe(false);
  });
});

describe('business days', () => {
  test('keep the time of day, over Thanksgiving and the weekend', () => {
    // Wednesday 25 November, 14:00 in New York.
    expect(plusBusinessDays(at('2026-11-25T19:00:00.000Z'), 1, newYork)).toBe('2026-11-27T19:00:00.000Z');
    expect(plusBusinessDays(at('2026-11-25T19:00:00.000Z'), 2, newYork)).toBe('2026-11-30T19:00:00.000Z');
  });

  test('keep the time of day when the clocks are changed', () => {
    // Friday 23 October, 12:00 in Brussels is UTC+2; Monday is UTC+1.
    expect(plusBusinessDays(at('2026-10-23T10:00:00.000Z'), 1, brussels)).toBe('2026-10-26T11:00:00.000Z');
  });

  test('begin with the next one when it begins on a Saturday', () => {
    expect(plusBusinessDays(at('2026-11-21T09:00:00.000Z'), 1, brussels)).toBe('2026-11-23T09:00:00.000Z');
  });

  test('are those of the place: late on Friday in New York is Saturday elsewhere', () => {
    const late = at('2026-11-21T02:00:00.000Z');
    expect(dateIn(late, 'America/New_York')).toBe('2026-11-20');
    expect(plusBusinessDays(late, 1, newYork)).toBe('2026-11-24T02:00:00.000Z');
    expect(plusBusinessDays(late, 1, { ...newYork, zone: 'UTC' })).toBe('2026-11-23T02:00:00.000Z');
  });

  test('counted back give what was counted forward', () => {
    const moment = fc.integer({ min: epochMs(at('2020-01-01T00:00:00.000Z')), max: epochMs(at('2040-01-01T00:00:00.000Z')) });
    const reckoning = fc.constantFrom(newYork, brussels, { zone: 'Pacific/Apia', calendar: calendars.weekends });
    fc.assert(
      fc.property(moment, fc.integer({ min: 1, max: 40 }), reckoning, (ms, days, by) => {
        const end = plusBusinessDays(instantOf(ms), days, by);
        expect(businessDaysBetween(instantOf(ms), end, by)).toBe(days);
        expect(isBusinessDay(dateIn(end, by.zone), by.calendar)).toBe(true);
      }),
      { numRuns: 200 },
    );
  });
});

describe('zones', () => {
  test('are names of places, not offsets', () => {
    for (const zone of ['UTC', 'Europe/Brussels', 'America/Argentina/Buenos_Aires', 'Asia/Kolkata']) expect(isZone(zone)).toBe(true);
    for (const zone of ['', '+02:00', 'Mars/Olympus', 'a'.repeat(65), 'Europe/Brussels\u0000']) expect(isZone(zone)).toBe(false);
  });

  test('a time that comes twice is the earlier one; one that never comes is counted from midnight', () => {
    expect(instantIn(on('2026-10-25'), '02:30', 'Europe/Brussels')).toBe('2026-10-25T00:30:00.000Z');
    expect(instantIn(on('2026-03-29'), '02:30', 'Europe/Brussels')).toBe('2026-03-29T01:30:00.000Z');
    expect(instantIn(on('2026-11-01'), '01:30', 'America/New_York')).toBe('2026-11-01T05:30:00.000Z');
    expect(instantIn(on('2026-12-11'), '23:59', 'America/New_York')).toBe('2026-12-12T04:59:00.000Z');
  });

  test('are written out with the hour', () => {
    expect(written(at('2026-12-12T04:59:00.000Z'), 'America/New_York')).toBe('2026-12-11 23:59 America/New_York (UTC-5)');
    expect(written(at('2026-07-01T12:00:00.000Z'), 'Asia/Kolkata')).toBe('2026-07-01 17:30 Asia/Kolkata (UTC+5:30)');
  });
});
