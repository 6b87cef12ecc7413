import { Form } from '@base-ui/react/form';
import { Button, Field } from '../../parts/form.tsx';
import { Thing } from '../../parts/happened.tsx';
import { Refusal } from '../../parts/refusal.tsx';
import { When } from '../../parts/when.tsx';
import { useAct } from '../../session.ts';
import type { Leak } from '../../wire.ts';
import { Asked } from './asked.tsx';

/** Each reader's copy is a little different: from a text that leaked, whose it was. */
export function WhoseCopy() {
  const act = useAct<Leak>('/api/leaks');
  return (
    <Asked label="Tell whose copy leaked">
      <Form onFormSubmit={(given) => act.mutate(given)}>
        <Field
          name="text"
          label="The text that leaked, or a part of it"
          rows={5}
          hint="As it was found, with its spaces and line breaks."
        />
        <Refusal error={act.error} />
        <Button type="submit" disabled={act.isPending} focusableWhenDisabled>
          Tell
        </Button>
      </Form>
      {act.data && (
        <div role="status" className="mt-2">
          {act.data.verdict === 'could-not-tell' ? (
            <p>Could not tell: no mark of this hub is in it. Marks may have been taken out, or the text typed anew.</p>
          ) : (
            <ul>
              {act.data.items.map((copy) => (
                <li key={`${copy.caseId} ${copy.holderId}`}>
                  <strong className="font-semibold">{copy.name}</strong>, {copy.marks} {copy.marks === 1 ? 'mark' : 'marks'}, first shown{' '}
                  <When at={copy.firstShownAt} />, case <Thing id={copy.caseId} />
                </li>
              ))}
            </ul>
          )}
        </div>
      )}
    </Asked>
  );
}
