import { limits } from '../../../base/limits.ts';
import { type Refusal, refuse } from '../../../base/refusal.ts';
import { quantile } from '../quantile.ts';
import { randomFrom } from '../random.ts';
import { drawCurves, horizonOfDraw, type Prepared, prepare } from './draws.ts';
import { type Curve, fitCurve, horizonAt, type Unfit } from './fit.ts';
import { dayNumber, type Study } from './study.ts';
import { frontierOf, type Line, lineThrough, type Point } from './trend.ts';

/** Minutes; null is beyond every length. */
type Interval = readonly [low: number | null, high: number | null];

interface AtShare {
  /** Minutes that people need for the tasks of which the model solves this share; null where there is no such length. */
  readonly minutes: number | null;
  /** Of the draws that gave a horizon, as the field publishes it. */
  readonly interval: Interval | null;
  /** Of all draws: those without one where nothing was solved lie below, those where all was solved above, the others at both ends. */
  readonly cautious: Interval | null;
}

export interface ModelHorizon {
  readonly model: string;
  readonly p50: AtShare;
  readonly p80: AtShare;
  readonly curve: Curve | null;
  readonly runs: number;
  readonly solved: number;
  readonly tasks: number;
  readonly families: number;
  /** Shortest and longest task it was measured at, in minutes. */
  readonly measured: readonly [number, number];
  /** The p50 lies outside what was measured. */
  readonly extrapolated: 'below' | 'above' | null;
  readonly because: string | null;
  /** Draws that gave no p50. */
  readonly lost: { readonly noneSolved: number; readonly allSolved: number; readonly noCurve: number };
  readonly releasedOn: string | null;
  readonly onFrontier: boolean;
}

export interface Trend {
  readonly doublingTimeDays: number | null;
  /** Of the draws in which every model of the frontier had a horizon. */
  readonly interval: Interval | null;
  /** Of all draws: a model without a horizon lies anywhere below its shortest task, above its longest, or at either, as for its own interval. */
  readonly cautious: Interval | null;
  /** Draws in which a model of the frontier had no horizon. */
  readonly lost: number;
  readonly line: Line | null;
  /** Models on the frontier, in the order of release. */
  readonly frontier: readonly string[];
  readonly because: string | null;
}

export interface Horizons {
  readonly models: readonly ModelHorizon[];
  readonly trend: Trend;
  readonly draws: number;
  readonly seed: number;
  readonly runs: number;
  readonly left: Study['left'];
  readonly problems: readonly string[];
}

interface Wanted {
  readonly draws: number;
  readonly seed: number;
}

/** Of every interval. */
export const horizonConfidence = 0.95;

/** Time horizons after Kwa et al. 2025, “Measuring AI Ability to Complete Long Tasks”, arXiv 2503.14499, with the weights and the ridge of Lyptus Research 2026. */
export function estimateHorizons(study: Study, { draws, seed }: Wanted): Horizons | Refusal {
  if (!Number.isSafeInteger(draws) || draws < 1 || draws > limits.horizonDraws)
    return refuse('malformed', `a whole number from 1 to ${limits.horizonDraws} is needed`, 'draws');
  if (!Number.isSafeInteger(seed) || seed < 0) return refuse('malformed', 'a whole number of at least 0 is needed', 'seed');
  const prepared = study.models.map((model) => prepare(model, study.familyOfTask));
  const cells = prepared.reduce((sum, p) => sum + p.x.length, 0);
  if (cells * draws > limits.horizonCellDraws)
    return refuse('too_large', `${cells} pairs of task and model drawn ${draws} times: at most ${limits.horizonCellDraws} in all`, 'draws');
  const curves = prepared.map((p) => fitCurve(p));
  const drawn = [0.5, 0.8].map(() => study.models.map(() => new Float64Array(draws)));
  for (const { model, draw, curve } of drawCurves(study, prepared, curves, draws, randomFrom(seed)))
    [0.5, 0.8].forEach((share, i) => {
      drawn[i]![model]![draw] = horizonOfDraw(curve, share);
    });
  const rough = study.models.map((model, i) => {
    const at = (share: number, of: Float64Array) => atShare(curves[i]!, share, of);
    return described(model, study, prepared[i]!, curves[i]!, at(0.5, drawn[0]![i]!), at(0.8, drawn[1]![i]!), drawn[0]![i]!);
  });
  const { trend, onFrontier } = trendOf(rough, drawn[0]!, draws);
  return {
    models: rough.map((model, i) => ({ ...model, onFrontier: onFrontier.has(i) })).sort(byRelease),
    trend,
    ...{ draws, seed, runs: study.runs, left: study.left, problems: study.problems },
  };
}

function byRelease(a: ModelHorizon, b: ModelHorizon): number {
  const key = (m: ModelHorizon) => m.releasedOn ?? '9999';
  return key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : (a.p50.minutes ?? 0) - (b.p50.minutes ?? 0);
}

type Rough = Omit<ModelHorizon, 'onFrontier'>;

function described(
  { name, releasedOn, cells }: Study['models'][number],
  study: Study,
  prepared: Prepared,
  curve: Curve | Unfit,
  p50: AtShare,
  p80: AtShare,
  drawn: Float64Array,
): Rough {
  const lengths = cells.map((cell) => cell.minutes);
  const [least, most] = [lengths.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY), lengths.reduce((a, b) => Math.max(a, b), 0)];
  const sum = (of: Int32Array) => of.reduce((all, n) => all + n, 0);
  const extrapolated = p50.minutes === null ? null : p50.minutes < least ? 'below' : p50.minutes > most ? 'above' : null;
  const count = (of: (value: number) => boolean) => drawn.reduce((n, value) => (of(value) ? n + 1 : n), 0);
  const tasks = new Set(prepared.task);
  return {
    ...{ model: name, p50, p80, releasedOn, extrapolated },
    curve: typeof curve === 'string' ? null : curve,
    ...{ runs: sum(prepared.runs), solved: sum(prepared.solved), tasks: tasks.size },
    families: new Set([...tasks].map((task) => study.familyOfTask[task])).size,
    measured: cells.length === 0 ? [0, 0] : [least, most],
    because: reasonOf(curve, p50, extrapolated, least, most),
    lost: {
      noneSolved: count((value) => value === Number.NEGATIVE_INFINITY),
      allSolved: count((value) => value === Number.POSITIVE_INFINITY),
      noCurve: count(Number.isNaN),
    },
  };
}

function reasonOf(curve: Curve | Unfit, p50: AtShare, beyond: 'below' | 'above' | null, least: number, most: number): string | null {
  if (curve === 'nothing') return 'no run of it has a score at a task whose human minutes are known';
  if (curve === 'none-solved') return `it solved nothing: the horizon lies below the shortest task, ${minutesText(least)}`;
  if (curve === 'all-solved') return `it solved everything: the horizon lies above the longest task, ${minutesText(most)}`;
  if (p50.minutes === null) return 'longer tasks were not solved less often: these runs have no horizon';
  if (beyond === 'below') return `extrapolated: the shortest task takes ${minutesText(least)}`;
  return beyond === 'above' ? `extrapolated: the longest task takes ${minutesText(most)}` : null;
}

function minutesText(minutes: number): string {
  return `${Number(minutes.toPrecision(3))} minutes`;
}

function atShare(curve: Curve | Unfit, share: number, drawn: Float64Array): AtShare {
  const at = typeof curve === 'string' ? undefined : horizonAt(curve, share);
  const tail = (1 - horizonConfidence) / 2;
  const fitted = drawn.filter(Number.isFinite).sort();
  const low = drawn.map((value) => (Number.isNaN(value) ? Number.NEGATIVE_INFINITY : value)).sort();
  const high = drawn.map((value) => (Number.isNaN(value) ? Number.POSITIVE_INFINITY : value)).sort();
  return {
    minutes: at === undefined ? null : finite(2 ** at),
    interval: at === undefined || fitted.length === 0 ? null : intervalOf(quantile(fitted, tail), quantile(fitted, 1 - tail)),
    cautious: at === undefined ? null : intervalOf(quantile(low, tail), quantile(high, 1 - tail)),
  };
}

function intervalOf(low: number, high: number): Interval {
  return [finite(2 ** low), finite(2 ** high)];
}

/** JSON has no infinity. */
function finite(minutes: number): number | null {
  return Number.isFinite(minutes) ? minutes : null;
}

/** The frontier is that of the estimates; each draw has its own line through it, and the interval of the slope becomes one of the doubling time. */
function trendOf(models: readonly Rough[], drawn: readonly Float64Array[], draws: number): { trend: Trend; onFrontier: Set<number> } {
  const dated = models.flatMap(({ releasedOn, p50 }, i) =>
    releasedOn === null || p50.minutes === null || p50.minutes === 0
      ? []
      : [{ i, on: dayNumber(releasedOn)!, height: Math.log(p50.minutes) }],
  );
  const frontier = frontierOf(dated).map((at) => dated[at]!);
  const line = lineThrough(frontier);
  const names = frontier.map(({ i }) => models[i]!.model);
  const onFrontier = new Set(frontier.map(({ i }) => i));
  const none = { doublingTimeDays: null, interval: null, cautious: null, lost: 0, line: line ?? null, frontier: names };
  if (!line) return { trend: { ...none, because: 'a trend needs models of two release days on the frontier' }, onFrontier };
  if (line.perDay <= 0) return { trend: { ...none, because: 'the frontier does not rise' }, onFrontier };
  const slopes = Array.from({ length: draws }, (_, draw) =>
    slopesThrough(frontier.map(({ i, on }) => ({ on, height: drawn[i]![draw]! * Math.LN2, measured: models[i]!.measured }))),
  );
  const whole = slopes.filter(([low, high]) => low === high);
  const [interval, cautious] = [doublingOf(whole), doublingOf(slopes)];
  const found = { doublingTimeDays: daysToDouble(line.perDay), interval, cautious, lost: draws - whole.length };
  return { trend: { ...none, ...found, because: null }, onFrontier };
}

type Placed = Point & { readonly measured: readonly [number, number] };

/**
 * The least and the most that the slope can be, wherever the horizons that a draw does not have may lie: each height counts by how far its day is
 * from the mean day, so the ends are reached at the ends of every height.
 */
function slopesThrough(points: readonly Placed[]): readonly [low: number, high: number] {
  const at = (end: 0 | 1) => {
    const mean = points.reduce((sum, { on }) => sum + on, 0) / points.length;
    const heights = points.map(({ on, height, measured }) => {
      const ends = rangeOf(height, measured);
      return { on, height: on >= mean ? ends[end] : ends[1 - end]! };
    });
    const beyond = heights.filter(({ on, height }) => !Number.isFinite(height) && on !== mean);
    if (beyond.length > 0) return end === 0 ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
    return lineThrough(heights.map(({ on, height }) => ({ on, height: Number.isFinite(height) ? height : 0 })))!.perDay;
  };
  return points.every(({ height }) => Number.isFinite(height)) ? [at(0), at(0)] : [at(0), at(1)];
}

/** ln(minutes) between which a height lies that a draw has only as −∞, ∞ or NaN. */
function rangeOf(height: number, [least, most]: readonly [number, number]): readonly [number, number] {
  if (Number.isFinite(height)) return [height, height];
  return [
    height === Number.POSITIVE_INFINITY ? Math.log(most) : Number.NEGATIVE_INFINITY,
    height === Number.NEGATIVE_INFINITY ? Math.log(least) : Number.POSITIVE_INFINITY,
  ];
}

/** null: it never does. */
const daysToDouble = (perDay: number) => (perDay > 0 ? Math.LN2 / perDay : null);

function doublingOf(slopes: readonly (readonly [number, number])[]): Interval | null {
  if (slopes.length === 0) return null;
  const tail = (1 - horizonConfidence) / 2;
  const [lows, highs] = [slopes.map(([low]) => low), slopes.map(([, high]) => high)].map((of) => Float64Array.from(of).sort());
  const quickest = daysToDouble(quantile(highs!, 1 - tail));
  return quickest === null ? null : [quickest, daysToDouble(quantile(lows!, tail))];
}
