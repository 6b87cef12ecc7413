import { Form } from '@base-ui/react/form';
import { type ReactNode, useState } from 'react';
import { Button } from '../../parts/form.tsx';
import { Refusal } from '../../parts/refusal.tsx';
import { useAct } from '../../session.ts';
import { Asked } from './asked.tsx';

type Given = Record<string, unknown>;

interface Props {
  readonly path: string;
  readonly label: string;
  readonly button: string;
  /** The form's words as the verb takes them. */
  readonly read?: (given: Given) => Given;
  /** What is said once it is done, where nothing else on the page would. */
  readonly done?: string;
  readonly children: ReactNode;
}

/** One verb, asked for when it is wanted; what is left empty is not said. */
export function Act({ path, label, button, read = (given) => given, done, children }: Props) {
  const act = useAct(path);
  const [times, setTimes] = useState(0);
  const send = (given: Given) => {
    const said = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== ''));
    act.mutate(read(said), { onSuccess: () => setTimes(times + 1) });
  };
  return (
    <Asked label={label}>
      {/* The key empties the form once it was taken. */}
      <Form key={times} onFormSubmit={send}>
        {children}
        <Refusal error={act.error} />
        <Button type="submit" disabled={act.isPending} focusableWhenDisabled>
          {button}
        </Button>
      </Form>
      {done && times > 0 && (
        <p role="status" className="mt-2">
          {done}
        </p>
      )}
    </Asked>
  );
}
