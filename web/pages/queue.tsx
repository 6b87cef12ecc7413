import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { Tag } from '../parts/chips.tsx';
import { Ladder } from '../parts/ladder.tsx';
import { Gathered, useList } from '../parts/more.tsx';
import { Page, Section } from '../parts/page.tsx';
import { type Column, Table } from '../parts/table.tsx';
import { caseTone, findingTone } from '../parts/tones.ts';
import { When } from '../parts/when.tsx';
import { useWho } from '../session.ts';
import { awaitedOn, awaitedOnCase } from '../waiting.ts';
import type { CaseSummary, FindingSummary, Who } from '../wire.ts';
import { Offers } from './case/offers.tsx';
import { Answers } from './queue/answers.tsx';

type Role = Who['roles'][number];

export function Queue() {
  const [words, setWords] = useState('');
  const [settled, setSettled] = useState(false);
  const roles = useWho().data?.roles ?? [];
  const mayHandIn = roles.some((role) => submitters.includes(role));
  return (
    <Page title="Queue" beside={mayHandIn && <Link to="/findings/new">Hand in a finding</Link>}>
      <Elsewhere roles={roles} />
      <Offers />
      {roles.includes('coordinator') && <Answers />}
      <div className="mt-6 flex flex-wrap items-center gap-x-6 gap-y-2">
        <label className="flex items-center gap-2">
          Title or package
          <input
            type="search"
            value={words}
            onChange={(e) => setWords(e.target.value)}
            className="w-56 rounded-sm border border-soft bg-sheet px-2 py-1"
          />
        </label>
        <label className="flex items-center gap-2">
          <input type="checkbox" checked={settled} onChange={(e) => setSettled(e.target.checked)} className="size-4 accent-(--accent)" />
          Show also what is settled
        </label>
      </div>
      <CaseQueue words={words.toLowerCase()} settled={settled} />
      <FindingQueue words={words.toLowerCase()} settled={settled} />
    </Page>
  );
}

const submitters: readonly Role[] = ['finder', 'coordinator', 'maintainer', 'operator'];

/** Who comes for something else finds it from here too. */
function Elsewhere({ roles }: { roles: readonly Role[] }) {
  if (roles.includes('operator'))
    return (
      <p>
        <Link to="/fixes">What you have to do</Link>, and by when, has a page of its own.
      </p>
    );
  if (roles.includes('developer'))
    return (
      <p>
        <Link to="/reviews">Your models</Link>, and what is measured of them, have pages of their own.
      </p>
    );
  return null;
}

function CaseQueue({ words, settled }: { words: string; settled: boolean }) {
  const found = useList<CaseSummary>('/api/cases');
  return (
    <Gathered of={found}>
      {(items, all) => {
        const open = items.filter((item) => settled || item.state === 'open');
        const shown = open.filter((item) => `${item.title} ${item.package}`.toLowerCase().includes(words)).toSorted(byGoLive);
        return (
          <Section title="Cases" note={`${shown.length} of ${items.length}${all ? '' : ' loaded so far'}, the next to go live first`}>
            <Table
              caption="Cases, the next to go live first"
              columns={caseColumns}
              rows={shown}
              id={(item) => item.id}
              empty={emptyText('case', items.length, open.length)}
            />
          </Section>
        );
      }}
    </Gathered>
  );
}

function byGoLive(a: CaseSummary, b: CaseSummary): number {
  return a.goLiveAt < b.goLiveAt ? -1 : 1;
}

function FindingQueue({ words, settled }: { words: string; settled: boolean }) {
  const found = useList<FindingSummary>('/api/findings');
  return (
    <Gathered of={found}>
      {(items, all) => {
        const open = items.filter((item) => settled || awaitedOn(item) !== undefined);
        const shown = open.filter((item) => `${item.title} ${item.purl}`.toLowerCase().includes(words));
        return (
          <Section title="Findings" note={`${shown.length} of ${items.length}${all ? '' : ' loaded so far'}`}>
            <Table
              caption="Findings, oldest first"
              columns={findingColumns}
              rows={shown}
              id={(item) => item.id}
              empty={emptyText('finding', items.length, open.length)}
            />
          </Section>
        );
      }}
    </Gathered>
  );
}

function emptyText(what: 'case' | 'finding', items: number, open: number): string {
  if (items === 0) return `No ${what}s that you are cleared for.`;
  return open === 0 ? `Every ${what} is settled; nobody waits for anything.` : `No open ${what} holds these words.`;
}

const caseColumns: readonly Column<CaseSummary>[] = [
  {
    head: 'Case',
    cell: (item) => (
      <>
        <Link to="/cases/$id" params={{ id: item.id }} className="font-medium">
          {item.title ?? `A case in ${item.package}`}
        </Link>
        <code className="block text-soft">{item.package}</code>
      </>
    ),
  },
  { head: 'Evidence', cell: (item) => (item.rung ? <Ladder rung={item.rung} compact /> : '–') },
  { head: 'State', cell: (item) => <Tag tone={caseTone[item.state]}>{item.state}</Tag> },
  { head: 'Waits for', cell: (item) => <Waits on={awaitedOnCase(item, new Date().toISOString())} /> },
  { head: 'Goes live', cell: (item) => <When at={item.goLiveAt} left={item.state === 'open'} /> },
  { head: 'Opened', cell: (item) => (item.openedAt ? <When at={item.openedAt} /> : '–') },
];

const findingColumns: readonly Column<FindingSummary>[] = [
  {
    head: 'Finding',
    cell: (item) => (
      <>
        <Link to="/findings/$id" params={{ id: item.id }} className="font-medium">
          {item.title}
        </Link>
        <code className="block text-soft">{item.purl}</code>
      </>
    ),
  },
  { head: 'Evidence', cell: (item) => <Ladder rung={item.rung} compact /> },
  { head: 'State', cell: (item) => <Tag tone={findingTone[item.state]}>{item.state}</Tag> },
  { head: 'Waits for', cell: (item) => <Waits on={awaitedOn(item)} /> },
  { head: 'Received', cell: (item) => <When at={item.receivedAt} /> },
];

function Waits({ on }: { on: { who: string; what: string } | undefined }) {
  if (!on) return <span className="text-soft">nobody</span>;
  return (
    <span>
      {on.who}
      <span className="text-soft">: {on.what}</span>
    </span>
  );
}
