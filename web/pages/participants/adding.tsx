import { Form } from '@base-ui/react/form';
import { useState } from 'react';
import { Button, Choice, Field } from '../../parts/form.tsx';
import { useWhole } from '../../parts/more.tsx';
import { Section } from '../../parts/page.tsx';
import { Refusal } from '../../parts/refusal.tsx';
import { useAct } from '../../session.ts';
import type { Org } from '../../wire.ts';

/** More suppliers, another coordinator, a finder who wants not to be known. */
export function Adding({ caseId }: { caseId: string }) {
  return (
    <Section title="More participants">
      <Suppliers caseId={caseId} />
      <Coordinator caseId={caseId} />
      <ProxiedFinder caseId={caseId} />
    </Section>
  );
}

/** `name; package, package; contact`, the last two left out where they are not known. */
function suppliersOfLines(text: string) {
  const lines = text.split('\n').map((line) => line.split(';').map((part) => part.trim()));
  return lines
    .filter(([name]) => name)
    .map(([name = '', packages = '', contact]) => {
      const named = name.startsWith('org_') ? { orgId: name } : { name };
      return {
        ...named,
        packages: packages
          .split(',')
          .map((p) => p.trim())
          .filter(Boolean),
        ...(contact ? { contact } : {}),
      };
    });
}

function Suppliers({ caseId }: { caseId: string }) {
  const add = useAct(`/api/cases/${caseId}/suppliers`);
  const [added, setAdded] = useState(0);
  const send = ({ lines }: Record<string, unknown>) =>
    add.mutate({ suppliers: suppliersOfLines(String(lines ?? '')) }, { onSuccess: () => setAdded(added + 1) });
  return (
    <details className="mt-3">
      <summary className="w-fit cursor-pointer text-accent">Add suppliers</summary>
      <Form key={added} className="mt-3 max-w-prose" onFormSubmit={send}>
        <Field
          name="lines"
          label="Suppliers"
          rows={6}
          hint="One a line: name; packages, with commas; contact. A member by its id, org_…, in place of the name."
        />
        <Refusal error={add.error} />
        <Button type="submit" disabled={add.isPending} focusableWhenDisabled>
          Add
        </Button>
      </Form>
    </details>
  );
}

function Coordinator({ caseId }: { caseId: string }) {
  const add = useAct(`/api/cases/${caseId}/coordinators`);
  const orgs = useWhole<Org>('/api/orgs');
  const known = orgs.filter((org) => org.roles.includes('coordinator')).map((org) => [org.id, org.name] as const);
  return (
    <details className="mt-3">
      <summary className="w-fit cursor-pointer text-accent">Let another coordinator in</summary>
      <Form className="mt-3 max-w-md" onFormSubmit={(given) => add.mutate(given)}>
        <Choice name="orgId" label="Coordinating organisation" of={known} />
        <Refusal error={add.error} />
        <Button type="submit" disabled={add.isPending} focusableWhenDisabled>
          Let in
        </Button>
      </Form>
    </details>
  );
}

function ProxiedFinder({ caseId }: { caseId: string }) {
  const add = useAct(`/api/cases/${caseId}/proxied-finders`);
  const [added, setAdded] = useState(0);
  const send = ({ credit, ...given }: Record<string, unknown>) =>
    add.mutate({ ...given, ...(credit ? { credit } : {}) }, { onSuccess: () => setAdded(added + 1) });
  return (
    <details className="mt-3">
      <summary className="w-fit cursor-pointer text-accent">Speak for a finder who wants not to be known</summary>
      <Form key={added} className="mt-3 max-w-md" onFormSubmit={send}>
        <Field name="pseudonym" label="What the others call it" hint="Everybody who sees the finders sees this." />
        <Field name="name" label="Who it is" hint="Your organisation alone reads this; other coordinators do not." />
        <Field name="contact" label="How you reach it" />
        <Field name="credit" label="How it wants to be thanked" required={false} hint="Left empty: not at all." />
        <Refusal error={add.error} />
        <Button type="submit" disabled={add.isPending} focusableWhenDisabled>
          Speak for it
        </Button>
      </Form>
    </details>
  );
}
