import { Form } from '@base-ui/react/form';
import { Tag } from '../../parts/chips.tsx';
import { Button } from '../../parts/form.tsx';
import { Hour, instantOf } from '../../parts/hour.tsx';
import { Section } from '../../parts/page.tsx';
import { Awaited, Refusal } from '../../parts/refusal.tsx';
import { type Column, Table } from '../../parts/table.tsx';
import { releaseTone } from '../../parts/tones.ts';
import { When } from '../../parts/when.tsx';
import { useAct, useGet } from '../../session.ts';
import type { Advisory, Release } from '../../wire.ts';

/** From when on it is public, the same hour for everybody. */
export function Releases({ of, takesPart }: { of: Advisory; takesPart: boolean }) {
  const found = useGet<{ items: Release[] }>(`/api/advisories/${of.id}/releases`);
  return (
    <Section title="Going public" note="the same hour for everybody">
      <Awaited of={found}>
        {({ items }) => (
          <Table
            caption="Releases, oldest first"
            columns={[...columns, publication(takesPart)]}
            rows={items}
            id={(r) => r.id}
            empty="No hour was agreed yet."
          />
        )}
      </Awaited>
      {of.state !== 'approved' && <p className="mt-2 text-soft">An hour is agreed once the text is approved.</p>}
      {of.state === 'approved' && takesPart && <Schedule of={of} />}
      {of.state === 'approved' && !takesPart && <p className="mt-2 text-soft">Who coordinates the case agrees the hour.</p>}
    </Section>
  );
}

const columns: readonly Column<Release>[] = [
  { head: 'Hour', cell: (release) => <When at={release.goLiveAt} left={release.state === 'scheduled'} /> },
  { head: 'State', cell: (release) => <Tag tone={releaseTone[release.state]}>{release.state}</Tag> },
  { head: 'Because', cell: (release) => release.because ?? '–' },
];

const publication = (takesPart: boolean): Column<Release> => ({
  head: 'As',
  cell: (release) => {
    if (release.trackingId) return `${release.trackingId}, version ${release.version}`;
    return takesPart && release.state === 'scheduled' ? <Unschedule of={release} /> : '–';
  },
});

function Unschedule({ of }: { of: Release }) {
  const unschedule = useAct(`/api/releases/${of.id}/unschedule`);
  return (
    <>
      <Button quiet onClick={() => unschedule.mutate({})} disabled={unschedule.isPending} focusableWhenDisabled>
        Take the hour back
      </Button>
      <Refusal error={unschedule.error} />
    </>
  );
}

function Schedule({ of }: { of: Advisory }) {
  const schedule = useAct('/api/releases');
  const send = ({ goLiveAt }: Record<string, unknown>) => schedule.mutate({ advisoryId: of.id, goLiveAt: instantOf(goLiveAt) });
  return (
    <Form className="mt-4 max-w-md" onFormSubmit={send}>
      <Hour name="goLiveAt" label="Goes public at" hint="Not before the embargo ends. Again moves the hour." />
      <Refusal error={schedule.error} />
      <Button type="submit" disabled={schedule.isPending} focusableWhenDisabled>
        Agree this hour
      </Button>
    </Form>
  );
}
