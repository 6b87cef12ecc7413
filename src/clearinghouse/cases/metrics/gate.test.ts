import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Instant } from '../../../base/instant.ts';
import { limits } from '../../../base/limits.ts';
import { cutOf } from './gate.ts';
import { type CaseHistory, counted, definitions, publishable, quarter, quarterOf, type World } from './metric.ts';

const period = quarter('2026-Q4')!;
const at = '2026-11-01T00:00:00.000Z' as Instant;
const least = { staff: 0, board: limits.boardCell, public: limits.publicCell };
const history = fc.record({
  package: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g'),
  openedAt: fc.constant(at),
  reportedAt: fc.constantFrom('2026-10-01T00:00:00.000Z' as Instant, at),
  maintainerActed: fc.boolean(),
  fixReadyAt: fc.option(fc.constant(at), { nil: null }),
  fixDeployed: fc.boolean(),
  disclosedAt: fc.option(fc.constant(at), { nil: null }),
  closedAt: fc.option(fc.constant(at), { nil: null }),
  outcome: fc.constant(null),
  embargoBroken: fc.boolean(),
  regressed: fc.boolean(),
});
const worlds = fc.array(history, { maxLength: 60 }).map(
  (cases): World => ({
    period,
    cases: cases.map((c, i): CaseHistory => ({ ...c, id: `cas_${i}` })),
    reports: cases.map((c, i) => ({ id: `fnd_${i}`, at, joined: c.regressed, byLab: c.fixDeployed })),
  }),
);

test.each(['public', 'board'] as const)('from the %s cut nothing can be told of fewer than its least, also by subtracting', (cut) => {
  fc.assert(
    fc.property(worlds, (world) => {
      const cells = cutOf(cut, world, least).filter((cell) => cell.value !== null);
      const sets = cells.flatMap((cell) => {
        const { measure, keys } = definitions.find((d) => d.id === cell.id)!;
        const { counted, of } = measure(world);
        return [counted, ...(of ? [of] : [])].map((list) => ({ keys, set: new Set(list) }));
      });
      const parts = sets.flatMap((a) =>
        sets
          .filter((b) => b.keys === a.keys)
          .flatMap((b) => [a.set, a.set.difference(b.set), b.set.difference(a.set), a.set.intersection(b.set)]),
      );
      return parts.every((part) => part.size === 0 || part.size >= least[cut]) && cells.every((cell) => cell.keys === undefined);
    }),
    { numRuns: 500 },
  );
});

test('speed is never shown without its quality', () => {
  fc.assert(
    fc.property(worlds, (world) => {
      const shown = new Set(cutOf('public', world, least).flatMap((cell) => (cell.value === null ? [] : [cell.id])));
      return !shown.has('report-to-fix') || shown.has('regressions');
    }),
  );
});

test('eleven metrics, each with a stop event that is counted, or with what is missing', () => {
  expect(definitions).toHaveLength(11);
  const events = Object.keys(counted);
  for (const { missing, stop } of definitions) expect(missing !== null || events.some((event) => stop.startsWith(event))).toBe(true);
  expect(definitions.filter((d) => d.cuts.includes('public')).map((d) => d.id)).toEqual([
    'disclosed',
    'fixes',
    'projects',
    'regressions',
    'report-to-fix',
    'embargo',
  ]);
});

test('a quarter is public when it is over long enough', () => {
  expect(quarterOf('2026-12-31T23:59:59.999Z' as Instant)).toBe('2026-Q4');
  expect(publishable('2027-01-30T23:59:59.999Z' as Instant, 30)).toBe('2026-Q3');
  expect(publishable('2027-01-31T00:00:00.000Z' as Instant, 30)).toBe('2026-Q4');
});
