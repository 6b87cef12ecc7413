import { Form } from '@base-ui/react/form';
import { useState } from 'react';
import { Button, Field } from '../../parts/form.tsx';
import { Fact, Facts, Section } from '../../parts/page.tsx';
import { Awaited, Refusal } from '../../parts/refusal.tsx';
import { type Column, Table } from '../../parts/table.tsx';
import { When } from '../../parts/when.tsx';
import { useAct, useGet } from '../../session.ts';
import type { Quota as OrgQuota } from '../../wire.ts';

/** How many findings a day of this organisation go ahead at once, and from what that was learned. */
export function Quota({ orgId }: { orgId: string }) {
  const found = useGet<OrgQuota>(`/api/findings/quota?orgId=${orgId}`);
  return (
    <Section title="Findings a day" note="learned from what became of its findings; more are received, and wait behind">
      <Awaited of={found}>
        {(quota) => (
          <>
            <Facts>
              <Fact name="Go ahead at once">
                {quota.perDay} a day, {quota.usedToday} today
              </Fact>
              <Fact name="Learned">{quota.set && `${quota.learnedPerDay} a day`}</Fact>
              <Fact name="Set">
                {quota.set && (
                  <>
                    by a coordinator: {quota.set.because}
                    {quota.set.until && (
                      <>
                        {' '}
                        (until <When at={quota.set.until} />)
                      </>
                    )}
                  </>
                )}
              </Fact>
              <Fact name="Said against it">
                {quota.appeal && (
                  <>
                    {quota.appeal.because} (<When at={quota.appeal.at} />)
                  </>
                )}
              </Fact>
            </Facts>
            <div className="mt-3">
              <Table
                caption="Track record, by tool"
                columns={columns}
                rows={quota.records}
                id={(of) => of.tooling}
                empty="Nothing handed in yet."
              />
            </div>
          </>
        )}
      </Awaited>
      <SetQuota orgId={orgId} />
    </Section>
  );
}

const columns: readonly Column<OrgQuota['records'][number]>[] = [
  { head: 'Tool', cell: (of) => of.tooling || 'none named' },
  { head: 'Handed in', cell: (of) => of.submitted },
  { head: 'Replayed', cell: (of) => of.replayed },
  { head: 'Contradicted', cell: (of) => of.contradicted },
  { head: 'Could not tell', cell: (of) => of.undecided },
];

function SetQuota({ orgId }: { orgId: string }) {
  const act = useAct('/api/findings/quota');
  const [done, setDone] = useState(0);
  const send = ({ perDay, because }: Record<string, string>) =>
    act.mutate({ orgId, because, ...(perDay ? { perDay: Number(perDay) } : {}) }, { onSuccess: () => setDone(done + 1) });
  return (
    <details className="mt-3">
      <summary className="cursor-pointer">Set it</summary>
      <Form key={done} className="mt-3 max-w-md" onFormSubmit={(given) => send(given as Record<string, string>)}>
        <Field name="perDay" label="Findings a day" type="number" required={false} hint="Left empty, what was learned counts again." />
        <Field name="because" label="Why" autoComplete="off" />
        <Refusal error={act.error} />
        <Button type="submit" disabled={act.isPending} focusableWhenDisabled>
          Set
        </Button>
      </Form>
    </details>
  );
}
