import { useState } from 'react';
import { Button } from '../../parts/form.tsx';
import { type Column, Table } from '../../parts/table.tsx';
import { EntryLink } from './entry-link.tsx';
import { type Lane, lanes, type Step, type Total, totalsOf } from './steps.ts';

interface Props {
  readonly steps: readonly Step[];
  /** The bound of the run's own time; null where there is none. */
  readonly minutes: number | null;
}

const names: Record<Lane, string> = { model: 'the model', tools: 'tools', mishaps: 'mishaps', end: 'the end' };
const fills: Record<Lane, string> = { model: 'fill-accent', tools: 'fill-good', mishaps: 'fill-bad', end: 'fill-ink' };
const rowsAtOnce = 50;

/** When what happened; the same steps stand beneath as a table, from which one goes to what was said. */
export function Steps({ steps, minutes }: Props) {
  const [from, setFrom] = useState(0);
  if (steps.length === 0) return <p className="text-soft">This record has no times.</p>;
  const page = steps.slice(from, from + rowsAtOnce);
  return (
    <>
      <Totals of={totalsOf(steps)} wholeMs={steps.at(-1)!.toMs} minutes={minutes} />
      <Lanes steps={steps} />
      <details className="mt-2">
        <summary className="w-fit cursor-pointer text-accent">The {steps.length.toLocaleString('en')} steps as a table</summary>
        <div className="mt-2">
          <Table caption="Steps of this run" columns={columns} rows={page} id={(step) => `${step.entry}`} empty="" />
        </div>
        {steps.length > rowsAtOnce && (
          <p className="mt-3 flex gap-3">
            <Button quiet disabled={from === 0} focusableWhenDisabled onClick={() => setFrom(Math.max(0, from - rowsAtOnce))}>
              Earlier steps
            </Button>
            <Button quiet disabled={from + rowsAtOnce >= steps.length} focusableWhenDisabled onClick={() => setFrom(from + rowsAtOnce)}>
              Later steps
            </Button>
          </p>
        )}
      </details>
    </>
  );
}

function Totals({ of, wholeMs, minutes }: { of: readonly Total[]; wholeMs: number; minutes: number | null }) {
  const parts = of.map(({ lane, count, ms }) => `${names[lane]} ${time(ms)} in ${count} ${count === 1 ? 'step' : 'steps'}`);
  return (
    <p className="mb-2">
      {time(wholeMs)}
      {minutes !== null && ` of ${minutes} min`}: {parts.join(', ')}.
    </p>
  );
}

const [width, laneHeight, left, right] = [960, 26, 78, 12];

function Lanes({ steps }: { steps: readonly Step[] }) {
  const shown = lanes.filter((lane) => steps.some((step) => step.lane === lane));
  const wholeMs = Math.max(1, steps.at(-1)!.toMs);
  const x = (ms: number) => left + (ms / wholeMs) * (width - left - right);
  const height = shown.length * laneHeight + 30;
  const label = `Course of the run over ${time(wholeMs)}: ${totalsOf(steps)
    .map(({ lane, ms }) => `${names[lane]} ${time(ms)}`)
    .join(', ')}`;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways is reached by keyboard
    <section className="overflow-x-auto border border-line bg-sheet" tabIndex={0} aria-label="Course of the run, drawn">
      <svg viewBox={`0 0 ${width} ${height}`} role="img" aria-label={label} className="block w-full min-w-[40rem]">
        {shown.map((lane, i) => (
          <g key={lane}>
            <text x={8} y={i * laneHeight + 20} fontSize="12" className="fill-soft">
              {names[lane]}
            </text>
            <line x1={left} x2={width - right} y1={i * laneHeight + 16} y2={i * laneHeight + 16} className="stroke-line" />
            <path
              d={steps
                .filter((step) => step.lane === lane)
                .map(({ fromMs, toMs }) => {
                  // What took no time is seen all the same.
                  const wide = Math.max(1.5, x(toMs) - x(fromMs) - 0.5);
                  return `M${x(fromMs).toFixed(1)} ${i * laneHeight + 9}h${wide.toFixed(1)}v14h-${wide.toFixed(1)}z`;
                })
                .join('')}
              className={fills[lane]}
            />
          </g>
        ))}
        {[0, 0.25, 0.5, 0.75, 1].map((at) => (
          <text
            key={at}
            x={x(at * wholeMs)}
            y={height - 8}
            fontSize="12"
            textAnchor={at === 0 ? 'start' : at === 1 ? 'end' : 'middle'}
            className="fill-soft"
          >
            {time(at * wholeMs)}
          </text>
        ))}
      </svg>
    </section>
  );
}

const columns: readonly Column<Step>[] = [
  { head: 'At', cell: (step) => <span className="tabular-nums">{time(step.fromMs)}</span> },
  { head: 'Took', cell: (step) => <span className="tabular-nums">{time(step.toMs - step.fromMs)}</span> },
  { head: 'Turn', cell: (step) => (step.turn === 0 ? '–' : step.turn) },
  { head: 'By', cell: (step) => names[step.lane] },
  { head: 'What', cell: (step) => step.text },
  { head: 'Said', cell: (step) => <EntryLink entry={step.entry} /> },
];

function time(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 90_000) return `${(ms / 1000).toFixed(1)} s`;
  return ms < 5_400_000 ? `${(ms / 60_000).toFixed(1)} min` : `${(ms / 3_600_000).toFixed(1)} h`;
}
