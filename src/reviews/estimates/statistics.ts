import { type Refusal, refuse } from '../../base/refusal.ts';

export type { Bounds } from '../../base/share.ts';
export { type Attempts, passAtK, passHatK } from './attempts.ts';
export { badConfidence, clopperPearson, mcnemarExact, type Share, wilson } from './intervals.ts';

/** Standard errors after Miller 2024, “Adding Error Bars to Evals”, arXiv 2411.00640. */
export interface Estimate {
  readonly mean: number;
  /** Standard error, with n − 1. */
  readonly se: number;
}

function badValues(values: readonly number[], at: string): Refusal | undefined {
  if (!Array.isArray(values) || !values.every((value) => Number.isFinite(value)))
    return refuse('malformed', 'a list of finite numbers is needed', at);
  return values.length < 2 ? refuse('malformed', 'at least two values are needed: one has no spread', at) : undefined;
}

export function badClusters(clusters: readonly unknown[], values: number): Refusal | undefined {
  if (!Array.isArray(clusters) || clusters.length !== values) return refuse('malformed', 'a cluster is needed for every value', 'clusters');
  return clusters.every((cluster) => typeof cluster === 'string' || Number.isFinite(cluster))
    ? undefined
    : refuse('malformed', 'a cluster is a text or a number', 'clusters');
}

/** Twice, so that the rounding of the first sum is taken out again: otherwise equal values get a spread. */
export function average(values: readonly number[]): number {
  const n = values.length;
  const rough = values.reduce((sum, value) => sum + value / n, 0);
  return rough + values.reduce((sum, value) => sum + (value - rough) / n, 0);
}

/** Of each cluster, the sum of its values' deviations from `centre`. */
export function deviationsByCluster(values: readonly number[], clusters: readonly (string | number)[], centre: number): number[] {
  const sums = new Map<string | number, number>();
  values.forEach((value, i) => void sums.set(clusters[i]!, (sums.get(clusters[i]!) ?? 0) + value - centre));
  return [...sums.values()];
}

export function sumOfSquares(deviations: Iterable<number>): number {
  let sum = 0;
  for (const deviation of deviations) sum += deviation * deviation;
  return sum;
}

function finite<T extends object>(result: T): T | Refusal {
  return Object.values(result).every(Number.isFinite) ? result : refuse('too_large', 'the values are too large to be added up');
}

export function mean({ values }: { readonly values: readonly number[] }): Estimate | Refusal {
  const bad = badValues(values, 'values');
  if (bad) return bad;
  const n = values.length;
  const centre = average(values);
  return finite({ mean: centre, se: Math.sqrt(sumOfSquares(values.map((value) => value - centre)) / (n - 1) / n) });
}

/** Questions that share a passage or a repository are no independent draws: their covariance is added (eq. 4), without finite-cluster correction. */
export function clusteredMean(given: {
  readonly values: readonly number[];
  readonly clusters: readonly (string | number)[];
}): Estimate | Refusal {
  const { values, clusters } = given;
  const plain = mean({ values });
  if ('refused' in plain) return plain;
  const bad = badClusters(clusters, values.length);
  if (bad) return bad;
  const sums = deviationsByCluster(values, clusters, plain.mean);
  // Σ over pairs of different members = (Σ of the cluster)² − Σ of squares.
  const together = sumOfSquares(sums) - sumOfSquares(values.map((value) => value - plain.mean));
  const variance = plain.se ** 2 + together / values.length ** 2;
  return finite({ mean: plain.mean, se: Math.sqrt(Math.max(0, variance)) });
}

/** Two systems on the same questions: the spread of the differences, which is smaller than the two spreads together. */
export function pairedDifference(given: {
  readonly a: readonly number[];
  readonly b: readonly number[];
}): { readonly difference: number; readonly se: number } | Refusal {
  const { a, b } = given;
  const bad = badValues(a, 'a') ?? badValues(b, 'b');
  if (bad) return bad;
  if (a.length !== b.length) return refuse('malformed', 'both lists must have the same length', 'b');
  const result = mean({ values: a.map((value, i) => value - b[i]!) });
  return 'refused' in result
    ? refuse('too_large', 'the values are too large to be subtracted')
    : { difference: result.mean, se: result.se };
}
