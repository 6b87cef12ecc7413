import { Button as BaseButton } from '@base-ui/react/button';
import { Field as BaseField } from '@base-ui/react/field';
import type { ComponentProps, ReactNode } from 'react';

export function Button({ quiet = false, ...props }: ComponentProps<typeof BaseButton> & { quiet?: boolean }) {
  const look = quiet ? 'border-line bg-sheet text-ink hover:border-soft' : 'border-accent bg-accent text-page hover:brightness-110';
  return (
    <BaseButton
      className={`cursor-pointer rounded-sm border whitespace-nowrap px-3 py-1.5 font-medium data-disabled:cursor-default data-disabled:opacity-60 ${look}`}
      {...props}
    />
  );
}

interface FieldProps {
  readonly name: string;
  readonly label: string;
  readonly hint?: ReactNode;
  readonly type?: string;
  readonly autoComplete?: string;
  readonly required?: boolean;
  readonly rows?: number;
  /** What stands in it at first. */
  readonly value?: string;
}

const box = 'mt-1 block w-full rounded-sm border border-soft bg-sheet px-2.5 py-1.5 text-ink';

/** One labelled input. Whether the value is right is for the hub to say; only what is missing is asked for here. */
export function Field({ name, label, hint, type = 'text', autoComplete, required = true, rows, value }: FieldProps) {
  return (
    <BaseField.Root name={name} className="mb-4">
      <BaseField.Label className="font-medium">{label}</BaseField.Label>
      {rows ? (
        <BaseField.Control required={required} defaultValue={value} render={<textarea rows={rows} className={box} />} />
      ) : (
        <BaseField.Control type={type} autoComplete={autoComplete} required={required} defaultValue={value} className={box} />
      )}
      {hint && <BaseField.Description className="mt-1 text-soft">{hint}</BaseField.Description>}
      <BaseField.Error match="valueMissing" className="mt-1 text-bad">
        Please fill this in.
      </BaseField.Error>
    </BaseField.Root>
  );
}

interface ChoiceProps {
  readonly name: string;
  readonly label: string;
  readonly hint?: ReactNode;
  /** Value and words; nothing is chosen beforehand unless `chosen` says so. */
  readonly of: readonly (readonly [value: string, words: string])[];
  readonly chosen?: string;
  readonly required?: boolean;
  readonly onChange?: (value: string) => void;
}

/** One of several. */
export function Choice({ name, label, hint, of, chosen, required = true, onChange }: ChoiceProps) {
  return (
    <BaseField.Root name={name} className="mb-4">
      <BaseField.Label className="font-medium">{label}</BaseField.Label>
      <BaseField.Control
        required={required}
        defaultValue={chosen ?? ''}
        {...(onChange ? { onValueChange: onChange } : {})}
        render={
          <select className={box}>
            {chosen === undefined && <option value="">Please choose</option>}
            {of.map(([value, words]) => (
              <option key={value} value={value}>
                {words}
              </option>
            ))}
          </select>
        }
      />
      {hint && <BaseField.Description className="mt-1 text-soft">{hint}</BaseField.Description>}
      <BaseField.Error match="valueMissing" className="mt-1 text-bad">
        Please choose one.
      </BaseField.Error>
    </BaseField.Root>
  );
}
