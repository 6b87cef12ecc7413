import { Form } from '@base-ui/react/form';
import { withQuery } from '../../api.ts';
import { Button, Choice, Field } from '../../parts/form.tsx';
import { Hour, instantOf, zone } from '../../parts/hour.tsx';
import { Fact, Facts } from '../../parts/page.tsx';
import { Awaited, Refusal } from '../../parts/refusal.tsx';
import { When } from '../../parts/when.tsx';
import { useAct, useGet, useWho } from '../../session.ts';
import type { Case, Policy, EmbargoTerms as Terms } from '../../wire.ts';
import { Act } from './act.tsx';
import { Asked } from './asked.tsx';
import { usePlace } from './outside.tsx';

/** Why it ends when it ends, whether it is to be had at all, and what happens by itself. */
export function EmbargoTerms({ of }: { of: Case }) {
  const isStaff = useWho().data?.roles.includes('coordinator') ?? false;
  const { coordinates } = usePlace();
  const found = useGet<Terms>(`/api/cases/${of.id}/embargo?zone=${encodeURIComponent(zone)}`);
  const isOpen = of.state === 'open' && of.embargo?.state !== 'exited';
  return (
    <Awaited of={found}>
      {(terms) => (
        <>
          <Shown terms={terms} />
          {isOpen && of.tier === 0 && !isStaff && <Prefer of={of} />}
          {isOpen && <ReportLeak of={of} />}
          {isOpen && coordinates && <Bind of={of} />}
          {isOpen && coordinates && <DismissLeak of={of} />}
          {isOpen && coordinates && <End of={of} />}
          {of.state === 'open' && coordinates && <Judge of={of} />}
        </>
      )}
    </Awaited>
  );
}

function Shown({ terms }: { terms: Terms }) {
  const { proposal, standing, eligibility } = terms;
  return (
    <div className="mt-3">
      <Facts>
        <Fact name="Written out">
          {terms.endsWritten}
          {!terms.endsOnBusinessDay && <span className="text-care">, on a weekend</span>}
        </Fact>
        <Fact name="To be had">
          {eligibility.verdict === 'could-not-tell' ? 'not known yet' : eligibility.verdict === 'none' ? 'no' : 'yes'}:{' '}
          {eligibility.because}
        </Fact>
        {proposal && (
          <Fact name="Answer by">
            <When at={proposal.answerBy} left />
            {proposal.asked !== undefined && ` (${proposal.accepted} of ${proposal.asked} have accepted)`}; no answer counts as{' '}
            {proposal.silence === 'accept' ? 'accepted' : 'declined'}
          </Fact>
        )}
        {standing.overlap && (
          <Fact name="In common">
            {standing.overlap.isThere ? 'there is a time that suits all' : 'nothing suits all'}
            {standing.overlap.suggested !== undefined && (
              <>
                ; to begin with, <When at={standing.overlap.suggested} />
              </>
            )}
          </Fact>
        )}
        {terms.fastTrack && (
          <Fact name="Fast track">
            since <When at={terms.fastTrack.at} />: {terms.fastTrack.because}
          </Fact>
        )}
      </Facts>
      <details className="mt-3">
        <summary className="w-fit cursor-pointer text-accent">Every window, and what happens by itself</summary>
        <ul className="mt-2 list-disc pl-5">
          {terms.windows.map((w) => (
            <li key={`${w.source} ${w.endsAt}`}>
              <When at={w.endsAt} />: {w.because}
              {w.governs && <strong className="font-semibold"> (governs)</strong>}
            </li>
          ))}
        </ul>
        <h3 className="mt-3 font-semibold">What speaks against an embargo</h3>
        <ul className="list-disc pl-5">
          {eligibility.rows.map((row) => (
            <li key={row.rule}>
              {row.rule.replaceAll('-', ' ')}: {row.holds.replaceAll('-', ' ')}, {row.because}{' '}
              <span className="text-soft">({row.source})</span>
            </li>
          ))}
        </ul>
        <h3 className="mt-3 font-semibold">When it ends</h3>
        <ul className="list-disc pl-5">
          {terms.atExpiry.map((act) => (
            <li key={act}>{act}</li>
          ))}
        </ul>
        <h3 className="mt-3 font-semibold">When it leaks, or is exploited</h3>
        <ul className="list-disc pl-5">
          {terms.onFastTrack.map((act) => (
            <li key={act}>{act}</li>
          ))}
        </ul>
        {terms.interim && (
          <p className="mt-3">
            <strong className="font-semibold">Ready to go out: {terms.interim.title}.</strong> {terms.interim.summary}
          </p>
        )}
      </details>
    </div>
  );
}

function Prefer({ of }: { of: Case }) {
  const act = useAct(`/api/cases/${of.id}/embargo/prefer`);
  const days = (n: unknown) => `P${Number(n)}D`;
  return (
    <Asked label="Say what your organisation could live with">
      <Form onFormSubmit={({ min, preferred, max }) => act.mutate({ min: days(min), preferred: days(preferred), max: days(max) })}>
        <Field name="min" label="At least, in days" type="number" />
        <Field name="preferred" label="Preferably, in days" type="number" />
        <Field
          name="max"
          label="At most, in days"
          type="number"
          hint="From the opening of the case. Others learn only what all have in common."
        />
        <Refusal error={act.error} />
        <Button type="submit" disabled={act.isPending} focusableWhenDisabled>
          Keep
        </Button>
      </Form>
    </Asked>
  );
}

function ReportLeak({ of }: { of: Case }) {
  const act = useAct(`/api/cases/${of.id}/leaks`);
  return (
    <Asked label="Report a leak">
      <Form onFormSubmit={(given) => act.mutate(given)}>
        <Field name="where" label="Where it is" hint="An address, a list, a person." />
        <Field name="what" label="What is there" rows={3} />
        <Refusal error={act.error} />
        <Button type="submit" disabled={act.isPending} focusableWhenDisabled>
          Report
        </Button>
        {act.isSuccess && <p className="mt-2">The desk answers within two hours.</p>}
      </Form>
    </Asked>
  );
}

function Bind({ of }: { of: Case }) {
  const own = useGet<{ items: readonly Policy[] }>(withQuery('/api/embargo-policies', { package: of.package })).data?.items ?? [];
  const known = useGet<{ items: readonly Policy[] }>('/api/known-embargo-policies').data?.items ?? [];
  const names = [...new Set([...own, ...known].map(({ name }) => name))];
  const read = ({ since, ...rest }: Record<string, unknown>) => ({ ...rest, since: instantOf(since) });
  return (
    <Act path={`/api/cases/${of.id}/embargo/bind`} label="Say that a policy binds this case" button="It binds" read={read}>
      <Choice
        name="name"
        label="Which"
        of={names.map((name) => [name, name])}
        hint="It went through that list, or its finder publishes by that policy."
      />
      <Hour name="since" label="Since" hint="When it was posted there, or the supplier was first told." />
    </Act>
  );
}

function DismissLeak({ of }: { of: Case }) {
  return (
    <Act path={`/api/cases/${of.id}/leaks/dismiss`} label="What was reported is no leak" button="Say so" done="The embargo goes on.">
      <Field name="because" label="Why it is none" rows={2} />
    </Act>
  );
}

const reasons = [
  ['leak', 'it leaked'],
  ['public', 'it is public'],
  ['exploit-public', 'an exploit is public'],
  ['attacks', 'attacks were seen'],
  ['attackers-know', 'attackers know its details'],
  ['quorum-ready', 'enough suppliers are ready'],
  ['parties-agree', 'the parties agree'],
] as const;

function End({ of }: { of: Case }) {
  const act = useAct(`/api/cases/${of.id}/embargo/terminate`);
  return (
    <Asked label="End the embargo now">
      <Form onFormSubmit={(given) => act.mutate(given)}>
        <Choice name="reason" label="Why it ends" of={reasons} />
        <Field name="because" label="What is known" hint="Logged; what the flaw is does not belong here." />
        <Refusal error={act.error} />
        <Button type="submit" disabled={act.isPending} focusableWhenDisabled>
          End it
        </Button>
      </Form>
    </Asked>
  );
}

const rules = [
  ['public-tooling', 'found with public AI tooling'],
  ['project-rule', 'the project treats it as public'],
  ['already-public', 'it is public already'],
  ['disclosed-elsewhere', 'another discloser has published'],
] as const;

function Judge({ of }: { of: Case }) {
  const act = useAct(`/api/cases/${of.id}/embargo/eligibility`);
  return (
    <Asked label="Tell whether an embargo is to be had">
      <Form onFormSubmit={({ rule, holds, because }) => act.mutate({ rule, holds: holds === 'yes', because })}>
        <Choice name="rule" label="What was found out" of={rules} />
        <Choice
          name="holds"
          label="It is so"
          of={[
            ['no', 'no'],
            ['yes', 'yes: no embargo is to be had'],
          ]}
        />
        <Field name="because" label="How you know" />
        <Refusal error={act.error} />
        <Button type="submit" disabled={act.isPending} focusableWhenDisabled>
          Record
        </Button>
      </Form>
    </Asked>
  );
}
