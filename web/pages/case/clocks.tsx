import { Tag } from '../../parts/chips.tsx';
import { OrgName } from '../../parts/org-name.tsx';
import { Section } from '../../parts/page.tsx';
import { Awaited } from '../../parts/refusal.tsx';
import { type Column, Table } from '../../parts/table.tsx';
import { clockTone } from '../../parts/tones.ts';
import { When } from '../../parts/when.tsx';
import { useGet, useWho } from '../../session.ts';
import type { Clock, Participants } from '../../wire.ts';

const words: Record<Clock['kind'], string> = {
  acknowledgement: 'acknowledge the report',
  assessment: 'assess the report',
  statement: 'state how the package stands',
  contact: 'next attempt to reach the supplier',
  embargo: 'end of the embargo',
  'embargo-answer': 'answer the proposed time',
  'leak-answer': 'answer the report of a leak',
  'interim-advisory': 'release the interim advisory',
  'cra-early-warning': 'early warning (EU 2024/2847)',
  'cra-notification': 'notification (EU 2024/2847)',
  'cra-final-report': 'final report (EU 2024/2847)',
  'legal-choice': 'choose for the day the law lapses',
  'legal-basis': 'the law lapses under which is shared',
};

/** What is owed and by when: what still runs, the most pressing first. */
export function Clocks({ caseId }: { caseId: string }) {
  const isStaff = useWho().data?.roles.includes('coordinator') ?? false;
  const found = useGet<{ items: Clock[] }>(`/api/cases/${caseId}/clocks`);
  return (
    <Section title="Clocks" note={isStaff ? 'of everybody in the case' : 'what your organisation owes, and until when nothing is said'}>
      <Awaited of={found}>
        {({ items }) => (
          <Table
            caption="What is owed, the most pressing first"
            columns={isStaff ? [what, owner, due, standing] : [what, due, standing]}
            rows={items.filter((clock) => clock.doneAt === null)}
            id={(clock) => clock.id}
            empty="Nothing is owed here now."
          />
        )}
      </Awaited>
    </Section>
  );
}

const what: Column<Clock> = {
  head: 'What',
  cell: (clock) => (
    <>
      {words[clock.kind]} <span className="block text-soft">{clock.because}</span>
    </>
  ),
};
const owner: Column<Clock> = { head: 'Owed by', cell: (clock) => <Owner of={clock} /> };

function Owner({ of: { caseId, owedBy } }: { of: Clock }) {
  const participants = useGet<Participants>(`/api/cases/${caseId}/participants`).data?.items;
  if (owedBy.by === 'coordinator' || owedBy.id === null) return 'the desk';
  if (owedBy.by === 'org') return <OrgName id={owedBy.id} />;
  return participants?.find(({ id }) => id === owedBy.id)?.name ?? 'somebody who takes part';
}

const due: Column<Clock> = { head: 'By', cell: (clock) => <When at={clock.dueAt} left /> };
const standing: Column<Clock> = {
  head: 'Standing',
  cell: (clock) => <Tag tone={clockTone[clock.standing]}>{clock.standing}</Tag>,
};
