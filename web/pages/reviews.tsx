import { Link } from '@tanstack/react-router';
import { Tag } from '../parts/chips.tsx';
import { Gathered, useList } from '../parts/more.tsx';
import { OrgName } from '../parts/org-name.tsx';
import { Page, Section } from '../parts/page.tsx';
import { type Column, Table } from '../parts/table.tsx';
import { agreementTone, submissionTone } from '../parts/tones.ts';
import { When } from '../parts/when.tsx';
import type { Agreement, Submission } from '../wire.ts';

/** Models offered by their developers, and the agreements under which they are. */
export function Reviews() {
  const submissions = useList<Submission>('/api/submissions');
  const agreements = useList<Agreement>('/api/agreements');
  return (
    <Page title="Reviews">
      <p className="max-w-prose text-soft">
        Models that developers offer of their own will, for a while. A window ends by itself, whatever was or was not measured; nothing here
        holds up what a developer does with a model.
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
