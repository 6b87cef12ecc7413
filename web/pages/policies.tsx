import { Form } from '@base-ui/react/form';
import { useState } from 'react';
import { withQuery } from '../api.ts';
import { Button, Choice, Field } from '../parts/form.tsx';
import { Hour, instantOf } from '../parts/hour.tsx';
import { Page, Section } from '../parts/page.tsx';
import { Awaited } from '../parts/refusal.tsx';
import { type Column, Table } from '../parts/table.tsx';
import { When } from '../parts/when.tsx';
import { useGet, useWho } from '../session.ts';
import type { Policy } from '../wire.ts';
import { Act } from './case/act.tsx';

type Found = { items: readonly Policy[] };

/** What projects, lists and reporters have published about embargoes, each with where and when it was read. */
export function PoliciesPage() {
  const isStaff = useWho().data?.roles.includes('coordinator') ?? false;
  const [asked, setAsked] = useState('');
  const known = useGet<Found>('/api/known-embargo-policies');
  return (
    <Page title="Embargo policies">
      <p className="max-w-prose text-soft">
        The shortest binding window governs: a project’s own policy, a list’s cap, what was agreed, and the house’s 21 days where nobody
        says anything.
      </p>
      <Section title="Of one package">
        <Form className="max-w-md" onFormSubmit={(given: Record<string, unknown>) => setAsked(String(given.package).trim())}>
          <Field name="package" label="Package URL" hint="Without version, like pkg:generic/openssl." />
          <Button quiet type="submit">
            Look
          </Button>
        </Form>
        {asked !== '' && <OfPackage key={asked} name={asked} />}
      </Section>
      {isStaff && <Keep />}
      <Section title="That the product brings along" note="what a coordinator keeps under the same name goes before it">
        <Awaited of={known}>
          {({ items }) => (
            <Table caption="Policies of the field" columns={columns} rows={items} id={(policy) => policy.name} empty="None." />
          )}
        </Awaited>
      </Section>
    </Page>
  );
}

function OfPackage({ name }: { name: string }) {
  const found = useGet<Found>(withQuery('/api/embargo-policies', { package: name }));
  return (
    <div className="mt-3">
      <Awaited of={found}>
        {({ items }) => (
          <Table
            caption={`Policies known for ${name}`}
            columns={columns}
            rows={items}
            id={(policy) => `${policy.source} ${policy.name}`}
            empty={`No policy is known for ${name}: what is agreed in the case governs, or the house’s 21 days.`}
          />
        )}
      </Awaited>
    </div>
  );
}

const sources = {
  'project-policy': 'the project itself',
  'list-cap': 'a list the report goes through',
  'reporter-policy': 'whoever reports or coordinates',
} as const;
const starts = {
  opening: 'the opening of the case',
  'fix-ready': 'a fix that is ready',
  bound: 'the hour the case was bound to it',
} as const;
const ai = { private: 'taken in private', public: 'public: no embargo for them', 'not-accepted': 'not taken' } as const;

const columns: readonly Column<Policy>[] = [
  {
    head: 'Policy',
    cell: (policy) => (
      <>
        <span className="font-medium">{policy.name}</span>
        <span className="block text-soft">{sources[policy.source]}</span>
      </>
    ),
  },
  {
    head: 'How long',
    cell: (policy) => (
      <>
        {windows(policy) || 'open-ended'}
        <span className="block text-soft">from {starts[policy.starts]}</span>
      </>
    ),
  },
  {
    head: 'AI and volume',
    cell: (policy) =>
      [
        policy.aiReports && `what AI found: ${ai[policy.aiReports]}`,
        policy.weeklyCap !== null && `at most ${policy.weeklyCap} a week`,
        policy.severityScale && `severity: ${policy.severityScale}`,
      ]
        .filter(Boolean)
        .join('; ') || '–',
  },
  {
    head: 'Read',
    cell: (policy) => (
      <>
        <When at={policy.readAt} />
        <a href={policy.url} rel="noreferrer noopener" className="block [overflow-wrap:anywhere]">
          {policy.url}
        </a>
        {policy.readFrom && <span className="block text-soft">{policy.readFrom}</span>}
      </>
    ),
  },
];

function windows({ min, preferred, max, exploited, detailsAfterFix }: Policy): string {
  return [
    min && `at least ${spelled(min)}`,
    preferred && `preferably ${spelled(preferred)}`,
    max && `at most ${spelled(max)}`,
    exploited && `${spelled(exploited)} once exploited`,
    detailsAfterFix && `details ${spelled(detailsAfterFix)} after the fix`,
  ]
    .filter(Boolean)
    .join(', ');
}

/** `P14D` in words; what is composed of several units is left as it is written. */
function spelled(duration: string): string {
  const days = /^P(\d+)(D|W)$/.exec(duration);
  const hours = /^PT(\d+)H$/.exec(duration);
  if (days) return `${days[1]} ${days[2] === 'W' ? 'week' : 'day'}${days[1] === '1' ? '' : 's'}`;
  return hours ? `${hours[1]} hours` : duration;
}

const durations = ['min', 'preferred', 'max', 'exploited', 'detailsAfterFix'] as const;
const labels = {
  min: 'At least, in days',
  preferred: 'Preferably, in days',
  max: 'At most, in days',
  exploited: 'At most, once it is exploited, in days',
  detailsAfterFix: 'Details wait after the fix, in days',
} as const;

function policyOf(given: Record<string, unknown>): Record<string, unknown> {
  const said = Object.fromEntries(durations.flatMap((name) => (given[name] === undefined ? [] : [[name, `P${Number(given[name])}D`]])));
  const { weeklyCap } = given;
  return { ...given, ...said, readAt: instantOf(given.readAt), ...(weeklyCap === undefined ? {} : { weeklyCap: Number(weeklyCap) }) };
}

const pairs = (of: Readonly<Record<string, string>>) => Object.entries(of);

function Keep() {
  return (
    <Section title="Keep what one has published" note="it binds the open cases of the package from now on">
      <Act path="/api/embargo-policies" label="Keep a policy" button="Keep it" read={policyOf} done="Kept.">
        <Field name="package" label="Of the package" hint="Without version, like pkg:npm/example." />
        <Choice name="source" label="Who says it" of={pairs(sources)} />
        <Field name="name" label="Its name" hint="The same name again replaces it." />
        <Field name="url" label="Where it was read" type="url" />
        <Hour name="readAt" label="When it was read" />
        <Choice name="starts" label="Its time counts from" of={pairs(starts)} chosen="opening" />
        <fieldset className="mb-4 border border-line p-3">
          <legend className="px-1 font-medium">How long; what it does not say stays empty</legend>
          {durations.map((name) => (
            <Field key={name} name={name} label={labels[name]} type="number" required={false} />
          ))}
        </fieldset>
        <Choice
          name="aiReports"
          label="What AI found"
          of={[['', 'it does not say'], ...pairs(ai)] as [string, string][]}
          chosen=""
          required={false}
        />
        <Field name="weeklyCap" label="Reports a week, at most" type="number" required={false} />
        <Field name="severityScale" label="Severity by" required={false} />
      </Act>
    </Section>
  );
}
