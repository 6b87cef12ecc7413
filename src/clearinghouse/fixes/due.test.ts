import { describe, expect, test } from 'vitest';
import type { Instant } from '../../base/instant.ts';
import { decideDue } from './due.ts';

const known = '2026-07-01T00:00:00.000Z' as Instant;
const due = (exploitation: string, automatable: string, technicalImpact: string) =>
  decideDue({ decision: 'track', points: { exploitation, automatable, technicalImpact, missionWellbeing: 'low' } }, known);

describe('by when, after CISA BOD 26-04', () => {
  // Exploited, automatable, impact → reachable, not reachable: the sixteen rows of cisa:DT_BOD2604:1.0.0.
  test.each([
    ['none', 'no', 'partial', '2026-08-30', '60 days', 'at the next upgrade'],
    ['none', 'no', 'total', '2026-07-15', '14 days', 'at the next upgrade'],
    ['none', 'yes', 'partial', '2026-07-15', '14 days', '60 days'],
    ['public-poc', 'yes', 'total', '2026-07-04', '3 days', '60 days'],
    ['active', 'no', 'partial', '2026-07-15', '14 days', '14 days'],
    ['active', 'no', 'total', '2026-07-04', '3 days, with a look', '14 days'],
    ['active', 'yes', 'partial', '2026-07-04', '3 days', '14 days'],
    ['active', 'yes', 'total', '2026-07-04', '3 days, with a look', '3 days, with a look'],
  ])('%s, automatable %s, %s', (exploitation, automatable, impact, date, reachable, elsewhere) => {
    const { at, because } = due(exploitation, automatable, impact);
    expect(at?.slice(0, 10)).toBe(date);
    const [first, second] = because.split('public networks, ');
    expect(first).toContain(`: ${reachable}`);
    expect(second).toContain(elsewhere);
  });

  test('nothing is made up where nobody assessed', () => {
    expect(decideDue(null, known)).toEqual({ at: null, because: 'the advisory carries no SSVC assessment' });
    expect(due('unheard', 'maybe', 'total').at).toBeNull();
  });
});
