import { Form } from '@base-ui/react/form';
import { Button, Choice } from '../../parts/form.tsx';
import { Section } from '../../parts/page.tsx';
import { Refusal } from '../../parts/refusal.tsx';
import { type Column, Table } from '../../parts/table.tsx';
import { When } from '../../parts/when.tsx';
import { useAct, useWho } from '../../session.ts';
import type { Participants } from '../../wire.ts';

type Duty = NonNullable<Participants['duties']>[number];
const words = {
  lead: 'The case as a whole',
  contact: 'Reaching the suppliers',
  embargo: 'The embargo',
  cve: 'The CVE',
  publication: 'The advisory',
};

/** Which coordinating organisation answers for what; a duty changes hands by offer and acceptance. */
export function Duties({ caseId, all, duties }: { caseId: string; all: Participants; duties: readonly Duty[] }) {
  const who = useWho().data;
  const coordinators = all.items.filter((p) => p.kind === 'coordinator');
  const nameOf = (orgId: string | null) => coordinators.find((p) => p.orgId === orgId)?.name ?? '–';
  const offered = duties.filter((d) => d.offeredToId !== null && d.offeredToId === who?.orgId);
  const own = duties.filter((d) => d.orgId === who?.orgId && d.offeredToId === null).map((d) => [d.duty, words[d.duty]] as const);
  const others = coordinators.filter((p) => p.orgId !== who?.orgId).map((p) => [p.orgId ?? '', p.name] as const);
  const columns: readonly Column<Duty>[] = [
    { head: 'Duty', cell: (d) => words[d.duty] },
    { head: 'Held by', cell: (d) => nameOf(d.orgId) },
    { head: 'Since', cell: (d) => <When at={d.since} /> },
    { head: 'Offered to', cell: (d) => nameOf(d.offeredToId) },
  ];
  return (
    <Section title="Duties" note="each is one organisation’s">
      <Table
        caption="Duties"
        columns={columns}
        rows={duties}
        id={(d) => d.duty}
        empty="No coordinating organisation has acted in this case yet."
      />
      {offered.map((d) => (
        <Offered key={d.duty} caseId={caseId} duty={d.duty} from={nameOf(d.orgId)} />
      ))}
      {own.length > 0 && others.length > 0 && <Offer caseId={caseId} own={own} others={others} />}
    </Section>
  );
}

function Offered({ caseId, duty, from }: { caseId: string; duty: Duty['duty']; from: string }) {
  const answer = useAct(`/api/cases/${caseId}/duties/answer`);
  return (
    <div className="mt-3 border-l-4 border-accent bg-sheet px-4 py-3">
      <p className="mb-2">
        {from} offers you: {words[duty]}.
      </p>
      <Refusal error={answer.error} />
      <div className="flex flex-wrap gap-2">
        <Button onClick={() => answer.mutate({ duty, answer: 'accept' })} disabled={answer.isPending} focusableWhenDisabled>
          Accept
        </Button>
        <Button quiet onClick={() => answer.mutate({ duty, answer: 'decline' })} disabled={answer.isPending} focusableWhenDisabled>
          Decline
        </Button>
      </div>
    </div>
  );
}

type Pairs = readonly (readonly [string, string])[];

function Offer({ caseId, own, others }: { caseId: string; own: Pairs; others: Pairs }) {
  const offer = useAct(`/api/cases/${caseId}/duties/offer`);
  return (
    <details className="mt-3">
      <summary className="w-fit cursor-pointer text-accent">Offer a duty of yours</summary>
      <Form className="mt-3 max-w-md" onFormSubmit={(given) => offer.mutate(given)}>
        <Choice name="duty" label="Duty" of={own} />
        <Choice name="orgId" label="To" of={others} />
        <Refusal error={offer.error} />
        <Button type="submit" disabled={offer.isPending} focusableWhenDisabled>
          Offer
        </Button>
      </Form>
    </details>
  );
}
