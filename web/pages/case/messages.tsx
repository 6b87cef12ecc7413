import { Form } from '@base-ui/react/form';
import { useState } from 'react';
import { Button, Field } from '../../parts/form.tsx';
import { Section } from '../../parts/page.tsx';
import { Refusal } from '../../parts/refusal.tsx';
import { When } from '../../parts/when.tsx';
import { useAct } from '../../session.ts';
import type { Case } from '../../wire.ts';

type Message = NonNullable<Case['messages']>[number];

export function Messages({ caseId, messages }: { caseId: string; messages: readonly Message[] }) {
  const send = useAct(`/api/cases/${caseId}/messages`);
  const [sent, setSent] = useState(0);
  return (
    <Section title="Messages">
      {messages.length === 0 ? (
        <p className="border border-line bg-sheet px-4 py-6 text-soft">Nobody has written yet.</p>
      ) : (
        <ol className="divide-y divide-line border border-line bg-sheet px-4">
          {messages.map((message) => (
            <li key={message.seq} className="py-3">
              <p className="text-soft">
                <span className="font-medium text-ink">{message.authorName}</span>, <When at={message.at} />
              </p>
              <p className="max-w-prose [overflow-wrap:anywhere] whitespace-pre-wrap">{message.text}</p>
            </li>
          ))}
        </ol>
      )}
      {/* The key empties the form once its text was taken. */}
      <Form
        key={sent}
        className="mt-4 max-w-prose"
        onFormSubmit={({ text }) => send.mutate({ text }, { onSuccess: () => setSent(sent + 1) })}
      >
        <Field name="text" label="Write to everybody at tier 1 and above" rows={3} />
        <Refusal error={send.error} />
        <Button type="submit" disabled={send.isPending} focusableWhenDisabled>
          Send
        </Button>
      </Form>
    </Section>
  );
}
