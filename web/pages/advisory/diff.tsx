import { Section } from '../../parts/page.tsx';
import { Awaited } from '../../parts/refusal.tsx';
import { type Column, Table } from '../../parts/table.tsx';
import { useGet } from '../../session.ts';
import type { Advisory, AdvisoryDiff } from '../../wire.ts';

type Change = AdvisoryDiff['changes'][number];

/** What the newest draft changes: all that an approver has to read again. */
export function Diff({ of }: { of: Advisory }) {
  const found = useGet<AdvisoryDiff>(`/api/advisories/${of.id}/diff?to=${of.revision}`);
  return (
    <Section title="What changed" note={`revision ${of.revision} against ${of.revision - 1}`}>
      <Awaited of={found}>
        {({ changes }) => (
          <Table caption="Changes" columns={columns} rows={changes} id={(change) => JSON.stringify(change)} empty="Nothing changed." />
        )}
      </Awaited>
    </Section>
  );
}

const columns: readonly Column<Change>[] = [
  { head: 'Where', cell: (change) => <code>{change.at.slice(1).replaceAll('/', ' › ')}</code> },
  { head: 'Before', cell: (change) => <Value of={change.before} /> },
  { head: 'Now', cell: (change) => <Value of={change.after} /> },
];

function Value({ of }: { of: unknown }) {
  if (of === undefined || of === null) return '–';
  return <span className="whitespace-pre-wrap [overflow-wrap:anywhere]">{typeof of === 'string' ? of : JSON.stringify(of, null, 1)}</span>;
}
