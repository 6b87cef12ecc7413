import { Form } from '@base-ui/react/form';
import { useState } from 'react';
import { Tag } from '../../parts/chips.tsx';
import { Button, Choice, Field } from '../../parts/form.tsx';
import { Section } from '../../parts/page.tsx';
import { Awaited, Refusal } from '../../parts/refusal.tsx';
import { ladderTone } from '../../parts/tones.ts';
import { When } from '../../parts/when.tsx';
import { useAct, useGet } from '../../session.ts';
import type { Case, Contacts as Found } from '../../wire.ts';
import { usePlace } from './outside.tsx';
import { RecordForms } from './record-forms.tsx';
import { UpstreamRecords } from './upstream-records.tsx';

type Ladder = Found['items'][number];

/** How far the attempts to reach each supplier have come. */
export function Contacts({ of }: { of: Case }) {
  const found = useGet<Found>(`/api/cases/${of.id}/contacts`);
  const { coordinates } = usePlace();
  return (
    <Section title="Reaching the maintainers" note="one acknowledgement ends it; silence is written down, never guessed">
      <Awaited of={found}>
        {({ items, unasked }) => (
          <>
            {items.length === 0 && <p className="border border-line bg-sheet px-4 py-6 text-soft">Nobody had to be looked for yet.</p>}
            {items.map((ladder) => (
              <OneLadder key={ladder.id} of={ladder} caseId={of.id} />
            ))}
            {coordinates && of.state === 'open' && unasked.length > 0 && (
              <Attempt
                caseId={of.id}
                suppliers={unasked.map((p) => [p.participantId, p.supplier] as const)}
                label="Record a first attempt"
              />
            )}
            <UpstreamRecords of={of} mayApprove={coordinates} />
            {coordinates && of.state !== 'closed' && <RecordForms of={of} ladders={items} />}
          </>
        )}
      </Awaited>
    </Section>
  );
}

const rungNames = {
  first: 'first attempt',
  second: 'second attempt',
  third: 'third attempt',
  coordinator: 'a neutral coordinator',
  decision: 'a decision',
};

function OneLadder({ of, caseId }: { of: Ladder; caseId: string }) {
  const { coordinates } = usePlace();
  return (
    <article className="mb-3 border border-line bg-sheet p-4">
      <h3 className="font-semibold [overflow-wrap:anywhere]">
        {of.supplier} <Tag tone={ladderTone[of.state]}>{of.outcome ?? of.state}</Tag>
      </h3>
      <p className="mt-1 text-soft">
        {of.made} {of.made === 1 ? 'attempt' : 'attempts'} since <When at={of.startedAt} />
        {of.tempo && of.tempo !== 'ordinary' && `, at an ${of.tempo} tempo: ${of.tempoBecause}`}
      </p>
      {of.because && <p className="mt-1">{of.because}</p>}
      {of.attempts && <Attempts of={of} attempts={of.attempts} />}
      {of.next && (
        <p className="mt-2">
          Next: {rungNames[of.next.rung]}, due <When at={of.next.dueAt} left />
        </p>
      )}
      {of.words && (
        <details className="mt-2">
          <summary className="w-fit cursor-pointer text-accent">Words that tell nothing of the flaw</summary>
          <p className="mt-2 max-w-prose">{of.words}</p>
        </details>
      )}
      {coordinates && of.state === 'climbing' && (
        <Attempt caseId={caseId} suppliers={[[of.participantId, of.supplier]]} label="Record the next attempt" />
      )}
    </article>
  );
}

function Attempts({ of, attempts }: { of: Ladder; attempts: NonNullable<Ladder['attempts']> }) {
  const { coordinates } = usePlace();
  return (
    <ol className="mt-2 list-decimal pl-6">
      {attempts.map((a) => (
        <li key={a.seq} className="mb-1 [overflow-wrap:anywhere]">
          <When at={a.at} />, {a.channel.replace('-', ' ')} to {a.addressee}
          {a.carriesReport && ', with the report'}: <strong className="font-medium">{a.outcome.replace('-', ' ')}</strong>
          {a.note && <span className="block text-soft">{a.note}</span>}
          {coordinates && a.outcome !== 'acknowledged' && a.outcome !== 'bounced' && <Outcome ladderId={of.id} seq={a.seq} />}
        </li>
      ))}
    </ol>
  );
}

const outcomes = [
  ['acknowledged', 'they answered'],
  ['read', 'read, no answer'],
  ['bounced', 'it bounced'],
] as const;

function Outcome({ ladderId, seq }: { ladderId: string; seq: number }) {
  const act = useAct(`/api/contacts/${ladderId}/outcomes`);
  return (
    <div className="my-1 flex flex-wrap gap-2">
      {outcomes.map(([outcome, words]) => (
        <Button key={outcome} quiet onClick={() => act.mutate({ seq, outcome })} disabled={act.isPending} focusableWhenDisabled>
          {words}
          <span className="sr-only"> (attempt {seq})</span>
        </Button>
      ))}
      <Refusal error={act.error} />
    </div>
  );
}

const channels = [
  ['private-report', 'private report'],
  ['email', 'mail'],
  ['form', 'web form'],
  ['telephone', 'telephone'],
  ['chat', 'chat, in private'],
  ['tracker', 'public tracker: only that there is something'],
] as const;

function Attempt({ caseId, suppliers, label }: { caseId: string; suppliers: readonly (readonly [string, string])[]; label: string }) {
  const act = useAct(`/api/cases/${caseId}/contacts`);
  const [made, setMade] = useState(0);
  const only = suppliers.length === 1 ? suppliers[0] : undefined;
  const send = ({ participantId, carriesReport, note, ...given }: Record<string, unknown>) => {
    const body = { ...given, participantId: only?.[0] ?? participantId, carriesReport: carriesReport === 'yes', ...(note ? { note } : {}) };
    act.mutate(body, { onSuccess: () => setMade(made + 1) });
  };
  return (
    <details className="mt-3">
      <summary className="w-fit cursor-pointer text-accent">{label}</summary>
      <Form key={made} className="mt-3 max-w-md" onFormSubmit={send}>
        {only ? <p className="mb-3">{only[1]}</p> : <Choice name="participantId" label="Supplier" of={suppliers} />}
        <Choice name="channel" label="Channel" of={channels} />
        <Field name="addressee" label="To whom" />
        <Choice
          name="carriesReport"
          label="What was sent"
          chosen="no"
          of={[
            ['no', 'only that there is something'],
            ['yes', 'the report itself, to the project’s own people'],
          ]}
        />
        <Field name="note" label="Note" required={false} rows={2} />
        <Refusal error={act.error} />
        <Button type="submit" disabled={act.isPending} focusableWhenDisabled>
          Record it
        </Button>
      </Form>
    </details>
  );
}
