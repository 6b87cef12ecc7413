import { insist } from '../../base/refusal.ts';
import { betaQuantile } from '../../base/special-functions.ts';
import { clopperPearson } from './intervals.ts';

/**
 * The smallest true share whose exact one-sided lower bound at alpha exceeds the threshold with this power, with n independent tasks; null where
 * not even n of n would. k* = the fewest successes whose bound does; P(X ≥ k*) = power is solved for the share by the beta distribution.
 */
export function detectableShare(of: {
  readonly n: number;
  readonly threshold: number;
  readonly alpha: number;
  readonly power: number;
}): number | null {
  const { n, threshold, alpha, power } = of;
  const confidence = Math.max(1 - 2 * alpha, 1e-9);
  const exceeds = (k: number) => insist(clopperPearson({ k, n, confidence })).low > threshold;
  if (!exceeds(n)) return null;
  // The bound rises with k.
  let [no, yes] = [-1, n];
  while (yes - no > 1) {
    const middle = Math.floor((no + yes) / 2);
    if (middle >= 0 && exceeds(middle)) yes = middle;
    else no = middle;
  }
  return yes === 0 ? 0 : betaQuantile(power, yes, n - yes + 1);
}
