import { Tag } from '../../parts/chips.tsx';
import { Button } from '../../parts/form.tsx';
import { Section } from '../../parts/page.tsx';
import { rangesSpelled } from '../../parts/ranges.ts';
import { Awaited, Refusal } from '../../parts/refusal.tsx';
import { type Column, Table } from '../../parts/table.tsx';
import { statementTone } from '../../parts/tones.ts';
import { When } from '../../parts/when.tsx';
import { useAct, useGet, useWho } from '../../session.ts';
import type { Case, Statements as Standing } from '../../wire.ts';
import { usePlace } from './outside.tsx';
import { StatementForm } from './statement-form.tsx';

type Statement = Standing['items'][number];

/** The page of participants has all of them. */
const shortly = 5;

/** What each supplier says of its own package, and who has said nothing. */
export function Statements({ of }: { of: Case }) {
  const who = useWho().data;
  const found = useGet<Standing>(`/api/cases/${of.id}/statements`);
  const { coordinates } = usePlace();
  const mayState = of.state !== 'closed' && (who?.roles.includes('maintainer') ?? false);
  return (
    <Section title="Suppliers’ statements" note="silence is no answer, and never means that something is safe">
      <Awaited of={found}>
        {({ items, silent }) => (
          <>
            <Table
              caption="Statements, oldest first"
              columns={coordinates ? [...columns, approval] : columns}
              rows={items}
              id={(s) => s.id}
              empty="Nobody has said anything yet."
            />
            {silent.length > 0 && (
              <ul className="mt-3 list-disc pl-5">
                {silent.slice(0, shortly).map((s) => (
                  <li key={`${s.participantId} ${s.vulnerabilityId}`}>
                    <strong className="font-medium">{s.orgName}</strong>: not answered, knows since <When at={s.since} />
                  </li>
                ))}
                {silent.length > shortly && <li>and {silent.length - shortly} more</li>}
              </ul>
            )}
          </>
        )}
      </Awaited>
      {mayState && (
        <StatementForm
          caseId={of.id}
          vulnerabilities={of.vulnerabilities?.map((v) => v.id) ?? []}
          ofPackage={of.package}
          label="Say how your package stands"
        />
      )}
    </Section>
  );
}

const columns: readonly Column<Statement>[] = [
  {
    head: 'Supplier',
    cell: (s) => (
      <>
        {s.orgName} <code className="block text-soft">{s.package}</code>
      </>
    ),
  },
  {
    head: 'Says',
    cell: (s) => (
      <>
        {s.status.replaceAll('-', ' ')}
        {s.justification && ` (${s.justification.replaceAll('_', ' ')})`} {rangesSpelled(s.affected)}
        <span className="block whitespace-pre-wrap [overflow-wrap:anywhere]">{s.text}</span>
        {s.heard && <span className="block text-soft">written down by a coordinator, from: {s.heard}</span>}
      </>
    ),
  },
  { head: 'On', cell: (s) => <When at={s.saidAt} /> },
  { head: 'State', cell: (s) => <Tag tone={statementTone[s.state]}>{s.state}</Tag> },
];

const approval: Column<Statement> = { head: 'For the advisory', cell: (s) => (s.state === 'given' ? <Approve id={s.id} /> : '–') };

function Approve({ id }: { id: string }) {
  const approve = useAct(`/api/statements/${id}/approve`);
  return (
    <>
      <Button quiet onClick={() => approve.mutate({})} disabled={approve.isPending} focusableWhenDisabled>
        Approve
      </Button>
      <Refusal error={approve.error} />
    </>
  );
}
