import { sha256 } from '../../base/canonical.ts';
import type { TreeId } from '../../base/doors.ts';
import { limits } from '../../base/limits.ts';
import { atOnce } from '../at-once.ts';
import type { Trial, Trials } from '../fix.ts';
import type { Looker } from '../look.ts';

export interface Builds {
  readonly before: TreeId;
  readonly after: TreeId;
}

interface Asked {
  /** Of the PoCs, on the unpatched build. */
  readonly families: readonly string[];
  /** Whether an input counts only when it trips the unpatched build at one of their places. */
  readonly mustTrip: boolean;
}

/** One run of each input on the patched build, of some on the unpatched build first; two at once, until the time is up. */
export async function tryInputs(
  looker: Looker,
  { before, after }: Builds,
  inputs: readonly Uint8Array[],
  { families, mustTrip }: Asked,
  signal: AbortSignal | undefined,
): Promise<Trials> {
  const timeUp = AbortSignal.timeout(limits.patchTrialMs);
  const stop = signal ? AbortSignal.any([signal, timeUp]) : timeUp;
  const placeOn = async (input: Uint8Array, tree: TreeId, variant: 'vulnerable' | 'fixed') => {
    const seen = await looker.look(input, tree, variant, stop);
    return seen.saw === 'crash' ? seen.family : null;
  };
  const tried = await atOnce(inputs, limits.boxesAtOnce, async (input): Promise<Trial | 'quiet' | undefined> => {
    if (stop.aborted) return undefined;
    let place = mustTrip ? await placeOn(input, before, 'vulnerable') : null;
    if (mustTrip && (place === null || !families.includes(place))) return undefined;
    const seen = await looker.look(input, after, 'fixed', stop);
    if (seen.saw === 'quiet') return 'quiet';
    if (seen.saw === 'could-not-tell') return mustTrip ? { ...trialOf(input), before: place, after: null, because: seen.because } : 'quiet';
    if (!mustTrip) place = await placeOn(input, before, 'vulnerable');
    return { ...trialOf(input), before: place, after: seen.family, because: null };
  });
  const told = tried.filter((trial) => trial !== undefined);
  return {
    tried: inputs.length,
    tripped: told.length,
    ended: stop.aborted ? 'time' : 'all',
    loud: told.filter((trial) => trial !== 'quiet').slice(0, limits.loudTrials),
  };
}

const trialOf = (input: Uint8Array) => ({
  sha256: sha256(input),
  poc: input.length <= limits.loudTrialBytes ? Buffer.from(input).toString('base64') : null,
});
