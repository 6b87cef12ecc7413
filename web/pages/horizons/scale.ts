import type { Horizon, Share } from './own.ts';

export interface Mark {
  readonly of: Horizon;
  readonly share: Share;
  readonly x: number;
  readonly y: number;
  /** Ends of the interval, drawn no further than the frame; `goesOn` where there is more. */
  readonly bar: { readonly top: number; readonly bottom: number; readonly goesUp: boolean; readonly goesDown: boolean } | undefined;
  readonly labelY: number;
}

export interface Scale {
  readonly x: (day: number) => number;
  readonly y: (minutes: number) => number;
  readonly days: readonly [number, number];
  readonly floor: number;
  readonly ceiling: number;
}

export const size = { width: 960, height: 480 };
export const frame = { left: 76, right: 190, top: 20, bottom: 40 };
export const dayOf = (date: string) => Date.parse(`${date}T00:00:00Z`) / 86_400_000;

/** Minutes by their logarithm; half a decade and more beyond the points, as far as intervals are drawn. */
export function scaleOf(shares: readonly { readonly on: string; readonly minutes: number }[]): Scale {
  const days = shares.map(({ on }) => dayOf(on));
  const [least, most] = [Math.min(...days) - 60, Math.max(...days) + 60];
  const logs = shares.map(({ minutes }) => Math.log10(minutes));
  const floor = 10 ** (Math.min(...logs) - 0.7);
  const ceiling = 10 ** (Math.max(...logs) + 0.7);
  const part = (minutes: number) => Math.log(minutes / floor) / Math.log(ceiling / floor);
  return {
    ...{ days: [least, most] as const, floor, ceiling },
    x: (day) => frame.left + ((day - least) / (most - least)) * (size.width - frame.left - frame.right),
    y: (minutes) => size.height - frame.bottom - part(minutes) * (size.height - frame.top - frame.bottom),
  };
}

const line = 13;
const labelWidth = 190;

/** Names beside their points; one that would lie on another is pushed below it. */
export function marksOf(horizons: readonly Horizon[], which: 'p50' | 'p80', scale: Scale): Mark[] {
  const drawn = horizons
    .flatMap((of) =>
      of.on !== null && isDrawn(of[which]) ? [{ of, share: of[which], x: scale.x(dayOf(of.on)), y: scale.y(of[which].minutes!) }] : [],
    )
    .sort((a, b) => a.y - b.y);
  const placed: Mark[] = [];
  for (const mark of drawn) {
    const near = placed.filter((other) => Math.abs(other.x - mark.x) < labelWidth);
    let labelY = mark.y + 4;
    for (const other of near) if (Math.abs(other.labelY - labelY) < line) labelY = other.labelY + line;
    placed.push({ ...mark, labelY, bar: barOf(mark.share, scale) });
  }
  return placed;
}

export const isDrawn = ({ minutes }: Share) => minutes !== null && minutes > 0;

function barOf({ interval }: Share, { y, floor, ceiling }: Scale): Mark['bar'] {
  if (!interval) return undefined;
  const [low, high] = interval;
  const [goesDown, goesUp] = [low === null || low < floor, high === null || high > ceiling];
  return { bottom: y(goesDown ? floor : low!), top: y(goesUp ? ceiling : high!), goesUp, goesDown };
}

/** The straight line through the logarithms of the frontier's p50s that the study tells the slope of. */
export function trendThrough(frontier: readonly { readonly on: string; readonly minutes: number }[], perDay: number) {
  const mean = (of: readonly number[]) => of.reduce((all, n) => all + n, 0) / of.length;
  const [day, height] = [mean(frontier.map(({ on }) => dayOf(on))), mean(frontier.map(({ minutes }) => Math.log(minutes)))];
  return (at: number) => Math.exp(height + perDay * (at - day));
}
