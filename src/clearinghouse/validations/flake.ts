import { type Bounds, wilsonBounds } from '../../base/share.ts';

/** How often it did not show, of the runs on the vulnerable build, with the bounds of the true share. */
type Flake = Bounds & { readonly quiet: number; readonly of: number };

/** The normal quantile of a two-sided interval at 95 %. */
const z = 1.959963984540054;

/** Three runs out of three still leave a wide one, which is the point. */
export function flakeOf({ crashes, of }: { readonly crashes: number; readonly of: number }): Flake | null {
  if (of === 0) return null;
  const quiet = of - crashes;
  return { quiet, of, ...wilsonBounds(quiet, of, z) };
}
