import { Form } from '@base-ui/react/form';
import { Button, Field } from '../../parts/form.tsx';
import { zone } from '../../parts/hour.tsx';
import { Fact, Facts, Section } from '../../parts/page.tsx';
import { Awaited, Refusal } from '../../parts/refusal.tsx';
import { When } from '../../parts/when.tsx';
import { useAct, useGet, useWho } from '../../session.ts';
import type { CraDuty, CraForm } from '../../wire.ts';
import { Asked } from './asked.tsx';

type Stage = CraDuty['stages'][number];

/** What a manufacturer owes by the Cyber Resilience Act once a flaw is exploited; nothing is shown before. */
export function CraDuties({ caseId }: { caseId: string }) {
  const who = useWho().data;
  const found = useGet<{ items: CraDuty[] }>(`/api/cases/${caseId}/cra`);
  if (!found.data || found.data.items.length === 0) return null;
  return (
    <Section title="Cyber Resilience Act" note="Regulation (EU) 2024/2847, Article 14: once you know that it is exploited">
      {found.data.items.map((duty) => (
        <div key={duty.orgId} className="mt-3">
          <p>
            Known since <When at={duty.awareAt} />
            {duty.isManufacturer === null && '; taken to be owed until somebody says that it is not'}
            {duty.isManufacturer === false && '; not a manufacturer: nothing is owed'}
          </p>
          {duty.stages.map((of) => (
            <StageOf key={of.stage} duty={duty} of={of} isOwn={duty.orgId === who?.orgId} />
          ))}
        </div>
      ))}
    </Section>
  );
}

function StageOf({ duty, of, isOwn }: { duty: CraDuty; of: Stage; isOwn: boolean }) {
  const name = of.stage.replaceAll('-', ' ');
  return (
    <details className="mt-2">
      <summary className="w-fit cursor-pointer text-accent">
        {name}: {of.sentAt ? 'sent' : of.dueAt ? 'due' : 'once a measure is there'}
      </summary>
      <div className="mt-2 max-w-2xl">
        {of.dueAt && !of.sentAt && (
          <p className="mb-2">
            by <When at={of.dueAt} left />
          </p>
        )}
        {of.sentAt && (
          <p className="mb-2">
            <When at={of.sentAt} />, reference {of.reference}
          </p>
        )}
        <Filled duty={duty} stage={of.stage} />
        {isOwn && !of.sentAt && <Sent caseId={duty.caseId} stage={of.stage} />}
      </div>
    </details>
  );
}

function Filled({ duty, stage }: { duty: CraDuty; stage: Stage['stage'] }) {
  const path = `/api/cases/${duty.caseId}/cra/${stage}?orgId=${duty.orgId}&zone=${encodeURIComponent(zone)}`;
  return (
    <Awaited of={useGet<CraForm>(path)}>
      {(form) => (
        <Facts>
          {form.fields.map((field) => (
            <Fact key={field.name} name={field.name}>
              {field.value ?? <span className="text-care">missing</span>} <span className="text-soft">({field.clause})</span>
            </Fact>
          ))}
        </Facts>
      )}
    </Awaited>
  );
}

function Sent({ caseId, stage }: { caseId: string; stage: string }) {
  const act = useAct(`/api/cases/${caseId}/cra/${stage}/sent`);
  return (
    <Asked label="Record that it was sent">
      <Form onFormSubmit={({ reference }) => act.mutate({ reference, at: new Date().toISOString() })}>
        <Field name="reference" label="Reference on the platform" />
        <Refusal error={act.error} />
        <Button type="submit" disabled={act.isPending} focusableWhenDisabled>
          It was sent
        </Button>
      </Form>
    </Asked>
  );
}
