import { Form } from '@base-ui/react/form';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { Button, Field } from '../parts/form.tsx';
import { Gathered, useList } from '../parts/more.tsx';
import { Page, Section } from '../parts/page.tsx';
import { Refusal } from '../parts/refusal.tsx';
import { type Column, Table } from '../parts/table.tsx';
import { useAct } from '../session.ts';
import type { Org, Who } from '../wire.ts';

const comesFor: Record<Who['roles'][number], string> = {
  finder: 'hands in findings',
  maintainer: 'mends the software',
  coordinator: 'runs this clearinghouse: sees every case',
  operator: 'runs software that others wrote',
  developer: 'offers models to be measured',
  evaluator: 'measures models',
};

/** Who is here. Coordinators only. */
export function Organisations() {
  const found = useList<Org>('/api/orgs');
  return (
    <Page title="Organisations">
      <Gathered of={found}>
        {(items) => (
          <Table caption="Organisations, oldest first" columns={columns} rows={items} id={(org) => org.id} empty="Nobody is here yet." />
        )}
      </Gathered>
      <Add />
    </Page>
  );
}

const columns: readonly Column<Org>[] = [
  {
    head: 'Organisation',
    cell: (org) => (
      <Link to="/organisations/$id" params={{ id: org.id }} className="font-medium">
        {org.name}
      </Link>
    ),
  },
  { head: 'Comes as', cell: (org) => org.roles.join(', ') },
  { head: 'Id', cell: (org) => <code className="text-soft [overflow-wrap:anywhere]">{org.id}</code> },
];

function Add() {
  const add = useAct('/api/orgs');
  const [roles, setRoles] = useState<readonly string[]>([]);
  const [added, setAdded] = useState(0);
  const toggle = (role: string, on: boolean) => setRoles(on ? [...roles, role] : roles.filter((r) => r !== role));
  const send = ({ name }: Record<string, unknown>) =>
    add.mutate(
      { name, roles },
      {
        onSuccess: () => {
          setRoles([]);
          setAdded(added + 1);
        },
      },
    );
  return (
    <Section title="Add an organisation" note="its people are invited on its page">
      {/* The key empties the form once it was taken. */}
      <Form key={added} className="max-w-md" onFormSubmit={send}>
        <Field name="name" label="Name" autoComplete="off" />
        <fieldset className="mb-4">
          <legend className="font-medium">Comes as</legend>
          {Object.entries(comesFor).map(([role, words]) => (
            <label key={role} className="flex items-baseline gap-2">
              <input type="checkbox" checked={roles.includes(role)} onChange={(e) => toggle(role, e.target.checked)} />
              <span>
                {role} <span className="text-soft">({words})</span>
              </span>
            </label>
          ))}
        </fieldset>
        <Refusal error={add.error} />
        <Button type="submit" disabled={add.isPending} focusableWhenDisabled>
          Add
        </Button>
      </Form>
    </Section>
  );
}
