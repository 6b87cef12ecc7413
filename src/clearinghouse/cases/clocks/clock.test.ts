import fc from 'fast-check';
import { expect, test } from 'vitest';
import { calendars } from '../../../base/business-days.ts';
import type { Id } from '../../../base/id.ts';
import { day, hour, type Instant, plusMs } from '../../../base/instant.ts';
import { caseLabel } from '../case.ts';
import { type Clock, clockKinds, clockRules, dueOf, type Owner, owedByDesk, strike, strokes, wound } from './clock.ts';

const friday = '2026-11-20T16:00:00.000Z' as Instant;
const caseId = 'cas_00000000000000000000000000' as Id<'cas'>;
const supplier: Owner = { by: 'participant', id: 'par_1', orgId: 'org_1' };
const by = { zone: 'Europe/Brussels', calendar: calendars.target };
const winds = (dueAt: Instant, owedBy: Owner = supplier, kind: Clock['kind'] = 'acknowledgement') =>
  wound({ id: 'clk_1' as Id<'clk'>, caseId, kind, about: '', owedBy, because: 'x', startedAt: friday, dueAt }, caseLabel(caseId));

test('what a kind allows is counted in the days or hours that its rule says', () => {
  expect(dueOf('acknowledgement', friday, by)).toBe('2026-11-24T16:00:00.000Z');
  expect(dueOf('assessment', friday, by)).toBe('2026-12-04T16:00:00.000Z');
  // Twenty-four hours are no business day (Regulation (EU) 2024/2847 Article 14(2)(a)).
  expect(dueOf('cra-early-warning', friday, by)).toBe(plusMs(friday, 24 * hour));
  expect(dueOf('cra-notification', friday, by)).toBe(plusMs(friday, 72 * hour));
  expect(dueOf('cra-final-report', friday, by)).toBe(plusMs(friday, 14 * day));
  expect(dueOf('embargo', friday, by)).toBeUndefined();
  for (const kind of clockKinds) expect(clockRules[kind].source).not.toBe('');
});

test('whoever owes it is warned, then told; then the coordinator', () => {
  const clock = winds(plusMs(friday, 4 * day));
  const at = (from: Clock, days: number) => strike(from, plusMs(friday, days * day));
  expect(at(clock, 2.9).struck).toEqual([]);
  const warned = at(clock, 3);
  expect(warned.struck).toEqual(['warned']);
  expect(at(warned.clock, 3.5).struck).toEqual([]);
  const overdue = at(warned.clock, 4);
  expect(overdue.struck).toEqual(['overdue']);
  const escalated = at(overdue.clock, 5);
  expect(escalated.struck).toEqual(['escalated']);
  expect(escalated.clock.nextAt).toBeNull();
});

test('a warning after the hour is left out; nothing else is', () => {
  expect(strike(winds(plusMs(friday, 4 * day)), plusMs(friday, 400 * day)).struck).toEqual(['overdue', 'escalated']);
  expect(strike(winds(plusMs(friday, 4 * day), owedByDesk), plusMs(friday, 400 * day)).struck).toEqual(['overdue']);
  // With less time than the warning takes there is none.
  expect(winds(plusMs(friday, hour)).warnAt).toBeNull();
});

test('however it is looked at, each stroke comes once and in order', () => {
  const steps = fc.array(fc.integer({ min: 1, max: 3 * day }), { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(steps, fc.integer({ min: 1, max: 20 * day }), fc.constantFrom(...clockKinds), fc.boolean(), (waits, dueMs, kind, desk) => {
      let clock = winds(plusMs(friday, dueMs), desk ? owedByDesk : supplier, kind);
      let now = friday;
      const struck: string[] = [];
      for (const wait of [...waits, 400 * day]) {
        now = plusMs(now, wait);
        const next = strike(clock, now);
        struck.push(...next.struck);
        clock = next.clock;
      }
      expect(struck).toEqual(strokes.filter((s) => struck.includes(s)));
      expect(struck).toContain('overdue');
      expect(struck.includes('escalated')).toBe(!desk);
      expect(clock.nextAt).toBeNull();
    }),
  );
});

test('what is done strikes no more', () => {
  const stopped = { ...winds(plusMs(friday, day)), doneAt: friday, nextAt: null };
  expect(strike(stopped, plusMs(friday, 400 * day)).struck).toEqual([]);
});
