import { Form } from '@base-ui/react/form';
import { useState } from 'react';
import { Button, Choice, Field } from '../../parts/form.tsx';
import { Hour, instantOf } from '../../parts/hour.tsx';
import { Refusal } from '../../parts/refusal.tsx';
import { useAct } from '../../session.ts';

const intents = [
  ['leaves-it', 'leave it with the clearinghouse'],
  ['will-publish', 'publish it'],
] as const;

/** A finder may leave at any time; the case closes to it at once. */
export function Withdraw({ caseId }: { caseId: string }) {
  const leave = useAct(`/api/cases/${caseId}/withdraw`);
  const [intent, setIntent] = useState('');
  const send = ({ publishesAt, ...given }: Record<string, unknown>) =>
    leave.mutate({ ...given, ...(publishesAt ? { publishesAt: instantOf(publishesAt) } : {}) });
  return (
    <details className="mt-8">
      <summary className="w-fit cursor-pointer text-accent">Leave this case</summary>
      <p className="mt-2 max-w-prose text-soft">
        Your report and your credit stay. The case closes to your organisation at once. To take back the report itself, withdraw the
        finding.
      </p>
      <Form className="mt-3 max-w-md" onFormSubmit={send}>
        <Field name="because" label="Why do you leave?" rows={2} />
        <Choice name="intent" label="What will you do with what you know?" of={intents} onChange={setIntent} />
        {intent === 'will-publish' && <Hour name="publishesAt" label="When" required={false} />}
        <Refusal error={leave.error} />
        <Button type="submit" disabled={leave.isPending} focusableWhenDisabled>
          Leave
        </Button>
      </Form>
    </details>
  );
}
