import { Form } from '@base-ui/react/form';
import { useState } from 'react';
import { Button, Choice, Field } from '../../parts/form.tsx';
import { Section } from '../../parts/page.tsx';
import { Awaited, Refusal } from '../../parts/refusal.tsx';
import { type Column, Table } from '../../parts/table.tsx';
import { When } from '../../parts/when.tsx';
import { useAct, useGet } from '../../session.ts';
import type { Case, Credit } from '../../wire.ts';

const namings = [
  ['organisation', 'by the name of the organisation'],
  ['name', 'by a name or handle of your choice'],
  ['none', 'not at all'],
] as const;
const tools = [
  ['no', 'only that AI had a part, where it had'],
  ['yes', 'which tools and models they were'],
] as const;
const columns: readonly Column<Credit>[] = [
  { head: 'Finder', cell: (credit) => credit.finder },
  { head: 'Is thanked', cell: howOf },
  { head: 'Tools', cell: ({ chosenAt, namesTools }) => (!chosenAt ? '–' : namesTools ? 'may be named' : 'are not named') },
  { head: 'Said', cell: ({ chosenAt }) => (chosenAt ? <When at={chosenAt} /> : '–') },
];

/** How the advisory thanks a finder is the finder's to say, until it is public. */
export function Credits({ of, isFinder }: { of: Case; isFinder: boolean }) {
  const found = useGet<{ items: readonly Credit[] }>(`/api/cases/${of.id}/credits`);
  if (!found.error && found.data?.items.length === 0) return null;
  return (
    <Section title="Thanks" note="as each finder wants it">
      <Awaited of={found}>
        {({ items }) => (
          <>
            <Table caption="How finders are thanked" columns={columns} rows={items} id={(credit) => credit.participantId} empty="" />
            {isFinder && of.state !== 'closed' && items.map((credit) => <Choose key={credit.participantId} credit={credit} />)}
          </>
        )}
      </Awaited>
    </Section>
  );
}

function howOf({ as, name }: Credit): string {
  if (as === null) return 'not said yet';
  if (as === 'none') return 'not at all';
  return as === 'name' ? `as ${name}` : 'by the name of the organisation';
}

function Choose({ credit }: { credit: Credit }) {
  const choose = useAct(`/api/participants/${credit.participantId}/credit`);
  const [as, setAs] = useState<string>(credit.as ?? '');
  const send = ({ namesTools, ...given }: Record<string, unknown>) =>
    choose.mutate({ ...given, namesTools: namesTools === 'yes', findingIds: credit.findingIds });
  return (
    <details className="mt-3">
      <summary className="w-fit cursor-pointer text-accent">Say how you want to be thanked</summary>
      <Form className="mt-3 max-w-md" onFormSubmit={send}>
        <Choice name="as" label="The advisory thanks you" of={namings} {...(credit.as ? { chosen: credit.as } : {})} onChange={setAs} />
        {as === 'name' && <Field name="name" label="Name" value={credit.name ?? ''} hint="Exactly as it is to be printed." />}
        <Choice name="namesTools" label="Of your tools it says" of={tools} chosen={credit.namesTools ? 'yes' : 'no'} />
        <Refusal error={choose.error} />
        <Button type="submit" disabled={choose.isPending} focusableWhenDisabled>
          Say so
        </Button>
      </Form>
    </details>
  );
}
