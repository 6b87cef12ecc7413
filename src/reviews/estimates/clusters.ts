import { type Refusal, refuse } from '../../base/refusal.ts';
import { badClusters, clusteredMean, deviationsByCluster, mean, pairedDifference, sumOfSquares } from './statistics.ts';

type Clusters = readonly (string | number)[];

/**
 * Clustered standard error with the finite-cluster correction G/(G − 1) (Liang and Zeger 1986; “CR1” of Cameron and Miller 2015,
 * J. Human Resources 50(2), section VI.B, for a mean): few clusters otherwise give an error that is too small. Its t has G − 1 degrees of freedom.
 */
export function correctedMean(given: {
  readonly values: readonly number[];
  readonly clusters: Clusters;
}): { mean: number; se: number; clusters: number; df: number } | Refusal {
  const { values, clusters } = given;
  const plain = mean({ values });
  if ('refused' in plain) return plain;
  const bad = badClusters(clusters, values.length);
  if (bad) return bad;
  const sums = deviationsByCluster(values, clusters, plain.mean);
  const groups = sums.length;
  if (groups < 2) return refuse('malformed', 'at least two clusters are needed: one has no spread', 'clusters');
  const se = Math.sqrt((groups / (groups - 1)) * sumOfSquares(sums)) / values.length;
  return Number.isFinite(se)
    ? { mean: plain.mean, se, clusters: groups, df: groups - 1 }
    : refuse('too_large', 'the values are too large to be added up');
}

/** Two systems on the same questions, of which some belong together (Miller 2024, eq. 8): the clustered error of the differences. */
export function clusteredDifference(given: {
  readonly a: readonly number[];
  readonly b: readonly number[];
  readonly clusters: Clusters;
}): { difference: number; se: number; correctedSe: number; clusters: number } | Refusal {
  const { a, b, clusters } = given;
  const plain = pairedDifference({ a, b });
  if ('refused' in plain) return plain;
  const values = a.map((value, i) => value - b[i]!);
  const [without, corrected] = [clusteredMean({ values, clusters }), correctedMean({ values, clusters })];
  if ('refused' in without) return without;
  if ('refused' in corrected) return corrected;
  return { difference: plain.difference, se: without.se, correctedSe: corrected.se, clusters: corrected.clusters };
}
