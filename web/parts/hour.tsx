import { Field } from './form.tsx';

/** Where the browser is: what is typed into a field of `Hour` is meant there. */
export const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;

interface Props {
  readonly name: string;
  readonly label: string;
  /** A sentence that stands after the time zone. */
  readonly hint?: string;
  readonly required?: boolean;
}

/** A day and hour; the zone always stands with it. `instantOf` reads what it gives. */
export function Hour({ hint, ...props }: Props) {
  return <Field {...props} type="datetime-local" hint={`In your time zone, ${zone}.${hint ? ` ${hint}` : ''}`} />;
}

/** As the verbs take it. What is no time goes out as it is: the hub then says so, at this field. */
export function instantOf(given: unknown): unknown {
  const at = new Date(String(given ?? ''));
  return Number.isNaN(at.getTime()) ? given : at.toISOString();
}
