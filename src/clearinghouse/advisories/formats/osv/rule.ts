import { isObject, type Obj, objectsIn, type Placed, textsIn } from '../../csaf/json.ts';

export interface OsvResult {
  /** `schema`, a code of the OSV linter (`REC:001`), or the name of a rule of ours. */
  readonly test: string;
  readonly kind: 'error' | 'warning' | 'info';
  /** Of the value that breaks the rule; of the object that lacks it, where it is missing. */
  readonly pointer: string;
  readonly message: string;
}

type Report = (pointer: string, message: string) => void;

/** Looks at a record that may break its schema: whatever has not the right shape is not there. */
export interface Rule {
  readonly test: string;
  readonly kind: 'warning' | 'info';
  readonly run: (record: Obj, report: Report) => void;
}

/** One entry of `affected`, with what it says of its package. */
interface Entry extends Placed<Obj> {
  readonly package: Obj | undefined;
  readonly ecosystem: string | undefined;
  readonly name: string | undefined;
}

export function entriesOf(record: Obj): Entry[] {
  return objectsIn(record, 'affected', '').map((entry) => {
    const named = isObject(entry.value.package) ? entry.value.package : undefined;
    const text = (value: unknown) => (typeof value === 'string' ? value : undefined);
    return { ...entry, package: named, ecosystem: text(named?.ecosystem), name: text(named?.name) };
  });
}

interface Ranged extends Placed<Obj> {
  readonly entry: Entry;
  readonly type: unknown;
  readonly events: readonly Placed<Obj>[];
}

export function rangesOf(record: Obj): Ranged[] {
  return entriesOf(record).flatMap((entry) =>
    objectsIn(entry.value, 'ranges', entry.pointer).map((range) => ({
      ...range,
      entry,
      type: range.value.type,
      events: objectsIn(range.value, 'events', range.pointer),
    })),
  );
}

/** The value of one kind of event, where there is one. */
export function versionOf(event: Obj, kind: string): string | undefined {
  const value = Object.hasOwn(event, kind) ? event[kind] : undefined;
  return typeof value === 'string' ? value : undefined;
}

/** Of a list of ids: those that stand in it before, and whether one is forbidden there. */
export function repeated(record: Obj, member: string, report: Report, forbidden: ReadonlyMap<string, string>): void {
  const seen = new Set<string>();
  for (const { pointer, value } of textsIn(record, member, '')) {
    if (seen.has(value)) report(pointer, 'stands in this list before');
    seen.add(value);
    const why = forbidden.get(value);
    if (why !== undefined) report(pointer, why);
  }
}
