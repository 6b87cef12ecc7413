import { useMemo } from 'react';
import { Section } from '../../parts/page.tsx';
import { Awaited } from '../../parts/refusal.tsx';
import { useGet } from '../../session.ts';
import type { Run, Transcript } from '../../wire.ts';
import { shownOf } from './entries.ts';
import { useEntryAsked } from './entry-link.tsx';
import { stepsOf } from './steps.ts';
import { Steps } from './steps.tsx';
import { Entries } from './transcript.tsx';

/** What was recorded from outside: when what happened, and what was said. All of it is hostile, and text. */
export function RunRecord({ run }: { run: Run }) {
  const transcript = useGet<Transcript>(`/api/runs/${run.id}/transcript`);
  return <Awaited of={transcript}>{(found) => <Recorded run={run} of={found} />}</Awaited>;
}

function Recorded({ run, of }: { run: Run; of: Transcript }) {
  const steps = useMemo(() => stepsOf(of.entries), [of]);
  const all = useMemo(() => shownOf(of.entries), [of]);
  const asked = useEntryAsked();
  const at = asked !== undefined && asked < all.length ? asked : undefined;
  return (
    <>
      <Section title="Course of the run" note="on its own clock, which stands still while no worker is at it">
        <Steps steps={steps} minutes={run.minutes} />
      </Section>
      <Section title="Transcript" note="recorded from outside; shown as text">
        {/* The key begins anew at the entry that was asked for, whatever was searched for before. */}
        <Entries key={at} all={all} sha256={of.sha256} at={at} />
      </Section>
    </>
  );
}
