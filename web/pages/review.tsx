import { useParams } from '@tanstack/react-router';
import { Tag, Tlp } from '../parts/chips.tsx';
import { Digest } from '../parts/digest.tsx';
import { Gathered, useList } from '../parts/more.tsx';
import { OrgName } from '../parts/org-name.tsx';
import { Fact, Facts, Page, Section } from '../parts/page.tsx';
import { Awaited } from '../parts/refusal.tsx';
import { Timeline } from '../parts/timeline.tsx';
import { submissionTone } from '../parts/tones.ts';
import { When } from '../parts/when.tsx';
import { useGet } from '../session.ts';
import type { Plan, Submission } from '../wire.ts';
import { Consent, flawWords } from './review/consent.tsx';
import { Determinations } from './review/determinations.tsx';
import { PlanSection } from './review/plan.tsx';
import { ReviewReports } from './review/reports.tsx';

export function Review() {
  const { id } = useParams({ from: '/reviews/$id' });
  const submission = useGet<Submission>(`/api/submissions/${id}`);
  return (
    <Awaited of={submission} page="Submission">
      {(found) => <Shown submission={found} />}
    </Awaited>
  );
}

function Shown({ submission }: { submission: Submission }) {
  return (
    // Everything about a submission is TLP:RED (DESIGN §3).
    <Page title={submission.model} over="Submission" beside={<Tlp of="RED" />}>
      <About submission={submission} />
      <Consent submission={submission} />
      <Determinations submissionId={submission.id} />
      <ReviewReports submissionId={submission.id} />
      <Plans submission={submission} />
      <Timeline thing={submission.id} />
    </Page>
  );
}

function About({ submission }: { submission: Submission }) {
  return (
    <Facts>
      <Fact name="State">
        <Tag tone={submissionTone[submission.state]}>{submission.state}</Tag>
      </Fact>
      <Fact name="Window opens">
        <When at={submission.windowStartsAt} left />
      </Fact>
      <Fact name="Window ends">
        <strong className="font-semibold">
          <When at={submission.windowEndsAt} left />
        </strong>{' '}
        <span className="text-soft">the release to other trusted partners; it ends by itself</span>
      </Fact>
      <Fact name="Legal basis ends">
        <When at={submission.basisExpiresAt} />
      </Fact>
      <Fact name="Developer">
        <OrgName id={submission.orgId} />
      </Fact>
      <Fact name="Safeguards">{submission.arm}</Fact>
      <Fact name="Training cutoff">{submission.cutoffAt ? <When at={submission.cutoffAt} /> : 'none declared'}</Fact>
      <Fact name="Early access for">{submission.partners.join(', ')}</Fact>
      <Fact name="Flaws it finds by the way">{flawWords[submission.flaws]}</Fact>
      <Fact name="Statement">
        <Digest of={submission.statementDigest} whole />
      </Fact>
      <Fact name="Endpoint">{submission.endpoint && <code>{`${submission.endpoint.model} at ${submission.endpoint.url}`}</code>}</Fact>
    </Facts>
  );
}

function Plans({ submission }: { submission: Submission }) {
  const plans = useList<Plan>('/api/plans');
  return (
    <Gathered of={plans}>
      {(items) => {
        const own = items.filter((plan) => plan.submissionId === submission.id);
        if (own.length > 0) return own.map((plan, i) => <PlanSection key={plan.id} plan={plan} number={i + 1} terms={submission.flaws} />);
        return (
          <Section title="Plans">
            <p className="text-soft">No evaluator has frozen a plan for this model.</p>
          </Section>
        );
      }}
    </Gathered>
  );
}
