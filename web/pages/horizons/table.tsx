import { Tag } from '../../parts/chips.tsx';
import { type Column, Table } from '../../parts/table.tsx';
import { length } from './length.ts';
import type { Horizon, Share } from './own.ts';

export function HorizonTable({ caption, rows, empty }: { caption: string; rows: readonly Horizon[]; empty: string }) {
  return <Table caption={caption} columns={columns} rows={rows} id={(row) => row.id} empty={empty} />;
}

const columns: readonly Column<Horizon>[] = [
  {
    head: 'Model',
    cell: (of) => (
      <>
        <span className="font-medium [overflow-wrap:anywhere]">{of.model}</span> {of.onFrontier && <Tag>frontier</Tag>}
        {of.because && <span className="block text-soft">{of.because}</span>}
      </>
    ),
  },
  { head: 'Released', cell: (of) => of.on ?? 'not said' },
  { head: 'p50', cell: (of) => <At share={of.p50} /> },
  { head: 'p80', cell: (of) => <At share={of.p80} /> },
  { head: 'Runs', cell: (of) => `${of.runs.toLocaleString('en')} at ${of.tasks.toLocaleString('en')} tasks` },
];

function At({ share: { minutes, interval } }: { share: Share }) {
  if (minutes === null) return 'none';
  return (
    <span className="tabular-nums">
      {length(minutes)}
      {interval && (
        <span className="block whitespace-nowrap text-soft">
          {interval[0] === null ? '∞' : length(interval[0])} to {interval[1] === null ? '∞' : length(interval[1])}
        </span>
      )}
    </span>
  );
}
