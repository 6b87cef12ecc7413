import { Form } from '@base-ui/react/form';
import { useState } from 'react';
import { Tag } from '../../parts/chips.tsx';
import { Button, Field } from '../../parts/form.tsx';
import { Section } from '../../parts/page.tsx';
import { Awaited, Refusal } from '../../parts/refusal.tsx';
import { type Column, Table } from '../../parts/table.tsx';
import { releaseTone } from '../../parts/tones.ts';
import { When } from '../../parts/when.tsx';
import { useAct, useGet } from '../../session.ts';
import type { Advisory, Release } from '../../wire.ts';

/** From when on it is public, the same hour for everybody. */
export function Releases({ of }: { of: Advisory }) {
  const found = useGet<{ items: Release[] }>(`/api/advisories/${of.id}/releases`);
  return (
    <Section title="Going public" note="the same hour for everybody">
      <Awaited of={found}>
        {({ items }) => (
          <Table caption="Releases, oldest first" columns={columns} rows={items} id={(r) => r.id} empty="No hour was agreed yet." />
        )}
      </Awaited>
      {of.state === 'approved' && <Schedule of={of} />}
    </Section>
  );
}

const columns: readonly Column<Release>[] = [
  { head: 'Hour', cell: (release) => <When at={release.goLiveAt} left={release.state === 'scheduled'} /> },
  { head: 'State', cell: (release) => <Tag tone={releaseTone[release.state]}>{release.state}</Tag> },
  { head: 'Because', cell: (release) => release.because ?? '–' },
  {
    head: 'As',
    cell: (release) => (release.trackingId ? `${release.trackingId}, version ${release.version}` : <Unschedule of={release} />),
  },
];

function Unschedule({ of }: { of: Release }) {
  const unschedule = useAct(`/api/releases/${of.id}/unschedule`);
  if (of.state !== 'scheduled') return '–';
  return (
    <>
      <Button quiet onClick={() => unschedule.mutate({})} disabled={unschedule.isPending} focusableWhenDisabled>
        Take the hour back
      </Button>
      <Refusal error={unschedule.error} />
    </>
  );
}

const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;

function Schedule({ of }: { of: Advisory }) {
  const schedule = useAct('/api/releases');
  const [unread, setUnread] = useState(false);
  const send = ({ goLiveAt }: Record<string, unknown>) => {
    const at = new Date(String(goLiveAt));
    setUnread(Number.isNaN(at.getTime()));
    if (!Number.isNaN(at.getTime())) schedule.mutate({ advisoryId: of.id, goLiveAt: at.toISOString() });
  };
  return (
    <Form className="mt-4 max-w-md" onFormSubmit={send}>
      <Field
        name="goLiveAt"
        label="Goes public at"
        type="datetime-local"
        hint={`In your time zone, ${zone}; not before the embargo ends. Again moves the hour.`}
      />
      {unread && <p className="mb-3 text-bad">This is not a time.</p>}
      <Refusal error={schedule.error} />
      <Button type="submit" disabled={schedule.isPending} focusableWhenDisabled>
        Agree this hour
      </Button>
    </Form>
  );
}
