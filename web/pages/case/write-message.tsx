import { Form } from '@base-ui/react/form';
import { useState } from 'react';
import { base64Of } from '../../parts/file.ts';
import { Button, Choice, Field } from '../../parts/form.tsx';
import { Refusal } from '../../parts/refusal.tsx';
import { useAct, useWho } from '../../session.ts';
import type { Case } from '../../wire.ts';

type Options = readonly (readonly [value: string, words: string])[];

/** Who works on a case writes to those who do; who stages its fix, to the coordinators; coordinators to any tier. */
function audiencesFor(tier: number, isStaff: boolean): Options {
  const own: Options = [
    ['1', 'everybody who works on the case (tiers 0 and 1)'],
    ['0', 'finders, maintainers and coordinators (tier 0)'],
  ];
  if (isStaff) return [...own, ['2', 'also who knows the fix and its timing (tiers 0 to 2)'], ['3', 'everybody in the case']];
  const coordinators = ['with', 'the coordinators alone'] as const;
  if (tier > 1) return [coordinators];
  return [...own.slice(0, tier === 0 ? 2 : 1), coordinators];
}

export function Write({ of, authors }: { of: Case; authors: Options }) {
  const send = useAct(`/api/cases/${of.id}/messages`);
  const [sent, setSent] = useState(0);
  const [files, setFiles] = useState<readonly File[]>([]);
  const me = useWho().data;
  const audiences = audiencesFor(of.tier, me?.roles.includes('coordinator') ?? false);
  const others = authors.filter(([id]) => id !== me?.id);
  const submit = async ({ text, audience, mention }: Record<string, unknown>) => {
    const whom = audience === 'with' ? { withId: me?.id } : { tier: Number(audience) };
    const given = await Promise.all(files.map(async (file) => ({ filename: file.name, data: await base64Of(file) })));
    const done = () => {
      setSent(sent + 1);
      setFiles([]);
    };
    send.mutate({ text, ...whom, files: given, mentions: mention ? [mention] : [] }, { onSuccess: done });
  };
  return (
    // The key empties the form once its text was taken.
    <Form key={sent} className="mt-4 max-w-prose" onFormSubmit={(given) => void submit(given)}>
      <Field name="text" label="Your message" rows={3} />
      <Choice name="audience" label="Who reads it" of={audiences} chosen={audiences[0]![0]} />
      {others.length > 0 && <Choice name="mention" label="Name somebody" of={[['', 'nobody'], ...others]} chosen="" required={false} />}
      <p className="mb-4">
        <label className="font-medium" htmlFor="message-files">
          Files
        </label>
        <input
          id="message-files"
          type="file"
          multiple
          className="mt-1 block w-full"
          onChange={(e) => setFiles([...(e.target.files ?? [])])}
        />
      </p>
      <Refusal error={send.error} />
      <Button type="submit" disabled={send.isPending} focusableWhenDisabled>
        Send
      </Button>
    </Form>
  );
}
