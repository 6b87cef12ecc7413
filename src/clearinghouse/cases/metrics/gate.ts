import { type Cut, type Definition, definitions, type World } from './metric.ts';

export interface Cell {
  readonly id: string;
  /** Null where nothing is shown; `because` says why. */
  readonly value: number | null;
  readonly counted: number | null;
  readonly of: number | null;
  readonly because: string | null;
  /** Which cases, packages or reports: for staff alone. */
  readonly keys?: readonly string[];
}

/** How many cases must stand behind whatever can be told from a cut. */
export type Least = Readonly<Record<Cut, number>>;

interface Told {
  readonly keys: Definition['keys'];
  readonly set: ReadonlySet<string>;
}

/**
 * One cut of a period. Beyond staff nothing is shown that fewer than `least` stand behind: no count, no rest of a share, and no difference
 * or overlap of two sets that are shown, which whoever subtracts one number from another would learn. What comes first in the table is shown
 * first. Speed is shown only where its quality is.
 */
export function cutOf(cut: Cut, world: World, least: Least): Cell[] {
  const told: Told[] = [];
  const shown = new Set<string>();
  return definitions
    .filter((definition) => definition.cuts.includes(cut))
    .map((definition): Cell => {
      const { id, keys, unit } = definition;
      const nothing = (because: string): Cell => ({ id, value: null, counted: null, of: null, because });
      if (definition.missing !== null) return nothing(definition.missing);
      if (definition.quality !== null && !shown.has(definition.quality)) return nothing(`not without ${definition.quality}`);
      const { counted, of, days } = definition.measure(world);
      const sets = [counted, ...(of ? [of] : [])].map((list) => ({ keys, set: new Set(list) }));
      if (cut !== 'staff' && !isSafe(sets, told, least[cut]))
        return nothing(`fewer than ${least[cut]} stand behind it, or behind a difference`);
      told.push(...sets);
      const value = unit === 'count' ? counted.length : unit === 'share' ? share(counted.length, of!.length) : median(days!);
      // Without anything to measure there is no share and no median.
      if (value === null) return nothing('nothing in this period');
      shown.add(id);
      const plain = { id, value, counted: counted.length, of: of ? of.length : null, because: null };
      return cut === 'staff' ? { ...plain, keys: counted } : plain;
    });
}

function isSafe(sets: readonly Told[], before: readonly Told[], least: number): boolean {
  const isFew = (n: number) => n > 0 && n < least;
  const all = [...before, ...sets];
  return sets.every(
    (a) =>
      !isFew(a.set.size) &&
      all.every(
        (b) =>
          b.keys !== a.keys ||
          ![a.set.difference(b.set), b.set.difference(a.set), a.set.intersection(b.set)].some((part) => isFew(part.size)),
      ),
  );
}

const share = (n: number, of: number) => (of === 0 ? null : Math.round((n / of) * 1000) / 1000);

/** To the day: what is finer would name a case. */
function median(days: readonly number[]): number | null {
  if (days.length === 0) return null;
  const sorted = days.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return Math.round(sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2);
}
