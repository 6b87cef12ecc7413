import { Link } from '@tanstack/react-router';
import { Tag } from '../parts/chips.tsx';
import { Digest } from '../parts/digest.tsx';
import { Gathered, useList } from '../parts/more.tsx';
import { OrgName } from '../parts/org-name.tsx';
import { Page, Section } from '../parts/page.tsx';
import { type Column, Table } from '../parts/table.tsx';
import { agreementTone, submissionTone } from '../parts/tones.ts';
import { When } from '../parts/when.tsx';
import { useWho } from '../session.ts';
import type { Agreement, Submission, SuiteSummary } from '../wire.ts';
import { Stop } from './review/stop.tsx';

/** Models offered by their developers, and the agreements under which they are. */
export function Reviews() {
  const submissions = useList<Submission>('/api/submissions');
  const agreements = useList<Agreement>('/api/agreements');
  const isEvaluator = useWho().data?.roles.includes('evaluator') ?? false;
  return (
    <Page title="Reviews">
      <p className="max-w-prose text-soft">
        Models that developers offer of their own will, for a while. A window ends by itself, whatever was or was not measured; nothing here
        holds up what a developer does with a model.
      </p>
      <p className="mt-2">
        <Link to="/horizons">Time horizons of what was measured</Link>
      </p>
      <Section title="Submissions">
        <Gathered of={submissions}>
          {(items) => (
            <Table
              caption="Submissions"
              columns={submissionColumns}
              rows={items}
              id={(item) => item.id}
              empty="No model is offered to you."
            />
          )}
        </Gathered>
      </Section>
      {isEvaluator && <Stop path="/api/runs/stop-all" label="Stop every run of your organisation" button="Stop them all" />}
      {isEvaluator && <Suites />}
      <Section title="Agreements">
        <Gathered of={agreements}>
          {(items) => (
            <Table
              caption="Agreements"
              columns={agreementColumns}
              rows={items}
              id={(item) => item.id}
              empty="You are party to no agreement."
            />
          )}
        </Gathered>
      </Section>
    </Page>
  );
}

function Suites() {
  const suites = useList<SuiteSummary>('/api/suites');
  return (
    <Section title="Suites" note="those your organisation keeps">
      <Gathered of={suites}>
        {(items) => (
          <Table caption="Suites" columns={suiteColumns} rows={items} id={(item) => item.id} empty="You keep no suite of tasks." />
        )}
      </Gathered>
    </Section>
  );
}

const suiteColumns: readonly Column<SuiteSummary>[] = [
  {
    head: 'Suite',
    cell: (item) => (
      <Link to="/suites/$id" params={{ id: item.id }} className="font-medium">
        {item.name}
      </Link>
    ),
  },
  { head: 'Tasks', cell: (item) => item.count },
  { head: 'Held by', cell: (item) => (item.custodian === null ? 'this hub' : `${item.custodian}, sealed`) },
  { head: 'Digest', cell: (item) => <Digest of={item.digest} /> },
  { head: 'Since', cell: (item) => <When at={item.publishedAt} /> },
];

const submissionColumns: readonly Column<Submission>[] = [
  {
    head: 'Model',
    cell: (item) => (
      <Link to="/reviews/$id" params={{ id: item.id }} className="font-medium">
        {item.model}
      </Link>
    ),
  },
  { head: 'Safeguards', cell: (item) => item.arm },
  { head: 'Developer', cell: (item) => <OrgName id={item.orgId} /> },
  { head: 'State', cell: (item) => <Tag tone={submissionTone[item.state]}>{item.state}</Tag> },
  { head: 'Window opens', cell: (item) => <When at={item.windowStartsAt} /> },
  { head: 'Window ends', cell: (item) => <When at={item.windowEndsAt} left={item.state === 'offered'} /> },
];

const agreementColumns: readonly Column<Agreement>[] = [
  {
    head: 'Parties',
    cell: (item) => (
      <ul>
        {item.parties.map((party) => (
          <li key={party.orgId}>
            <OrgName id={party.orgId} /> <span className="text-soft">({party.as})</span>
          </li>
        ))}
      </ul>
    ),
  },
  { head: 'State', cell: (item) => <Tag tone={agreementTone[item.state]}>{item.state}</Tag> },
  { head: 'Signed', cell: (item) => `${item.parties.filter((party) => party.signedAt).length} of ${item.parties.length}` },
  {
    head: 'Legal basis',
    cell: (item) => (
      <>
        {item.legalBasis.name}, until <When at={item.legalBasis.expiresAt} />
      </>
    ),
  },
  { head: 'Proposed', cell: (item) => <When at={item.proposedAt} /> },
];
