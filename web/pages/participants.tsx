import { Link, useParams } from '@tanstack/react-router';
import { useDeferredValue, useState } from 'react';
import { Tag } from '../parts/chips.tsx';
import { Button } from '../parts/form.tsx';
import { Page, Section } from '../parts/page.tsx';
import { Awaited } from '../parts/refusal.tsx';
import { type Column, Table } from '../parts/table.tsx';
import { standingTone } from '../parts/tones.ts';
import { When } from '../parts/when.tsx';
import { useGet, useWho } from '../session.ts';
import type { Participant, Participants } from '../wire.ts';
import { Outside, placeIn } from './case/outside.tsx';
import { Adding } from './participants/adding.tsx';
import { Duties } from './participants/duties.tsx';
import { Selected } from './participants/selected.tsx';

/** Who takes part in a case: one request, one table, however many there are; what one does to a participant opens beside it. */
export function ParticipantsPage() {
  const { id } = useParams({ from: '/cases/$id/participants' });
  const found = useGet<Participants>(`/api/cases/${id}/participants`);
  return (
    <Awaited of={found} page="Who takes part">
      {(all) => <Shown caseId={id} all={all} />}
    </Awaited>
  );
}

const filters = [
  ['', 'everybody'],
  ['silent', 'silent'],
  ['awaited', 'heard, with something not answered'],
  ['not-asked', 'not asked yet'],
  ['answered', 'answered'],
  ['withdrawn', 'withdrawn'],
] as const;

function Shown({ caseId, all }: { caseId: string; all: Participants }) {
  const me = useWho().data;
  const isStaff = me?.roles.includes('coordinator') ?? false;
  const coordinates = me ? placeIn(all, me).coordinates : false;
  const [standing, setStanding] = useState('');
  const [typed, setTyped] = useState('');
  const words = useDeferredValue(typed.trim().toLowerCase());
  const [chosenId, choose] = useState<string>();
  const isMeant = (p: Participant) => `${p.name} ${p.packages?.join(' ') ?? ''}`.toLowerCase().includes(words);
  const rows = all.items.filter((p) => (standing === '' || p.standing === standing) && isMeant(p));
  const chosen = all.items.find((p) => p.id === chosenId);
  const pick: Column<Participant> = {
    head: 'Act',
    cell: (p) => (
      <Button quiet onClick={() => choose(p.id)}>
        Open<span className="sr-only"> {p.name}</span>
      </Button>
    ),
  };
  return (
    <Page
      title="Who takes part"
      over={
        <Link to="/cases/$id" params={{ id: caseId }}>
          The case
        </Link>
      }
    >
      {isStaff && <Outside caseId={caseId} />}
      <p>
        <Counts all={all.items} />
      </p>
      <div className="my-4 flex flex-wrap gap-4">
        <label className="font-medium">
          Show{' '}
          <select className={box} value={standing} onChange={(e) => setStanding(e.target.value)}>
            {filters.map(([value, said]) => (
              <option key={value} value={value}>
                {said}
              </option>
            ))}
          </select>
        </label>
        <label className="font-medium">
          Name or package <input className={box} value={typed} onChange={(e) => setTyped(e.target.value)} />
        </label>
      </div>
      {chosen && (
        <div className="mb-6">
          <Selected key={chosen.id} of={chosen} all={all} caseId={caseId} close={() => choose(undefined)} />
        </div>
      )}
      <Table
        caption="Participants, oldest first"
        columns={isStaff ? [...columns, pick] : columns}
        rows={rows}
        id={(p) => p.id}
        empty="Nobody here is of that kind."
      />
      {coordinates && <Adding caseId={caseId} />}
      {all.duties && <Duties caseId={caseId} all={all} duties={all.duties} />}
      <Section title="What silence means" note="silence is no answer, and never means that something is safe">
        <p className="max-w-prose text-soft">
          Not asked: nobody told them yet. Silent: told, and never heard since. Awaited: heard, but a vulnerability of the case is not
          answered yet.
        </p>
      </Section>
    </Page>
  );
}

const box = 'mt-1 block rounded-sm border border-soft bg-sheet px-2.5 py-1.5 font-normal text-ink';

function Counts({ all }: { all: readonly Participant[] }) {
  const suppliers = all.filter((p) => p.kind === 'supplier' && p.standing);
  const of = (standing: string) => suppliers.filter((p) => p.standing === standing).length;
  if (suppliers.length === 0) return <>No supplier that you may see more of than its name.</>;
  return (
    <>
      {suppliers.length} suppliers: <strong className="font-semibold">{of('answered')} answered</strong>, {of('awaited')} awaited,{' '}
      {of('silent')} silent, {of('not-asked')} not asked yet.
    </>
  );
}

const columns: readonly Column<Participant>[] = [
  {
    head: 'Name',
    cell: (p) => (
      <>
        {p.name}
        <span className="block text-soft">
          {p.kind}
          {p.kind === 'supplier' && p.orgId === null && ', no member'}
          {p.proxyOrgId && ', behind a proxy'}
        </span>
        {p.packages?.map((name) => (
          <code key={name} className="block text-soft">
            {name}
          </code>
        ))}
      </>
    ),
  },
  { head: 'Deals with it', cell: (p) => (p.rm ? (p.rm === 'start' ? 'not told' : p.rm) : '–') },
  { head: 'Fix', cell: (p) => (p.vfd ? `${fixes[p.vfd]}` : '–') },
  { head: 'Says', cell: (p) => (p.answers?.length ? <Answers of={p.answers} /> : '–') },
  {
    head: 'Stands',
    cell: (p) =>
      p.standing && p.kind !== 'coordinator' ? (
        <>
          <Tag tone={standingTone[p.standing]}>{p.standing.replace('-', ' ')}</Tag>
          {p.waitingSince && (
            <span className="block text-soft">
              {p.waitingDays} days, since <When at={p.waitingSince} />
            </span>
          )}
        </>
      ) : (
        '–'
      ),
  },
];

const fixes = { vfd: 'unaware', Vfd: 'aware', VFd: 'fix ready', VFD: 'fix deployed' };

/** One vulnerability: its answer. Several: how many of each. */
function Answers({ of }: { of: NonNullable<Participant['answers']> }) {
  const counted = [...Map.groupBy(of, (a) => a.status)];
  return counted.map(([status, those]) => (
    <span key={status} className="block">
      {status.replaceAll('-', ' ')}
      {of.length > 1 && ` × ${those.length}`}
      {those.some((a) => a.state === 'given') && <span className="text-soft"> (not approved yet)</span>}
    </span>
  ));
}
