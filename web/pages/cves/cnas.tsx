import { Form } from '@base-ui/react/form';
import { useState } from 'react';
import { Button, Field } from '../../parts/form.tsx';
import { Refusal } from '../../parts/refusal.tsx';
import { useAct } from '../../session.ts';
import type { CnasRead } from '../../wire.ts';
import { Asked } from '../case/asked.tsx';

/** The public list of numbering authorities, given as a file: the hub fetches nothing by itself. */
export function ReadCnas() {
  const act = useAct<CnasRead>('/api/cnas');
  const [file, setFile] = useState<File>();
  const send = async ({ url }: Record<string, unknown>) => {
    if (file) act.mutate({ url, list: await file.text() });
  };
  return (
    <Asked label="Read the list of numbering authorities">
      <Form onFormSubmit={(given) => void send(given)}>
        <p className="mb-4">
          <label className="font-medium" htmlFor="cnas">
            CNAsList.json
          </label>
          <input id="cnas" type="file" className="mt-1 block w-full" onChange={(event) => setFile(event.target.files?.[0])} />
        </p>
        <Field name="url" label="Where it is from" type="url" hint="The address it was taken from, with https." />
        <Refusal error={act.error} />
        <Button type="submit" disabled={act.isPending || !file} focusableWhenDisabled>
          Read it
        </Button>
      </Form>
      {act.data && (
        <p role="status" className="mt-2">
          {act.data.read} {act.data.read === 1 ? 'authority was' : 'authorities were'} read
          {act.data.skipped > 0 && `; ${act.data.skipped} ${act.data.skipped === 1 ? 'entry' : 'entries'} left out, not of its shape`}.
        </p>
      )}
    </Asked>
  );
}
