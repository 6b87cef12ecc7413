import { limits } from '../../base/limits.ts';
import { type Refusal, refuse } from '../../base/refusal.ts';
import { betaQuantile, incompleteBeta, normalQuantile } from './special-functions.ts';

/** Two-sided interval of a share. */
export interface Bounds {
  readonly low: number;
  readonly high: number;
}

export interface Share {
  /** Successes. */
  readonly k: number;
  /** Trials. */
  readonly n: number;
  /** Between 0 and 1, e.g. 0.95. */
  readonly confidence: number;
}

export function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value <= limits.statisticsCount;
}

function badShare({ k, n, confidence }: Share): Refusal | undefined {
  if (!isCount(n) || n === 0) return refuse('malformed', `a whole number from 1 to ${limits.statisticsCount} is needed`, 'n');
  if (!isCount(k) || k > n) return refuse('malformed', 'a whole number from 0 to n is needed', 'k');
  if (typeof confidence !== 'number' || !(confidence > 0 && confidence < 1))
    return refuse('malformed', 'a number strictly between 0 and 1 is needed', 'confidence');
  return undefined;
}

/** Wilson 1927, JASA 22: the score interval, without continuity correction. */
export function wilson(share: Share): Bounds | Refusal {
  const bad = badShare(share);
  if (bad) return bad;
  const { k, n, confidence } = share;
  const z2 = normalQuantile((1 - confidence) / 2) ** 2;
  const p = k / n;
  const middle = (p + z2 / (2 * n)) / (1 + z2 / n);
  const half = Math.sqrt((p * (1 - p)) / n + z2 / (4 * n * n)) * (Math.sqrt(z2) / (1 + z2 / n));
  return { low: k === 0 ? 0 : Math.max(0, middle - half), high: k === n ? 1 : Math.min(1, middle + half) };
}

/** Clopper and Pearson 1934, Biometrika 26: exact, never covers less than it says. */
export function clopperPearson(share: Share): Bounds | Refusal {
  const bad = badShare(share);
  if (bad) return bad;
  const { k, n, confidence } = share;
  const alpha = (1 - confidence) / 2;
  return {
    low: k === 0 ? 0 : betaQuantile(alpha, k, n - k + 1),
    // By symmetry, so that a small alpha is not lost in 1 − alpha.
    high: k === n ? 1 : 1 - betaQuantile(alpha, n - k, k + 1),
  };
}

/** McNemar's exact two-sided test on the pairs that disagree: `b` one way, `c` the other. Without such pairs p = 1. */
export function mcnemarExact({ b, c }: { readonly b: number; readonly c: number }): { p: number } | Refusal {
  if (!isCount(b)) return refuse('malformed', 'a whole number is needed', 'b');
  if (!isCount(c)) return refuse('malformed', 'a whole number is needed', 'c');
  const fewer = Math.min(b, c);
  // P(X ≤ fewer) of b + c tosses of a fair coin, doubled.
  return { p: b === c ? 1 : Math.min(1, 2 * incompleteBeta(0.5, b + c - fewer, fewer + 1)) };
}
