import { Form } from '@base-ui/react/form';
import { useState } from 'react';
import { Tag } from '../../parts/chips.tsx';
import { Button, Field } from '../../parts/form.tsx';
import { Section } from '../../parts/page.tsx';
import { Awaited, Refusal } from '../../parts/refusal.tsx';
import { type Column, Table } from '../../parts/table.tsx';
import { deliveryTone } from '../../parts/tones.ts';
import { When } from '../../parts/when.tsx';
import { useAct, useGet } from '../../session.ts';
import type { Case, Deliveries as Found } from '../../wire.ts';
import { usePlace } from './outside.tsx';
import { Exclusions, exclusionsFound, Whom } from './read-in.tsx';

type Delivery = Found['items'][number];

/** On its way to which project the case is, and when it has its turn as things stand. */
export function Deliveries({ of }: { of: Case }) {
  const found = useGet<Found>(`/api/cases/${of.id}/deliveries`);
  const { coordinates } = usePlace();
  return (
    <Section title="On its way to the project" note="a project sets how many reports it takes; what waits is delivered by itself">
      <Awaited of={found}>
        {({ items }) => (
          <>
            <Table
              caption="Deliveries, oldest first"
              columns={coordinates ? [...columns, recall] : columns}
              rows={items}
              id={(d) => d.id}
              empty="Not handed to its maintainers yet."
            />
            {coordinates && of.state === 'open' && !items.some((d) => d.state !== 'withdrawn') && <Deliver of={of} />}
          </>
        )}
      </Awaited>
    </Section>
  );
}

const columns: readonly Column<Delivery>[] = [
  { head: 'Project', cell: (d) => <code>{d.package}</code> },
  { head: 'State', cell: (d) => <Tag tone={deliveryTone[d.state]}>{d.state}</Tag> },
  { head: 'Band', cell: (d) => `${d.band}${d.severity === 'unknown' ? '' : `, ${d.severity}`}` },
  {
    head: 'Place',
    cell: (d) => (d.place === null ? '–' : d.place === 1 ? 'next' : `among the first ${d.place}`),
  },
  { head: 'Expected', cell: (d) => <Expected of={d} /> },
];

/** A week, never a day: what waits may be overtaken by what presses more. */
function Expected({ of: d }: { of: Delivery }) {
  if (d.settledAt)
    return (
      <>
        <When at={d.settledAt} />
        {d.because && <span className="block text-soft">{d.because}</span>}
      </>
    );
  return (
    <>
      {d.expected ? `in the week of ${d.expected.from.slice(0, 10)}, if nothing more pressing comes` : 'when the project says so'}
      <span className="block text-soft">{d.because}</span>
    </>
  );
}

const recall: Column<Delivery> = { head: 'Recall', cell: (d) => (d.state === 'waiting' ? <Recall id={d.id} /> : '–') };

function Recall({ id }: { id: string }) {
  const act = useAct(`/api/deliveries/${id}/recall`);
  return (
    <>
      <Button quiet onClick={() => act.mutate({ because: 'recalled at the desk' })} disabled={act.isPending} focusableWhenDisabled>
        Take it out
      </Button>
      <Refusal error={act.error} />
    </>
  );
}

function Deliver({ of }: { of: Case }) {
  const act = useAct(`/api/cases/${of.id}/deliveries`);
  const [sent, setSent] = useState(0);
  const [isOpen, setOpen] = useState(false);
  const send = ({ personId, sponsorId, need, ...given }: Record<string, unknown>) =>
    act.mutate({ personId, sponsorId, need, exclusions: exclusionsFound(given) }, { onSuccess: () => setSent(sent + 1) });
  return (
    // Organisations are read, and that is an entry in the log, when somebody wants to see them.
    <details className="mt-3" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary className="w-fit cursor-pointer text-accent">Hand it to the project</summary>
      {isOpen && (
        <Form key={sent} className="mt-3 max-w-md" onFormSubmit={send}>
          <Whom />
          <Field name="need" label="Why does this case need this person?" value={`maintains ${of.package}`} rows={2} />
          <Exclusions />
          <Refusal error={act.error} />
          <Button type="submit" disabled={act.isPending} focusableWhenDisabled>
            Hand it over
          </Button>
        </Form>
      )}
    </details>
  );
}
