import { Form } from '@base-ui/react/form';
import { useState } from 'react';
import { Button, Choice } from '../../parts/form.tsx';
import { Refusal } from '../../parts/refusal.tsx';
import { useAct } from '../../session.ts';
import type { Knower } from '../../wire.ts';
import { usePlace } from './outside.tsx';

const reasons = [
  ['need-ended', 'what they were needed for is done'],
  ['suspected-breach', 'a breach is suspected: everything of theirs stops at once'],
] as const;

/** Takes somebody out again. On a suspected breach, out of everything: that any coordinator may, whoever coordinates the case. */
export function EndReadIn({ caseId, knowers }: { caseId: string; knowers: readonly Knower[] }) {
  const end = useAct(`/api/cases/${caseId}/read-ins/end`);
  const { coordinates } = usePlace();
  const [ended, setEnded] = useState(0);
  const live = knowers.filter((k) => k.kind === 'person' && (k.state === 'offered' || k.state === 'acknowledged'));
  if (live.length === 0 && ended === 0) return null;
  return (
    <details className="mt-3">
      <summary className="w-fit cursor-pointer text-accent">End somebody's access</summary>
      <Form key={ended} className="mt-3 max-w-md" onFormSubmit={(given) => end.mutate(given, { onSuccess: () => setEnded(ended + 1) })}>
        <Choice name="personId" label="Whose?" of={live.map((k) => [k.holderId, k.name] as const)} />
        <Choice name="because" label="Why does it end?" of={coordinates ? reasons : reasons.slice(1)} />
        <Refusal error={end.error} />
        <Button type="submit" disabled={end.isPending} focusableWhenDisabled>
          End it now
        </Button>
      </Form>
      {ended > 0 && <p role="status">Ended.</p>}
    </details>
  );
}
