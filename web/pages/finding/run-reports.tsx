import { useState } from 'react';
import { get } from '../../api.ts';
import { Digest } from '../../parts/digest.tsx';
import { Button } from '../../parts/form.tsx';
import { Refusal } from '../../parts/refusal.tsx';
import { type Column, Table } from '../../parts/table.tsx';
import type { RunReport, Validation } from '../../wire.ts';

type Kept = Validation['reports'][number];

/** What the runs left behind. Never opened in the page: it is a stranger's text, even if scrubbed. */
export function RunReports({ of }: { of: Validation }) {
  if (of.reports.length === 0) return null;
  const columns: readonly Column<Kept>[] = [
    { head: 'Report', cell: (kept) => <span className="[overflow-wrap:anywhere]">{kept.name}</span> },
    { head: 'Of', cell: (kept) => `trial ${kept.trial + 1}, ${kept.variant} build, ${kept.input}${kept.symbolized ? ', with names' : ''}` },
    { head: 'Size', cell: (kept) => `${kept.bytes.toLocaleString('en')} bytes` },
    { head: 'SHA-256 in the record', cell: (kept) => <Digest of={kept.sha256} /> },
    { head: 'File', cell: (kept) => <Download validation={of.id} kept={kept} /> },
  ];
  return (
    <section className="mt-4">
      <h3 className="mb-2 font-semibold">Reports of the runs</h3>
      <Table caption="Reports of the runs" columns={columns} rows={of.reports} id={(kept) => kept.id} empty="" />
    </section>
  );
}

function Download({ validation, kept }: { validation: string; kept: Kept }) {
  const [error, setError] = useState<Error | null>(null);
  const save = async () => {
    setError(null);
    const { text } = await get<RunReport>(`/api/validations/${validation}/reports/${kept.id}`);
    const url = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
    const link = document.createElement('a');
    link.href = url;
    link.download = `${kept.variant}-${kept.input}-${kept.index + 1}${kept.symbolized ? '-named' : ''}.txt`;
    link.click();
    URL.revokeObjectURL(url);
  };
  const label = `Download ${kept.name} of the ${kept.variant} build${kept.symbolized ? ', with names' : ''}`;
  return (
    <>
      <Button quiet aria-label={label} onClick={() => void save().catch(setError)}>
        Download
      </Button>
      <Refusal error={error} />
    </>
  );
}
