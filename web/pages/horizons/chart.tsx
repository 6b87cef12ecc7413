import { useState } from 'react';
import { length } from './length.ts';
import type { Horizon } from './own.ts';
import { dayOf, frame, isDrawn, type Mark, marksOf, type Scale, scaleOf, size, trendThrough } from './scale.ts';
import type { Study } from './study.ts';

type Which = 'p50' | 'p80';
const box = 'mt-1 block rounded-sm border border-soft bg-sheet px-2.5 py-1.5 font-normal text-ink';
const { width, height } = size;

/** Horizons by release day on a logarithmic scale; the tables beneath hold the same numbers. */
export function HorizonChart({ own, study }: { own: readonly Horizon[]; study: Study | undefined }) {
  const [which, setWhich] = useState<Which>('p50');
  const all = [...own, ...(study?.models ?? [])];
  const shares = all.flatMap((of) => (of.on !== null && isDrawn(of[which]) ? [{ on: of.on, minutes: of[which].minutes! }] : []));
  if (all.length === 0) return null;
  return (
    <>
      <p className="mb-3">
        <label className="font-medium">
          Length of task of which is solved
          <select className={box} value={which} onChange={(event) => setWhich(event.target.value as Which)}>
            <option value="p50">half (p50)</option>
            <option value="p80">four fifths (p80)</option>
          </select>
        </label>
      </p>
      {shares.length === 0 ? (
        <p className="text-soft">None of them has such a length; the table says why.</p>
      ) : (
        <Drawing own={own} study={study} which={which} scale={scaleOf(shares)} left={all.length - shares.length} />
      )}
    </>
  );
}

interface Drawn {
  readonly own: readonly Horizon[];
  readonly study: Study | undefined;
  readonly which: Which;
  readonly scale: Scale;
  readonly left: number;
}

function Drawing({ own, study, which, scale, left }: Drawn) {
  const mine = new Set(own.map(({ id }) => id));
  const marks = marksOf([...own, ...(study?.models ?? [])], which, scale);
  const label = `${which} by release day: ${marks.map(({ of, share }) => `${of.model} ${length(share.minutes!)}`).join('; ')}`;
  return (
    <figure>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways is reached by keyboard */}
      <section className="overflow-x-auto border border-line bg-sheet" tabIndex={0} aria-label="Time horizons, drawn">
        <svg viewBox={`0 0 ${width} ${height}`} role="img" aria-label={label} className="block w-full min-w-[44rem]">
          <Grid scale={scale} />
          {which === 'p50' && study && <TrendLine study={study} scale={scale} />}
          {marks.map((mark) => (
            <Point key={mark.of.id} mark={mark} isOwn={mine.has(mark.of.id)} />
          ))}
        </svg>
      </section>
      <figcaption className="mt-1 max-w-prose text-soft">
        Bars: 95 % intervals of all bootstrap draws (by family, task and run); an arrow goes on beyond the frame. Squares: measured here, at
        their release to partners.{study && ' Circles: of the study, filled on its frontier.'}
        {left > 0 && ` ${left} without a horizon or a release day ${left === 1 ? 'is' : 'are'} not drawn.`}
      </figcaption>
    </figure>
  );
}

const ticks = [1 / 60, 1 / 6, 1, 10, 60, 600, 1440, 14_400, 144_000, 1_440_000];

function Grid({ scale: { x, y, days, floor, ceiling } }: { scale: Scale }) {
  const bottom = height - frame.bottom;
  const [first, last] = days.map((day) => new Date(day * 86_400_000).getUTCFullYear()) as [number, number];
  const years = Array.from({ length: last - first + 1 }, (_, i) => first + i).filter((year) => dayOf(`${year}-01-01`) > days[0]);
  return (
    <>
      {ticks
        .filter((at) => at > floor && at < ceiling)
        .map((at) => (
          <g key={at}>
            <line x1={frame.left} x2={width - frame.right} y1={y(at)} y2={y(at)} className="stroke-line" />
            <text x={frame.left - 8} y={y(at) + 4} textAnchor="end" fontSize="12" className="fill-soft">
              {length(at)}
            </text>
          </g>
        ))}
      <line x1={frame.left} x2={width - frame.right} y1={bottom} y2={bottom} className="stroke-soft" />
      {years.map((year) => (
        <g key={year}>
          <line x1={x(dayOf(`${year}-01-01`))} x2={x(dayOf(`${year}-01-01`))} y1={bottom} y2={bottom + 5} className="stroke-soft" />
          <text x={x(dayOf(`${year}-01-01`))} y={bottom + 20} textAnchor="middle" fontSize="12" className="fill-soft">
            {year}
          </text>
        </g>
      ))}
    </>
  );
}

function Point({ mark: { of, share, x, y, bar, labelY }, isOwn }: { mark: Mark; isOwn: boolean }) {
  const stroke = isOwn || of.onFrontier ? 'stroke-accent' : 'stroke-soft';
  const fill = isOwn || of.onFrontier ? 'fill-accent' : 'fill-sheet';
  return (
    <g>
      <title>{`${of.model}, ${of.on}: ${length(share.minutes!)}`}</title>
      {bar && <path d={`M${x} ${bar.top}V${bar.bottom}`} className={stroke} />}
      {bar?.goesUp && <path d={`M${x - 4} ${bar.top + 6}L${x} ${bar.top}L${x + 4} ${bar.top + 6}`} className={`fill-none ${stroke}`} />}
      {bar?.goesDown && (
        <path d={`M${x - 4} ${bar.bottom - 6}L${x} ${bar.bottom}L${x + 4} ${bar.bottom - 6}`} className={`fill-none ${stroke}`} />
      )}
      {isOwn ? (
        <rect x={x - 5} y={y - 5} width={10} height={10} strokeWidth="1.5" className={`${stroke} ${fill}`} />
      ) : (
        <circle cx={x} cy={y} r={4.5} strokeWidth="1.5" className={`${stroke} ${fill}`} />
      )}
      <text x={x + 9} y={labelY} fontSize="12" fontWeight={isOwn ? 600 : 400} className="fill-ink">
        {of.model.length > 28 ? `${of.model.slice(0, 27)}…` : of.model}
      </text>
    </g>
  );
}

function TrendLine({ study, scale: { x, y, days, floor, ceiling } }: { study: Study; scale: Scale }) {
  const { perDay, doublingTimeDays } = study.trend;
  const frontier = study.models.flatMap(({ onFrontier, on, p50 }) =>
    onFrontier && on !== null && isDrawn(p50) ? [{ on, minutes: p50.minutes! }] : [],
  );
  if (perDay === null || perDay <= 0 || doublingTimeDays === null || frontier.length < 2) return null;
  const at = trendThrough(frontier, perDay);
  const inside = (minutes: number) => days[0] + Math.log(minutes / at(days[0])) / perDay;
  const [from, to] = [Math.max(days[0], inside(floor)), Math.min(days[1], inside(ceiling))];
  return (
    <>
      <path d={`M${x(from)} ${y(at(from))}L${x(to)} ${y(at(to))}`} strokeWidth="1.5" strokeDasharray="6 4" className="stroke-care" />
      <text x={frame.left + 10} y={frame.top + 16} fontSize="12" fontWeight="600" className="fill-care">
        the frontier doubles in {Math.round(doublingTimeDays)} days
      </text>
    </>
  );
}
