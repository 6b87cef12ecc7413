import { sha256 } from '../../base/canonical.ts';
import type { TreeId } from '../../base/doors.ts';
import { limits } from '../../base/limits.ts';
import { isRefusal, type Refusal } from '../../base/refusal.ts';
import { atOnce } from '../at-once.ts';
import { isFresh, type Trial, type Trials } from '../fix.ts';
import type { Looker } from '../look.ts';

export interface Builds {
  readonly before: TreeId;
  readonly after: TreeId;
}

interface Asked {
  /** Of the PoCs, on the unpatched build. */
  readonly families: readonly string[];
  /** The package's own fixed build, where there is one: made when it is asked for. */
  readonly fixed?: () => Promise<TreeId | Refusal>;
  /** Whether an input counts only when it trips the unpatched build at one of their places. */
  readonly mustTrip: boolean;
}

/** One run of each input on the patched build, of some on the unpatched build first; two at once, until the time is up. */
export async function tryInputs(
  looker: Looker,
  { before, after }: Builds,
  inputs: readonly Uint8Array[],
  { families, fixed, mustTrip }: Asked,
  signal: AbortSignal | undefined,
): Promise<Trials> {
  const timeUp = AbortSignal.timeout(limits.patchTrialMs);
  const stop = signal ? AbortSignal.any([signal, timeUp]) : timeUp;
  const placeOn = async (input: Uint8Array, tree: TreeId, variant: 'vulnerable' | 'fixed') => {
    const seen = await looker.look(input, tree, variant, stop);
    return seen.saw === 'crash' ? seen.family : null;
  };
  let cut = 0;
  const tryOne = async (input: Uint8Array): Promise<Trial | 'quiet' | undefined> => {
    let place = mustTrip ? await placeOn(input, before, 'vulnerable') : null;
    if (mustTrip && (place === null || !families.includes(place))) return undefined;
    const seen = await looker.look(input, after, 'fixed', stop);
    if (seen.saw === 'quiet') return 'quiet';
    if (seen.saw === 'could-not-tell') {
      const { because, isOurs } = seen;
      return mustTrip ? { ...trialOf(input), before: place, after: null, because, isOurs } : 'quiet';
    }
    if (!mustTrip) place = await placeOn(input, before, 'vulnerable');
    const trial = { ...trialOf(input), before: place, after: seen.family, because: null };
    if (!fixed || !isFresh(trial) || families.includes(seen.family)) return trial;
    // Behind a flaw that is mended may stand another, that nobody came to before.
    const known = await fixed();
    if (isRefusal(known)) return { ...trial, after: null, because: `${seen.family}: ${known.because}`, isOurs: true };
    return { ...trial, fixed: await placeOn(input, known, 'fixed') };
  };
  const tried = await atOnce(inputs, limits.boxesAtOnce, async (input) => {
    const told = stop.aborted ? undefined : await tryOne(input);
    if (!stop.aborted) return told;
    // A box that was killed in the middle has not been silent; what was loud before that is kept.
    cut += 1;
    return told === 'quiet' || (told && told.after === null) ? undefined : told;
  });
  const told = tried.filter((trial) => trial !== undefined);
  return {
    tried: inputs.length - cut,
    tripped: told.length,
    ended: cut > 0 ? 'time' : 'all',
    loud: told
      .filter((trial) => trial !== 'quiet')
      .sort((a, b) => weightOf(b, families) - weightOf(a, families))
      .slice(0, limits.loudTrials),
  };
}

/** What decides most is kept first: many that say nothing must not crowd out the one that does. */
function weightOf(trial: Trial, families: readonly string[]): number {
  if (trial.after === null) return 1;
  if (families.includes(trial.after)) return 3;
  return isFresh(trial) ? 2 : 0;
}

const trialOf = (input: Uint8Array) => ({
  sha256: sha256(input),
  poc: input.length <= limits.loudTrialBytes ? Buffer.from(input).toString('base64') : null,
});
