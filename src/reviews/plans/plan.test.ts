import { expect, test } from 'vitest';
import { noTokens } from '../../base/model-door.ts';
import { exampleTask } from '../suites/suite.example.ts';
import { type Draft, decideFreezable, measuresOf, planDigest, runsOf } from './plan.ts';
import { costMicros } from './solver.ts';

const draft: Draft = {
  secondGrading: null,
  submissionId: 'sub_a',
  suiteId: 'sui_a',
  suiteDigest: 'd',
  tasks: [1, 2].map((i) => exampleTask({ id: `t${i}` })),
  epochs: 3,
  budgets: [
    { turns: 5, tokens: 100 },
    { turns: 5, tokens: 200 },
  ],
  arms: ['as-released'],
  seeds: [1],
  stoppingRule: 'after all runs',
  solver: { name: 'bare' },
  prices: null,
  rule: { measure: 'solved', threshold: 0.5, also: [], alpha: 0.05, minTasks: 2, minBudgets: 2, minGraded: 0.8, anchors: [] },
};
const because = (over: Partial<Draft>, arm = 'as-released') => decideFreezable({ ...draft, ...over }, arm)?.because;

test('a plan that can decide is freezable', () => expect(because({})).toBeUndefined());

test('a trial with fewer tasks than the rule asks for may be frozen', () => {
  expect(because({ rule: { ...draft.rule, minTasks: 3 } })).toBeUndefined();
});

test('a plan that could never decide is not', () => {
  expect(because({ budgets: draft.budgets.slice(1) })).toContain('1 budgets');
  expect(because({ budgets: [draft.budgets[1]!, draft.budgets[0]!] })).toContain('larger');
  expect(because({ budgets: [draft.budgets[0]!, draft.budgets[0]!] })).toContain('larger');
  expect(because({ rule: { ...draft.rule, also: [{ measure: 'solved', threshold: 0.1 }] } })).toContain('twice');
  expect(because({ budgets: draft.budgets.map((b) => ({ ...b, money: 1 })) })).toContain('prices');
  expect(because({}, 'without-safeguards')).toContain('without-safeguards');
});

test('the digest is over all that was frozen', () => {
  const changed: Partial<Draft>[] = [
    { epochs: 4 },
    { seeds: [2] },
    { stoppingRule: 'sooner' },
    { rule: { ...draft.rule, threshold: 0.4 } },
    { rule: { ...draft.rule, anchors: [{ name: 'a person', measure: 'solved', value: 0.2 }] } },
    { tasks: [{ ...draft.tasks[0]!, prompt: 'q' }, draft.tasks[1]!] },
    { submissionId: 'sub_b' },
    { arms: ['as-released', 'other'] },
    { budgets: [draft.budgets[0]!] },
    { suiteDigest: 'e' },
    { solver: { name: 'baseline-random' } },
    { prices: { currency: 'USD', perMillion: { ...noTokens, output: 15 } } },
    { budgets: [draft.budgets[0]!, { ...draft.budgets[1]!, minutes: 5 }] },
  ];
  const digests = [{}, ...changed].map((over) => planDigest({ ...draft, ...over }));
  expect(new Set(digests).size).toBe(changed.length + 1);
});

test('runs are counted, and the measures are those of the rule', () => {
  expect(runsOf(draft)).toBe(12);
  expect(measuresOf({ ...draft.rule, also: [{ measure: 'pass@2', threshold: 0.9 }] }).map((m) => m.measure)).toEqual(['solved', 'pass@2']);
});

test('a larger budget is larger in nothing less; one without a bound is the largest', () => {
  const [a, b] = [
    { turns: 5, tokens: 100, minutes: 10 },
    { turns: 5, tokens: 100 },
  ];
  expect(because({ budgets: [a, b] })).toBeUndefined();
  expect(because({ budgets: [b, a] })).toContain('larger');
});

test('cost is reckoned by class, rounded up to a millionth', () => {
  const prices = { currency: 'USD', perMillion: { input: 3, cacheRead: 0.3, cacheWrite: 3.75, output: 15, reasoning: 15 } };
  expect(costMicros({ input: 1000, cacheRead: 1000, cacheWrite: 0, output: 100, reasoning: 100 }, prices)).toBe(3000 + 300 + 3000);
  expect(costMicros({ ...noTokens, cacheRead: 1 }, prices)).toBe(1);
});
