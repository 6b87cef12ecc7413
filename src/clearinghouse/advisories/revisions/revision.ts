import { canonical } from '../../../base/canonical.ts';
import type { Id } from '../../../base/id.ts';
import type { Instant } from '../../../base/instant.ts';
import type { Label } from '../../../base/label.ts';
import type { AdvisoryText } from '../text.ts';

/** One draft as it was. */
export interface Revision {
  readonly advisoryId: Id<'adv'>;
  readonly revision: number;
  readonly text: AdvisoryText;
  readonly digest: string;
  readonly draftedBy: string;
  readonly draftedAt: Instant;
  readonly label: Label;
}

/** A member that was added (`before` absent), removed (`after` absent) or changed. */
interface Change {
  /** JSON pointer (RFC 6901); of a list, the list. */
  readonly at: string;
  readonly before?: unknown;
  readonly after?: unknown;
}

/** What changed between two texts, as a person reads it: lists lose and gain elements, wherever these stood. */
export function changesBetween(before: unknown, after: unknown, at = ''): Change[] {
  if (before === undefined || after === undefined || before === null || after === null)
    return differs(before, after) ? [change(at, before, after)] : [];
  if (Array.isArray(before) && Array.isArray(after)) return listChanges(before, after, at);
  if (typeof before === 'object' && typeof after === 'object' && !Array.isArray(before) && !Array.isArray(after)) {
    const [a, b] = [before as Record<string, unknown>, after as Record<string, unknown>];
    return [...new Set([...Object.keys(a), ...Object.keys(b)])]
      .sort()
      .flatMap((key) => changesBetween(a[key], b[key], `${at}/${escaped(key)}`));
  }
  return differs(before, after) ? [change(at, before, after)] : [];
}

function listChanges(before: readonly unknown[], after: readonly unknown[], at: string): Change[] {
  const left = counted(before);
  const right = counted(after);
  const gone = before.filter((element) => !take(right, element));
  const come = after.filter((element) => !take(left, element));
  // The same elements in another order: for credits the order is the message.
  if (gone.length === 0 && come.length === 0) return differs(before, after) ? [change(at, before, after)] : [];
  return [...gone.map((element) => ({ at, before: element })), ...come.map((element) => ({ at, after: element }))];
}

function counted(list: readonly unknown[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const element of list) counts.set(canonical(element), (counts.get(canonical(element)) ?? 0) + 1);
  return counts;
}

function take(from: Map<string, number>, element: unknown): boolean {
  const key = canonical(element);
  const left = from.get(key) ?? 0;
  from.set(key, left - 1);
  return left > 0;
}

function differs(a: unknown, b: unknown): boolean {
  return (a === undefined) !== (b === undefined) || (a !== undefined && canonical(a) !== canonical(b));
}

function change(at: string, before: unknown, after: unknown): Change {
  return { at, ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) };
}

function escaped(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}
