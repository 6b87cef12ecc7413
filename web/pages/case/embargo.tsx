import { Form } from '@base-ui/react/form';
import { Tag } from '../../parts/chips.tsx';
import { Button, Field } from '../../parts/form.tsx';
import { Hour, instantOf } from '../../parts/hour.tsx';
import { OrgName } from '../../parts/org-name.tsx';
import { Fact, Facts, Section } from '../../parts/page.tsx';
import { Refusal } from '../../parts/refusal.tsx';
import { embargoTone } from '../../parts/tones.ts';
import { When } from '../../parts/when.tsx';
import { useAct, useWho } from '../../session.ts';
import type { Case } from '../../wire.ts';
import { Asked } from './asked.tsx';
import { EmbargoTerms } from './embargo-terms.tsx';
import { usePlace } from './outside.tsx';

/** Until when the case stays closed, who says so, and what is on the table. */
export function Embargo({ of }: { of: Case }) {
  const { embargo } = of;
  const { negotiates } = usePlace();
  if (!embargo)
    return (
      <Section title="Embargo">
        <Facts>
          <Fact name="Goes live">
            <When at={of.goLiveAt} left />
          </Fact>
        </Facts>
      </Section>
    );
  const { proposal } = embargo;
  return (
    <Section title="Embargo" note="the shortest binding window governs; it ends by itself">
      <Facts>
        <Fact name="State">
          <Tag tone={embargoTone[embargo.state]}>{embargo.state}</Tag>
        </Fact>
        <Fact name={embargo.state === 'exited' ? 'Ended' : 'Ends'}>
          <strong className="font-semibold">
            <When at={embargo.endsAt} left={embargo.state !== 'exited'} />
          </strong>
        </Fact>
        <Fact name="Because">
          {embargo.because}
          {embargo.source !== 'house-default' && <span className="text-soft"> ({embargo.source.replace('-', ' ')})</span>}
        </Fact>
        {proposal && (
          <Fact name="Proposed">
            <When at={proposal.endsAt} left />, by {proposal.byOrgId ? <OrgName id={proposal.byOrgId} /> : 'the hub'}: {proposal.because}
          </Fact>
        )}
      </Facts>
      {of.tier <= 1 && <EmbargoTerms of={of} />}
      {of.state === 'open' &&
        of.tier === 0 &&
        negotiates &&
        (proposal ? <Answer of={of} byOrgId={proposal.byOrgId} /> : <Propose of={of} />)}
    </Section>
  );
}

function Propose({ of }: { of: Case }) {
  const propose = useAct(`/api/cases/${of.id}/embargo/propose`);
  return (
    <Asked label="Propose another time">
      <TimeForm act={propose} button="Propose" extra={{}} />
    </Asked>
  );
}

function Answer({ of, byOrgId }: { of: Case; byOrgId: string | null }) {
  const who = useWho().data;
  const answer = useAct(`/api/cases/${of.id}/embargo/answer`);
  if (who?.orgId === byOrgId) return <p className="mt-2 text-soft">Another organisation has to answer.</p>;
  return (
    <div className="mt-3">
      <div className="mb-3 flex flex-wrap gap-2">
        <Button onClick={() => answer.mutate({ answer: 'accept' })} disabled={answer.isPending} focusableWhenDisabled>
          Accept this time
        </Button>
        <Button quiet onClick={() => answer.mutate({ answer: 'decline' })} disabled={answer.isPending} focusableWhenDisabled>
          Decline
        </Button>
      </div>
      <Refusal error={answer.error} />
      <Asked label="Counter with another time">
        <TimeForm act={answer} button="Counter" extra={{ answer: 'counter' }} />
      </Asked>
    </div>
  );
}

function TimeForm({ act, button, extra }: { act: ReturnType<typeof useAct>; button: string; extra: object }) {
  const send = ({ endsAt, because }: Record<string, unknown>) => act.mutate({ ...extra, endsAt: instantOf(endsAt), because });
  return (
    <Form onFormSubmit={send}>
      <Hour name="endsAt" label="Ends at" />
      <Field name="because" label="Because" hint="Everybody read in sees this, at any tier: do not tell what the flaw is." />
      <Refusal error={act.error} />
      <Button type="submit" disabled={act.isPending} focusableWhenDisabled>
        {button}
      </Button>
    </Form>
  );
}
