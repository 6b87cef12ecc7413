import { Form } from '@base-ui/react/form';
import { Button, Choice, Field } from '../../parts/form.tsx';
import { Happenings } from '../../parts/happenings.tsx';
import { Fact, Facts, Section } from '../../parts/page.tsx';
import { Awaited, Refusal } from '../../parts/refusal.tsx';
import { When } from '../../parts/when.tsx';
import { useAct, useGet, useWho } from '../../session.ts';
import type { Identity, Participant, Participants } from '../../wire.ts';
import { placeIn } from '../case/outside.tsx';
import { StatementForm } from '../case/statement-form.tsx';

const moves: Record<NonNullable<Participant['rm']>, readonly (readonly [string, string])[]> = {
  start: [['receive', 'it has the report']],
  received: [
    ['validate', 'it holds the report for valid'],
    ['invalidate', 'it holds the report for invalid'],
  ],
  invalid: [
    ['validate', 'it holds the report for valid after all'],
    ['close', 'it is done with it'],
  ],
  valid: [
    ['accept', 'it works on it'],
    ['defer', 'it puts it off'],
  ],
  accepted: [
    ['defer', 'it puts it off'],
    ['close', 'it is done with it'],
  ],
  deferred: [
    ['accept', 'it works on it'],
    ['close', 'it is done with it'],
  ],
  closed: [],
};
const observations = [
  ['vendor-aware', 'it knows of the flaw'],
  ['fix-ready', 'its fix is ready'],
  ['fix-deployed', 'its fix is deployed'],
] as const;

/** One participant, and what its coordinator can do. */
export function Selected({ of, all, caseId, close }: { of: Participant; all: Participants; caseId: string; close: () => void }) {
  const who = useWho().data;
  const { coordinates } = who ? placeIn(all, who) : { coordinates: false };
  // Each coordinating organisation acts on those it looks after; the lead on all of them.
  const leadId = all.duties?.find((d) => d.duty === 'lead')?.orgId ?? who?.orgId;
  const looksAfter = coordinates && (of.coordinatorOrgId === who?.orgId || leadId === who?.orgId);
  const others = all.items
    .filter((p) => p.kind === 'coordinator' && p.orgId !== of.coordinatorOrgId)
    .map((p) => [p.orgId ?? '', p.name] as const);
  return (
    <Section
      title={of.name}
      note={
        <Button quiet onClick={close}>
          Close
        </Button>
      }
    >
      <Facts>
        <Fact name="Contact">{of.contact}</Fact>
        <Fact name="Looked after by">{of.coordinatorOrgId && all.orgNames[of.coordinatorOrgId]}</Fact>
        <Fact name="Spoken for by">{of.proxyOrgId && all.orgNames[of.proxyOrgId]}</Fact>
        <Fact name="Added">{of.addedAt && <When at={of.addedAt} />}</Fact>
        <Fact name="First asked">{of.askedAt && <When at={of.askedAt} left />}</Fact>
        <Fact name="Last heard">{of.heardAt && <When at={of.heardAt} left />}</Fact>
        <Fact name="What has happened">{of.vfdpxa && <Happenings state={of.vfdpxa} />}</Fact>
      </Facts>
      {of.proxyOrgId !== null && of.proxyOrgId === who?.orgId && <Known id={of.id} />}
      {looksAfter && of.rm && moves[of.rm].length > 0 && of.standing !== 'withdrawn' && (
        <One
          path={`/api/participants/${of.id}/moves`}
          label="Say how it deals with the report"
          choice={['by', 'What is so?', moves[of.rm]]}
          because
        />
      )}
      {coordinates && of.kind === 'supplier' && (
        <One
          path={`/api/cases/${caseId}/observations`}
          label="Say how far its fix has come"
          choice={['what', 'What has happened?', observations]}
          also={{ participantId: of.id }}
          because
        />
      )}
      {looksAfter && of.kind === 'supplier' && of.orgId === null && all.vulnerabilities && (
        <StatementForm
          caseId={caseId}
          vulnerabilities={all.vulnerabilities}
          ofPackage=""
          forSupplier={of.id}
          label="Write down what it said"
        />
      )}
      {looksAfter && of.kind === 'supplier' && of.orgId === null && <Bind id={of.id} />}
      {looksAfter && others.length > 0 && of.kind !== 'coordinator' && (
        <One path={`/api/participants/${of.id}/coordinator`} label="Have somebody else look after it" choice={['orgId', 'Who?', others]} />
      )}
      {of.kind === 'supplier' && <Listed of={of} mayChange={looksAfter} />}
    </Section>
  );
}

interface OneProps {
  readonly path: string;
  readonly label: string;
  readonly choice: readonly [name: string, label: string, of: readonly (readonly [string, string])[]];
  readonly also?: object;
  readonly because?: boolean;
}

/** One choice, perhaps with a reason, to one verb. */
function One({ path, label, choice: [name, asked, of], also = {}, because = false }: OneProps) {
  const act = useAct(path);
  return (
    <details className="mt-3">
      <summary className="w-fit cursor-pointer text-accent">{label}</summary>
      <Form className="mt-3 max-w-md" onFormSubmit={(given) => act.mutate({ ...given, ...also })}>
        <Choice name={name} label={asked} of={of} />
        {because && <Field name="because" label="How do you know?" />}
        <Refusal error={act.error} />
        <Button type="submit" disabled={act.isPending} focusableWhenDisabled>
          Say so
        </Button>
      </Form>
    </details>
  );
}

function Bind({ id }: { id: string }) {
  const bind = useAct(`/api/participants/${id}/org`);
  return (
    <details className="mt-3">
      <summary className="w-fit cursor-pointer text-accent">It has become a member</summary>
      <Form className="mt-3 max-w-md" onFormSubmit={(given) => bind.mutate(given)}>
        <Field name="orgId" label="Its organisation" hint="The id, org_…" />
        <Refusal error={bind.error} />
        <Button type="submit" disabled={bind.isPending} focusableWhenDisabled>
          Bind
        </Button>
      </Form>
    </details>
  );
}

function Listed({ of, mayChange }: { of: Participant; mayChange: boolean }) {
  const list = useAct(`/api/participants/${of.id}/listed`);
  return (
    <p className="mt-3">
      {of.isListed ? 'The finders and the other suppliers see that it takes part.' : 'Only coordinators see that it takes part.'}{' '}
      {mayChange && (
        <Button quiet onClick={() => list.mutate({ isListed: !of.isListed })} disabled={list.isPending} focusableWhenDisabled>
          {of.isListed ? 'Hide it from them' : 'Show it to them'}
        </Button>
      )}
      <Refusal error={list.error} />
    </p>
  );
}

function Known({ id }: { id: string }) {
  const found = useGet<Identity>(`/api/participants/${id}/identity`);
  return (
    <Awaited of={found}>
      {({ name, contact, credit }) => (
        <p className="mt-3 border-l-4 border-accent bg-sheet px-4 py-3">
          Your organisation alone reads this: {name}, {contact}. {credit ? `To be thanked as ${credit}.` : 'Not to be thanked by name.'}
        </p>
      )}
    </Awaited>
  );
}
