import { Link, useParams } from '@tanstack/react-router';
import { Tag, Tlp } from '../parts/chips.tsx';
import { Digest } from '../parts/digest.tsx';
import { Ladder } from '../parts/ladder.tsx';
import { OrgName } from '../parts/org-name.tsx';
import { Fact, Facts, Page, Section } from '../parts/page.tsx';
import { Awaited } from '../parts/refusal.tsx';
import { type Column, Table } from '../parts/table.tsx';
import { Timeline } from '../parts/timeline.tsx';
import { findingTone, verdictTone } from '../parts/tones.ts';
import { When } from '../parts/when.tsx';
import { useGet, useWho } from '../session.ts';
import { awaitedOn } from '../waiting.ts';
import type { CaseOfFinding, Finding } from '../wire.ts';
import { Comparisons } from './finding/comparisons.tsx';
import { Outcome } from './finding/outcome.tsx';
import { Place } from './finding/place.tsx';
import { Searches } from './finding/searches.tsx';
import { Validated } from './finding/validated.tsx';
import { Withdraw } from './finding/withdraw.tsx';

export function FindingPage() {
  const { id } = useParams({ from: '/findings/$id' });
  const finding = useGet<Finding>(`/api/findings/${id}`);
  return (
    <Awaited of={finding} page="Finding">
      {(found) => <Shown finding={found} />}
    </Awaited>
  );
}

function Shown({ finding }: { finding: Finding }) {
  const who = useWho().data;
  const next = awaitedOn(finding);
  const inCase = useGet<CaseOfFinding>(`/api/findings/${finding.id}/case`).data?.caseId;
  return (
    <Page title={finding.title} over="Finding" beside={<Tlp of={finding.label.tlp} />}>
      <Ladder rung={finding.rung} />
      <Section title="Verdict">
        <Facts>
          <Fact name="Verdict">{finding.verdict ? <Tag tone={verdictTone[finding.verdict]}>{finding.verdict}</Tag> : 'none yet'}</Fact>
          <Fact name="State">
            <Tag tone={findingTone[finding.state]}>{finding.state}</Tag>
          </Fact>
          <Fact name="Because">{finding.stateBecause}</Fact>
          <Fact name="Since">
            <When at={finding.stateAt} />
          </Fact>
          <Fact name="Case">{inCase && <CaseLink id={inCase} />}</Fact>
          <Fact name="Waits for">{next ? `${next.who}: ${next.what}` : 'nobody'}</Fact>
          <Fact name="Crash">{finding.crashState && <pre className="mono whitespace-pre-wrap">{finding.crashState}</pre>}</Fact>
        </Facts>
      </Section>
      <Place finding={finding} who={who} />
      <Validated finding={finding} isStaff={who?.roles.includes('coordinator') ?? false} />
      <Searches finding={finding} isStaff={who?.roles.includes('coordinator') ?? false} />
      <Section title="What was handed in">
        <About finding={finding} />
        {finding.text.trim() === '' ? (
          <p className="mt-3 border border-line bg-sheet px-4 py-6 text-soft">No description came with it.</p>
        ) : (
          <pre className="mt-3 max-h-128 overflow-auto border border-line bg-sheet p-4 font-sans whitespace-pre-wrap">{finding.text}</pre>
        )}
      </Section>
      <Section title="Attachments" note="listed, never opened here: they are hostile until shown otherwise">
        <Table caption="Attachments" columns={files} rows={finding.attachments} id={(file) => file.id} empty="No files came with it." />
      </Section>
      <Section title="Proof of priority" note="commits to all of the above without telling it">
        <Facts>
          <Fact name="Commitment">
            <Digest of={finding.commitment} whole />
          </Fact>
          <Fact name="Salt">{finding.commitmentSalt ? <Digest of={finding.commitmentSalt} whole /> : 'known to the finder only'}</Fact>
          <Fact name="Content digest">
            <Digest of={finding.contentDigest} whole />
          </Fact>
          <Fact name="Shown to everybody">{finding.revealedAt && <When at={finding.revealedAt} />}</Fact>
          <Fact name="Receipt">{finding.receipt && <code>{finding.receipt}</code>}</Fact>
        </Facts>
      </Section>
      {who?.orgId === finding.orgId && <Outcome id={finding.id} />}
      {who?.roles.includes('coordinator') && <Comparisons id={finding.id} />}
      {who?.orgId === finding.orgId && <Withdraw finding={finding} />}
      <Timeline thing={finding.id} />
    </Page>
  );
}

function CaseLink({ id }: { id: string }) {
  return (
    <Link to="/cases/$id" params={{ id }}>
      the case it is coordinated in
    </Link>
  );
}

const accessMeans = { public: 'others can find it with the same tool', confidential: 'few have the tool' } as const;

function FindingLink({ id }: { id: string }) {
  return (
    <Link to="/findings/$id" params={{ id }}>
      <code>{id}</code>
    </Link>
  );
}

function About({ finding }: { finding: Finding }) {
  const { symbol } = finding;
  return (
    <Facts>
      <Fact name="Package">
        <code>{finding.purl}</code>
      </Fact>
      <Fact name="Versions">{finding.versions.join(', ')}</Fact>
      <Fact name="Received">
        <When at={finding.receivedAt} />
      </Fact>
      <Fact name="Handed in by">
        <OrgName id={finding.orgId} /> <code className="text-soft">{finding.reporterId}</code>
      </Fact>
      <Fact name="Weakness">{finding.cwe}</Fact>
      <Fact name="CVSS, claimed">{finding.cvss && <code>{finding.cvss}</code>}</Fact>
      <Fact name="Where">
        {symbol && (
          <code>
            {' '}
            {[symbol.function, symbol.file && `${symbol.file}${symbol.line === null ? '' : `:${symbol.line}`}`]
              .filter(Boolean)
              .join(' in ')}{' '}
          </code>
        )}
      </Fact>
      <Fact name="Found by">{[finding.discoveryMethod, finding.discoveryTooling, finding.discoveryModel].filter(Boolean).join(', ')}</Fact>
      <Fact name="Tooling">{finding.toolingAccess && `${finding.toolingAccess}: ${accessMeans[finding.toolingAccess]}`}</Fact>
      <Fact name="Answers for it">{finding.answerable}</Fact>
      <Fact name="Exploited">{finding.exploited && 'said to be exploited already'}</Fact>
      <Fact name="Repository">{finding.repository && <code>{finding.repository}</code>}</Fact>
      <Fact name="Still missing">{finding.missing.length > 0 && `${finding.missing.join(', ')}: asked for, never a reason to refuse`}</Fact>
      <Fact name="Corrects">{finding.correctsId && <FindingLink id={finding.correctsId} />}</Fact>
      <Fact name="Said better in">{finding.correctedById && <FindingLink id={finding.correctedById} />}</Fact>
      <Fact name="Known as">{finding.upstreamIds.join(', ')}</Fact>
      <Fact name="Introduced in">{finding.introducedCommit && <code>{finding.introducedCommit}</code>}</Fact>
      <Fact name="Fixed in">{finding.fixedCommit && <code>{finding.fixedCommit}</code>}</Fact>
      <Fact name="References">{finding.references.length > 0 && <References of={finding.references} />}</Fact>
    </Facts>
  );
}

/** As text, not as links: they come from a stranger. */
function References({ of }: { of: readonly string[] }) {
  return (
    <ul>
      {of.map((address) => (
        <li key={address}>
          <code>{address}</code>
        </li>
      ))}
    </ul>
  );
}

const files: readonly Column<Finding['attachments'][number]>[] = [
  { head: 'Name', cell: (file) => <span className="[overflow-wrap:anywhere]">{file.filename}</span> },
  { head: 'What it is', cell: (file) => file.description ?? file.type },
  { head: 'Size', cell: (file) => `${file.bytes.toLocaleString('en')} bytes` },
  { head: 'SHA-256', cell: (file) => <Digest of={file.sha256} /> },
];
