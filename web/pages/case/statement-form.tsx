import { Form } from '@base-ui/react/form';
import { useState } from 'react';
import { Button, Choice, Field } from '../../parts/form.tsx';
import { rangesOfLines } from '../../parts/ranges.ts';
import { Refusal } from '../../parts/refusal.tsx';
import { useAct } from '../../session.ts';

const statuses = [
  ['affected', 'it is affected'],
  ['not-affected', 'it is not affected'],
  ['fixed', 'it is fixed'],
  ['under-investigation', 'we are looking into it'],
  ['unknown', 'we cannot tell'],
] as const;
const justifications = [
  ['component_not_present', 'the component is not in it'],
  ['vulnerable_code_not_present', 'the vulnerable code is not in it'],
  ['vulnerable_code_not_in_execute_path', 'the vulnerable code is never run'],
  ['vulnerable_code_cannot_be_controlled_by_adversary', 'no adversary reaches the vulnerable code'],
  ['inline_mitigations_already_exist', 'something in it prevents exploitation'],
] as const;

interface Props {
  readonly caseId: string;
  readonly vulnerabilities: readonly string[];
  /** What is meant where no package is named; empty where one has to be. */
  readonly ofPackage: string;
  readonly label: string;
  /** A supplier who is no member, for whom a coordinator writes down what it said. */
  readonly forSupplier?: string;
}

/** What a supplier says of its own package and one vulnerability. */
export function StatementForm({ caseId, vulnerabilities, ofPackage, label, forSupplier }: Props) {
  const say = useAct(`/api/cases/${caseId}/statements`);
  const [said, setSaid] = useState(0);
  const [status, setStatus] = useState('');
  const send = ({ ranges, package: name, ...given }: Record<string, unknown>) => {
    const lines = rangesOfLines(String(ranges ?? ''), ofPackage).map(({ introduced, fixed }) => ({ introduced, fixed }));
    const whose = forSupplier === undefined ? {} : { participantId: forSupplier };
    const body = { ...given, ...whose, ...(name ? { package: name } : {}), ...(lines.length > 0 ? { affected: lines } : {}) };
    say.mutate(body, { onSuccess: () => setSaid(said + 1) });
  };
  return (
    <details className="mt-3">
      <summary className="w-fit cursor-pointer text-accent">{label}</summary>
      <Form key={said} className="mt-3 max-w-prose" onFormSubmit={send}>
        {vulnerabilities.length > 1 && (
          <Choice
            name="vulnerabilityId"
            label="Of which vulnerability"
            of={vulnerabilities.map((id, i) => [id, `${i + 1}: ${id}`] as const)}
          />
        )}
        <Choice name="status" label={forSupplier ? 'Its package' : 'Our package'} of={statuses} onChange={setStatus} />
        <Field
          name="package"
          label="Package"
          required={false}
          hint={`As a package URL without version; ${ofPackage || 'the one the case is named after'} when left empty.`}
        />
        {status === 'not-affected' && <Choice name="justification" label="Because" of={justifications} />}
        {(status === 'affected' || status === 'fixed') && (
          <Field
            name="ranges"
            label="Affected versions"
            rows={2}
            required={status === 'fixed'}
            hint="One range a line: from 1.0.0 before 1.4.2."
          />
        )}
        <Field
          name="text"
          label={forSupplier ? 'In its words' : 'In your words'}
          rows={3}
          hint="It may go into the advisory under the supplier’s name."
        />
        {forSupplier && (
          <Field name="heard" label="Where was it heard?" hint="For example: a mail of that day, or the address of a page." />
        )}
        <Refusal error={say.error} />
        <Button type="submit" disabled={say.isPending} focusableWhenDisabled>
          Say so
        </Button>
      </Form>
    </details>
  );
}
