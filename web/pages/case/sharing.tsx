import { Button } from '../../parts/form.tsx';
import { OrgName } from '../../parts/org-name.tsx';
import { Section } from '../../parts/page.tsx';
import { Refusal } from '../../parts/refusal.tsx';
import { type Column, Table } from '../../parts/table.tsx';
import { When } from '../../parts/when.tsx';
import { useAct, useGet, useWho } from '../../session.ts';
import type { Share } from '../../wire.ts';

const choices = ['continue', 'pause', 'withdraw'] as const;

/** Under which law one takes part, and what happens on the day it lapses. */
export function Sharing({ caseId, isOpen }: { caseId: string; isOpen: boolean }) {
  const who = useWho().data;
  const found = useGet<{ items: Share[] }>(`/api/cases/${caseId}/sharing`);
  if (!found.data || found.data.items.length === 0) return null;
  const own = found.data.items.find((share) => share.orgId === who?.orgId);
  return (
    <Section title="Law under which is shared">
      <Table caption="Who shares under which law" columns={columns} rows={found.data.items} id={(share) => share.orgId} empty="" />
      {isOpen && own && own.lapsedAt === null && <Choose caseId={caseId} />}
    </Section>
  );
}

const columns: readonly Column<Share>[] = [
  { head: 'Organisation', cell: (share) => <OrgName id={share.orgId} /> },
  {
    head: 'Law',
    cell: (share) => (
      <>
        {share.basis} <span className="block text-soft">{share.citation}</span>
      </>
    ),
  },
  { head: 'Lapses', cell: (share) => <When at={share.lapsesAt} left /> },
  { head: 'Then', cell: (share) => share.choice ?? `${share.onSilence} (nothing was chosen)` },
];

function Choose({ caseId }: { caseId: string }) {
  const act = useAct(`/api/cases/${caseId}/sharing/choose`);
  return (
    <div className="mt-3">
      <p className="mb-2">On that day your organisation would</p>
      <div className="flex flex-wrap gap-2">
        {choices.map((choice) => (
          <Button key={choice} quiet onClick={() => act.mutate({ choice })} disabled={act.isPending} focusableWhenDisabled>
            {choice}
          </Button>
        ))}
      </div>
      <Refusal error={act.error} />
    </div>
  );
}
