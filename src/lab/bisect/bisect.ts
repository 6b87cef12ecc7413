import { digestOf } from '../../base/canonical.ts';
import type { Source } from '../../base/doors.ts';
import { limits } from '../../base/limits.ts';
import { isRefusal, type Refusal, refuse } from '../../base/refusal.ts';
import { type Pinned, type PrepareOptions, prepare } from '../experiment.ts';
import type { Recipe } from '../recipe.ts';
import type { Told } from './search.ts';

/**
 * A search of a history, complete. How it is used, here and on a hub: `prepareBisect` pins (pure, needs the bytes) → `runBisect` works (needs
 * a box and sources, which know the history; no keys) → `concludeBisect` decides from the evidence alone (pure).
 */
export interface PinnedBisect {
  /** Of everything below. */
  readonly digest: string;
  readonly spec: Pinned;
  /** Points that are tried at most; with `all` every one, if there are no more than that. */
  readonly tries: number;
  readonly all: boolean;
}

interface BisectOptions extends PrepareOptions {
  readonly tries?: number;
  readonly all?: boolean;
}

export function prepareBisect(recipe: Recipe, poc: Uint8Array, options: BisectOptions): PinnedBisect | Refusal {
  const { tries = limits.bisectTries, all = false, ...rest } = options;
  if (!Number.isInteger(tries) || tries < 1 || tries > limits.bisectTries)
    return refuse('malformed', `between 1 and ${limits.bisectTries} points`, 'tries');
  const spec = prepare(recipe, poc, rest);
  if (isRefusal(spec)) return spec;
  return { digest: digestOfBisect({ spec, tries, all }), spec, tries, all };
}

/** Recomputed wherever a plan comes back. */
export function digestOfBisect({ spec, tries, all }: Omit<PinnedBisect, 'digest'>): string {
  return digestOf({ experiment: spec.digest, tries, all });
}

/** How people call a point: its version, a position in a patch series, a revision. */
export function nameOfPoint(source: Source): string {
  if (source.kind === 'git') return source.revision;
  if (source.kind === 'archive') return source.sha256;
  if (source.kind !== 'debian' || source.patch === undefined) return source.version;
  return `${source.version} ${source.including ? 'with' : 'before'} ${source.patch}`;
}

/** Where a source lies on a line; a tree before a patch is the tree with the patch before that. */
export function placeOn(points: readonly Source[], source: Source): number {
  const named = points.findIndex((point) => nameOfPoint(point) === nameOfPoint(source));
  if (named >= 0 || source.kind !== 'debian' || source.patch === undefined || source.including) return named;
  const after = points.findIndex((point) => nameOfPoint(point) === nameOfPoint({ ...source, including: true }));
  return after < 0 ? -1 : after - 1;
}

export interface Point {
  readonly name: string;
  /** Measured, unless it is interpolated from its neighbours; `unknown` where they differ or have no answer. */
  readonly told: Told | 'unknown';
  readonly measured: boolean;
  readonly because: string;
}

/** The change lies behind `after` and no later than `by`, by name. `after` null: before all that was looked at. */
export interface NamedBoundary {
  readonly after: string | null;
  readonly by: string;
  /** Nothing lies between the two. */
  readonly exact: boolean;
}

/** One affected range, from which an OSV or vers range is written: introduced.by ≤ affected < fixed.by, or ≤ lastKnownAffected. */
export interface AffectedRange {
  readonly introduced: NamedBoundary;
  readonly lastKnownAffected: string;
  readonly fixed: NamedBoundary | null;
}

export interface Bisection {
  /** `non-monotone`: affected, unaffected and affected again; every stretch is in `ranges`. */
  readonly outcome: 'found' | 'non-monotone' | 'could-not-tell';
  readonly because: string;
  readonly points: readonly Point[];
  readonly ranges: readonly AffectedRange[];
  /** What went wrong and where, of the recipe's own version. */
  readonly family: string | null;
  readonly measured: number;
  readonly interpolated: number;
}
