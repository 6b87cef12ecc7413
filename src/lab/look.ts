import type { Box, TreeId } from '../base/doors.ts';
import { recordRun } from './evidence.ts';
import { type Pinned, type PlannedRun, runBox, withInput } from './experiment.ts';
import { familyOf } from './family.ts';
import type { Crash, Observation } from './oracle.ts';
import type { Variant } from './recipe.ts';
import { see } from './see.ts';

/** What one run of one input on one build showed; a crash with its family, by name where the place could be named. */
export type Look =
  | Exclude<Observation, { readonly saw: 'crash' }>
  | { readonly saw: 'crash'; readonly crash: Crash; readonly family: string };

/**
 * Looks at many inputs, one run each, for verbs that search and confirm what they found by a whole experiment afterwards. Symbolising costs
 * ten times a run: it is done once for each place on each build.
 */
export class Looker {
  readonly #named = new Map<string, Promise<Crash>>();
  readonly #under: Pinned;
  readonly #box: Pick<Box, 'run'>;
  /** Boxes that were used. */
  boxes = 0;

  /** `under`: an experiment with any input; each that is looked at takes its place. */
  constructor(under: Pinned, box: Pick<Box, 'run'>) {
    this.#under = under;
    this.#box = box;
  }

  async look(bytes: Uint8Array, tree: TreeId, variant: Variant, signal?: AbortSignal): Promise<Look> {
    const spec = withInput(this.#under, bytes);
    const run: PlannedRun = { variant, input: 'poc', index: 0 };
    const seen = await this.#observe(spec, tree, run, false, signal);
    if (seen.saw !== 'crash') return seen;
    const place = `${tree} ${seen.crash.fingerprint}`;
    const named = this.#named.get(place) ?? this.#name(spec, tree, run, seen.crash, signal);
    this.#named.set(place, named);
    const crash = await named;
    return { saw: 'crash', crash, family: familyOf(crash) ?? `${crash.type} at ${crash.fingerprint}` };
  }

  async #observe(spec: Pinned, tree: TreeId, run: PlannedRun, symbolize: boolean, signal: AbortSignal | undefined): Promise<Observation> {
    this.boxes++;
    const asked = runBox(spec, tree, run, symbolize);
    const record = recordRun(run, symbolize, asked.argv, await this.#box.run(asked, signal));
    return see(spec, record);
  }

  /** The symbolised repeat lends its names only if it ended at the same place. */
  async #name(spec: Pinned, tree: TreeId, run: PlannedRun, crash: Crash, signal: AbortSignal | undefined): Promise<Crash> {
    if (spec.recipe.oracle.kind !== 'sanitizer') return crash;
    const again = await this.#observe(spec, tree, run, true, signal);
    return again.saw === 'crash' && again.crash.fingerprint === crash.fingerprint ? again.crash : crash;
  }
}
