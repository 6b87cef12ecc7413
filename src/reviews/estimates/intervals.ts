import { limits } from '../../base/limits.ts';
import { type Refusal, refuse } from '../../base/refusal.ts';
import { type Bounds, wilsonBounds } from '../../base/share.ts';
import { betaQuantile, incompleteBeta, normalQuantile } from '../../base/special-functions.ts';

export interface Share {
  /** Successes. */
  readonly k: number;
  /** Trials. */
  readonly n: number;
  /** Between 0 and 1, e.g. 0.95. */
  readonly confidence: number;
}

/** What values can be at all: the least and the greatest. */
export type Range = readonly [number, number];

export function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value <= limits.statisticsCount;
}

function badShare({ k, n, confidence }: Share): Refusal | undefined {
  if (!isCount(n) || n === 0) return refuse('malformed', `a whole number from 1 to ${limits.statisticsCount} is needed`, 'n');
  if (!isCount(k) || k > n) return refuse('malformed', 'a whole number from 0 to n is needed', 'k');
  return badConfidence(confidence);
}

export function badConfidence(confidence: unknown, at = 'confidence'): Refusal | undefined {
  const isOne = typeof confidence === 'number' && confidence > 0 && confidence < 1;
  return isOne ? undefined : refuse('malformed', 'a number strictly between 0 and 1 is needed', at);
}

export function wilson(share: Share): Bounds | Refusal {
  const bad = badShare(share);
  if (bad) return bad;
  const { k, n, confidence } = share;
  return wilsonBounds(k, n, normalQuantile((1 - confidence) / 2));
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

/**
 * What `n` draws that are all `value` tell of the mean of all there are, where none can lie outside `range`: at most a share of 1 − (α/2)^(1/n) of
 * them is anything else (Clopper and Pearson 1934, at k = n), and that share lies at worst at one end of the range.
 */
export function boundsOfEqual(value: number, n: number, range: Range, confidence: number): Bounds {
  const others = 1 - ((1 - confidence) / 2) ** (1 / n);
  return { low: value - others * (value - range[0]), high: value + others * (range[1] - value) };
}

/** McNemar's exact two-sided test on the pairs that disagree: `b` one way, `c` the other. Without such pairs p = 1. */
export function mcnemarExact({ b, c }: { readonly b: number; readonly c: number }): { p: number } | Refusal {
  if (!isCount(b)) return refuse('malformed', 'a whole number is needed', 'b');
  if (!isCount(c)) return refuse('malformed', 'a whole number is needed', 'c');
  const fewer = Math.min(b, c);
  // P(X ≤ fewer) of b + c tosses of a fair coin, doubled.
  return { p: b === c ? 1 : Math.min(1, 2 * incompleteBeta(0.5, b + c - fewer, fewer + 1)) };
}
