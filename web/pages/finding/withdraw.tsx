import { Form } from '@base-ui/react/form';
import { Button, Field } from '../../parts/form.tsx';
import { Section } from '../../parts/page.tsx';
import { Refusal } from '../../parts/refusal.tsx';
import { useAct } from '../../session.ts';
import type { Finding } from '../../wire.ts';

/** Nothing that is found out later changes it. */
export const isOver: readonly Finding['state'][] = ['closed', 'withdrawn', 'corrected'];

/** For its finder only: what was said can be taken back, not unsaid. */
export function Withdraw({ finding }: { finding: Finding }) {
  const act = useAct(`/api/findings/${finding.id}/withdraw`);
  if (isOver.includes(finding.state)) return null;
  return (
    <Section title="Take it back" note="what it committed to stays in the log; to correct it, hand it in corrected">
      <Form className="max-w-md" onFormSubmit={(given) => act.mutate(given)}>
        <Field name="because" label="Why" autoComplete="off" />
        <Refusal error={act.error} />
        <Button quiet type="submit" disabled={act.isPending} focusableWhenDisabled>
          Take it back
        </Button>
      </Form>
    </Section>
  );
}
