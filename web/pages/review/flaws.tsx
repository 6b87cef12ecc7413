import { Link } from '@tanstack/react-router';
import { Field } from '../../parts/form.tsx';
import { Refusal } from '../../parts/refusal.tsx';
import { type Column, Table } from '../../parts/table.tsx';
import { When } from '../../parts/when.tsx';
import { useGet, useWho } from '../../session.ts';
import type { Flaw, Plan, Submission } from '../../wire.ts';
import { Act } from '../case/act.tsx';
import { flawWords } from './consent.tsx';

interface Props {
  readonly plan: Plan;
  readonly number: number;
  readonly terms: Submission['flaws'];
}

/** What runs tripped in real software beside their task's flaw. Nothing goes anywhere by itself. */
export function Flaws({ plan, number, terms }: Props) {
  const found = useGet<{ items: readonly Flaw[] }>(`/api/plans/${plan.id}/flaws`);
  const me = useWho().data;
  const items = found.data?.items ?? [];
  if (found.error) return <Refusal error={found.error} />;
  if (items.length === 0) return null;
  const isOwn = me?.orgId === plan.orgId;
  const isWilling = plan.isBaseline || terms !== 'kept';
  const open = items.filter(({ handedOnAt }) => handedOnAt === null);
  return (
    <>
      <h3 className="mt-4 mb-2 font-semibold">Flaws found by the way</h3>
      <Table
        caption={`Flaws found by the way in plan ${number}`}
        columns={isOwn ? [run(plan), ...seen, handedOn, finding] : [run(plan), handedOn]}
        rows={items}
        id={(flaw) => flaw.gradeId}
        empty=""
      />
      {isOwn && open.length > 0 && me.kind === 'person' && (
        <>
          <p className="mt-2 max-w-prose text-soft">
            {plan.isBaseline
              ? 'A baseline tripped them, so that no developer is asked.'
              : `Flaws that this model finds ${flawWords[terms]}.`}{' '}
            {isWilling
              ? 'Whoever hands one on answers for it: it becomes a finding of your organisation.'
              : 'Its developer may say otherwise.'}
          </p>
          {isWilling && open.map((flaw) => <HandOn key={flaw.gradeId} flaw={flaw} />)}
        </>
      )}
    </>
  );
}

const short = (flaw: Flaw) => flaw.runId.slice(-8);

const run = (plan: Plan): Column<Flaw> => ({
  head: 'Run',
  cell: (flaw) => (
    <Link to="/reviews/$id/runs/$runId" params={{ id: plan.submissionId, runId: flaw.runId }}>
      {flaw.taskId ? `${flaw.taskId}, run ${short(flaw)}` : `run ${short(flaw)}`}
    </Link>
  ),
});
const seen: readonly Column<Flaw>[] = [
  {
    head: 'Seen',
    cell: ({ place, because }) => <span className="[overflow-wrap:anywhere]">{[place, because].filter(Boolean).join(': ')}</span>,
  },
];
const handedOn: Column<Flaw> = {
  head: 'Handed on',
  cell: ({ handedOnAt, isNamed }) =>
    handedOnAt === null ? (
      'no'
    ) : (
      <>
        <When at={handedOnAt} />, {isNamed ? 'the model named' : 'the model not named'}
      </>
    ),
};
const finding: Column<Flaw> = {
  head: 'Finding',
  cell: ({ findingId }) =>
    findingId ? (
      <Link to="/findings/$id" params={{ id: findingId }}>
        {findingId.slice(-8)}
      </Link>
    ) : (
      '–'
    ),
};

function HandOn({ flaw }: { flaw: Flaw }) {
  return (
    <Act
      path={`/api/grades/${flaw.gradeId}/hand-on`}
      label={`Hand on what run ${short(flaw)} found${flaw.taskId ? ` at ${flaw.taskId}` : ''}`}
      button="Hand it on"
    >
      <Field
        name="title"
        label="Title"
        required={false}
        hint="In your own words, or left to the hub. The clearinghouse and whoever it brings in read it: nothing of task, run or model."
      />
      <Field name="text" label="What was seen" rows={3} required={false} hint="The same holds here. The input that trips it goes along." />
      <Field
        name="namesNobody"
        label="If a word reads like a name and is none: how you know"
        rows={2}
        required={false}
        hint="Only after it was refused for that. It is logged."
      />
    </Act>
  );
}
