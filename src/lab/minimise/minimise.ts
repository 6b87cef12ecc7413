import { digestOf } from '../../base/canonical.ts';
import { limits } from '../../base/limits.ts';
import { isRefusal, type Refusal, refuse } from '../../base/refusal.ts';
import { type Pinned, type PrepareOptions, prepare } from '../experiment.ts';
import type { Recipe } from '../recipe.ts';
import type { Verdict } from '../verdict.ts';

/**
 * A search for a smaller input with the same crash, complete. How it is used, here and on a hub: `prepareMinimise` pins (pure, needs the
 * bytes) → `runMinimise` works (needs a box and sources, no keys) → `concludeMinimise` decides from the evidence alone (pure).
 */
export interface PinnedMinimise {
  /** Of everything below. */
  readonly digest: string;
  /** The whole experiment on the input as it was handed in. */
  readonly spec: Pinned;
  /** Answers that are followed at most, and how long is searched at most. */
  readonly tries: number;
  readonly wallMs: number;
}

interface MinimiseOptions extends PrepareOptions {
  readonly tries?: number;
  readonly wallMs?: number;
}

export function prepareMinimise(recipe: Recipe, poc: Uint8Array, options: MinimiseOptions): PinnedMinimise | Refusal {
  const { tries = limits.minimiseTries, wallMs = limits.minimiseMs, ...rest } = options;
  if (!Number.isInteger(tries) || tries < 1 || tries > limits.minimiseTries)
    return refuse('malformed', `between 1 and ${limits.minimiseTries} tries`, 'tries');
  if (!Number.isInteger(wallMs) || wallMs < 1 || wallMs > limits.minimiseMs)
    return refuse('malformed', `between 1 and ${limits.minimiseMs} ms`, 'wallMs');
  const spec = prepare(recipe, poc, rest);
  if (isRefusal(spec)) return spec;
  const plan = { spec, tries, wallMs };
  return { digest: digestOfMinimise(plan), ...plan };
}

/** Recomputed wherever a plan comes back. */
export function digestOfMinimise({ spec, tries, wallMs }: Omit<PinnedMinimise, 'digest'>): string {
  return digestOf({ experiment: spec.digest, tries, wallMs });
}

export interface Minimised {
  /** `could-not-tell`: the input as it is does not reproduce, or what was found does not hold in a whole experiment. */
  readonly outcome: 'smaller' | 'as-small-as-it-was' | 'could-not-tell';
  readonly because: string;
  /** The smaller input. */
  readonly poc: Uint8Array | null;
  readonly bytes: { readonly before: number; readonly after: number };
  /** What went wrong and where, of both. */
  readonly family: string | null;
  /** `smallest`: no byte, item, element or line can go; otherwise it may not be the smallest. */
  readonly ended: 'smallest' | 'limit' | 'time' | 'stopped';
  /** Answers followed, and boxes used for them. */
  readonly tries: number;
  readonly boxes: number;
  readonly before: Verdict | null;
  /** Of the whole experiment on the smaller input. */
  readonly after: Verdict | null;
}
