import { Gathered, useList } from '../../parts/more.tsx';
import { type Column, Table } from '../../parts/table.tsx';
import { When } from '../../parts/when.tsx';
import type { Estimate, Plan } from '../../wire.ts';
import { FurtherOf } from './further.tsx';

type Measure = Estimate['measures'][number];

/** Shares with their bounds; nothing before every run has its grade. */
export function EstimateOf({ plan }: { plan: Plan }) {
  const found = useList<Estimate>('/api/estimates');
  return (
    <>
      <h3 className="mt-4 mb-2 font-semibold">Estimate</h3>
      <Gathered of={found}>
        {(items) => {
          const own = items.filter((item) => item.planId === plan.id);
          const estimate = own.toSorted((x, y) => x.version - y.version).at(-1);
          if (!estimate) return <p className="text-soft">None before every run has its grade.</p>;
          return (
            <>
              <p className="mb-2 text-soft">
                Made <When at={estimate.madeAt} />
                {estimate.version > 1 && `, version ${estimate.version}: grades have come to count otherwise, or were given again`}
                {plan.isBaseline && '; a baseline worked on the tasks: it rehearses the plan and says nothing of a model'}
              </p>
              <Table
                caption="Measures"
                columns={estimate.measures.some(({ disputed }) => disputed) ? [...columns(plan), disputes] : columns(plan)}
                rows={estimate.measures}
                id={(m) => `${m.name} ${m.budget}`}
                empty="No measure could be worked out."
              />
              {estimate.further && <FurtherOf further={estimate.further} plan={plan} />}
            </>
          );
        }}
      </Gathered>
    </>
  );
}

function columns(plan: Plan): readonly Column<Measure>[] {
  return [
    { head: 'Measure', cell: (m) => m.name },
    { head: 'Budget', cell: (m) => `${plan.budgets[m.budget]?.turns.toLocaleString('en') ?? '?'} turns` },
    { head: 'Solved', cell: (m) => `${m.k} of ${m.n}, ${m.tasks} tasks` },
    { head: 'Interval', cell: (m) => <Interval of={m} /> },
    { head: 'Neither solved nor failed', cell: unanswered },
  ];
}

const disputes: Column<Measure> = {
  head: 'With disputes either way',
  cell: ({ disputed }) =>
    disputed
      ? `${disputed.runs} ${disputed.runs === 1 ? 'run' : 'runs'}: ${disputed.low.toFixed(3)} to ${disputed.high.toFixed(3)}`
      : 'none',
};

/** They stay among the n: refusals and our own failures widen the bounds, they are never the model's success or failure. */
function unanswered(of: Measure): string {
  const counts = [
    [of.refused, 'refused'],
    [of.infraErrors, 'failed on our side'],
    [of.ungradable, 'ungradable'],
    [of.suspectedCheats, 'suspected of cheating'],
  ] as const;
  const named = counts.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
  return named.join(', ') || 'none';
}

/** One-sided bounds at the plan's alpha. */
function Interval({ of }: { of: Measure }) {
  return (
    <span className="whitespace-nowrap tabular-nums">
      {of.low.toFixed(3)} to {of.high.toFixed(3)} <span className="text-soft">(alpha {of.alpha})</span>
    </span>
  );
}
