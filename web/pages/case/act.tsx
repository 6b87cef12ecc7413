import { Form } from '@base-ui/react/form';
import type { ReactNode } from 'react';
import { Button } from '../../parts/form.tsx';
import { Refusal } from '../../parts/refusal.tsx';
import { useAct } from '../../session.ts';
import { Asked } from './asked.tsx';

interface Props {
  readonly path: string;
  readonly label: string;
  readonly button: string;
  readonly children: ReactNode;
}

/** One verb, asked for when it is wanted; what is left empty is not said. */
export function Act({ path, label, button, children }: Props) {
  const act = useAct(path);
  const send = (given: Record<string, unknown>) => act.mutate(Object.fromEntries(Object.entries(given).filter(([, said]) => said !== '')));
  return (
    <Asked label={label}>
      <Form onFormSubmit={send}>
        {children}
        <Refusal error={act.error} />
        <Button type="submit" disabled={act.isPending} focusableWhenDisabled>
          {button}
        </Button>
      </Form>
    </Asked>
  );
}
