/** Two-sided interval of a share. */
export interface Bounds {
  readonly low: number;
  readonly high: number;
}

/**
 * Wilson 1927, JASA 22: the score interval of `k` of `n` (n > 0), without continuity correction. `z` is the normal quantile of the
 * confidence, 1.96 for 95 %.
 */
export function wilsonBounds(k: number, n: number, z: number): Bounds {
  const [p, z2] = [k / n, z * z];
  const middle = (p + z2 / (2 * n)) / (1 + z2 / n);
  const half = (Math.abs(z) / (1 + z2 / n)) * Math.sqrt((p * (1 - p)) / n + z2 / (4 * n * n));
  return { low: k === 0 ? 0 : Math.max(0, middle - half), high: k === n ? 1 : Math.min(1, middle + half) };
}
