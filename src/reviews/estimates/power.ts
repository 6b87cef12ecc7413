import { type Refusal, refuse } from '../../base/refusal.ts';
import { normalCdf, normalQuantile } from '../../base/special-functions.ts';
import { badConfidence, isCount } from './intervals.ts';

/**
 * The design of a comparison, after Miller 2024 (arXiv 2411.00640), section 5. Scores are between any two bounds; for shares of solved tasks
 * the variances are at most 1/4.
 */
interface Design {
  /** Questions; where unpaired, of each side. */
  readonly n: number;
  /** `paired`: both sides answer the same questions. */
  readonly design: 'paired' | 'unpaired';
  /** Paired: ω², the variance over questions of the difference of the two expected scores. Unpaired: the two variances over questions, added. */
  readonly between: number;
  /** σ²_A and σ²_B: mean variance of one answer about the question's expected score; 0 where not given. */
  readonly withinA?: number;
  readonly withinB?: number;
  /** Answers to each question; 1 where not given. */
  readonly epochsA?: number;
  readonly epochsB?: number;
  /** Questions that belong together: mean size of a cluster and correlation within it. 1 and 0 where not given (Kish 1965: 1 + (m − 1)ρ). */
  readonly clusterSize?: number;
  readonly clusterCorrelation?: number;
  /** Two-sided. */
  readonly alpha: number;
}

/** The smallest true difference that would be found with this power: (z_{1−α/2} + z_power) · SE (Miller 2024, eq. 10 and 11). */
export function minimumDetectableEffect(of: Design & { readonly power: number }): { effect: number; se: number } | Refusal {
  const se = errorOf(of);
  if (typeof se !== 'number') return se;
  const bad = badConfidence(of.power, 'power');
  if (bad) return bad;
  return { effect: Math.max(0, criticalOf(of) + normalQuantile(of.power)) * se, se };
}

/** The chance that a true difference of this size is found, to either side. */
export function powerOf(of: Design & { readonly effect: number }): { power: number; se: number } | Refusal {
  const se = errorOf(of);
  if (typeof se !== 'number') return se;
  if (!Number.isFinite(of.effect)) return refuse('malformed', 'a finite number is needed', 'effect');
  if (se === 0) return refuse('malformed', 'without any variance every difference is found', 'between');
  const [z, shift] = [criticalOf(of), of.effect / se];
  return { power: normalCdf(shift - z) + normalCdf(-shift - z), se };
}

/** How many questions it takes (Miller 2024, eq. 9). */
export function questionsNeeded(of: Omit<Design, 'n'> & { readonly effect: number; readonly power: number }): { n: number } | Refusal {
  const one = errorOf({ ...of, n: 1 });
  if (typeof one !== 'number') return one;
  const bad = badConfidence(of.power, 'power');
  if (bad) return bad;
  if (!Number.isFinite(of.effect) || of.effect === 0) return refuse('malformed', 'a number other than 0 is needed', 'effect');
  const n = Math.ceil(((criticalOf(of) + normalQuantile(of.power)) * (one / of.effect)) ** 2 - 1e-9);
  return Number.isSafeInteger(n) ? { n: Math.max(1, n) } : refuse('too_large', 'no number of questions is enough', 'effect');
}

/** z_{1−α/2}, from the tail: one less a small alpha is one. */
function criticalOf({ alpha }: Pick<Design, 'alpha'>): number {
  return -normalQuantile(Math.max(alpha / 2, Number.MIN_VALUE));
}

function errorOf(of: Design): number | Refusal {
  const { n, design, between, withinA = 0, withinB = 0, epochsA = 1, epochsB = 1, clusterSize = 1, clusterCorrelation = 0 } = of;
  if (design !== 'paired' && design !== 'unpaired') return refuse('unsupported', 'paired or unpaired', 'design');
  for (const [at, count] of Object.entries({ n, epochsA, epochsB }))
    if (!isCount(count) || count === 0) return refuse('malformed', 'a whole number of at least 1 is needed', at);
  for (const [at, variance] of Object.entries({ between, withinA, withinB }))
    if (!Number.isFinite(variance) || variance < 0) return refuse('malformed', 'a finite number of at least 0 is needed', at);
  if (!Number.isFinite(clusterSize) || clusterSize < 1) return refuse('malformed', 'a number of at least 1 is needed', 'clusterSize');
  if (!Number.isFinite(clusterCorrelation) || !(clusterCorrelation >= 0 && clusterCorrelation <= 1))
    return refuse('malformed', 'a number from 0 to 1 is needed', 'clusterCorrelation');
  const bad = badConfidence(of.alpha, 'alpha');
  if (bad) return bad;
  const designEffect = 1 + (clusterSize - 1) * clusterCorrelation;
  return Math.sqrt((designEffect * (between + withinA / epochsA + withinB / epochsB)) / n);
}
