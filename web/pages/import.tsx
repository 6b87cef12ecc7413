import { Form } from '@base-ui/react/form';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { base64Of } from '../parts/file.ts';
import { Button, Field } from '../parts/form.tsx';
import { Gathered, useList } from '../parts/more.tsx';
import { Page, Section } from '../parts/page.tsx';
import { Refusal } from '../parts/refusal.tsx';
import { type Column, Table } from '../parts/table.tsx';
import { When } from '../parts/when.tsx';
import { useAct } from '../session.ts';
import type { Imported, Quarantined } from '../wire.ts';

/** What a scanner, a colleague's hub or an agent wrote, taken as it is; what cannot be read is kept with the reason. */
export function Import() {
  const act = useAct<Imported>('/api/findings/import');
  const [file, setFile] = useState<File>();
  const send = async (given: Record<string, unknown>) => {
    if (!file) return;
    const said = Object.entries(given).filter(([, value]) => value);
    act.mutate({ ...Object.fromEntries(said), data: await base64Of(file), quarantine: true });
  };
  return (
    <Page title="Import a report" over={<Link to="/findings/new">Hand in a finding</Link>}>
      <p className="mb-5 max-w-prose">
        SARIF, OSV, CSAF, VEX, TAP, what Codex Security and the systems of AIxCC write, and the reports of twenty scanners are told by their
        looks. Each flaw in it becomes a finding with a receipt of its own.
      </p>
      <Form className="max-w-prose" onFormSubmit={(given) => void send(given)}>
        <div className="mb-4">
          <label className="font-medium" htmlFor="import-file">
            The report
          </label>
          <input id="import-file" type="file" required className="mt-1 block w-full" onChange={(e) => setFile(e.target.files?.[0])} />
        </div>
        <Field
          name="purl"
          label="Package"
          required={false}
          autoComplete="off"
          hint="As a package URL, where the report does not name it: SARIF and most scanners of source code do not."
        />
        <Field name="discoveryTooling" label="With what it was found" required={false} autoComplete="off" />
        <Field name="answerable" label="Who answers for it" required={false} autoComplete="off" hint="A person, by name." />
        <Refusal error={act.error} />
        <Button type="submit" disabled={act.isPending} focusableWhenDisabled>
          Import
        </Button>
      </Form>
      {act.data && <Result of={act.data} />}
      <Quarantine />
    </Page>
  );
}

function Result({ of }: { of: Imported }) {
  if (of.quarantined)
    return (
      <Section title="It could not be read">
        <p role="status">It is kept below, with the reason. Nothing of it became a finding.</p>
      </Section>
    );
  return (
    <Section title="It is received" note={`read as ${of.format}; ${of.skipped} of its entries tell of no open flaw`}>
      <Table caption="Received" columns={received} rows={of.items} id={(item) => item.id} empty="It tells of no open flaw." />
      {of.notes.length > 0 && (
        <ul className="mt-3 list-disc ps-5 text-soft">
          {of.notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
    </Section>
  );
}

const received: readonly Column<Imported['items'][number]>[] = [
  {
    head: 'Finding',
    cell: (item) => (
      <Link to="/findings/$id" params={{ id: item.id }}>
        <code>{item.id}</code>
      </Link>
    ),
  },
  { head: 'Receipt', cell: (item) => <code>{item.receipt}</code> },
  { head: 'Still missing', cell: (item) => item.missing.join(', ') || 'nothing' },
];

function Quarantine() {
  const found = useList<Quarantined>('/api/findings/quarantined');
  return (
    <Gathered of={found}>
      {(items) =>
        items.length > 0 && (
          <Section title="What could not be read" note="kept for you to look at, mend and send again">
            <Table caption="Quarantined documents" columns={quarantined} rows={items} id={(item) => item.id} empty="" />
          </Section>
        )
      }
    </Gathered>
  );
}

const quarantined: readonly Column<Quarantined>[] = [
  {
    head: 'Why',
    cell: (item) => (
      <>
        {item.because}
        {item.at && <code className="block text-soft">{item.at}</code>}
      </>
    ),
  },
  { head: 'Read as', cell: (item) => item.format ?? 'nothing known' },
  { head: 'Size', cell: (item) => `${item.bytes.toLocaleString('en')} bytes` },
  { head: 'Since', cell: (item) => <When at={item.quarantinedAt} /> },
  { head: 'Discard', cell: (item) => <Discard of={item} /> },
];

function Discard({ of }: { of: Quarantined }) {
  const act = useAct(`/api/findings/quarantined/${of.id}/discard`);
  return (
    <>
      <Button quiet onClick={() => act.mutate({})} disabled={act.isPending} focusableWhenDisabled aria-label={`Discard: ${of.because}`}>
        Discard
      </Button>
      <Refusal error={act.error} />
    </>
  );
}
