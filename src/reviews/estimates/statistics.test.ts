import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { limits } from '../../base/limits.ts';
import { insist, isRefusal } from '../../base/refusal.ts';
import { betaQuantile, incompleteBeta, normalQuantile } from '../../base/special-functions.ts';
import { clopperPearson, clusteredMean, mcnemarExact, mean, pairedDifference, passAtK, passHatK, wilson } from './statistics.ts';

const near = (actual: number, expected: number, digits = 12): void => void expect(actual).toBeCloseTo(expected, digits);

describe('special functions', () => {
  test.each([
    // NIST/SEMATECH e-Handbook of Statistical Methods, §1.3.6.7.1; Wichura 1988, table of test values.
    [0.975, 1.959963984540054],
    [0.25, -0.6744897501960817],
    [0.001, -3.090232306167814],
    [1e-20, -9.262340089798409],
  ])('normal quantile of %d', (p, z) => near(normalQuantile(p), z));

  test('the incomplete beta function is the binomial tail', () => {
    // P(X ≥ 8) of 10 fair tosses = 56/1024.
    near(incompleteBeta(0.5, 8, 3), 56 / 1024);
    // I_x(1, b) = 1 − (1 − x)^b and I_x(a, 1) = x^a (DLMF 8.17.7–8).
    near(incompleteBeta(0.2, 1, 7), 1 - 0.8 ** 7);
    near(incompleteBeta(0.2, 5, 1), 0.2 ** 5);
    near(incompleteBeta(0.3, 400, 900) + incompleteBeta(0.7, 900, 400), 1);
  });

  test('its quantile undoes it', () => {
    const arg = {
      p: fc.double({ min: 1e-6, max: 1 - 1e-6, noNaN: true }),
      a: fc.integer({ min: 1, max: 5000 }),
      b: fc.integer({ min: 1, max: 5000 }),
    };
    fc.assert(fc.property(fc.record(arg), ({ p, a, b }) => near(incompleteBeta(betaQuantile(p, a, b), a, b), p, 9)));
  });
});

describe('intervals', () => {
  test('Wilson: Newcombe 1998, Statistics in Medicine 17, table I, method 3', () => {
    for (const [k, n, low, high] of [
      [81, 263, 0.2553, 0.3662],
      [15, 148, 0.0624, 0.1605],
      [0, 20, 0, 0.1611],
      [1, 29, 0.0061, 0.1718],
    ] as const) {
      const bounds = insist(wilson({ k, n, confidence: 0.95 }));
      near(bounds.low, low, 4);
      near(bounds.high, high, 4);
    }
  });

  test('Clopper–Pearson: the same table, method 5', () => {
    for (const [k, n, low, high] of [
      [81, 263, 0.2527, 0.3676],
      [15, 148, 0.0578, 0.1617],
      [0, 20, 0, 0.1684],
      [1, 29, 0.0009, 0.1776],
    ] as const) {
      const bounds = insist(clopperPearson({ k, n, confidence: 0.95 }));
      near(bounds.low, low, 4);
      near(bounds.high, high, 4);
    }
    // With no success the bound is known in closed form.
    near(insist(clopperPearson({ k: 0, n: 50, confidence: 0.9 })).high, 1 - 0.05 ** (1 / 50));
    near(insist(clopperPearson({ k: 50, n: 50, confidence: 0.9 })).low, 0.05 ** (1 / 50));
  });

  test('both hold the share and mirror each other', () => {
    const arg = fc.integer({ min: 1, max: 500 }).chain((n) => fc.record({ n: fc.constant(n), k: fc.integer({ min: 0, max: n }) }));
    fc.assert(
      fc.property(arg, ({ k, n }) => {
        for (const rule of [wilson, clopperPearson]) {
          const { low, high } = insist(rule({ k, n, confidence: 0.9 }));
          const mirror = insist(rule({ k: n - k, n, confidence: 0.9 }));
          expect(0 <= low && low <= k / n && k / n <= high && high <= 1).toBe(true);
          near(low, 1 - mirror.high, 10);
        }
      }),
      { numRuns: 50 },
    );
  });

  test('McNemar: doubled binomial tail, at most 1', () => {
    near(insist(mcnemarExact({ b: 1, c: 9 })).p, 22 / 1024);
    near(insist(mcnemarExact({ b: 9, c: 1 })).p, 22 / 1024);
    expect(mcnemarExact({ b: 5, c: 5 })).toEqual({ p: 1 });
    expect(mcnemarExact({ b: 0, c: 0 })).toEqual({ p: 1 });
    near(insist(mcnemarExact({ b: 0, c: 1 })).p, 1);
  });
});

test('attempts: pass@k and pass^k are ratios of binomial coefficients', () => {
  near(insist(passAtK({ n: 10, c: 3, k: 5 })).value, 1 - 21 / 252);
  near(insist(passHatK({ n: 10, c: 7, k: 3 })).value, 35 / 120);
  expect(passAtK({ n: 5, c: 3, k: 3 })).toEqual({ value: 1 });
  expect(passAtK({ n: 5, c: 0, k: 3 })).toEqual({ value: 0 });
  expect(passHatK({ n: 5, c: 2, k: 3 })).toEqual({ value: 0 });
  expect(passHatK({ n: 5, c: 5, k: 5 })).toEqual({ value: 1 });
});

test('means: n − 1; clusters add their covariance; pairs take the spread of the differences', () => {
  expect(mean({ values: [1, 0, 1, 1] })).toEqual({ mean: 0.75, se: 0.25 });
  expect(mean({ values: [0.1, 0.1, 0.1] })).toMatchObject({ se: 0 });
  // By hand, Miller eq. 4: SE² = 1/12, the pairs within clusters add 4 · 0.25 / 16.
  near(insist(clusteredMean({ values: [1, 1, 0, 0], clusters: ['a', 'a', 'b', 'b'] })).se, Math.sqrt(1 / 12 + 1 / 16));
  near(insist(clusteredMean({ values: [1, 1, 0, 0], clusters: [1, 2, 3, 4] })).se, Math.sqrt(1 / 12));
  // Opposite members: the covariance takes away more than there is.
  expect(insist(clusteredMean({ values: [1, 0], clusters: ['a', 'a'] })).se).toBeGreaterThanOrEqual(0);
  const paired = insist(pairedDifference({ a: [1, 1, 0], b: [0, 1, 0] }));
  near(paired.difference, 1 / 3);
  near(paired.se, 1 / 3);
});

test('what means nothing is refused', () => {
  const nan = Number.NaN;
  const bad = [
    ...[wilson, clopperPearson].flatMap((rule) => [
      rule({ k: 0, n: 0, confidence: 0.9 }),
      rule({ k: 3, n: 2, confidence: 0.9 }),
      rule({ k: -1, n: 2, confidence: 0.9 }),
      rule({ k: 0.5, n: 2, confidence: 0.9 }),
      rule({ k: nan, n: 2, confidence: 0.9 }),
      ...[0, 1, nan, 95].map((confidence) => rule({ k: 1, n: 2, confidence })),
    ]),
    mcnemarExact({ b: -1, c: 1 }),
    mcnemarExact({ b: 1, c: Number.POSITIVE_INFINITY }),
    passAtK({ n: 0, c: 0, k: 1 }),
    passAtK({ n: 3, c: 4, k: 1 }),
    passHatK({ n: 3, c: 1, k: 4 }),
    passHatK({ n: 3, c: 1, k: 0 }),
    mean({ values: [] }),
    mean({ values: [1] }),
    mean({ values: [1, nan] }),
    mean({ values: [1e308, -1e308] }),
    mean({ values: undefined as never }),
    clusteredMean({ values: [1, 2], clusters: ['a'] }),
    clusteredMean({ values: [1, 2], clusters: [{}, {}] as never }),
    pairedDifference({ a: [1, 2], b: [1, 2, 3] }),
    pairedDifference({ a: [], b: [] }),
  ];
  expect(bad.filter((outcome) => !isRefusal(outcome))).toEqual([]);
});

test('the largest count is reckoned with, the next is not', () => {
  expect(wilson({ k: 0, n: limits.statisticsCount, confidence: 0.95 })).toMatchObject({ low: 0 });
  expect(wilson({ k: 0, n: limits.statisticsCount + 1, confidence: 0.95 })).toMatchObject({ code: 'malformed', at: 'n' });
});
