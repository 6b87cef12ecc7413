import { canonical } from '../../../base/canonical.ts';
import type { Source } from '../source.ts';

/** Something that a format cannot carry: what is read back from it is the source `without` it. */
export interface Loss {
  readonly what: string;
  readonly without: (source: Source) => Source;
}

/** What is left of a source after a format carried it. */
export function carried(source: Source, losses: readonly Loss[]): Source {
  return losses.reduce((left, loss) => loss.without(left), source);
}

/** Of a format's losses those that this source suffers. */
export function lossesOf(source: Source, losses: readonly Loss[]): string[] {
  const found: string[] = [];
  let left = source;
  for (const { what, without } of losses) {
    const next = without(left);
    if (canonical(next) !== canonical(left)) found.push(what);
    left = next;
  }
  return found;
}
