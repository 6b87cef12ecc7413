import { Field } from '../../parts/form.tsx';
import { Act } from '../case/act.tsx';

interface Props {
  readonly path: string;
  readonly label: string;
  readonly button: string;
}

/** Ends runs: boxes and calls end with them, within two seconds. */
export function Stop(props: Props) {
  return (
    <Act {...props} done="Stopped.">
      <Field
        name="because"
        label="Because"
        rows={2}
        hint="A run that is stopped counts neither for nor against the model, and is not begun again."
      />
    </Act>
  );
}
