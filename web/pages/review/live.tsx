import { Link } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { Refusal } from '../../parts/refusal.tsx';
import { type Column, Table } from '../../parts/table.tsx';
import { When } from '../../parts/when.tsx';
import { queries, useGet, useWho } from '../../session.ts';
import type { Plan, PlanProgress } from '../../wire.ts';
import { count, minutes, money, Spent } from './spent.tsx';
import { Stop } from './stop.tsx';

type Part = PlanProgress['whole'];

/** How far a plan is, told by the hub as it happens; once it is finished, everything shown is asked for anew. */
function useLive(planId: string) {
  const first = useGet<PlanProgress>(`/api/plans/${planId}/progress`);
  const [told, setTold] = useState<PlanProgress>();
  const isMoving = first.data?.state === 'running';
  useEffect(() => {
    if (!isMoving) return;
    const source = new EventSource(`/api/plans/${planId}/events`);
    source.addEventListener('progress', (event) => {
      const now = JSON.parse(event.data) as PlanProgress;
      setTold(now);
      if (now.state === 'running') return;
      source.close();
      void queries.invalidateQueries();
    });
    return () => source.close();
  }, [planId, isMoving]);
  return { now: told ?? first.data, error: first.error };
}

export function Live({ plan, number }: { plan: Plan; number: number }) {
  const { now, error } = useLive(plan.id);
  const isOwn = useWho().data?.orgId === plan.orgId;
  if (!now) return <Refusal error={error} />;
  const { whole, states, budgets, tasks, underWay } = now;
  const graded = Object.values(whole.outcomes).reduce((all, count) => all + count, 0);
  return (
    <div className="mt-4">
      <h3 className="mb-2 font-semibold">Progress</h3>
      <p role="status">
        {whole.finished} of {whole.of} runs finished, {graded} graded; {states.running} under way, {states.queued + states.waiting} to come.{' '}
        {tokens(whole)} used.
      </p>
      <progress
        aria-label={`Graded runs of plan ${number}`}
        className="mt-1 mb-3 h-2 w-full max-w-md accent-accent"
        value={graded}
        max={Math.max(1, whole.of)}
      />
      <Spent of={whole} currency={plan.prices?.currency ?? null} number={number} />
      {underWay.length > 0 && (
        <div className="mb-4">
          <Table caption={`Under way in plan ${number}`} columns={runColumns(plan)} rows={underWay} id={(run) => run.id} empty="" />
          <p className="mt-1 text-soft">What a run under way has used so far is what its record tells; it is reckoned anew when it ends.</p>
        </div>
      )}
      {isOwn && whole.finished < whole.of && (
        <Stop path={`/api/plans/${plan.id}/stop-runs`} label={`Stop what is left of plan ${number}`} button="Stop it" />
      )}
      <Table
        caption={`Progress of plan ${number} by budget`}
        columns={columns('Budget', (name) => `Budget ${name}`)}
        rows={budgets}
        id={(part) => part.name}
        empty="No run was queued yet."
      />
      {tasks.length > 0 && (
        <div className="mt-3">
          <Table
            caption={`Progress of plan ${number} by task`}
            columns={columns('Task', (name) => name)}
            rows={tasks}
            id={(part) => part.name}
            empty=""
          />
        </div>
      )}
    </div>
  );
}

type UnderWay = PlanProgress['underWay'][number];

const runColumns = (plan: Plan): readonly Column<UnderWay>[] => [
  {
    head: 'Under way',
    cell: (run) => (
      <Link to="/reviews/$id/runs/$runId" params={{ id: plan.submissionId, runId: run.id }}>
        {run.taskId ?? <code title={run.id}>{run.id.slice(-8)}</code>}
      </Link>
    ),
  },
  { head: 'Budget, epoch', cell: (run) => `${run.budget + 1}, ${run.epoch + 1}` },
  { head: 'Since', cell: (run) => (run.begunAt ? <When at={run.begunAt} /> : '–') },
  { head: 'Turns', cell: ({ spent }) => ofBound(spent.turns, count) },
  { head: 'Tokens', cell: ({ spent }) => ofBound(spent.tokens, count) },
  { head: 'Minutes', cell: ({ spent }) => ofBound(spent.minutes, minutes) },
  ...(plan.prices ? [{ head: 'Money', cell: ({ spent }: UnderWay) => ofBound(spent.moneyMicros, money(plan.prices!.currency)) }] : []),
];

function ofBound({ used, given }: UnderWay['spent']['turns'], told: (amount: number) => string): string {
  if (used === null) return 'nobody reckons it';
  return given === null ? told(used) : `${told(used)} of ${told(given)}`;
}

const tokens = ({ inputTokens, outputTokens }: Part) =>
  `${inputTokens.toLocaleString('en')} tokens in and ${outputTokens.toLocaleString('en')} out`;

function columns(head: string, told: (name: string) => string): readonly Column<Part>[] {
  return [
    { head, cell: (part) => told(part.name) },
    { head: 'Finished', cell: (part) => `${part.finished} of ${part.of}` },
    {
      head: 'Outcomes',
      cell: (part) =>
        Object.entries(part.outcomes)
          .map(([outcome, count]) => `${count} ${outcome}`)
          .join(', ') || 'none yet',
    },
    { head: 'Used', cell: tokens },
  ];
}
