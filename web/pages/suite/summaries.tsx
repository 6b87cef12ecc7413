import { Form } from '@base-ui/react/form';
import { useState } from 'react';
import { Digest } from '../../parts/digest.tsx';
import { Button, Field } from '../../parts/form.tsx';
import { Section } from '../../parts/page.tsx';
import { Awaited, Refusal } from '../../parts/refusal.tsx';
import { type Column, Table } from '../../parts/table.tsx';
import { When } from '../../parts/when.tsx';
import { useAct, useGet } from '../../session.ts';
import type { SealedSummary, Suite } from '../../wire.ts';
import { Asked } from '../case/asked.tsx';

/** What the custodian of a sealed suite signed: counts alone, and nothing goes back. */
export function Summaries({ suite }: { suite: Suite }) {
  const found = useGet<{ items: readonly SealedSummary[] }>(`/api/suites/${suite.id}/summaries`);
  return (
    <Section title="Results its custodian signed" note="counts by outcome; nothing of it can be tried again here">
      <Awaited of={found}>
        {({ items }) => (
          <Table
            caption="Summaries signed by the custodian"
            columns={columns}
            rows={items}
            id={(summary) => summary.id}
            empty="No summary was imported yet."
          />
        )}
      </Awaited>
      <Import suite={suite} />
    </Section>
  );
}

const columns: readonly Column<SealedSummary>[] = [
  { head: 'Model', cell: (of) => <span className="break-words">{of.model}</span> },
  {
    head: 'Budget',
    cell: ({ budget }) =>
      budget ? `${budget.turns.toLocaleString('en')} turns, ${budget.tokens.toLocaleString('en')} tokens` : 'not said',
  },
  { head: 'Runs', cell: (of) => `${of.runs.toLocaleString('en')} at ${of.tasks.toLocaleString('en')} tasks` },
  {
    head: 'Outcomes',
    cell: ({ outcomes }) =>
      Object.entries(outcomes)
        .filter(([, n]) => n > 0)
        .map(([outcome, n]) => `${n} ${outcome}`)
        .join(', '),
  },
  {
    head: 'Share solved',
    cell: ({ shareAsCounted: { low, high } }) => (
      <>
        {percent(low)}
        {high > low && ` to ${percent(high)}`}
        <span className="block text-soft">as counted there, not an interval</span>
      </>
    ),
  },
  { head: 'Ran', cell: (of) => <When at={of.ranAt} /> },
  {
    head: 'Imported',
    cell: (of) => (
      <>
        <When at={of.importedAt} /> <Digest of={of.digest} />
      </>
    ),
  },
];

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

function Import({ suite }: { suite: Suite }) {
  const act = useAct(`/api/suites/${suite.id}/summaries`);
  const [taken, setTaken] = useState(0);
  const [unread, setUnread] = useState(false);
  const send = ({ envelope }: Record<string, unknown>) => {
    const given = parsed(String(envelope));
    setUnread(given === undefined);
    if (given !== undefined) act.mutate({ envelope: given }, { onSuccess: () => setTaken(taken + 1) });
  };
  return (
    <Asked label="Import a summary">
      <Form key={taken} onFormSubmit={send}>
        <Field
          name="envelope"
          label="The signed statement"
          rows={6}
          hint="A DSSE envelope as JSON. It is taken only if the custodian’s key signed it, and if it is of this suite’s digest."
        />
        {unread && (
          <p role="alert" className="mb-3 text-bad">
            This is not JSON.
          </p>
        )}
        <Refusal error={act.error} />
        <Button type="submit" disabled={act.isPending} focusableWhenDisabled>
          Import it
        </Button>
      </Form>
      {taken > 0 && <p role="status">Taken in.</p>}
    </Asked>
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
