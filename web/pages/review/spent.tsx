import { type Column, Table } from '../../parts/table.tsx';
import { classesOf } from '../../parts/tokens.ts';
import type { PlanProgress } from '../../wire.ts';

type Part = PlanProgress['whole'];
type Used = Part['spent']['tokens'];

interface Row extends Used {
  readonly name: string;
  readonly told: (amount: number) => string;
}

interface Props {
  readonly of: Part;
  /** Of the plan's prices; null where it has none. */
  readonly currency: string | null;
  readonly number: number;
}

export const count = (amount: number) => Math.round(amount).toLocaleString('en');
export const minutes = (amount: number) => amount.toLocaleString('en', { maximumFractionDigits: 1 });
export const money = (currency: string) => (micros: number) =>
  `${(micros / 1e6).toLocaleString('en', { maximumFractionDigits: 2, minimumFractionDigits: 2 })} ${currency}`;

/** What the finished runs used, beside what the plan gave these very runs. */
export function Spent({ of: { spent }, currency, number }: Props) {
  if (spent.runs === 0) return null;
  const rows: readonly Row[] = [
    { name: 'Tokens', ...spent.tokens, told: count },
    { name: 'Money', ...spent.moneyMicros, told: money(currency ?? '') },
    { name: 'Minutes of their own time', ...spent.minutes, told: minutes },
    { name: 'Turns', ...spent.turns, told: count },
  ];
  return (
    <div className="mb-4">
      <Table caption={`Spent on the finished runs of plan ${number}`} columns={columns} rows={rows} id={(row) => row.name} empty="" />
      <p className="mt-1 text-soft">
        {spent.runs.toLocaleString('en')} {spent.runs === 1 ? 'run' : 'runs'}; tokens by class: {classesOf(spent.use)}
        {spent.brokenCalls > 0 && `, of which some for ${spent.brokenCalls} ${spent.brokenCalls === 1 ? 'call' : 'calls'} that broke`}.
      </p>
    </div>
  );
}

const columns: readonly Column<Row>[] = [
  { head: 'Spent', cell: (row) => row.name },
  { head: 'Used', cell: (row) => (row.used === null ? 'nobody reckons it' : row.told(row.used)) },
  { head: 'Given', cell: (row) => (row.given === null ? 'no bound' : row.told(row.given)) },
  { head: 'Share', cell: (row) => <Share of={row} /> },
];

function Share({ of: { name, used, given } }: { of: Row }) {
  if (used === null || given === null || given === 0) return '–';
  const share = used / given;
  return (
    <span className="flex items-center gap-2">
      <meter aria-label={`${name}, share of what was given`} className="h-2 w-24" min={0} max={1} value={Math.min(1, share)} />
      <span className="tabular-nums">{Math.round(100 * share)} %</span>
    </span>
  );
}
