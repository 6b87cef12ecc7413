/** How often it did not show, of the runs on the vulnerable build, with the bounds of the true share. */
interface Flake {
  readonly quiet: number;
  readonly of: number;
  readonly low: number;
  readonly high: number;
}

/** The normal quantile of a two-sided interval at 95 %. */
const z = 1.959963984540054;

/** Wilson 1927, JASA 22: the score interval, without continuity correction. Three runs out of three still leave a wide one, which is the point. */
export function flakeOf({ crashes, of }: { readonly crashes: number; readonly of: number }): Flake | null {
  if (of === 0) return null;
  const quiet = of - crashes;
  const p = quiet / of;
  const middle = (p + (z * z) / (2 * of)) / (1 + (z * z) / of);
  const half = (z / (1 + (z * z) / of)) * Math.sqrt((p * (1 - p)) / of + (z * z) / (4 * of * of));
  return { quiet, of, low: quiet === 0 ? 0 : Math.max(0, middle - half), high: quiet === of ? 1 : Math.min(1, middle + half) };
}
