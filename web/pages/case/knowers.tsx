import { Section } from '../../parts/page.tsx';
import { Awaited } from '../../parts/refusal.tsx';
import { type Column, Table } from '../../parts/table.tsx';
import { When } from '../../parts/when.tsx';
import { useGet } from '../../session.ts';
import type { Knower } from '../../wire.ts';

/** Everybody who was ever let in, or asked. */
export function Knowers({ caseId }: { caseId: string }) {
  const found = useGet<{ items: readonly Knower[] }>(`/api/cases/${caseId}/knowers`);
  return (
    <Section title="Who knows" note="beside the clearinghouse's own staff">
      <Awaited of={found}>
        {({ items }) => (
          <Table
            caption="Everybody ever let into this case"
            columns={columns}
            rows={items}
            id={(knower) => knower.holderId}
            empty="Nobody outside the clearinghouse."
          />
        )}
      </Awaited>
    </Section>
  );
}

const columns: readonly Column<Knower>[] = [
  {
    head: 'Name',
    cell: (knower) => (
      <>
        {knower.name} <span className="text-soft">({knower.kind})</span>
      </>
    ),
  },
  { head: 'Tier', cell: (knower) => knower.tier },
  { head: 'State', cell: (knower) => knower.state },
  { head: 'Why', cell: (knower) => knower.because },
  { head: 'Since', cell: (knower) => (knower.since ? <When at={knower.since} /> : 'not yet') },
  { head: 'Until', cell: (knower) => (knower.until ? <When at={knower.until} /> : 'disclosure or close') },
];
