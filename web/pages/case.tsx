import { Link, useParams } from '@tanstack/react-router';
import { Tag, Tlp } from '../parts/chips.tsx';
import { Happenings } from '../parts/happenings.tsx';
import { highest, Ladder, type Rung } from '../parts/ladder.tsx';
import { Fact, Facts, Page, Section } from '../parts/page.tsx';
import { Awaited } from '../parts/refusal.tsx';
import { Timeline } from '../parts/timeline.tsx';
import { caseTone } from '../parts/tones.ts';
import { When } from '../parts/when.tsx';
import { useGet, useWho } from '../session.ts';
import { awaitedOnCase } from '../waiting.ts';
import type { Case } from '../wire.ts';
import { AdvisoryLink } from './case/advisory-link.tsx';
import { Approach } from './case/approach.tsx';
import { Assistance } from './case/assistance.tsx';
import { Clocks } from './case/clocks.tsx';
import { Contacts } from './case/contacts.tsx';
import { CraDuties } from './case/cra.tsx';
import { Credits } from './case/credits.tsx';
import { Cves } from './case/cves.tsx';
import { Delegations } from './case/delegations.tsx';
import { Deliveries } from './case/deliveries.tsx';
import { Embargo } from './case/embargo.tsx';
import { Knowers } from './case/knowers.tsx';
import { Messages } from './case/messages.tsx';
import { Outside, usePlace, WithPlace } from './case/outside.tsx';
import { Patches } from './case/patches.tsx';
import { ReadIn } from './case/read-in.tsx';
import { Regressed } from './case/regressed.tsx';
import { Reports } from './case/reports.tsx';
import { Sharing } from './case/sharing.tsx';
import { Statements } from './case/statements.tsx';
import { tierWords } from './case/tiers.ts';
import { Withdraw } from './case/withdraw.tsx';

export function CasePage() {
  const { id } = useParams({ from: '/cases/$id' });
  const found = useGet<Case>(`/api/cases/${id}`);
  const isStaff = useWho().data?.roles.includes('coordinator') ?? false;
  return (
    <Awaited of={found} page="Case">
      {(of) => (
        <WithPlace caseId={of.id} isStaff={isStaff}>
          <Shown of={of} isStaff={isStaff} />
        </WithPlace>
      )}
    </Awaited>
  );
}

function Shown({ of, isStaff }: { of: Case; isStaff: boolean }) {
  const { coordinates } = usePlace();
  const ownId = useWho().data?.orgId;
  const isFinder = !isStaff && of.finderOrgIds?.some((id) => id === ownId);
  const next = awaitedOnCase(of, new Date().toISOString());
  const rung = of.reports && highest(of.reports.map((report) => report.rung as Rung));
  return (
    // Whatever the tier, what is in a case is TLP:RED to those read into it (DESIGN §3).
    <Page title={of.title ?? `A case in ${of.package}`} over="Case" beside={<Tlp of="RED" />}>
      {rung && <Ladder rung={rung} />}
      {isStaff && <Outside caseId={of.id} />}
      <Section title="Where it stands">
        <Facts>
          <Fact name="State">
            <Tag tone={caseTone[of.state]}>{of.state}</Tag>
            {of.outcome && ` ${of.outcome}`}
          </Fact>
          <Fact name="Waits for">{next ? `${next.who}: ${next.what}` : 'nobody'}</Fact>
          <Fact name="Package">
            <code>{of.package}</code>
          </Fact>
          <Fact name="Opened">{of.openedAt && <When at={of.openedAt} />}</Fact>
          <Fact name="Disclosed">{of.disclosedAt && <When at={of.disclosedAt} />}</Fact>
          <Fact name="Closed">{of.closedAt && <When at={of.closedAt} />}</Fact>
          <Fact name="What has happened">{of.vfdpxa && <Happenings state={of.vfdpxa} />}</Fact>
          <Fact name="You see">
            {tierWords[of.tier]} (tier {of.tier})
          </Fact>
        </Facts>
      </Section>
      <Embargo of={of} />
      {of.tier <= 2 && <Clocks caseId={of.id} />}
      {of.tier <= 1 && <CraDuties caseId={of.id} />}
      {of.reports && <Reports of={of} reports={of.reports} />}
      <Patches of={of} />
      {of.tier <= 1 && <Assistance of={of} />}
      {of.tier <= 1 && (
        <p className="mt-8">
          <Link to="/cases/$id/participants" params={{ id: of.id }}>
            Who takes part
          </Link>
        </p>
      )}
      {of.tier <= 1 && <Statements of={of} />}
      {of.tier <= 1 && <Approach of={of} />}
      {of.tier <= 1 && <Deliveries of={of} />}
      {of.tier <= 1 && <Contacts of={of} />}
      {of.tier <= 1 && <AdvisoryLink of={of} mayDraft={coordinates} />}
      {(isStaff || isFinder) && <Credits of={of} isFinder={isFinder ?? false} />}
      {coordinates && of.disclosedAt && <Regressed caseId={of.id} />}
      {isStaff && <Cves of={of} />}
      {of.tier <= 1 && <Sharing caseId={of.id} isOpen={of.state !== 'closed'} />}
      {isStaff && <Knowers caseId={of.id} />}
      {coordinates && of.state !== 'closed' && <ReadIn caseId={of.id} />}
      <Delegations of={of} isStaff={isStaff} />
      <Messages of={of} />
      {isFinder && of.state !== 'closed' && <Withdraw caseId={of.id} />}
      {/* The clearinghouse keeps a case's history to itself: it names everybody who was asked. */}
      {isStaff && <Timeline thing={of.id} />}
    </Page>
  );
}
