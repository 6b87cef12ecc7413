import { Link } from '@tanstack/react-router';
import { type Column, Table } from '../../parts/table.tsx';
import type { Metric, Quarter } from '../../wire.ts';

type Cell = Quarter['cells'][number];
interface Counted {
  readonly quarter: string;
  readonly cells: readonly Cell[];
}

/** One row a metric, one column a quarter; no number without what was counted, of what, and for speed its quality. */
export function Numbers({ metrics, quarters }: { metrics: readonly Metric[]; quarters: readonly Counted[] }) {
  const names = new Map(metrics.map((metric) => [metric.id, metric.title]));
  const columns: readonly Column<Metric>[] = [
    { head: 'Metric', cell: (metric) => <Meaning of={metric} /> },
    ...quarters.map(
      ({ quarter, cells }): Column<Metric> => ({
        head: quarter,
        cell: (metric) => <Told of={metric} cells={cells} partner={names.get(metric.quality ?? '')} />,
      }),
    ),
    { head: 'Counted', cell: (metric) => <Events of={metric} /> },
  ];
  const shown = metrics.filter(({ id }) => quarters.some(({ cells }) => cells.some((cell) => cell.id === id)));
  return <Table caption="Metrics by quarter" columns={columns} rows={shown} id={(metric) => metric.id} empty="Nothing is counted." />;
}

function Meaning({ of: { title, numerator, denominator } }: { of: Metric }) {
  return (
    <>
      <span className="font-medium">{title}</span>
      <span className="block max-w-prose text-soft">
        {denominator && `of ${denominator}: `}
        {numerator.replace(/^of these, /, '')}
      </span>
    </>
  );
}

function Told({ of, cells, partner }: { of: Metric; cells: readonly Cell[]; partner: string | undefined }) {
  const cell = cells.find(({ id }) => id === of.id);
  const quality = of.quality === null ? undefined : cells.find(({ id }) => id === of.quality);
  const isAlone = of.quality !== null && (quality?.value ?? null) === null;
  if (!cell || cell.value === null || isAlone) return <span className="text-soft">{whyNot(of, cell, isAlone ? partner : undefined)}</span>;
  return (
    <>
      <Value unit={of.unit} cell={cell} />
      {quality && (
        <span className="mt-1 block text-soft">
          {partner}: <Value unit="share" cell={quality} plain />
        </span>
      )}
      {cell.keys && cell.keys.length > 0 && <Behind keys={cell.keys} />}
    </>
  );
}

function whyNot({ missing }: Metric, cell: Cell | undefined, partner: string | undefined): string {
  if (missing !== null) return missing;
  if (partner) return `not without: ${partner.toLowerCase()}`;
  return cell?.because ?? 'not counted';
}

function Value({ unit, cell: { value, counted, of }, plain = false }: { unit: string; cell: Cell; plain?: boolean }) {
  const strong = plain ? '' : 'text-base font-semibold tabular-nums';
  if (unit === 'median-days')
    return (
      <>
        <span className={strong}>{value === 1 ? '1 day' : `${value} days`}</span>, median of {counted}
      </>
    );
  if (unit !== 'share') return <span className={strong}>{value}</span>;
  return (
    <>
      <span className={strong}>{percent.format(value!)}</span>{' '}
      <span className="whitespace-nowrap">
        ({counted} of {of})
      </span>
      {!plain && <Bar share={value!} />}
    </>
  );
}

const percent = new Intl.NumberFormat('en-GB', { style: 'percent', maximumFractionDigits: 1 });

/** Repeats the percentage for the eye alone. */
function Bar({ share }: { share: number }) {
  return (
    <svg viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true" className="mt-1 block h-1.5 w-28">
      <rect width="100" height="6" className="fill-line" />
      <rect width={share * 100} height="6" className="fill-accent" />
    </svg>
  );
}

function Behind({ keys }: { keys: readonly string[] }) {
  return (
    <details className="mt-1">
      <summary className="w-fit cursor-pointer text-accent">What stands behind it</summary>
      <ul className="mt-1">
        {keys.map((key) => (
          <li key={key} className="[overflow-wrap:anywhere]">
            <Key of={key} />
          </li>
        ))}
      </ul>
    </details>
  );
}

function Key({ of }: { of: string }) {
  if (of.startsWith('cas_'))
    return (
      <Link to="/cases/$id" params={{ id: of }}>
        {of}
      </Link>
    );
  if (of.startsWith('fnd_'))
    return (
      <Link to="/findings/$id" params={{ id: of }}>
        {of}
      </Link>
    );
  return <code>{of}</code>;
}

function Events({ of: { start, stop, missing } }: { of: Metric }) {
  if (missing !== null) return <span className="text-soft">by no event</span>;
  return (
    <span className="text-soft [overflow-wrap:anywhere]">
      {start && (
        <>
          from <code>{start}</code>
        </>
      )}{' '}
      {start ? 'to' : 'at'} <code>{stop}</code>
    </span>
  );
}
