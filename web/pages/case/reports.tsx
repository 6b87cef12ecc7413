import { Link } from '@tanstack/react-router';
import { Tag } from '../../parts/chips.tsx';
import { Ladder, type Rung } from '../../parts/ladder.tsx';
import { Section } from '../../parts/page.tsx';
import { type Column, Table } from '../../parts/table.tsx';
import { verdictTone } from '../../parts/tones.ts';
import { When } from '../../parts/when.tsx';
import { useWho } from '../../session.ts';
import type { Case } from '../../wire.ts';

type Report = NonNullable<Case['reports']>[number];

/** The one vulnerability and everybody who found it, each with their time. */
export function Reports({ of, reports }: { of: Case; reports: readonly Report[] }) {
  const rows = reports.toSorted((a, b) => (a.receivedAt < b.receivedAt ? -1 : 1));
  const note =
    of.finderOrgIds && of.finderOrgIds.length > 1
      ? `one flaw, found by ${of.finderOrgIds.length} organisations; all keep credit`
      : undefined;
  return (
    <Section title="Vulnerability and finders" note={note}>
      <Table
        caption="Reports of this vulnerability, earliest first"
        columns={columns}
        rows={rows}
        id={(report) => report.id}
        empty="No report of yours is in this case."
      />
    </Section>
  );
}

const columns: readonly Column<Report>[] = [
  {
    head: 'Report',
    cell: (report) => (
      <>
        <Told report={report} />
        <code className="block text-soft">{report.purl}</code>
      </>
    ),
  },
  { head: 'Finder', cell: (report) => <span title={report.orgId}>{report.orgName}</span> },
  { head: 'Received', cell: (report) => <When at={report.receivedAt} /> },
  { head: 'Evidence', cell: (report) => <Ladder rung={report.rung as Rung} compact /> },
  {
    head: 'Verdict',
    cell: (report) =>
      report.verdict ? <Tag tone={verdictTone[report.verdict as keyof typeof verdictTone]}>{report.verdict}</Tag> : 'none yet',
  },
  { head: 'Files', cell: (report) => report.attachments.map((file) => file.filename).join(', ') || 'none' },
];

/** Its finder and the clearinghouse have a page for it; who is read in by name reads it here. */
function Told({ report }: { report: Report }) {
  const who = useWho().data;
  if (who?.orgId === report.orgId || who?.roles.includes('coordinator'))
    return (
      <Link to="/findings/$id" params={{ id: report.id }} className="font-medium">
        {report.title}
      </Link>
    );
  return (
    <details>
      <summary className="cursor-pointer font-medium">{report.title}</summary>
      <p className="my-2 max-w-prose whitespace-pre-wrap [overflow-wrap:anywhere]">{report.text || 'No description came with it.'}</p>
      {report.crashState && <pre className="mono my-2 whitespace-pre-wrap">{report.crashState}</pre>}
    </details>
  );
}
