import { Form } from '@base-ui/react/form';
import { useState } from 'react';
import { Button, Choice, Field } from '../../parts/form.tsx';
import { useWhole } from '../../parts/more.tsx';
import { Refusal } from '../../parts/refusal.tsx';
import { useAct, useWho } from '../../session.ts';
import type { Org, Person } from '../../wire.ts';
import { tierWords } from './tiers.ts';

const tiers = [
  ['3', `3: ${tierWords[3]} only`],
  ['2', `2: ${tierWords[2]} only`],
  ['1', `1: ${tierWords[1]}`],
  ['0', `0: ${tierWords[0]}; finders and maintainers only`],
] as const;
export const abilities = [
  ['analyse', 'analyse it'],
  ['patch', 'write the patch'],
  ['test', 'test the patch'],
  ['stage', 'stage the fix'],
] as const;
const exclusions = [
  ['conflict', 'A conflict of interest'],
  ['antitrust', 'An antitrust concern'],
  ['breach', 'An earlier breach'],
  ['sanctions', 'Sanctions'],
] as const;
const answers = [
  ['no', 'looked for, and not found'],
  ['yes', 'found'],
] as const;

/** The three gates as a form. It offers; the case opens when the person has accepted the terms. */
export function ReadIn({ caseId }: { caseId: string }) {
  const offer = useAct(`/api/cases/${caseId}/read-ins`);
  const [offered, setOffered] = useState(0);
  return (
    <details className="mt-3">
      <summary className="w-fit cursor-pointer text-accent">Read somebody in</summary>
      <p className="mt-2 max-w-prose text-soft">
        When in doubt, place lower. Nothing opens before the person accepts the terms on their own desk, and then for them alone.
      </p>
      {/* The key empties the form once it was taken. */}
      <Form
        key={offered}
        className="mt-3 max-w-md"
        onFormSubmit={(given) => offer.mutate(inputOf(given), { onSuccess: () => setOffered(offered + 1) })}
      >
        <Whom />
        <Field name="need" label="Why does this case need this person?" rows={2} />
        <Choice name="ability" label="What are they able to do?" of={abilities} />
        <Choice name="tier" label="Tier" of={tiers} />
        <Exclusions />
        <Choice
          name="emergency"
          label="How are the terms accepted?"
          chosen="no"
          of={[
            ['no', 'signed with a passkey, before anything opens'],
            ['yes', 'an emergency: at once, for 72 hours, signed within them'],
          ]}
        />
        <Refusal error={offer.error} />
        <Button type="submit" disabled={offer.isPending} focusableWhenDisabled>
          Offer
        </Button>
      </Form>
      {offered > 0 && <p role="status">Offered: it waits on their desk.</p>}
    </details>
  );
}

/** What is looked for before anybody is vetted. */
export function Exclusions() {
  return (
    <fieldset className="mb-4 border border-line p-3">
      <legend className="px-1 font-medium">What was looked for</legend>
      {exclusions.map(([name, label]) => (
        <Choice key={name} name={name} label={label} of={answers} />
      ))}
    </fieldset>
  );
}

export function exclusionsFound(checks: Record<string, unknown>): Record<string, boolean> {
  return Object.fromEntries(exclusions.map(([name]) => [name, checks[name] === 'yes']));
}

/** A person of another organisation, and who answers for them. */
export function Whom() {
  const orgs = useWhole<Org>('/api/orgs');
  const [orgId, setOrgId] = useState('');
  const me = useWho().data;
  return (
    <>
      <Choice
        name="orgId"
        label="Organisation"
        of={orgs.filter((org) => !org.roles.includes('coordinator')).map((org) => [org.id, org.name])}
        onChange={setOrgId}
      />
      {orgId && <Persons key={orgId} orgId={orgId} sponsor={me ? [me.id, `${me.name} (you)`] : undefined} />}
    </>
  );
}

function Persons({ orgId, sponsor }: { orgId: string; sponsor: readonly [string, string] | undefined }) {
  const people = useWhole<Person>('/api/people', { orgId }).map(({ id, name, email }) => [id, `${name}, ${email}`] as const);
  return (
    <>
      <Choice name="personId" label="Person" of={people} />
      <Choice
        name="sponsorId"
        label="Who answers for them?"
        hint="Somebody else of their organisation, or a coordinator."
        of={sponsor ? [sponsor, ...people] : people}
      />
    </>
  );
}

function inputOf({ personId, sponsorId, need, ability, tier, emergency, ...checks }: Record<string, unknown>): object {
  return { personId, sponsorId, need, ability, tier: Number(tier), exclusions: exclusionsFound(checks), emergency: emergency === 'yes' };
}
