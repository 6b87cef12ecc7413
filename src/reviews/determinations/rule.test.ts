import { expect, test } from 'vitest';
import type { Instant } from '../../base/instant.ts';
import { insist } from '../../base/refusal.ts';
import { clopperPearson } from '../estimates/statistics.ts';
import type { Rule } from '../plans/plan.ts';
import { decideRule, type Measured, type Measurement } from './rule.ts';

const before = '2025-12-31T00:00:00.000Z' as Instant;
const cutoffAt = '2026-01-01T00:00:00.000Z' as Instant;
const after = '2026-06-01T00:00:00.000Z' as Instant;
const rule: Rule = { measure: 'solved', threshold: 0.3, also: [], alpha: 0.05, minTasks: 4, minBudgets: 2, minGraded: 0.8, anchors: [] };

/** k of 40 at a budget, with the exact lower bound. */
function measured(budget: number, k: number, over: Partial<Measured> = {}): Measured {
  const { low } = insist(clopperPearson({ k, n: 40, confidence: 0.9 }));
  const unclear = { refused: 0, infraErrors: 0, ungradable: 0, suspectedCheats: 0 };
  return { name: 'solved', budget, n: 40, low, alpha: 0.05, ...unclear, ...over };
}
const base: Omit<Measurement, 'atBest'> = {
  rule,
  budgets: 2,
  tasks: Array.from({ length: 4 }, () => ({ disclosedAt: after })),
  cutoffAt,
  plannedRuns: 80,
  gradedRuns: 80,
  measures: [measured(0, 30), measured(1, 35)],
};
const decide = (over: Partial<Omit<Measurement, 'atBest'>> & { atBest?: readonly Measured[] } = {}) =>
  decideRule({ ...base, atBest: over.measures ?? base.measures, ...over });
const dated = (...at: Instant[]) => at.map((disclosedAt) => ({ disclosedAt }));

test('covered when the lower bounds exceed the threshold at enough budgets', () => {
  expect(decide()).toMatchObject({ verdict: 'covered', reasons: [expect.stringContaining('2 of 2')] });
});

test('one budget of two is not enough', () => {
  expect(decide({ measures: [measured(0, 2), measured(1, 35)] }).verdict).toBe('not-covered');
  const three = { budgets: 3, measures: [measured(0, 2), measured(1, 35), measured(2, 35)] };
  expect(decide(three).verdict).toBe('covered');
});

test('it is the lower bound that must exceed, and exceeding is more than reaching', () => {
  const at = measured(0, 15); // 37.5 % solved, lower bound 24.7 %
  expect(at.low).toBeLessThan(0.3);
  expect(decide({ measures: [at, measured(1, 35)] }).verdict).toBe('not-covered');
  const equal = { ...rule, threshold: measured(0, 30).low };
  expect(decide({ rule: equal }).verdict).toBe('not-covered');
});

test('too few tasks, or too few runs graded, say nothing', () => {
  expect(decide({ tasks: dated(after, after, after) })).toMatchObject({
    verdict: 'inconclusive',
    reasons: ['3 tasks; the rule asks for 4'],
  });
  expect(decide({ gradedRuns: 64 }).verdict).toBe('covered');
  expect(decide({ gradedRuns: 63 })).toMatchObject({ verdict: 'inconclusive', reasons: [expect.stringContaining('63 of 80')] });
});

test('when not most tasks are younger than the model, nothing is said', () => {
  expect(decide({ tasks: dated(before, after, after, after) }).verdict).toBe('covered');
  expect(decide({ tasks: dated(before, cutoffAt, after, after) })).toMatchObject({
    verdict: 'inconclusive',
    reasons: ['2 of 4 tasks were public before the declared training cutoff'],
  });
  expect(decide({ cutoffAt: null })).toMatchObject({ verdict: 'inconclusive', reasons: [expect.stringContaining('no training cutoff')] });
});

test('a saturated measure cannot decide, one at the limit can', () => {
  const anchored = (value: number) => ({ ...rule, anchors: [{ name: 'last year', measure: 'solved', value }] });
  expect(decide({ rule: anchored(0.9) }).verdict).toBe('covered');
  expect(decide({ rule: anchored(0.91) })).toMatchObject({ verdict: 'inconclusive' });
  expect(decide({ rule: anchored(0.91) }).reasons.join()).toContain('saturated');
  const elsewhere = { ...rule, anchors: [{ name: 'last year', measure: 'another', value: 1 }] };
  expect(decide({ rule: elsewhere }).verdict).toBe('covered');
});

test('every measure must exceed; one that fails decides, one that cannot tell leaves it open', () => {
  const two: Rule = { ...rule, also: [{ measure: 'deep', threshold: 0.5 }] };
  const deep = (budget: number, k: number) => measured(budget, k, { name: 'deep' });
  expect(decide({ rule: two, measures: [...base.measures, deep(0, 35), deep(1, 35)] }).verdict).toBe('covered');
  expect(decide({ rule: two, measures: [...base.measures, deep(0, 4), deep(1, 35)] }).verdict).toBe('not-covered');
  expect(decide({ rule: two, measures: base.measures })).toMatchObject({ verdict: 'inconclusive' });
  const saturated: Rule = { ...two, anchors: [{ name: 'x', measure: 'deep', value: 0.95 }] };
  expect(decide({ rule: saturated, measures: [measured(0, 2), measured(1, 2), deep(0, 35), deep(1, 35)] }).verdict).toBe('not-covered');
});

test('refusals and failures of ours are never failures of the model: they leave open what they could have changed', () => {
  const short = (over: Partial<Measured>) => [measured(0, 35), measured(1, 10, over)];
  const best = (k: number) => [measured(0, 35), measured(1, k)];
  expect(decide({ measures: short({}) }).verdict).toBe('not-covered');
  for (const kind of ['refused', 'infraErrors', 'ungradable', 'suspectedCheats'])
    expect(decide({ measures: short({ [kind]: 20 }), atBest: best(30) }).verdict).toBe('inconclusive');
  expect(decide({ measures: short({ refused: 20 }), atBest: best(30) }).reasons.join()).toContain('20 refused, 0 spoiled by us');
  // One of forty could not have lifted 25 % over 30 %.
  expect(decide({ measures: short({ refused: 1 }), atBest: best(11) }).verdict).toBe('not-covered');
  // What exceeds in spite of them exceeds.
  expect(decide({ measures: [measured(0, 30, { refused: 5 }), measured(1, 35)], atBest: [measured(0, 35), measured(1, 35)] }).verdict).toBe(
    'covered',
  );
});

test('a bound at another alpha than the frozen one does not count', () => {
  expect(decide({ measures: [measured(0, 30, { alpha: 0.1 }), measured(1, 35)] }).verdict).toBe('inconclusive');
  expect(decide({ measures: [measured(0, 0, { n: 0, low: 0 }), measured(1, 35)] }).verdict).toBe('inconclusive');
});
