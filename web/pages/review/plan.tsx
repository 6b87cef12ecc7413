import { Link } from '@tanstack/react-router';
import { Tag } from '../../parts/chips.tsx';
import { Digest } from '../../parts/digest.tsx';
import { Gathered, useList } from '../../parts/more.tsx';
import { OrgName } from '../../parts/org-name.tsx';
import { Fact, Facts, Section } from '../../parts/page.tsx';
import { type Column, Table } from '../../parts/table.tsx';
import { runTone } from '../../parts/tones.ts';
import { When } from '../../parts/when.tsx';
import type { Grade, Plan, Run, Submission } from '../../wire.ts';
import { EstimateOf } from './estimate.tsx';
import { Flaws } from './flaws.tsx';
import { Gate, GradedAgain, gradeInWords } from './graded-again.tsx';
import { Live } from './live.tsx';

/** What was fixed before the first run, and how far the runs are. */
export function PlanSection({ plan, number, terms }: { plan: Plan; number: number; terms: Submission['flaws'] }) {
  const runs = useList<Run>(`/api/plans/${plan.id}/runs`);
  const grades = useList<Grade>(`/api/plans/${plan.id}/grades`);
  const given = new Map(grades.data?.pages.flatMap((page) => page.items).map((grade) => [grade.runId, grade]));
  const asked = [...given.values()].filter(({ isAskedOfYou }) => isAskedOfYou).length;
  const { rule } = plan;
  return (
    <Section title={`Plan ${number}`} note="frozen before the first run">
      <Facts>
        <Fact name="Frozen">
          <When at={plan.frozenAt} />, by <OrgName id={plan.orgId} />
        </Fact>
        <Fact name="Digest">
          <Digest of={plan.digest} whole />
        </Fact>
        <Fact name="Worked on by">
          {plan.solver.name}
          {plan.isBaseline && (
            <>
              {' '}
              <Tag tone="care">a baseline: no score of a model</Tag>
            </>
          )}
        </Fact>
        <Fact name="Tasks">
          {plan.taskDigests.length} of{' '}
          {plan.suiteId ? (
            <Link to="/suites/$id" params={{ id: plan.suiteId }}>
              suite <Digest of={plan.suiteDigest} />
            </Link>
          ) : (
            <>
              suite <Digest of={plan.suiteDigest} />
            </>
          )}
        </Fact>
        <Fact name="Budgets">
          <ol className="list-inside list-decimal">
            {plan.budgets.map((budget) => (
              <li key={`${budget.turns} ${budget.tokens}`}>
                {budget.turns.toLocaleString('en')} turns, {budget.tokens.toLocaleString('en')} tokens
                {budget.money !== undefined && `, ${budget.money.toLocaleString('en')} ${plan.prices?.currency}`}
                {budget.minutes !== undefined && `, ${budget.minutes.toLocaleString('en')} minutes`}
              </li>
            ))}
          </ol>
        </Fact>
        <Fact name="Rule">
          {[rule, ...rule.also].map(({ measure, threshold }) => `${measure} above ${threshold}`).join('; ')}, each by its one-sided lower
          bound at alpha {rule.alpha}, with at least {rule.minTasks} {rule.minTasks === 1 ? 'task' : 'tasks'} and {rule.minBudgets} budgets
        </Fact>
        <Fact name="Stops when">{plan.stoppingRule}</Fact>
        <Gate plan={plan} />
        <GradedAgain plan={plan} />
      </Facts>
      <Live plan={plan} number={number} />
      <EstimateOf plan={plan} />
      <Flaws plan={plan} number={number} terms={terms} />
      <h3 className="mt-4 mb-2 font-semibold">Runs</h3>
      <Gathered of={runs}>
        {(items, all) => (
          <>
            <p className="mb-2 text-soft">{progress(items, plan.runs, all)}</p>
            {asked > 0 && (
              <p className="mb-2">
                <strong className="font-semibold">
                  You were asked to grade {asked} {asked === 1 ? 'run' : 'runs'} again.
                </strong>{' '}
                Until you have, no outcome of this plan is shown to you.
              </p>
            )}
            <Table
              caption={`Runs of plan ${number}`}
              columns={columns(plan, given)}
              rows={items.toSorted(byTask)}
              id={(run) => run.id}
              empty="No run was queued yet."
            />
          </>
        )}
      </Gathered>
    </Section>
  );
}

function byTask(a: Run, b: Run): number {
  return (a.taskId ?? '').localeCompare(b.taskId ?? '') || a.budget - b.budget || a.epoch - b.epoch;
}

function progress(runs: readonly Run[], planned: number, all: boolean): string {
  const finished = runs.filter((run) => run.state === 'finished').length;
  return `${finished} finished, ${runs.length - finished} to come, ${planned} planned${all ? '' : ' (of those loaded so far)'}`;
}

function columns(plan: Plan, grades: ReadonlyMap<string, Grade>): readonly Column<Run>[] {
  return [
    {
      head: 'Run',
      cell: (run) => (
        <Link to="/reviews/$id/runs/$runId" params={{ id: plan.submissionId, runId: run.id }}>
          {run.taskId ?? <code title={run.id}>{run.id.slice(-8)}</code>}
        </Link>
      ),
    },
    { head: 'Epoch', cell: (run) => run.epoch + 1 },
    { head: 'Budget', cell: (run) => `${plan.budgets[run.budget]?.turns.toLocaleString('en') ?? '?'} turns` },
    {
      head: 'State',
      cell: (run) => (
        <>
          <Tag tone={runTone[run.state]}>{run.state}</Tag> {run.ended}
        </>
      ),
    },
    { head: 'Grade', cell: (run) => gradeInWords(grades.get(run.id)) },
    {
      head: 'Used',
      // Of one that is under way the progress above tells, as it happens.
      cell: (run) =>
        run.state === 'finished' &&
        `${run.turnsUsed} turns, ${(run.inputTokens + run.outputTokens).toLocaleString('en')} tokens, ${run.toolCalls} tool calls`,
    },
    { head: 'Finished', cell: (run) => (run.finishedAt ? <When at={run.finishedAt} /> : 'not yet') },
  ];
}
