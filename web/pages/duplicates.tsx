import { Link } from '@tanstack/react-router';
import { Gathered, useList } from '../parts/more.tsx';
import { OrgName } from '../parts/org-name.tsx';
import { Page, Section } from '../parts/page.tsx';
import { type Column, Table } from '../parts/table.tsx';
import { When } from '../parts/when.tsx';
import type { Vulnerability, WaitingPair } from '../wire.ts';

/** One vulnerability per root cause: what the hub could not decide by itself, and what is decided. Coordinators only. */
export function Duplicates() {
  const pairs = useList<WaitingPair>('/api/duplicates/pairs');
  const vulnerabilities = useList<Vulnerability>('/api/duplicates');
  return (
    <Page title="Duplicates">
      <Gathered of={pairs}>
        {(items) => (
          <Section title="Pairs to decide" note="the replayed first, then the likelier">
            <Table
              caption="Pairs that wait for a person"
              columns={pairColumns}
              rows={items}
              id={(of) => of.id}
              empty="No pair waits for a person."
            />
          </Section>
        )}
      </Gathered>
      <Gathered of={vulnerabilities}>
        {(items) => (
          <Section title="Vulnerabilities" note="same root cause and same fix">
            <Table
              caption="Vulnerabilities, oldest first"
              columns={columns}
              rows={items}
              id={(of) => of.id}
              empty="None yet: it takes a finding that was replayed."
            />
          </Section>
        )}
      </Gathered>
    </Page>
  );
}

const pairColumns: readonly Column<WaitingPair>[] = [
  {
    head: 'Pair',
    cell: (of) => (
      <>
        <OneOf of={of.a} />
        <OneOf of={of.b} />
        <Link to="/duplicates/$aId/$bId" params={{ aId: of.aId, bId: of.bId }} className="font-medium">
          Look at both
          <span className="sr-only">
            : {of.a?.title ?? of.aId} and {of.b?.title ?? of.bId}
          </span>
        </Link>
      </>
    ),
  },
  { head: 'Likely the same', cell: (of) => percent(of.score) },
  { head: 'Because', cell: (of) => of.reasons.join('; ') },
  { head: 'Since', cell: (of) => <When at={of.decidedAt} /> },
];

function OneOf({ of }: { of: WaitingPair['a'] }) {
  if (!of) return null;
  return (
    <div className="mb-2 [overflow-wrap:anywhere]">
      {of.title}
      <span className="block text-soft">
        <OrgName id={of.orgId} />, <code>{of.purl}</code>, {of.rung.replaceAll('-', ' ')}
      </span>
    </div>
  );
}

export function percent(score: number): string {
  return `${Math.round(score * 100)} %`;
}

const columns: readonly Column<Vulnerability>[] = [
  {
    head: 'Vulnerability',
    cell: (of) => (
      <>
        <Link to="/vulnerabilities/$id" params={{ id: of.id }} className="font-medium">
          {of.name}
        </Link>
        <code className="block text-soft">{of.package}</code>
      </>
    ),
  },
  { head: 'Findings', cell: (of) => of.credits.length },
  {
    head: 'Found by',
    cell: (of) =>
      [...new Set(of.credits.map((c) => c.orgId))].map((id, i) => (
        <span key={id}>
          {i > 0 && ', '}
          <OrgName id={id} />
        </span>
      )),
  },
  { head: 'State', cell: (of) => (of.subsumedById ? 'covered by another' : of.state === 'empty' ? 'moved elsewhere' : 'stands') },
  { head: 'Since', cell: (of) => <When at={of.openedAt} /> },
];
