import fc from 'fast-check';
import { describe, expect as expectThat, test } from 'vitest';
import { day, type Instant, instantOf, plusMs } from '../../../base/instant.ts';
import { bands } from '../../findings/queue/band.ts';
import { expect, givePlaces, noTerms, placeOf, severities, type Terms, type Waiting } from './pace.ts';
import { placeShown, weekOf } from './wire.ts';

const now = '2026-11-21T09:00:00.000Z' as Instant;
const inDays = (days: number) => plusMs(now, days * day);
const waiting = (...of: Waiting['band'][]): Waiting[] => of.map((band, i) => ({ id: `d${i}`, band }));
const goes = (terms: Partial<Terms>, of: Waiting[], delivered: Instant[] = []) =>
  givePlaces({ ...noTerms, ...terms }, of, delivered, now).now.map((w) => w.id);
const standard = waiting('STANDARD', 'STANDARD', 'STANDARD');
const consent = { by: 'psn_1', at: now };

describe('places', () => {
  test('a project that said nothing gets all at once', () => expectThat(goes({}, standard)).toEqual(['d0', 'd1', 'd2']));

  test('two a week, the first two go and the third a week after the first', () => {
    expectThat(goes({ weekly: 2 }, standard)).toEqual(['d0', 'd1']);
    expectThat(givePlaces({ ...noTerms, weekly: 2 }, standard.slice(2), [now, now], now)).toEqual({ now: [], dueAt: inDays(7) });
    expectThat(goes({ weekly: 2 }, standard, [inDays(-7), inDays(-3)])).toEqual(['d0']);
  });

  test('a pause holds all of them, for its time or until the project says so', () => {
    const until = givePlaces({ ...noTerms, paused: { until: inDays(3), because: null } }, standard, [], now);
    expectThat(until).toEqual({ now: [], dueAt: inDays(3) });
    expectThat(givePlaces({ ...noTerms, paused: { until: null, because: null } }, standard, [], now)).toEqual({ now: [], dueAt: null });
    expectThat(goes({ paused: { until: now, because: null } }, standard)).toHaveLength(3);
  });

  test('what the project does not take now waits, and holds up nobody behind it', () => {
    const of = waiting('URGENT', 'STANDARD');
    expectThat(goes({ bands: ['STANDARD'], weekly: 1 }, of)).toEqual(['d1']);
    expectThat(expect({ ...noTerms, bands: ['STANDARD'] }, of, [], now).get('d0')).toMatchObject({ place: 1, at: null });
  });

  test('an incident waits like all others, unless the project consented: silence is no consent', () => {
    const of = waiting('INCIDENT', 'STANDARD');
    const full = { weekly: 1, paused: { until: null, because: null }, bands: ['STANDARD'] as const };
    expectThat(goes(full, of, [inDays(-1)])).toEqual([]);
    expectThat(goes({ ...full, incidents: consent }, of, [inDays(-1)])).toEqual(['d0']);
    // It counts: the next place is a week after it.
    expectThat(expect({ ...noTerms, weekly: 1, incidents: consent }, of, [], now).get('d1')).toMatchObject({ place: 2, at: inDays(7) });
  });
});

test('order: band, then severity; each pair has a place of its own', () => {
  const all = bands.flatMap((band) => severities.map((severity) => placeOf(band, severity)));
  expectThat(all).toEqual([...all].sort((a, b) => a - b));
  expectThat(new Set(all).size).toBe(bands.length * severities.length);
});

test('property: never more than so many in any seven days, and what was expected is what happens if nothing else comes', () => {
  const band = fc.constantFrom(...bands);
  fc.assert(
    fc.property(
      fc.array(band, { maxLength: 12 }),
      fc.integer({ min: 1, max: 4 }),
      fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 6 }),
      (of, weekly, ago) => {
        const terms = { ...noTerms, weekly };
        const before = ago.map((hours) => plusMs(now, -hours * 8 * 60 * 60 * 1000)).sort();
        // What went before keeps to the same number, as it would have.
        const delivered = before.filter((t, i) => i < weekly || t > plusMs(before[i - weekly]!, 7 * day)).slice(0, weekly);
        let left = waiting(...of);
        const foretold = expect(terms, left, delivered, now);
        const went: Instant[] = [...delivered];
        for (let at: Instant | null = now; at !== null && left.length > 0; ) {
          const lately = went.filter((t) => t > plusMs(at!, -7 * day));
          const places: { now: readonly Waiting[]; dueAt: Instant | null } = givePlaces(terms, left, lately, at);
          for (const { id } of places.now) {
            expectThat(foretold.get(id)!.at).toBe(at);
            went.push(at);
          }
          left = left.filter((w) => !places.now.includes(w));
          at = places.dueAt;
        }
        expectThat(left).toEqual([]);
        for (const t of went) expectThat(went.filter((u) => u >= t && u < plusMs(t, 7 * day)).length).toBeLessThanOrEqual(weekly);
      },
    ),
  );
});

test('others than the clearinghouse are told a bound that holds, not how many wait', () => {
  expectThat([1, 2, 5, 6, 11].map((place) => placeShown(place, false))).toEqual([1, 5, 5, 10, 15]);
  expectThat([1, 2, 6].map((place) => placeShown(place, true))).toEqual([1, 2, 6]);
});

test('a week goes from Monday to Monday', () => {
  expectThat(weekOf(now)).toEqual({ from: '2026-11-16T00:00:00.000Z', to: '2026-11-23T00:00:00.000Z' });
  expectThat(weekOf(instantOf(0)).from).toBe('1969-12-29T00:00:00.000Z');
  expectThat(weekOf('2026-11-23T00:00:00.000Z' as Instant).from).toBe('2026-11-23T00:00:00.000Z');
});
