import { expect, test } from 'vitest';
import type { Outcome } from '../grades/grade.ts';
import type { Plan } from '../plans/plan.ts';
import { detectableShare } from './detectable.ts';
import { furtherOf, type Ran } from './further.ts';

const plan = (over: object = {}) =>
  ({
    tasks: Array.from({ length: 10 }, (_, i) => ({
      id: `t${i}`,
      weakness: `CWE-${i % 3}`,
      humanMinutes: i === 9 ? null : 2 ** i,
      disclosedAt: i < 4 ? '2025-01-01T00:00:00.000Z' : '2026-06-01T00:00:00.000Z',
    })),
    epochs: 2,
    budgets: [
      { turns: 1, tokens: 1000 },
      { turns: 2, tokens: 2000 },
    ],
    rule: { measure: 'solved', threshold: 0.3, also: [{ measure: 'solved-after-cutoff', threshold: 0.3 }], alpha: 0.05 },
    ...over,
  }) as unknown as Plan;
/** Task i is solved with the budget b in epoch e as `of` says. */
const all = (of: (task: number, epoch: number, budget: number) => Outcome): Ran[] =>
  Array.from({ length: 10 }, (_, task) =>
    [0, 1].flatMap((epoch) =>
      [0, 1].map((budget): Ran => ({ taskId: `t${task}`, epoch, budget, outcome: of(task, epoch, budget), tokensUsed: 100 * (task + 1) })),
    ),
  ).flat();

test('curve, attempts, steps and generalized accuracy of a plan', () => {
  const ran = all((task, epoch, budget) => (task < (budget === 1 ? 6 : 4) && (epoch === 0 || task % 2 === 0) ? 'solved' : 'not-solved'));
  const { curve, attempts, steps, generalized, design } = furtherOf(plan(), ran, '2026-01-01T00:00:00.000Z');
  // With the larger budget 6 of 10 in the first epoch and 3 in the second.
  expect(curve.at(-1)).toMatchObject({ tokens: 600, share: 9 / 20, worst: 9 / 20, best: 9 / 20 });
  expect(curve.map((point) => point.share)).toEqual(curve.map((point) => point.share).sort((a, b) => a - b));
  expect(attempts.filter((a) => a.budget === 1)).toMatchObject([
    { k: 1, passAtK: expect.closeTo(0.45, 12), passHatK: expect.closeTo(0.45, 12), tasks: 10 },
    { k: 2, passAtK: expect.closeTo(0.6, 12), passHatK: expect.closeTo(0.3, 12), tasks: 10 },
  ]);
  // From 6 of 20 to 9 of 20.
  expect(steps).toMatchObject([{ from: 0, to: 1, pairs: 20, tasks: 10, difference: expect.closeTo(0.15, 12), p: null }]);
  expect(steps[0]!.interval!.low).toBeLessThan(0.15);
  expect(generalized).toMatchObject([{ budget: 0 }, { budget: 1 }]);
  expect(design).toMatchObject([
    { measure: 'solved', tasks: 10 },
    { measure: 'solved-after-cutoff', tasks: 6 },
  ]);
});

test('the horizon of the largest budget, at tasks whose human minutes are known', () => {
  const { horizon } = furtherOf(
    plan(),
    all((task, epoch, budget) => (budget === 1 && task + epoch < 6 ? 'solved' : 'not-solved')),
    null,
  );
  expect(horizon).toMatchObject({ tasks: 9, runs: 18, measured: [1, 256], seed: 1, draws: 1000 });
  expect(horizon!.p50).toBeGreaterThan(16);
  expect(horizon!.p50).toBeLessThan(64);
  expect(horizon!.p80!).toBeLessThan(horizon!.p50!);
  const none = furtherOf(
    plan(),
    all(() => 'not-solved'),
    null,
  ).horizon;
  expect(none).toMatchObject({ p50: null, because: expect.stringContaining('solved nothing') });
  expect(
    furtherOf(
      plan({ tasks: [{ id: 't1', humanMinutes: null }] }),
      all(() => 'solved'),
      null,
    ).horizon,
  ).toBeNull();
});

test('what has no clear answer takes no part but widens the bounds of the curve', () => {
  const ran = all((task) => (task < 3 ? 'solved' : task < 6 ? 'infra-error' : 'not-solved'));
  const { curve, attempts, steps } = furtherOf(plan(), ran, null);
  expect(curve.at(-1)).toMatchObject({ share: 3 / 7, worst: 3 / 10, best: 6 / 10 });
  expect(attempts[0]).toMatchObject({ tasks: 7 });
  expect(steps[0]).toMatchObject({ pairs: 14, difference: 0 });
});

test('a model that declines its long tasks does not look better for it: the points stand beside both readings', () => {
  const ran = all((task, epoch) => (task >= 5 ? 'refused' : (task + epoch) % 4 === 3 ? 'not-solved' : 'solved'));
  const { unanswered, attempts, generalized, horizon } = furtherOf(plan(), ran, null);
  expect(unanswered!.runs).toBe(20);
  const [least, most] = [unanswered!.ifFailed, unanswered!.ifSolved];
  const of = (from: { k: number; budget: number; passAtK: number }[] | typeof least.attempts) =>
    from.find((a) => a.budget === 1 && a.k === 1)!.passAtK;
  expect([of(least.attempts), of(attempts), of(most.attempts)]).toEqual([0.4, 0.8, 0.9].map((n) => expect.closeTo(n, 12)));
  expect(least.generalized[1]!.value).toBeLessThan(generalized[1]!.value);
  expect(most.generalized[1]!.value).toBeGreaterThan(generalized[1]!.value);
  // Five tasks of 16 minutes at most say little of longer ones; declined, they may all have been beyond it.
  expect(least.horizon!.p50!).toBeLessThan(64);
  expect(most.horizon!.p50 === null || most.horizon!.p50 > least.horizon!.p50!).toBe(true);
  expect(horizon!.p50 === null || horizon!.p50 > least.horizon!.p50!).toBe(true);
  expect([least.steps[0]!.difference, most.steps[0]!.difference]).toEqual([-0.5, 0.5]);
  expect(
    furtherOf(
      plan(),
      all(() => 'solved'),
      null,
    ).unanswered,
  ).toBeNull();
});

test('one epoch: no attempts, and an exact test of the pairs', () => {
  const ran = all((task, _, budget) => (task < 2 + 6 * budget ? 'solved' : 'not-solved')).filter((run) => run.epoch === 0);
  const { attempts, steps } = furtherOf(plan({ epochs: 1 }), ran, null);
  expect(attempts).toEqual([]);
  // Six pairs one way, none the other: 2 / 2⁶.
  expect(steps[0]!.p).toBeCloseTo(2 / 64, 12);
});

test('nothing but refusals, one task, no runs: nothing is made up', () => {
  const none = furtherOf(
    plan(),
    all(() => 'refused'),
    null,
  );
  expect(none).toMatchObject({ curve: [], attempts: [], steps: [], generalized: [] });
  expect(furtherOf(plan(), [], null)).toMatchObject({ curve: [], steps: [] });
  const one = all(() => 'solved').filter((run) => run.taskId === 't0');
  expect(furtherOf(plan(), one, null)).toMatchObject({ steps: [{ se: null, interval: null }], generalized: [] });
});

test('what a number of tasks can show: by hand, and null where all of them would not do', () => {
  // Of 10 the lower bound at 5 % first exceeds 0.3 with 6 (0.304; with 5 it is 0.222): P(X ≥ 6) = 0.8.
  const share = detectableShare({ n: 10, threshold: 0.3, alpha: 0.05, power: 0.8 })!;
  let tail = 0;
  const choose = [1, 10, 45, 120, 210, 252, 210, 120, 45, 10, 1];
  for (let k = 6; k <= 10; k++) tail += choose[k]! * share ** k * (1 - share) ** (10 - k);
  expect(tail).toBeCloseTo(0.8, 9);
  expect(detectableShare({ n: 2, threshold: 0.3, alpha: 0.05, power: 0.8 })).toBeNull();
  expect(detectableShare({ n: 1000, threshold: 0.3, alpha: 0.05, power: 0.8 })!).toBeLessThan(0.345);
});

test('where all tasks are alike no error is told, and a step has the width that so few of them leave', () => {
  const both = furtherOf(
    plan(),
    all((task) => (task < 4 ? 'solved' : 'not-solved')),
    null,
  );
  // The same ten tasks with either budget: 1 − 0.025^(1/10) of others could still differ, at worst wholly.
  expect(both.steps).toMatchObject([{ difference: 0, se: null }]);
  expect(both.steps[0]!.interval!.low).toBeCloseTo(-0.30849710781876, 12);
  expect(both.steps[0]!.interval!.high).toBeCloseTo(0.30849710781876, 12);
  const every = furtherOf(
    plan(),
    all((_, __, budget) => (budget === 1 ? 'solved' : 'not-solved')),
    null,
  );
  expect(every.steps).toMatchObject([{ difference: 1, se: null, interval: { high: 1 } }]);
  expect(every.steps[0]!.interval!.low).toBeCloseTo(1 - 2 * 0.30849710781876, 12);
  expect(every.attempts.map(({ passAtKSe, passHatKSe }) => [passAtKSe, passHatKSe])).toEqual(
    Array(every.attempts.length).fill([null, null]),
  );
});
