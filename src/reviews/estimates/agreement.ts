import { oneSided } from './shares.ts';
import type { Bounds } from './statistics.ts';

/** One run graded twice, neither grader knowing the other's grade. */
export interface Pair<Category> {
  readonly task: string;
  readonly first: Category;
  readonly second: Category;
}

/** How far the second grades of a drawn sample agree with the first. */
export interface Agreement {
  /** Runs that were drawn, and second grades given as yet. */
  readonly asked: number;
  readonly given: number;
  readonly tasks: number;
  readonly agreed: number;
  readonly confidence: number;
  /** Share of pairs that agree. Null where nothing is given. */
  readonly raw: { readonly share: number; readonly interval: Bounds } | null;
  /** Null as well where both graders only ever gave one and the same grade: agreement by chance is then certain. */
  readonly kappa: Coefficient | null;
  readonly ac1: Coefficient | null;
}

interface Coefficient {
  readonly value: number;
  readonly interval: Bounds;
}

/**
 * Agreement beyond chance: Cohen 1960 (κ, chance by each grader's own shares) and Gwet 2008 (AC1, chance by how mixed the grades are at all, which
 * does not collapse where nearly all are alike). Intervals are those of the raw share (Clopper-Pearson, a task for a trial), carried over with the
 * chance agreement that was found; where all agree they have a width all the same.
 */
export function agreementOf<Category>(
  pairs: readonly Pair<Category>[],
  { asked, categories, confidence }: { readonly asked: number; readonly categories: readonly Category[]; readonly confidence: number },
): Agreement {
  const n = pairs.length;
  const shots = pairs.map(({ task, first, second }) => ({ task, isSolved: first === second }));
  const agreed = shots.filter(({ isSolved }) => isSolved).length;
  const about = { asked, given: n, tasks: new Set(pairs.map(({ task }) => task)).size, agreed, confidence };
  if (n === 0) return { ...about, raw: null, kappa: null, ac1: null };
  const [share, interval] = [agreed / n, oneSided(shots, (1 - confidence) / 2)];
  const shareOf = (by: 'first' | 'second', category: Category) => pairs.filter((pair) => pair[by] === category).length / n;
  const shares = categories.map((category) => [shareOf('first', category), shareOf('second', category)] as const);
  const byOwn = shares.reduce((sum, [a, b]) => sum + a * b, 0);
  const byMix = shares.reduce((sum, [a, b]) => sum + ((a + b) / 2) * (1 - (a + b) / 2), 0) / (categories.length - 1);
  const beyond = (chance: number): Coefficient | null => {
    // Rounding leaves a little below one.
    if (chance > 1 - 1e-12) return null;
    const of = (raw: number) => Math.max(-1, (raw - chance) / (1 - chance));
    return { value: of(share), interval: { low: of(interval.low), high: of(interval.high) } };
  };
  return { ...about, raw: { share, interval }, kappa: beyond(byOwn), ac1: beyond(byMix) };
}
