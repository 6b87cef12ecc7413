import { limits } from '../../base/limits.ts';
import { type Refusal, refuse } from '../../base/refusal.ts';
import type { Bounds } from '../../base/share.ts';
import { logBeta } from '../../base/special-functions.ts';
import { badConfidence, isCount } from './intervals.ts';

/**
 * A confidence sequence for a share: an interval after every trial, which all together hold the true share with the stated confidence, however
 * often one looks and whenever one stops. Trials must be draws of tasks in an order fixed beforehand, one trial each. Inverts Robbins's mixture
 * martingale with a uniform mixture (Robbins 1970; Howard et al. 2021, Annals of Statistics 49(2)): p stays in while
 * ∫ qᵏ(1−q)ⁿ⁻ᵏ dq / (pᵏ(1−p)ⁿ⁻ᵏ) < 1/alpha, which Ville's inequality makes true of the true p for ever with chance 1 − alpha.
 */
export function confidenceSequence({
  k,
  n,
  confidence,
}: {
  readonly k: number;
  readonly n: number;
  readonly confidence: number;
}): Bounds | Refusal {
  if (!isCount(n)) return refuse('malformed', `a whole number from 0 to ${limits.statisticsCount} is needed`, 'n');
  if (!isCount(k) || k > n) return refuse('malformed', 'a whole number from 0 to n is needed', 'k');
  const bad = badConfidence(confidence);
  if (bad) return bad;
  const mixture = logBeta(k + 1, n - k + 1);
  const room = -Math.log(1 - confidence);
  const isIn = (p: number) => mixture - (k === 0 ? 0 : k * Math.log(p)) - (n === k ? 0 : (n - k) * Math.log1p(-p)) < room;
  const share = n === 0 ? 0.5 : k / n;
  return { low: k === 0 ? 0 : edge(0, share, isIn), high: k === n ? 1 : edge(1, share, isIn) };
}

/** The last number on the way from `inside` to `outside` for which it still holds, found down to neighbouring numbers; errs outward. */
function edge(outside: number, inside: number, isIn: (p: number) => boolean): number {
  let [out, into] = [outside, inside];
  for (;;) {
    const middle = (out + into) / 2;
    if (middle === out || middle === into) return out;
    if (isIn(middle)) into = middle;
    else out = middle;
  }
}

/** A rule for stopping early, to be written down before the first trial. */
interface StoppingRule {
  readonly threshold: number;
  /** Chance that it ever stops on the wrong side of the threshold. */
  readonly alpha: number;
  /** When it stops in any case. */
  readonly mostTrials: number;
}

type Stop = 'go-on' | 'exceeds' | 'does-not-exceed' | 'could-not-tell';

/** What the rule says after so many trials. May be asked after every single one. */
export function decideStop(rule: StoppingRule, { k, n }: { readonly k: number; readonly n: number }): (Bounds & { stop: Stop }) | Refusal {
  const { threshold, alpha, mostTrials } = rule;
  const bad = badConfidence(threshold, 'threshold') ?? badConfidence(alpha, 'alpha');
  if (bad) return bad;
  if (!isCount(mostTrials) || mostTrials === 0) return refuse('malformed', 'a whole number of at least 1 is needed', 'mostTrials');
  const bounds = confidenceSequence({ k, n, confidence: 1 - alpha });
  if ('refused' in bounds) return bounds;
  if (bounds.low > threshold) return { ...bounds, stop: 'exceeds' };
  if (bounds.high <= threshold) return { ...bounds, stop: 'does-not-exceed' };
  return { ...bounds, stop: n >= mostTrials ? 'could-not-tell' : 'go-on' };
}
