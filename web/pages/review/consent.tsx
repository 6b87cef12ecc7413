import { Choice } from '../../parts/form.tsx';
import { useWho } from '../../session.ts';
import type { Submission } from '../../wire.ts';
import { Act } from '../case/act.tsx';

type Terms = Submission['flaws'];

/** What becomes of flaws in others' software that the model finds by the way. */
export const flawWords: Record<Terms, string> = {
  kept: 'stay with who measures; nothing is handed on',
  unnamed: 'may be handed on to the clearinghouse, and the model is not named',
  named: 'may be handed on to the clearinghouse, by the model’s name',
};

/** Its developer's word, at any time. */
export function Consent({ submission }: { submission: Submission }) {
  const me = useWho().data;
  if (me?.kind !== 'person' || me.orgId !== submission.orgId || submission.state === 'erased') return null;
  return (
    <Act
      path={`/api/submissions/${submission.id}/consent`}
      label="Say what becomes of flaws it finds by the way"
      button="Say so"
      done="Said."
    >
      <Choice
        name="flaws"
        label="Flaws in others’ software"
        of={Object.entries(flawWords)}
        chosen={submission.flaws}
        hint="It holds from now on: what was handed on before stays handed on. It has no effect on the window or on what is measured."
      />
    </Act>
  );
}
