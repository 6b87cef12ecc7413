import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { interpolated, nextPoint, type SearchBounds, stretchesOf, type Told } from './search.ts';

/** Asks a history that is known, as a run would. */
function search(history: readonly Told[], known: number, bounds: SearchBounds = { tries: 1000, all: false }) {
  const told = new Map<number, Told>();
  for (let at = nextPoint(history.length, known, told, bounds); at !== undefined; at = nextPoint(history.length, known, told, bounds)) {
    expect(told.has(at)).toBe(false);
    told.set(at, history[at]!);
  }
  return { told, stretches: stretchesOf(told) };
}

/** Unaffected, affected, unaffected; `gaps` have no answer. */
const histories = fc
  .tuple(fc.nat(60), fc.integer({ min: 1, max: 60 }), fc.nat(60))
  .chain(([before, during, after]) =>
    fc.record({
      introduced: fc.constant(before),
      fixed: fc.constant(before + during),
      length: fc.constant(before + during + after),
      known: fc.nat(during - 1).map((i) => before + i),
      gaps: fc.uniqueArray(fc.nat(before + during + after - 1), { maxLength: 12 }),
    }),
  )
  .map(({ introduced, fixed, length, known, gaps }) => {
    const history = Array.from({ length }, (_, at): Told => (at >= introduced && at < fixed ? 'affected' : 'unaffected'));
    for (const at of gaps) if (at !== known) history[at] = at % 2 ? 'skipped' : 'could-not-tell';
    return { history, introduced, fixed, known };
  });

describe('a history with one affected stretch', () => {
  test('its boundaries hold the truth, and only points without an answer lie within them', () => {
    fc.assert(
      fc.property(histories, ({ history, introduced, fixed, known }) => {
        const { told, stretches } = search(history, known);
        expect(stretches).toHaveLength(1);
        const [stretch] = stretches as [(typeof stretches)[number]];
        expect(stretch.introduced.by).toBeGreaterThanOrEqual(introduced);
        if (stretch.introduced.after !== null) expect(stretch.introduced.after).toBeLessThan(introduced);
        expect(stretch.lastKnownAffected).toBeLessThan(fixed);
        if (stretch.fixed) expect(stretch.fixed.by).toBeGreaterThanOrEqual(fixed);
        for (const boundary of [stretch.introduced, stretch.fixed]) {
          if (!boundary || boundary.after === null) continue;
          for (let at = boundary.after + 1; at < boundary.by; at++) expect(['skipped', 'could-not-tell']).toContain(told.get(at));
        }
      }),
      { numRuns: 500 },
    );
  });

  test('what is interpolated is true, and few points are tried', () => {
    fc.assert(
      fc.property(histories, ({ history, introduced, fixed, known }) => {
        const { told } = search(history, known);
        for (const at of history.keys()) {
          if (told.has(at)) continue;
          const said = interpolated(at, told);
          if (said !== 'unknown') expect(said).toBe(at >= introduced && at < fixed ? 'affected' : 'unaffected');
        }
        const gaps = history.filter((of) => of === 'skipped' || of === 'could-not-tell').length;
        expect(told.size).toBeLessThanOrEqual(14 + 2 * Math.ceil(Math.log2(history.length + 1)) + gaps);
      }),
      { numRuns: 500 },
    );
  });
});

test('with all, every point is measured; never more than may be tried', () => {
  fc.assert(
    fc.property(histories, fc.integer({ min: 1, max: 80 }), ({ history, known }, tries) => {
      const { told } = search(history, known, { tries, all: true });
      if (history.length <= tries) expect(told.size).toBe(history.length);
      else expect(told.size).toBeLessThanOrEqual(tries);
    }),
  );
});

test('a history that goes back and forth is noticed by the probes', () => {
  const a = (n: number, of: Told): Told[] => Array(n).fill(of);
  const { stretches } = search(
    [...a(10, 'unaffected'), ...a(10, 'affected'), ...a(12, 'unaffected'), ...a(10, 'affected'), ...a(5, 'unaffected')],
    15,
  );
  expect(stretches).toEqual([
    { introduced: { after: 9, by: 10 }, lastKnownAffected: 19, fixed: { after: 19, by: 20 } },
    { introduced: { after: 31, by: 32 }, lastKnownAffected: 41, fixed: { after: 41, by: 42 } },
  ]);
});
