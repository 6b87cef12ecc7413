import { Button } from '../parts/form.tsx';
import { Gathered, useList } from '../parts/more.tsx';
import { Page } from '../parts/page.tsx';
import { Refusal } from '../parts/refusal.tsx';
import { type Column, Table } from '../parts/table.tsx';
import { When } from '../parts/when.tsx';
import { useAct } from '../session.ts';
import type { FailedMail } from '../wire.ts';

/** For coordinators: mail that did not reach whom it was for. Nobody else would learn of it. */
export function MailPage() {
  const found = useList<FailedMail>('/api/mails/failed');
  return (
    <Page title="Mail that failed">
      <p className="mb-4 max-w-prose">
        These people were told on their desk, and not by mail. Reach them some other way; once their address works, send it again.
      </p>
      <Gathered of={found}>
        {(items) => <Table caption="Mail that failed" columns={columns} rows={items} id={(m) => m.id} empty="All mail was taken." />}
      </Gathered>
    </Page>
  );
}

const columns: readonly Column<FailedMail>[] = [
  {
    head: 'For',
    cell: (m) => (
      <>
        {m.name} <span className="block [overflow-wrap:anywhere] text-soft">{m.email}</span>
      </>
    ),
  },
  { head: 'Case', cell: (m) => (m.caseId ? <Of caseId={m.caseId} /> : 'several, or none') },
  { head: 'Because', cell: (m) => <span className="[overflow-wrap:anywhere]">{m.because}</span> },
  { head: 'Tries', cell: (m) => `${m.tries}${m.unanswered ? `, ${m.unanswered} without an answer` : ''}` },
  { head: 'Last', cell: (m) => (m.lastAt ? <When at={m.lastAt} /> : 'never') },
  { head: 'Again', cell: (m) => <Again id={m.id} /> },
];

function Of({ caseId }: { caseId: string }) {
  return (
    <a href={`/cases/${caseId}`} className="[overflow-wrap:anywhere]">
      {caseId}
    </a>
  );
}

function Again({ id }: { id: string }) {
  const retry = useAct(`/api/mails/${id}/retry`);
  return (
    <>
      <Button quiet disabled={retry.isPending} focusableWhenDisabled onClick={() => retry.mutate({})}>
        Send again
      </Button>
      <Refusal error={retry.error} />
    </>
  );
}
