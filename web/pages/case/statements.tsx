import { Form } from '@base-ui/react/form';
import { useState } from 'react';
import { Tag } from '../../parts/chips.tsx';
import { Button, Choice, Field } from '../../parts/form.tsx';
import { Section } from '../../parts/page.tsx';
import { rangesOfLines, rangesSpelled } from '../../parts/ranges.ts';
import { Awaited, Refusal } from '../../parts/refusal.tsx';
import { type Column, Table } from '../../parts/table.tsx';
import { statementTone } from '../../parts/tones.ts';
import { When } from '../../parts/when.tsx';
import { useAct, useGet, useWho } from '../../session.ts';
import type { Case, Statements as Standing } from '../../wire.ts';

type Statement = Standing['items'][number];

/** What each supplier says of its own package, and who has said nothing. */
export function Statements({ of }: { of: Case }) {
  const who = useWho().data;
  const found = useGet<Standing>(`/api/cases/${of.id}/statements`);
  const isStaff = who?.roles.includes('coordinator') ?? false;
  const mayState = of.state !== 'closed' && (who?.roles.includes('maintainer') ?? false);
  return (
    <Section title="Suppliers’ statements" note="silence is no answer, and never means that something is safe">
      <Awaited of={found}>
        {({ items, silent }) => (
          <>
            <Table
              caption="Statements, oldest first"
              columns={isStaff ? [...columns, approval] : columns}
              rows={items}
              id={(s) => s.id}
              empty="Nobody has said anything yet."
            />
            {silent.length > 0 && (
              <ul className="mt-3 list-disc pl-5">
                {silent.map((s) => (
                  <li key={s.orgId}>
                    <strong className="font-medium">{s.orgName}</strong>: not answered, knows since <When at={s.since} />
                  </li>
                ))}
              </ul>
            )}
          </>
        )}
      </Awaited>
      {mayState && <State of={of} />}
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
        {s.status.replace('-', ' ')}
        {s.justification && ` (${s.justification.replaceAll('_', ' ')})`} {rangesSpelled(s.affected)}
        <span className="block whitespace-pre-wrap [overflow-wrap:anywhere]">{s.text}</span>
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

const statuses = [
  ['affected', 'it is affected'],
  ['not-affected', 'it is not affected'],
  ['fixed', 'it is fixed'],
  ['under-investigation', 'we are looking into it'],
] as const;
const justifications = [
  ['component_not_present', 'the component is not in it'],
  ['vulnerable_code_not_present', 'the vulnerable code is not in it'],
  ['vulnerable_code_not_in_execute_path', 'the vulnerable code is never run'],
  ['vulnerable_code_cannot_be_controlled_by_adversary', 'no adversary reaches the vulnerable code'],
  ['inline_mitigations_already_exist', 'something in it prevents exploitation'],
] as const;

function State({ of }: { of: Case }) {
  const say = useAct(`/api/cases/${of.id}/statements`);
  const [said, setSaid] = useState(0);
  const [status, setStatus] = useState('');
  const send = ({ ranges, package: name, ...given }: Record<string, unknown>) => {
    const lines = rangesOfLines(String(ranges ?? ''), of.package).map(({ introduced, fixed }) => ({ introduced, fixed }));
    const body = { ...given, ...(name ? { package: name } : {}), ...(lines.length > 0 ? { affected: lines } : {}) };
    say.mutate(body, { onSuccess: () => setSaid(said + 1) });
  };
  return (
    <details className="mt-3">
      <summary className="w-fit cursor-pointer text-accent">Say how your package stands</summary>
      <Form key={said} className="mt-3 max-w-prose" onFormSubmit={send}>
        <Choice name="status" label="Our package" of={statuses} onChange={setStatus} />
        <Field name="package" label="Package" required={false} hint={`As a package URL without version; ${of.package} when left empty.`} />
        {status === 'not-affected' && <Choice name="justification" label="Because" of={justifications} />}
        {(status === 'affected' || status === 'fixed') && (
          <Field
            name="ranges"
            label="Affected versions"
            rows={2}
            required={status === 'fixed'}
            hint="One range a line: from 1.0.0 before 1.4.2."
          />
        )}
        <Field name="text" label="In your words" rows={3} hint="It may go into the advisory under your name." />
        <Refusal error={say.error} />
        <Button type="submit" disabled={say.isPending} focusableWhenDisabled>
          Say so
        </Button>
      </Form>
    </details>
  );
}
