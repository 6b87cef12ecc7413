import { Form } from '@base-ui/react/form';
import { Digest } from '../../parts/digest.tsx';
import { Button, Choice, Field } from '../../parts/form.tsx';
import { Section } from '../../parts/page.tsx';
import { Refusal } from '../../parts/refusal.tsx';
import { When } from '../../parts/when.tsx';
import { useAct, useGet, useWho } from '../../session.ts';
import type { Advisory, Case } from '../../wire.ts';

/** Two persons stand behind what leaves the house; and it can be taken back, by two as well. */
export function Approval({ of, takesPart }: { of: Advisory; takesPart: boolean }) {
  const who = useWho().data;
  const approve = useAct(`/api/advisories/${of.id}/approve`);
  const isOwn = who?.id === of.draftedBy;
  return (
    <Section title="Approval" note="by another person than drafted it">
      {of.approvedAt ? (
        <p>
          Approved by <Digest of={of.approvedBy ?? ''} />, <When at={of.approvedAt} />.
        </p>
      ) : isOwn ? (
        <p className="text-soft">You drafted it: somebody else must approve it.</p>
      ) : (
        <>
          <p className="mb-2">
            You approve exactly the text above, <Digest of={of.digest ?? ''} />.
          </p>
          <Button onClick={() => approve.mutate({ digest: of.digest })} disabled={approve.isPending} focusableWhenDisabled>
            Approve this text
          </Button>
        </>
      )}
      <Refusal error={approve.error} />
      {takesPart && !of.withdrawn && <Withdraw of={of} />}
    </Section>
  );
}

function Withdraw({ of }: { of: Advisory }) {
  const withdraw = useAct(`/api/advisories/${of.id}/withdraw`);
  const send = ({ because, part }: Record<string, unknown>) =>
    withdraw.mutate({ because, ...(part && part !== 'all' ? { vulnerabilityId: part } : {}) });
  return (
    <details className="mt-3">
      <summary className="w-fit cursor-pointer text-accent">Take it back</summary>
      <Form className="mt-3 max-w-prose" onFormSubmit={send}>
        {of.further && <Part of={of} />}
        <Field
          name="because"
          label="Why it is taken back"
          rows={2}
          hint="It becomes a draft that somebody else approves; then it is released like any version."
        />
        <Refusal error={withdraw.error} />
        <Button type="submit" quiet disabled={withdraw.isPending} focusableWhenDisabled>
          Draft that it is taken back
        </Button>
      </Form>
    </details>
  );
}

/** Only where there are several: who reads the case stands in its log. */
function Part({ of }: { of: Advisory }) {
  const first = useGet<Case>(`/api/cases/${of.caseId}`).data?.vulnerabilities?.find((v) => v.continuesInId === null)?.id;
  const flaws = [{ ...of, vulnerabilityId: first, number: 1 }, ...(of.further ?? [])].filter(
    (flaw) => !flaw.takenBack && flaw.vulnerabilityId,
  );
  const parts = flaws.map(({ vulnerabilityId, number, title }) => [vulnerabilityId!, `flaw ${number} alone: ${title}`] as const);
  return parts.length > 1 && <Choice name="part" label="What is taken back" of={[['all', 'the whole advisory'], ...parts]} chosen="all" />;
}
