import { Form } from '@base-ui/react/form';
import { useMutation } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { post } from '../api.ts';
import { Button, Field } from '../parts/form.tsx';
import { Gathered, useList } from '../parts/more.tsx';
import { Page, Section } from '../parts/page.tsx';
import { Awaited, Refusal } from '../parts/refusal.tsx';
import { type Column, Table } from '../parts/table.tsx';
import { When } from '../parts/when.tsx';
import { useAct, useGet } from '../session.ts';
import type { Org, Person, Secret } from '../wire.ts';
import { Quota } from './organisation/quota.tsx';

/** One organisation and its people: who may come in, and the link that lets them. */
export function Organisation() {
  const { id } = useParams({ from: '/organisations/$id' });
  const found = useGet<Org>(`/api/orgs/${id}`);
  return (
    <Awaited of={found} page="Organisation">
      {(org) => (
        <Page title={org.name} over={<Link to="/organisations">Organisations</Link>}>
          <p>Comes as {org.roles.join(', ')}.</p>
          <People orgId={org.id} />
          <Quota orgId={org.id} />
          <Invite orgId={org.id} />
        </Page>
      )}
    </Awaited>
  );
}

function People({ orgId }: { orgId: string }) {
  const found = useList<Person>('/api/people', { orgId });
  return (
    <Section title="People" note="there are no passwords: a coordinator makes a link, and sends it however both trust">
      <Gathered of={found}>
        {(items) => (
          <Table caption="People, oldest first" columns={columns} rows={items} id={(person) => person.id} empty="Nobody is invited yet." />
        )}
      </Gathered>
    </Section>
  );
}

const columns: readonly Column<Person>[] = [
  { head: 'Name', cell: (person) => person.name },
  { head: 'E-mail', cell: (person) => <span className="[overflow-wrap:anywhere]">{person.email}</span> },
  { head: 'Id', cell: (person) => <code className="text-soft [overflow-wrap:anywhere]">{person.id}</code> },
  { head: 'Sign-in', cell: (person) => <SignInLink of={person} /> },
];

/** Made anew by every click, and shown only here and now. */
function SignInLink({ of }: { of: Person }) {
  const make = useMutation<Secret, Error>({ mutationFn: () => post<Secret>('/api/links', { personId: of.id }) });
  return (
    <>
      <Button quiet onClick={() => make.mutate()} disabled={make.isPending} focusableWhenDisabled aria-label={`Make a link for ${of.name}`}>
        Make a link
      </Button>
      <Refusal error={make.error} />
      {make.data && (
        <p role="status" className="mt-2">
          <code className="block [overflow-wrap:anywhere] select-all">{`${location.origin}/enter#${make.data.secret}`}</code>
          <span className="text-soft">
            For {of.name} only: works once, until <When at={make.data.expiresAt} />. It is not shown again.
          </span>
        </p>
      )}
    </>
  );
}

function Invite({ orgId }: { orgId: string }) {
  const invite = useAct(`/api/orgs/${orgId}/people`);
  const [invited, setInvited] = useState(0);
  return (
    <Section title="Invite a person">
      {/* The key empties the form once it was taken. */}
      <Form key={invited} className="max-w-md" onFormSubmit={(given) => invite.mutate(given, { onSuccess: () => setInvited(invited + 1) })}>
        <Field name="name" label="Name" autoComplete="off" />
        <Field name="email" label="E-mail" type="email" autoComplete="off" />
        <Refusal error={invite.error} />
        <Button type="submit" disabled={invite.isPending} focusableWhenDisabled>
          Invite
        </Button>
      </Form>
    </Section>
  );
}
