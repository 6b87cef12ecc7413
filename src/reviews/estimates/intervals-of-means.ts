import { limits } from '../../base/limits.ts';
import { type Refusal, refuse } from '../../base/refusal.ts';
import type { Bounds } from '../../base/share.ts';
import { normalCdf, normalQuantile, studentQuantile } from '../../base/special-functions.ts';
import { boundsOfEqual, type Range } from './intervals.ts';
import { quantile } from './quantile.ts';
import { type Random, randomFrom } from './random.ts';
import { average, badClusters, badConfidence, mean } from './statistics.ts';

type Cluster = string | number;

/**
 * Mean ± t · SE with n − 1 degrees of freedom (Student 1908), and no further than `range`. Values that are all equal show no spread: what they tell is
 * said by `boundsOfEqual`, and without a range they tell nothing.
 */
export function tInterval(given: {
  readonly values: readonly number[];
  readonly range?: Range;
  readonly confidence: number;
}): (Bounds & { mean: number; se: number }) | Refusal {
  const { values, range, confidence } = given;
  const bad = badConfidence(confidence);
  if (bad) return bad;
  const of = mean(given);
  if ('refused' in of) return of;
  const outside = badRange(range, values);
  if (outside) return outside;
  if (values.every((value) => value === values[0]))
    return range ? { ...of, ...boundsOfEqual(values[0]!, values.length, range, confidence) } : noSpread;
  const half = studentQuantile(1 - confidence, values.length - 1) * of.se;
  return { ...of, ...within(range, { low: of.mean - half, high: of.mean + half }) };
}

const noSpread = refuse(
  'malformed',
  'the values are all equal and show no spread: only with the range that values can lie in do they tell anything',
  'range',
);

function badRange(range: Range | undefined, values: readonly number[]): Refusal | undefined {
  if (range === undefined) return undefined;
  const isRange = Array.isArray(range) && range.length === 2 && range.every(Number.isFinite) && range[0]! < range[1]!;
  if (!isRange) return refuse('malformed', 'two numbers, the least that a value can be and the greatest', 'range');
  return values.every((value) => range[0] <= value && value <= range[1])
    ? undefined
    : refuse('malformed', 'a value lies outside of the range', 'values');
}

function within(range: Range | undefined, { low, high }: Bounds): Bounds {
  return range ? { low: Math.max(low, range[0]), high: Math.min(high, range[1]) } : { low, high };
}

interface Resampling {
  readonly values: readonly number[];
  readonly range?: Range;
  /** Where given, whole clusters are drawn. */
  readonly clusters?: readonly Cluster[];
  readonly confidence: number;
  readonly method: 'percentile' | 'bca';
  /** 2,000 where not given. */
  readonly draws?: number;
  /** 1 where not given; it is in the answer. */
  readonly seed?: number;
}

/**
 * Bootstrap interval of a mean (Efron 1987, JASA 82: BCa with jackknife acceleration); with clusters, of the clusters. Where all draws are one and the
 * same there is nothing to resample: values or clusters (of like size) that are all equal are told of as by the t interval.
 */
export function bootstrapInterval(given: Resampling): (Bounds & { mean: number; draws: number; seed: number }) | Refusal {
  const { values, range, confidence, method, draws = 2_000, seed = 1 } = given;
  const bad = badConfidence(confidence) ?? badResampling(draws, seed, method);
  if (bad) return bad;
  const plain = mean({ values });
  if ('refused' in plain) return plain;
  const outside = badRange(range, values);
  if (outside) return outside;
  const unclear = given.clusters === undefined ? undefined : badClusters(given.clusters, values.length);
  if (unclear) return unclear;
  if (values.length * draws > limits.bootstrapValues)
    return refuse('too_large', `${values.length} values drawn ${draws} times: at most ${limits.bootstrapValues} in all`, 'draws');
  const groups = grouped(values, given.clusters);
  if (groups.length < 2) return refuse('malformed', 'at least two clusters are needed: one has no spread', 'clusters');
  const [first] = groups;
  // Of products, as sums of equal values differ in their rounding and no more.
  if (groups.every((group) => isNear(group.sum * first!.size, first!.sum * group.size)))
    return range ? { mean: plain.mean, ...boundsOfEqual(plain.mean, groups.length, range, confidence), draws, seed } : noSpread;
  const means = drawnMeans(groups, draws, randomFrom(seed)).sort();
  const tail = (1 - confidence) / 2;
  const [lower, upper] = method === 'percentile' ? [tail, 1 - tail] : corrected(means, groups, plain.mean, tail);
  return { mean: plain.mean, low: quantile(means, lower), high: quantile(means, upper), draws, seed };
}

const isNear = (a: number, b: number) => Math.abs(a - b) <= 1e-12 * Math.max(Math.abs(a), Math.abs(b));

function badResampling(draws: number, seed: number, method: unknown): Refusal | undefined {
  if (!Number.isSafeInteger(draws) || draws < 100 || draws > limits.bootstrapDraws)
    return refuse('malformed', `a whole number from 100 to ${limits.bootstrapDraws} is needed`, 'draws');
  if (!Number.isSafeInteger(seed) || seed < 0) return refuse('malformed', 'a whole number of at least 0 is needed', 'seed');
  return method === 'percentile' || method === 'bca' ? undefined : refuse('unsupported', 'percentile or bca', 'method');
}

interface Group {
  readonly sum: number;
  readonly size: number;
}

function grouped(values: readonly number[], clusters: readonly Cluster[] | undefined): Group[] {
  if (!clusters) return values.map((value) => ({ sum: value, size: 1 }));
  const groups = new Map<Cluster, { sum: number; size: number }>();
  values.forEach((value, i) => {
    const group = groups.get(clusters[i]!) ?? { sum: 0, size: 0 };
    groups.set(clusters[i]!, { sum: group.sum + value, size: group.size + 1 });
  });
  return [...groups.values()];
}

function drawnMeans(groups: readonly Group[], draws: number, random: Random): Float64Array {
  return Float64Array.from({ length: draws }, () => {
    let [sum, size] = [0, 0];
    for (let i = 0; i < groups.length; i++) {
      const group = groups[random.below(groups.length)]!;
      sum += group.sum;
      size += group.size;
    }
    return sum / size;
  });
}

/** The shares of the draws at which the BCa interval ends. */
function corrected(means: Float64Array, groups: readonly Group[], centre: number, tail: number): [number, number] {
  let [below, same] = [0, 0];
  for (const value of means) {
    if (value < centre) below++;
    else if (value === centre) same++;
  }
  // Half of the ties, as with few distinct values many draws fall on the mean itself; never quite 0 or 1.
  const share = Math.min(Math.max((below + same / 2) / means.length, 0.5 / means.length), 1 - 0.5 / means.length);
  const bias = normalQuantile(share);
  const [sum, size] = groups.reduce(([s, n], group) => [s + group.sum, n + group.size], [0, 0]);
  const without = groups.map((group) => (sum - group.sum) / (size - group.size));
  const middle = average(without);
  let [square, cube] = [0, 0];
  for (const value of without) {
    square += (middle - value) ** 2;
    cube += (middle - value) ** 3;
  }
  const acceleration = square === 0 ? 0 : cube / (6 * square ** 1.5);
  const end = (z: number) => {
    const shifted = bias + z;
    return normalCdf(bias + shifted / (1 - acceleration * shifted));
  };
  return [end(normalQuantile(tail)), end(-normalQuantile(tail))];
}
