import { Form } from '@base-ui/react/form';
import { Button, Field } from '../../parts/form.tsx';
import { Fact, Facts, Section } from '../../parts/page.tsx';
import { Awaited, Refusal } from '../../parts/refusal.tsx';
import { useAct, useGet } from '../../session.ts';
import type { CvePool } from '../../wire.ts';
import { Asked } from '../case/asked.tsx';
import { Errands } from '../case/errands.tsx';

/** For coordinators: how many CVE ids are ready, what CVE Services has not done, and which flaws have two. */
export function Pool() {
  const found = useGet<CvePool>('/api/cves/pool');
  return (
    <Section title="Pool of CVE ids">
      <Awaited of={found}>
        {(pool) => (
          <>
            <Facts>
              <Fact name="Authority">{pool.cna ?? 'this hub has no account with CVE Services; nothing is reserved'}</Fact>
              <Fact name={`Ready for ${pool.year}`}>{pool.left}</Fact>
              <Fact name="Refilled">
                {pool.most === 0 ? 'never: no size was set' : `up to ${pool.most} when fewer than ${pool.least} are left`}
              </Fact>
              <Fact name="Two ids on one flaw">{pool.doubled.length > 0 && <Doubled of={pool.doubled} />}</Fact>
            </Facts>
            {pool.errands.length > 0 && <Errands of={pool.errands} />}
            <Size pool={pool} />
          </>
        )}
      </Awaited>
    </Section>
  );
}

function Doubled({ of }: { of: CvePool['doubled'] }) {
  return (
    <ul>
      {of.map(({ keep, reject }) => (
        <li key={reject}>
          <code>{keep}</code> stays; <code>{reject}</code> is to be rejected as its duplicate, in its case
        </li>
      ))}
    </ul>
  );
}

function Size({ pool: { least, most } }: { pool: CvePool }) {
  const set = useAct('/api/cves/pool');
  return (
    <Asked label="Set how many are kept">
      <Form
        key={`${least} ${most}`}
        onFormSubmit={(given: Record<string, unknown>) => set.mutate({ least: Number(given.least), most: Number(given.most) })}
      >
        <Field name="least" label="Refill when fewer are left than" type="number" value={String(least)} />
        <Field name="most" label="Up to" type="number" value={String(most)} />
        <Refusal error={set.error} />
        <Button type="submit" disabled={set.isPending} focusableWhenDisabled>
          Set it
        </Button>
      </Form>
    </Asked>
  );
}
