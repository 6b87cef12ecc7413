import { expect, test } from 'vitest';
import { limits } from '../../base/limits.ts';
import { insist, isRefusal } from '../../base/refusal.ts';
import { normalCdf, studentQuantile } from '../../base/special-functions.ts';
import { clusteredDifference, correctedMean } from './clusters.ts';
import { budgetCurve, type Spent } from './curve.ts';
import { clopperPearson } from './intervals.ts';
import { bootstrapInterval, tInterval } from './intervals-of-means.ts';
import { minimumDetectableEffect, powerOf, questionsNeeded } from './power.ts';
import { quantile } from './quantile.ts';
import { confidenceSequence, decideStop } from './stopping.ts';

// Golden values: scipy 1.17.1 and statsmodels 0.15.0; the call stands beside each.
const near = (actual: number, expected: number, digits = 10): void => void expect(actual).toBeCloseTo(expected, digits);
const nan = Number.NaN;

test('normal and Student’s distributions', () => {
  // scipy.stats.norm.cdf
  near(normalCdf(-6) * 1e9, 0.9865876450376946, 8);
  near(normalCdf(-3), 0.0013498980316300933, 15);
  near(normalCdf(-0.5), 0.3085375387259869, 15);
  expect(normalCdf(0)).toBe(0.5);
  near(normalCdf(1.2), 0.8849303297782918, 15);
  near(normalCdf(4.5), 0.9999966023268753, 15);
  near(normalCdf(-20) * 1e89, 2.753624118606155, 8);
  // scipy.stats.t.ppf(0.975, df); t.isf(0.4, 5); t.isf(5e-7, 4)
  for (const [df, t] of [
    [1, 12.70620474],
    [2, 4.30265273],
    [3, 3.18244631],
    [30, 2.04227246],
    [1000, 1.96233908],
  ] as const)
    near(studentQuantile(0.05, df), t, 7);
  near(studentQuantile(0.8, 5), 0.2671808657041451);
  near(studentQuantile(1e-6, 4), 49.45863675693464, 6);
});

test('t interval: scipy.stats.t.interval(0.95, 6, loc=mean, scale=sem)', () => {
  const { low, high } = insist(tInterval({ values: [0.2, 0.9, 0.4, 0.7, 0.5, 1.0, 0.3], confidence: 0.95 }));
  near(low, 0.29032878090561837);
  near(high, 0.8525283619515245);
});

const solvedA = [1, 1, 0, 1, 0, 0, 1, 1, 1, 0, 1, 0];
const solvedB = [0, 1, 0, 1, 0, 1, 0, 1, 0, 0, 0, 0];
const clusters = [...'aaabbbccdddd'];

test('few clusters: statsmodels OLS(y, 1).fit(cov_type="cluster", use_correction=True)', () => {
  const { mean, se, df } = insist(correctedMean({ values: solvedA, clusters }));
  near(mean, 7 / 12);
  near(se, 0.11509077, 8);
  expect(df).toBe(3);
  const apart = insist(clusteredDifference({ a: solvedA, b: solvedB, clusters }));
  near(apart.difference, 0.25);
  near(apart.correctedSe, 0.20126912, 8);
  // With every question its own cluster both are the plain error.
  const alone = insist(clusteredDifference({ a: solvedA, b: solvedB, clusters: solvedA.map((_, i) => i) }));
  near(alone.se, alone.correctedSe);
  expect(correctedMean({ values: [1, 0], clusters: ['a', 'a'] })).toMatchObject({ code: 'malformed', at: 'clusters' });
});

test('bootstrap: scipy.stats.bootstrap with 200,000 resamples, to what 50,000 draws can tell', () => {
  const values = [0.1, 0.2, 0.2, 0.3, 0.5, 0.7, 1.1, 1.9, 2.5, 6.0];
  const at = (method: 'percentile' | 'bca', seed = 1) =>
    insist(bootstrapInterval({ values, confidence: 0.95, method, draws: 50_000, seed }));
  const [percentile, bca] = [at('percentile'), at('bca')];
  expect(Math.abs(percentile.low - 0.48)).toBeLessThan(0.02);
  expect(Math.abs(percentile.high - 2.56)).toBeLessThan(0.06);
  expect(Math.abs(bca.low - 0.61)).toBeLessThan(0.02);
  expect(Math.abs(bca.high - 3.09)).toBeLessThan(0.08);
  expect(bca).toMatchObject({ seed: 1, draws: 50_000 });
  expect(at('bca')).toEqual(bca);
  expect(at('bca', 2)).not.toEqual(bca);
});

test('bootstrap: whole clusters are drawn; limits', () => {
  const ask = (more: object) => bootstrapInterval({ values: [1, 1, 0, 0], confidence: 0.9, method: 'percentile', ...more });
  expect(insist(ask({ clusters: ['a', 'a', 'b', 'b'] }))).toMatchObject({ low: 0, high: 1 });
  expect(isRefusal(ask({ draws: limits.bootstrapDraws }))).toBe(false);
  for (const draws of [99, 1.5, nan, limits.bootstrapDraws + 1]) expect(ask({ draws })).toMatchObject({ at: 'draws' });
  const wide = Array.from({ length: limits.bootstrapValues / limits.bootstrapDraws + 1 }, (_, i) => i);
  expect(ask({ values: wide, draws: limits.bootstrapDraws })).toMatchObject({ code: 'too_large', at: 'draws' });
  for (const bad of [
    { seed: -1 },
    { seed: 0.5 },
    { method: 'magic' },
    { confidence: 1 },
    { values: [1] },
    { clusters: ['a'] },
    { clusters: [1, 1, 1, 1] },
  ])
    expect(isRefusal(ask(bad))).toBe(true);
  expect(quantile([1, 2, 3, 4], 0.5)).toBe(2.5);
  expect(quantile([Number.NEGATIVE_INFINITY, 2], 0)).toBe(Number.NEGATIVE_INFINITY);
});

test('values or clusters that are all equal show no spread: with a range what so many tell, without one nothing', () => {
  const t = (values: readonly number[], range?: readonly [number, number]) =>
    tInterval({ values, confidence: 0.95, ...(range === undefined ? {} : { range }) });
  // Of ones and noughts it is Clopper and Pearson's own interval.
  for (const [values, k] of [
    [[1, 1, 1, 1, 1], 5],
    [[0, 0, 0, 0, 0], 0],
  ] as const) {
    const exact = insist(clopperPearson({ k, n: 5, confidence: 0.95 }));
    expect(insist(t(values, [0, 1]))).toMatchObject({ se: 0, low: expect.closeTo(exact.low, 9), high: expect.closeTo(exact.high, 9) });
    const drawn = { values, confidence: 0.95, range: [0, 1] } as const;
    for (const method of ['percentile', 'bca'] as const)
      expect(insist(bootstrapInterval({ ...drawn, method }))).toMatchObject({
        ...{ low: expect.closeTo(exact.low, 9), high: expect.closeTo(exact.high, 9) },
      });
  }
  expect(t([1, 1, 1])).toMatchObject({ code: 'malformed', at: 'range' });
  // Three clusters of one mean are three draws, whatever is within them; unequal sizes and sums that do not add up evenly are no spread either.
  const clustered = { values: [0.1, 0.3, 0.3, 0.1, 0.1, 0.3, 0.2], clusters: [1, 1, 2, 2, 3, 3, 3], confidence: 0.95 };
  const three = 0.4 * (1 - 0.025 ** (1 / 3));
  expect(bootstrapInterval({ ...clustered, method: 'bca' })).toMatchObject({ code: 'malformed', at: 'range' });
  expect(insist(bootstrapInterval({ ...clustered, method: 'bca', range: [-0.2, 0.2 + 0.4] }))).toMatchObject({
    ...{ low: expect.closeTo(0.2 - three, 9), high: expect.closeTo(0.2 + three, 9) },
  });
  // A range cuts what cannot be, and must hold what is.
  expect(insist(t([0, 0, 1], [0, 1]))).toMatchObject({ low: 0, high: 1 });
  expect(insist(t([0, 0, 1])).low).toBeLessThan(0);
  for (const bad of [[0, 0.5], [1, 0], [0, 0], [0], [0, nan], 'ab', null])
    expect(t([0, 0, 1], bad as never)).toMatchObject({ code: 'malformed' });
});

test('power and detectable difference: statsmodels NormalIndPower; Miller 2024, eq. 9 to 11', () => {
  const unpaired = { design: 'unpaired', between: 0.5, alpha: 0.05 } as const;
  // NormalIndPower().power(0.2, 200, 0.05, ratio=1): a difference of 0.1 with variances of 0.25 each.
  near(insist(powerOf({ ...unpaired, n: 200, effect: 0.1 })).power, 0.5160052739761747, 9);
  // NormalIndPower().solve_power(effect_size=0.2, power=0.8, alpha=0.05) = 392.44
  expect(insist(questionsNeeded({ ...unpaired, effect: 0.1, power: 0.8 })).n).toBe(393);
  const { effect, se } = insist(minimumDetectableEffect({ ...unpaired, n: 393, power: 0.8 }));
  near(effect, 0.1, 3);
  near(se, Math.sqrt(0.5 / 393));
  // More answers to each question take away their part of the variance only; clusters add theirs.
  const paired = { design: 'paired', n: 100, between: 1 / 9, withinA: 1 / 6, withinB: 1 / 6, alpha: 0.05, power: 0.8 } as const;
  const mde = (more: object) => insist(minimumDetectableEffect({ ...paired, ...more })).effect;
  near(mde({ epochsA: 10, epochsB: 10 }) / mde({}), Math.sqrt((1 / 9 + 1 / 30) / (1 / 9 + 1 / 3)));
  near(mde({ clusterSize: 5, clusterCorrelation: 0.5 }) / mde({}), Math.sqrt(3));
  for (const bad of [
    { n: 0 },
    { n: limits.statisticsCount + 1 },
    { between: -1 },
    { withinA: nan },
    { epochsB: 0.5 },
    { alpha: 0 },
    { power: 1 },
    { design: 'x' },
  ])
    expect(isRefusal(minimumDetectableEffect({ ...paired, ...(bad as object) }))).toBe(true);
  for (const bad of [{ clusterSize: 0 }, { clusterCorrelation: 2 }])
    expect(isRefusal(minimumDetectableEffect({ ...paired, ...bad }))).toBe(true);
  expect(isRefusal(powerOf({ ...unpaired, n: 5, effect: nan }))).toBe(true);
  expect(isRefusal(powerOf({ ...unpaired, between: 0, n: 5, effect: 1 }))).toBe(true);
  expect(isRefusal(questionsNeeded({ ...unpaired, effect: 0, power: 0.8 }))).toBe(true);
  expect(isRefusal(questionsNeeded({ ...unpaired, effect: 1e-300, power: 0.8 }))).toBe(true);
});

test('success against budget: only what was solved within it, clustered by task, never falling', () => {
  const runs: Spent[] = [10, 20, 30, 40].flatMap((used, i) => [
    { task: `t${i}`, solved: true, used },
    { task: `t${i}`, solved: i % 2, used: 2 * used },
  ]);
  const { points } = insist(budgetCurve({ runs, budgets: [30, 5, 80, 30], confidence: 0.95 }));
  expect(points.map((p) => [p.budget, p.k, p.n])).toEqual([
    [5, 0, 8],
    [30, 3, 8],
    [80, 6, 8],
  ]);
  expect(points.every((p) => p.interval.low <= p.share && p.share <= p.interval.high)).toBe(true);
  const own = insist(budgetCurve({ runs, confidence: 0.9 })).points;
  expect(own.map((p) => p.share)).toEqual(own.map((p) => p.share).sort((a, b) => a - b));
  expect(own.at(-1)).toMatchObject({ budget: 80, k: 6 });
  expect(insist(budgetCurve({ runs: [{ task: 't', solved: 0, used: 7 }], confidence: 0.9 })).points).toMatchObject([{ budget: 7, k: 0 }]);
  const one = (more: object) => budgetCurve({ runs: [{ task: 't', solved: true, used: 1, ...more }], confidence: 0.9 });
  for (const bad of [{ task: 1 }, { solved: 2 }, { used: -1 }, { used: nan }]) expect(isRefusal(one(bad))).toBe(true);
  expect(isRefusal(budgetCurve({ runs: [null as never], confidence: 0.9 }))).toBe(true);
  const many = Array.from({ length: limits.curvePoints + 1 }, (_, i) => i);
  expect(isRefusal(budgetCurve({ runs, budgets: many.slice(1), confidence: 0.9 }))).toBe(false);
  expect(budgetCurve({ runs, budgets: many, confidence: 0.9 })).toMatchObject({ at: 'budgets' });
  const most = Array.from({ length: limits.curveRuns }, () => runs[0]!);
  expect(isRefusal(budgetCurve({ runs: most, budgets: [1], confidence: 0.9 }))).toBe(false);
  expect(budgetCurve({ runs: [...most, runs[0]!], confidence: 0.9 })).toMatchObject({ code: 'too_many' });
});

test('confidence sequence: scipy.optimize.brentq on the same martingale', () => {
  const { low, high } = insist(confidenceSequence({ k: 7, n: 20, confidence: 0.95 }));
  near(low, 0.10348269637453092);
  near(high, 0.6728343685787558);
  expect(confidenceSequence({ k: 0, n: 0, confidence: 0.95 })).toEqual({ low: 0, high: 1 });
  // By hand: without a success 1/(n + 1)/(1 − p)ⁿ = 20.
  near(insist(confidenceSequence({ k: 0, n: 99, confidence: 0.95 })).high, 1 - (1 / 100 / 20) ** (1 / 99));
  expect(insist(confidenceSequence({ k: 5_000_000, n: limits.statisticsCount, confidence: 0.95 })).low).toBeGreaterThan(0.499);
  for (const bad of [{ k: 3, n: 2 }, { k: -1, n: 2 }, { k: 0, n: nan }, { confidence: 0 }])
    expect(isRefusal(confidenceSequence({ k: 1, n: 2, confidence: 0.9, ...bad }))).toBe(true);
});

test('stopping early: at the first interval that lies on one side, or when the trials are used up', () => {
  const rule = { threshold: 0.3, alpha: 0.05, mostTrials: 50 };
  const stop = (k: number, n: number) => insist(decideStop(rule, { k, n })).stop;
  expect(stop(0, 0)).toBe('go-on');
  expect(stop(10, 10)).toBe('exceeds');
  expect(stop(0, 40)).toBe('does-not-exceed');
  expect(stop(15, 49)).toBe('go-on');
  expect(stop(15, 50)).toBe('could-not-tell');
  for (const bad of [{ threshold: 1 }, { alpha: 0 }, { mostTrials: 0 }])
    expect(isRefusal(decideStop({ ...rule, ...bad }, { k: 0, n: 0 }))).toBe(true);
});
