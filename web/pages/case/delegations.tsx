import { Button, Choice, Field } from '../../parts/form.tsx';
import { Hour, instantOf } from '../../parts/hour.tsx';
import { useWhole } from '../../parts/more.tsx';
import { Section } from '../../parts/page.tsx';
import { Awaited, Refusal } from '../../parts/refusal.tsx';
import { type Column, Table } from '../../parts/table.tsx';
import { When } from '../../parts/when.tsx';
import { useAct, useGet, useWho } from '../../session.ts';
import type { Case, Delegation, Knower, Org } from '../../wire.ts';
import { Act } from './act.tsx';
import { usePlace } from './outside.tsx';
import { abilities, Exclusions, exclusionsFound } from './read-in.tsx';
import { tierWords } from './tiers.ts';

/** Who may read others into the case, within which limits. A delegate sees their own, and brings people by the same gates. */
export function Delegations({ of, isStaff }: { of: Case; isStaff: boolean }) {
  const found = useGet<{ items: readonly Delegation[] }>(`/api/cases/${of.id}/delegations`);
  const me = useWho().data;
  const { coordinates } = usePlace();
  const isOpen = of.state !== 'closed';
  // Nobody is told of a thing that is not theirs: without a delegation there is no section.
  if (!isStaff && (found.error || (found.data?.items.length ?? 0) === 0)) return null;
  return (
    <Section title="Read in by others" note="so many people, of these organisations, no higher, no longer">
      <Awaited of={found}>
        {({ items }) => (
          <>
            <Table
              caption="Delegations in force"
              columns={coordinates && isOpen ? [...columns, revocation(of.id)] : columns}
              rows={items}
              id={(one) => one.id}
              empty="Nobody but the clearinghouse reads people in."
            />
            {coordinates && isOpen && <Delegate caseId={of.id} />}
            {isOpen &&
              items
                .filter((one) => one.delegateId === me?.id)
                .map((one) => <Bring key={one.id} caseId={of.id} under={one} tier={of.tier} />)}
          </>
        )}
      </Awaited>
    </Section>
  );
}

const columns: readonly Column<Delegation>[] = [
  { head: 'Delegate', cell: (one) => one.delegateName },
  { head: 'Of', cell: (one) => one.orgs.map(({ name }) => name).join(', ') },
  { head: 'From tier', cell: (one) => (one.fromTier === 3 ? '3 only' : `${one.fromTier} and below`) },
  { head: 'People', cell: (one) => `${one.used} of ${one.people} brought` },
  { head: 'Until', cell: (one) => <When at={one.expiresAt} left /> },
];

function revocation(caseId: string): Column<Delegation> {
  return { head: 'End', cell: (one) => <Revoke caseId={caseId} of={one} /> };
}

function Revoke({ caseId, of }: { caseId: string; of: Delegation }) {
  const act = useAct(`/api/cases/${caseId}/delegations/revoke`);
  return (
    <>
      <Button quiet onClick={() => act.mutate({ delegationId: of.id })} disabled={act.isPending} focusableWhenDisabled>
        End it<span className="sr-only"> for {of.delegateName}</span>
      </Button>
      <Refusal error={act.error} />
    </>
  );
}

const fromTiers = [
  ['3', `3: ${tierWords[3]} only`],
  ['2', `2 and below: ${tierWords[2]}`],
  ['1', `1 and below: ${tierWords[1]}`],
] as const;

function Delegate({ caseId }: { caseId: string }) {
  const knowers = useGet<{ items: readonly Knower[] }>(`/api/cases/${caseId}/knowers`).data?.items ?? [];
  const orgs = useWhole<Org>('/api/orgs');
  const people = knowers
    .filter((k) => k.kind === 'person' && k.state === 'acknowledged')
    .map((k) => [k.holderId, `${k.name}, ${k.org}`] as const);
  const others = orgs.filter((org) => !org.roles.includes('coordinator')).map((org) => [org.id, org.name] as const);
  if (people.length === 0) return <p className="mt-2 text-soft">Somebody has to be read in before they can read others in.</p>;
  const read = ({ orgId, fromTier, people: most, expiresAt, ...rest }: Record<string, unknown>) => ({
    ...{ ...rest, orgIds: [orgId], fromTier: Number(fromTier), people: Number(most), expiresAt: instantOf(expiresAt) },
  });
  return (
    <Act path={`/api/cases/${caseId}/delegations`} label="Let somebody read others in" button="Delegate" read={read}>
      <Choice name="delegateId" label="Who may" of={people} hint="Somebody who is read in. They answer for whom they bring." />
      <Choice name="orgId" label="The people of" of={others} hint="One organisation a delegation; make another for another." />
      <Choice name="fromTier" label="From tier" of={fromTiers} hint="Never higher than the delegate’s own." />
      <Field name="people" label="How many people" type="number" value="1" />
      <Hour name="expiresAt" label="Until" hint="Who is brought leaves by then too." />
      <Field name="because" label="Because" rows={2} />
    </Act>
  );
}

function Bring({ caseId, under, tier }: { caseId: string; under: Delegation; tier: number }) {
  const left = under.people - under.used;
  if (left <= 0) return <p className="mt-2 text-soft">You have brought as many as this delegation lets you.</p>;
  const tiers = [3, 2, 1].filter((t) => t >= under.fromTier && t >= tier).map((t) => [String(t), `${t}: ${tierWords[t]}`] as const);
  const people = under.orgs.flatMap((org) => org.people.map(({ id, name }) => [id, `${name}, ${org.name}`] as const));
  const read = ({ personId, tier: at, need, ability, ...checks }: Record<string, unknown>) => ({
    ...{ personId, need, ability, tier: Number(at), exclusions: exclusionsFound(checks), expiresAt: under.expiresAt },
  });
  return (
    <Act
      path={`/api/cases/${caseId}/delegations/read-ins`}
      label={`Read somebody in (${left} left)`}
      button="Offer"
      read={read}
      done="Offered: it waits on their desk. You are their sponsor."
    >
      <Choice name="personId" label="Person" of={people} />
      <Field name="need" label="Why does this case need this person?" rows={2} />
      <Choice name="ability" label="What are they able to do?" of={abilities} />
      <Choice name="tier" label="Tier" of={tiers} />
      <Exclusions />
    </Act>
  );
}
