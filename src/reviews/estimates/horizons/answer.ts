import { type Horizons, horizonConfidence, type ModelHorizon, type Trend } from './horizons.ts';

/** What `breakwater estimates horizons --json` prints; times in minutes. */
export function presentHorizons(of: Horizons): object {
  const { frontier, doublingTimeDays, interval, cautious: cautiousInterval, lost, line, because } = of.trend;
  return {
    models: of.models.map(presentModel),
    trend: {
      ...{ doublingTimeDays, interval, cautiousInterval, lost },
      ...{ perDay: line?.perDay ?? null, rSquared: line?.rSquared ?? null, frontier, because },
    },
    ...{ confidence: horizonConfidence, draws: of.draws, seed: of.seed, runs: of.runs, left: of.left, problems: of.problems },
  };
}

function presentModel({ p50, p80, curve, ...rest }: ModelHorizon): object {
  return {
    ...{ model: rest.model, p50: p50.minutes, interval: p50.interval, cautiousInterval: p50.cautious },
    ...{ p80: p80.minutes, p80Interval: p80.interval, p80CautiousInterval: p80.cautious },
    ...{ coefficient: curve?.coefficient ?? null, intercept: curve?.intercept ?? null },
    ...rest,
  };
}

/** The same for people: one line a model, then the trend, then what was left out. */
export function horizonsText(of: Horizons): string {
  const head = ['model', 'released', 'runs', 'solved', 'p50', '95 % interval', 'p80', '95 % interval', ''];
  const rows = of.models.map((m) => [
    m.model,
    m.releasedOn ?? '–',
    String(m.runs),
    m.runs === 0 ? '–' : `${Math.round((100 * m.solved) / m.runs)} %`,
    m.p50.minutes === null ? '–' : duration(m.p50.minutes),
    range(m.p50.interval && m.p50.cautious),
    m.p80.minutes === null ? '–' : duration(m.p80.minutes),
    range(m.p80.interval && m.p80.cautious),
    [m.onFrontier ? 'frontier' : '', m.because ?? '', lostText(m, of.draws)].filter(Boolean).join('; '),
  ]);
  const widths = head.map((title, i) => [title, ...rows.map((row) => row[i]!)].reduce((most, cell) => Math.max(most, cell.length), 0));
  const isNumber = (i: number) => i >= 2 && i < head.length - 1;
  const lines = [head, ...rows].map((row) =>
    row
      .map((cell, i) => (isNumber(i) ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)))
      .join('  ')
      .trimEnd(),
  );
  const { withoutMinutes, withoutScore } = of.left;
  const left = [
    withoutMinutes === 0 ? '' : `${withoutMinutes} runs at tasks without known human minutes`,
    withoutScore === 0 ? '' : `${withoutScore} runs without a score`,
  ].filter(Boolean);
  const counted = `${of.runs} runs, ${of.draws} draws (family, task, run), seed ${of.seed}`;
  return [
    ...lines,
    '',
    trendText(of.trend, of.draws),
    counted,
    ...(left.length > 0 ? [`left out: ${left.join(', ')}`] : []),
    ...of.problems,
  ].join('\n');
}

function trendText({ doublingTimeDays, cautious, lost, frontier, line, because }: Trend, draws: number): string {
  if (doublingTimeDays === null) return `trend: none, ${because}`;
  const days = (n: number | null) => (n === null ? 'never' : `${Math.round(n)}`);
  const between = cautious ? ` (95 %: ${days(cautious[0])} to ${days(cautious[1])})` : '';
  const without = lost === 0 ? '' : `; in ${lost} of ${draws} draws one of them had no horizon`;
  const models = `${frontier.length} models, r² ${line!.rSquared.toFixed(2)}${without}`;
  return `trend: the p50 of the frontier doubles in ${days(doublingTimeDays)} days${between}; ${models}`;
}

function lostText({ lost }: ModelHorizon, draws: number): string {
  const { noneSolved, allSolved, noCurve } = lost;
  // One draw in a hundred moves no end of an interval.
  if (noneSolved + allSolved + noCurve < draws / 100) return '';
  const parts = [
    noneSolved === 0 ? '' : `nothing solved in ${noneSolved}`,
    allSolved === 0 ? '' : `everything solved in ${allSolved}`,
    noCurve === 0 ? '' : `no horizon in ${noCurve}`,
  ].filter(Boolean);
  return `${parts.join(', ')} of ${draws} draws`;
}

function range(interval: readonly [number | null, number | null] | null): string {
  return interval === null ? '–' : interval.map((end) => (end === null ? '∞' : duration(end))).join(' to ');
}

/** In the unit that people would say. */
export function duration(minutes: number): string {
  const three = (value: number) => (value >= 100 ? Math.round(value).toLocaleString('en') : String(Number(value.toPrecision(2))));
  if (minutes === 0) return '0';
  if (minutes < 1) return `${three(minutes * 60)} s`;
  if (minutes < 90) return `${three(minutes)} min`;
  return minutes < 60 * 48 ? `${three(minutes / 60)} h` : `${three(minutes / 1440)} d`;
}
