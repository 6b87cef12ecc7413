import { get } from '../../api.ts';
import { Button } from '../../parts/form.tsx';
import { Section } from '../../parts/page.tsx';
import { Awaited } from '../../parts/refusal.tsx';
import { type Column, Table } from '../../parts/table.tsx';
import { When } from '../../parts/when.tsx';
import { useGet } from '../../session.ts';
import type { Knower, KnowersFile } from '../../wire.ts';
import { EndReadIn } from './end-read-in.tsx';
import { WhoseCopy } from './whose-copy.tsx';

/** Everybody who was ever let in, or asked. */
export function Knowers({ caseId }: { caseId: string }) {
  const found = useGet<{ items: readonly Knower[] }>(`/api/cases/${caseId}/knowers`);
  return (
    <Section title="Who knows" note="beside the clearinghouse's own staff">
      <Awaited of={found}>
        {({ items }) => (
          <>
            <Table
              caption="Everybody ever let into this case"
              columns={columns}
              rows={items}
              id={(knower) => `${knower.holderId} ${knower.since} ${knower.state}`}
              empty="Nobody outside the clearinghouse."
            />
            <p className="mt-2 flex flex-wrap gap-2">
              <Button quiet onClick={() => void save(caseId, 'json')}>
                Signed list
              </Button>
              <Button quiet onClick={() => void save(caseId, 'csv')}>
                As a spreadsheet
              </Button>
            </p>
            <EndReadIn caseId={caseId} knowers={items} />
            <WhoseCopy />
          </>
        )}
      </Awaited>
    </Section>
  );
}

/** The signed envelope for JSON, which holds the list; the plain text for a spreadsheet, which could not open the other. */
async function save(caseId: string, format: 'json' | 'csv'): Promise<void> {
  const { filename, data, envelope } = await get<KnowersFile>(`/api/cases/${caseId}/knowers/export?format=${format}`);
  const bytes = format === 'json' ? JSON.stringify(envelope) : `\ufeff${data}`;
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([bytes], { type: 'application/octet-stream' }));
  link.download = format === 'json' ? filename.replace('.json', '.dsse.json') : filename;
  link.click();
  URL.revokeObjectURL(link.href);
}

const accepted = { passkey: 'signed with a passkey', token: 'by token, unsigned', emergency: 'emergency, not signed yet' } as const;

const columns: readonly Column<Knower>[] = [
  {
    head: 'Name',
    cell: (knower) => (
      <>
        {knower.name} <span className="text-soft">({knower.kind === 'person' ? knower.org : knower.kind})</span>
      </>
    ),
  },
  { head: 'Tier', cell: (knower) => knower.tier },
  { head: 'State', cell: (knower) => (knower.endedBecause ? `${knower.state}: ${knower.endedBecause}` : knower.state) },
  { head: 'Why', cell: (knower) => knower.because },
  { head: 'Terms', cell: (knower) => (knower.signedBy ? accepted[knower.signedBy] : 'none accepted') },
  { head: 'Since', cell: (knower) => (knower.since ? <When at={knower.since} /> : 'not yet') },
  { head: 'Until', cell: (knower) => (knower.until ? <When at={knower.until} /> : 'disclosure or close') },
];
