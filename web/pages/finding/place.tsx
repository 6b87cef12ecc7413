import { Form } from '@base-ui/react/form';
import { useState } from 'react';
import { Tag } from '../../parts/chips.tsx';
import { Button, Choice, Field } from '../../parts/form.tsx';
import { Fact, Facts, Section } from '../../parts/page.tsx';
import { Refusal } from '../../parts/refusal.tsx';
import { When } from '../../parts/when.tsx';
import { useAct, useGet } from '../../session.ts';
import type { Finding, Place as FindingPlace, Who } from '../../wire.ts';
import { Acknowledge, AnswerBy, bandTone, usualWait } from '../queue/answers.tsx';
import { isOver } from './withdraw.tsx';

const bands = [
  ['INCIDENT', 'INCIDENT: answered within 2 hours'],
  ['URGENT', 'URGENT: within 12 hours'],
  ['STANDARD', 'STANDARD: within 48 hours'],
  ['NEEDS-INFO', 'NEEDS-INFO: within 72 hours'],
] as const;

/** Where a finding stands with the desk: told to its finder as to the staff. */
export function Place({ finding, who }: { finding: Finding; who: Who | null | undefined }) {
  const place = useGet<FindingPlace>(`/api/findings/${finding.id}/place`);
  const isStaff = who?.roles.includes('coordinator') ?? false;
  if (!place.data) return null;
  const of = place.data;
  return (
    <Section title="Its place in the queue">
      <Facts>
        <Fact name="Band">
          <Tag tone={bandTone[of.band]}>{of.band}</Tag> {of.because}
        </Fact>
        <Fact name="Answer">
          {isOver.includes(finding.state) && !of.acknowledgedAt ? (
            'nobody waits for one any more'
          ) : of.acknowledgedAt ? (
            <>
              given <When at={of.acknowledgedAt} />
            </>
          ) : (
            <>
              by <AnswerBy at={of.acknowledgeBy} isOverdue={of.isOverdue} />
            </>
          )}
        </Fact>
        <Fact name="Usual wait">{usualWait(of.usualWaitHours)}</Fact>
        <Fact name="Quota">{of.isOverQuota && 'beyond the quota of the day: after all that is within theirs'}</Fact>
      </Facts>
      {isStaff && of.acknowledgedAt === null && !isOver.includes(finding.state) && (
        <p className="mt-3">
          <Acknowledge id={finding.id} title={finding.title} />
        </p>
      )}
      {isStaff && !isOver.includes(finding.state) && <SetBand id={finding.id} />}
    </Section>
  );
}

function SetBand({ id }: { id: string }) {
  const act = useAct(`/api/findings/${id}/band`);
  const [done, setDone] = useState(0);
  return (
    <details className="mt-3">
      <summary className="cursor-pointer">Put it into another band</summary>
      <Form key={done} className="mt-3 max-w-md" onFormSubmit={(given) => act.mutate(given, { onSuccess: () => setDone(done + 1) })}>
        <Choice name="band" label="Band" of={bands} />
        <Field name="because" label="Why" autoComplete="off" />
        <Refusal error={act.error} />
        <Button type="submit" disabled={act.isPending} focusableWhenDisabled>
          Put it there
        </Button>
      </Form>
    </details>
  );
}
