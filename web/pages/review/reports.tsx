import { Gathered, useList } from '../../parts/more.tsx';
import { Section } from '../../parts/page.tsx';
import { type Column, Table } from '../../parts/table.tsx';
import { When } from '../../parts/when.tsx';
import type { ReportSummary } from '../../wire.ts';

/** What the developer was told, and when. */
export function ReviewReports({ submissionId }: { submissionId: string }) {
  const found = useList<ReportSummary>('/api/reports');
  return (
    <Section title="Reports to the developer">
      <Gathered of={found}>
        {(items) => {
          const own = items.filter((item) => item.submissionId === submissionId);
          return <Table caption="Reports" columns={columns} rows={own} id={(item) => item.id} empty="None was issued." />;
        }}
      </Gathered>
    </Section>
  );
}

const columns: readonly Column<ReportSummary>[] = [
  { head: 'Issued', cell: (item) => <When at={item.issuedAt} /> },
  { head: 'The rule says', cell: (item) => item.verdict },
  { head: 'Because', cell: (item) => item.reasons.join('; ') },
  { head: 'Mitigations', cell: (item) => (item.mitigations.length > 0 ? item.mitigations.join('; ') : 'none named') },
];
