import type { Crash } from './oracle.ts';

/**
 * What went wrong and where: the kind of crash, without the size of an access, and the top frame. Equal for one flaw on every build and for
 * every input that reaches it; the rest of the stack says how it was reached. Undefined when nobody named the frames.
 */
export function familyOf({ type, state }: Pick<Crash, 'type' | 'state'>): string | undefined {
  const [top] = state.split('\n');
  if (!top || top === 'NULL') return undefined;
  const kind = type
    .replace(/\b(READ|WRITE)\b.*/, '$1')
    .replaceAll('\n', ' ')
    .trim();
  return top === kind ? kind : `${kind} in ${top}`;
}
