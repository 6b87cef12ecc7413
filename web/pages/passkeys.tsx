import { Form } from '@base-ui/react/form';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { post } from '../api.ts';
import { Tag } from '../parts/chips.tsx';
import { Button, Field } from '../parts/form.tsx';
import { Page, Section } from '../parts/page.tsx';
import { Awaited, Refusal } from '../parts/refusal.tsx';
import { type Column, Table } from '../parts/table.tsx';
import { When } from '../parts/when.tsx';
import { makePasskey } from '../passkey.ts';
import { queries, useAct, useGet } from '../session.ts';
import type { Creation, Passkey } from '../wire.ts';

/** One's own passkeys: with what one signs in, and signs the terms of a read-in. */
export function Passkeys() {
  const found = useGet<{ items: readonly Passkey[] }>('/api/passkeys');
  return (
    <Page title="Your passkeys">
      <p className="max-w-prose">
        A passkey is a key that stays on a device of yours: you sign in with it, and you sign with it the terms under which you are read
        into a case. The hub keeps only its public half.
      </p>
      <Awaited of={found}>
        {({ items }) => (
          <Table caption="Your passkeys" columns={columns} rows={items} id={(key) => key.id} empty="You have no passkey yet." />
        )}
      </Awaited>
      <Add />
    </Page>
  );
}

function Add() {
  const [added, setAdded] = useState(0);
  const add = useMutation<void, Error, unknown>({
    async mutationFn(name) {
      const answer = await makePasskey(await post<Creation>('/api/passkeys/offer', {}));
      await post('/api/passkeys', { name, answer });
      await queries.invalidateQueries();
      setAdded(added + 1);
    },
  });
  return (
    <Section title="Add a passkey">
      {/* The key empties the form once it was taken. */}
      <Form key={added} className="max-w-prose" onFormSubmit={({ name }) => add.mutate(name)}>
        <Field name="name" label="What do you call it?" hint="For example: the blue key on my ring." />
        <Refusal error={add.error} />
        <Button type="submit" disabled={add.isPending} focusableWhenDisabled>
          Make it
        </Button>
      </Form>
    </Section>
  );
}

const tones = { usable: 'good', suspended: 'bad', revoked: 'plain' } as const;
const hardware = { yes: 'yes', no: 'no', 'could-not-tell': 'could not tell' } as const;

const columns: readonly Column<Passkey>[] = [
  { head: 'Name', cell: (key) => key.name },
  { head: 'State', cell: (key) => <Tag tone={tones[key.state]}>{key.state}</Tag> },
  {
    head: 'In hardware',
    cell: (key) => (
      <>
        {hardware[key.hardware]}: <span className="text-soft">{key.hardwareBecause}</span>
      </>
    ),
  },
  { head: 'Made', cell: (key) => <When at={key.createdAt} /> },
  { head: 'Last used', cell: (key) => (key.usedAt ? <When at={key.usedAt} /> : 'not yet') },
  { head: 'End it', cell: (key) => (key.state === 'revoked' ? 'ended' : <Revoke of={key} />) },
];

function Revoke({ of }: { of: Passkey }) {
  const revoke = useAct(`/api/passkeys/${of.id}/revoke`);
  return (
    <>
      <Button quiet aria-label={`Revoke ${of.name}`} onClick={() => revoke.mutate({})} disabled={revoke.isPending} focusableWhenDisabled>
        Revoke
      </Button>
      <Refusal error={revoke.error} />
    </>
  );
}
