import { duration } from './answer.ts';
import { type Horizons, horizonConfidence, type ModelHorizon } from './horizons.ts';
import { dayNumber } from './study.ts';

const [width, height] = [960, 560];
const frame = { left: 86, right: 214, top: 56, bottom: 52 };

/** Middle tones and no ground, so that it can be read on white and on black; shapes besides colours, for who sees none. */
const tones = { ink: '#6b7280', grid: '#9ca3af', mark: '#2f7dd1', other: '#8a8f98', trend: '#d9730d' };

interface Placed {
  readonly model: ModelHorizon;
  readonly x: number;
  readonly y: number;
  readonly low: number;
  readonly high: number;
  readonly open: boolean;
}

/** Horizons by release day as an SVG document: points with their cautious intervals, the frontier and its trend. */
export function plotHorizons(of: Horizons): string {
  const shown = of.models.filter((m) => m.releasedOn !== null && m.p50.minutes !== null && m.p50.minutes > 0);
  const hidden = of.models.length - shown.length;
  const { x, y, days, floor, ceiling } = scales(shown);
  const placed = shown.map((model): Placed => {
    const [low, high] = model.p50.cautious ?? [null, null];
    const isOpen = low === null || low < floor || high === null || high > ceiling;
    return {
      ...{ model, x: x(dayNumber(model.releasedOn!)!), y: y(model.p50.minutes!) },
      ...{ low: y(Math.max(low ?? floor, floor)), high: y(Math.min(high ?? ceiling, ceiling)), open: isOpen },
    };
  });
  const body = [
    ...gridOf(y, floor, ceiling),
    ...yearsOf(x, days),
    ...trendLine(of, x, y, days, floor, ceiling),
    ...placed.map(pointOf),
    ...labelsOf(placed),
  ];
  const title = `Time horizons of ${shown.length} models by release day`;
  const note = hidden === 0 ? '' : ` ${hidden} without a horizon or a release day are not drawn.`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="t d" font-family="system-ui, sans-serif" font-size="12" fill="${tones.ink}">`,
    `<title id="t">${title}</title>`,
    `<desc id="d">${escaped(described(of, shown))}</desc>`,
    `<text x="${frame.left}" y="24" font-size="15" font-weight="600">Length of task that models solve half of (p50), by release day</text>`,
    `<text x="${frame.left}" y="42">Bars: ${percent(horizonConfidence)} bootstrap intervals; an arrow goes on beyond the frame. Filled: frontier.${note}</text>`,
    ...body,
    '</svg>',
    '',
  ].join('\n');
}

function described(of: Horizons, shown: readonly ModelHorizon[]): string {
  const each = shown.map((m) => `${m.model} ${duration(m.p50.minutes!)}`).join(', ');
  const days = of.trend.doublingTimeDays;
  return `${each}. ${days === null ? `No trend: ${of.trend.because}.` : `The frontier doubles in ${Math.round(days)} days.`}`;
}

interface Scales {
  readonly x: (day: number) => number;
  readonly y: (minutes: number) => number;
  readonly days: readonly [number, number];
  readonly floor: number;
  readonly ceiling: number;
}

/** Minutes on a logarithmic scale; a decade beyond the p50s is as far as intervals are drawn. */
function scales(shown: readonly ModelHorizon[]): Scales {
  const on = shown.map((m) => dayNumber(m.releasedOn!)!);
  const least = on.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const most = on.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const days: readonly [number, number] = on.length === 0 ? [0, 1] : [least - 60, most + 60];
  const logs = shown.map((m) => Math.log10(m.p50.minutes!));
  const floor = 10 ** Math.floor(logs.reduce((a, b) => Math.min(a, b), 0) - 0.5);
  const ceiling = 10 ** Math.ceil(logs.reduce((a, b) => Math.max(a, b), 1) + 0.5);
  const share = (minutes: number) => Math.log(minutes / floor) / Math.log(ceiling / floor);
  return {
    ...{ days, floor, ceiling },
    x: (day) => frame.left + ((day - days[0]) / (days[1] - days[0])) * (width - frame.left - frame.right),
    y: (minutes) => height - frame.bottom - share(minutes) * (height - frame.top - frame.bottom),
  };
}

const ticks = [1 / 60, 1 / 6, 1, 10, 60, 600, 1440, 14400, 144000, 1440000];

function gridOf(y: Scales['y'], floor: number, ceiling: number): string[] {
  return ticks
    .filter((at) => at >= floor && at <= ceiling)
    .flatMap((at) => [
      line(frame.left, y(at), width - frame.right, y(at), `stroke="${tones.grid}" stroke-opacity="0.35"`),
      `<text x="${frame.left - 8}" y="${round(y(at) + 4)}" text-anchor="end">${duration(at)}</text>`,
    ]);
}

function yearsOf(x: Scales['x'], [from, to]: readonly [number, number]): string[] {
  const out: string[] = [];
  const first = 1970 + Math.floor(from / 365.25);
  const step = Math.max(1, Math.ceil((to - from) / 365.25 / 12));
  for (let year = first; year <= first + (to - from) / 365.25 + 1; year += step) {
    const at = dayNumber(`${String(year).padStart(4, '0')}-01-01`);
    if (at === undefined || at < from || at > to) continue;
    out.push(line(x(at), height - frame.bottom, x(at), height - frame.bottom + 5, `stroke="${tones.ink}"`));
    out.push(`<text x="${round(x(at))}" y="${height - frame.bottom + 20}" text-anchor="middle">${year}</text>`);
  }
  out.push(line(frame.left, height - frame.bottom, width - frame.right, height - frame.bottom, `stroke="${tones.ink}"`));
  return out;
}

function trendLine(
  of: Horizons,
  x: Scales['x'],
  y: Scales['y'],
  [from, to]: readonly [number, number],
  floor: number,
  ceiling: number,
): string[] {
  const { line: through, doublingTimeDays, cautious } = of.trend;
  if (!through || doublingTimeDays === null) return [];
  const at = (day: number) => Math.exp(through.intercept + through.perDay * day);
  const inside = (minutes: number) => (Math.log(minutes) - through.intercept) / through.perDay;
  const [begin, end] = [Math.max(from, inside(floor)), Math.min(to, inside(ceiling))];
  const ends = cautious?.map((days) => (days === null ? 'never' : Math.round(days))).join(' to ');
  return [
    line(x(begin), y(at(begin)), x(end), y(at(end)), `stroke="${tones.trend}" stroke-width="1.5" stroke-dasharray="6 4"`),
    `<text x="${frame.left + 10}" y="${frame.top + 20}" fill="${tones.trend}" font-weight="600">doubles in ${Math.round(doublingTimeDays)} days${ends ? ` (${ends})` : ''}</text>`,
  ];
}

function pointOf({ model, x, y, low, high, open }: Placed): string {
  const tone = model.onFrontier ? tones.mark : tones.other;
  const text = `${model.model}, ${model.releasedOn}: ${duration(model.p50.minutes!)}${model.because ? `; ${model.because}` : ''}`;
  const [cautiousLow, cautiousHigh] = model.p50.cautious ?? [null, null];
  const arrow = (at: number, toward: number) =>
    `<path d="M${round(x - 4)} ${round(at - toward * 6)}L${round(x)} ${round(at)}L${round(x + 4)} ${round(at - toward * 6)}" fill="none" stroke="${tone}"/>`;
  const arrows = open
    ? [
        cautiousLow === null || low >= height - frame.bottom - 0.5 ? arrow(low, 1) : '',
        cautiousHigh === null || high <= frame.top + 0.5 ? arrow(high, -1) : '',
      ]
    : [];
  return [
    '<g>',
    `<title>${escaped(text)}</title>`,
    line(x, low, x, high, `stroke="${tone}"`),
    ...arrows.filter(Boolean),
    `<circle cx="${round(x)}" cy="${round(y)}" r="4.5" stroke="${tone}" stroke-width="1.8" fill="${model.onFrontier ? tone : 'none'}"/>`,
    '</g>',
  ].join('');
}

/** Names stand in a column at the right, apart from one another, each tied to its point: beside crowded points nobody could read them. */
function labelsOf(placed: readonly Placed[]): string[] {
  const [top, bottom] = [frame.top + 6, height - frame.bottom - 4];
  const ordered = [...placed].sort((a, b) => a.y - b.y);
  const gap = Math.min(16, (bottom - top) / Math.max(1, ordered.length));
  const at: number[] = [];
  for (const { y } of ordered) at.push(Math.max(y, (at.at(-1) ?? top - gap) + gap));
  for (let i = at.length - 1; i >= 0; i--) at[i] = Math.min(at[i]!, (i === at.length - 1 ? bottom + gap : at[i + 1]!) - gap);
  const edge = width - frame.right;
  return ordered.flatMap(({ model, x, y }, i) => [
    `<path d="M${round(x + 6)} ${round(y)}L${edge + 4} ${round(at[i]!)}" fill="none" stroke="${tones.grid}" stroke-opacity="0.5"/>`,
    `<text x="${edge + 8}" y="${round(at[i]! + 4)}"${model.onFrontier ? ' font-weight="600"' : ''}>${escaped(clipped(model.model))} ${duration(model.p50.minutes!)}</text>`,
  ]);
}

function line(x1: number, y1: number, x2: number, y2: number, rest: string): string {
  return `<line x1="${round(x1)}" y1="${round(y1)}" x2="${round(x2)}" y2="${round(y2)}" ${rest}/>`;
}

const round = (n: number) => Math.round(n * 10) / 10;
const percent = (share: number) => `${Math.round(share * 100)} %`;
const clipped = (name: string) => (name.length > 22 ? `${name.slice(0, 21)}…` : name);

/** Names come from whoever sends the runs; characters that XML 1.0 cannot hold are left out. */
function escaped(text: string): string {
  return [...text]
    .filter((c) => /[\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/u.test(c))
    .join('')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
