import { Field } from '../../parts/form.tsx';
import { Act } from './act.tsx';

/** What speed is measured against: a fix that was disclosed, and broke something. */
export function Regressed({ caseId }: { caseId: string }) {
  return (
    <Act path={`/api/cases/${caseId}/regressions`} label="Record that the fix broke something" button="Record it">
      <Field name="because" label="What did it break?" rows={2} hint="Counted once a case, beside how fast fixes are." />
    </Act>
  );
}
