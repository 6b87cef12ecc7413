import type { TreeId } from '../../base/doors.ts';
import { limits } from '../../base/limits.ts';
import { atOnce } from '../at-once.ts';
import { conclude } from '../conclude.ts';
import { withInput } from '../experiment.ts';
import { type Look, Looker } from '../look.ts';
import { type LabDoors, type OnProgress, runExperiment } from '../run.ts';
import { isReproduced } from '../verdict.ts';
import type { MinimiseEvidence } from './conclude.ts';
import type { PinnedMinimise } from './minimise.ts';
import { Shrinker } from './shrink.ts';

/** The experiment on the input, the search, and the experiment on what was found. It decides nothing: see conclude.ts. */
export async function runMinimise(
  plan: PinnedMinimise,
  doors: LabDoors,
  onProgress: OnProgress = () => {},
  signal?: AbortSignal,
): Promise<MinimiseEvidence> {
  const { spec } = plan;
  const before = await runExperiment(spec, doors, onProgress, signal);
  const evidence: MinimiseEvidence = { minimiseDigest: plan.digest, before, poc: null, after: null, ended: 'stopped', tries: 0, boxes: 0 };
  const verdict = conclude(spec, before);
  if (!isReproduced(verdict.verdict)) return evidence;
  const treeOf = (variant: string) => before.builds.find((build) => build.variant === variant)?.tree;
  const mustBeSilent = verdict.verdict === 'reproduced' ? treeOf('fixed') : undefined;
  const found = await search(plan, { vulnerable: treeOf('vulnerable')!, mustBeSilent }, doors, onProgress, signal);
  const { best, ...counts } = found;
  if (best === spec.poc.bytes) return { ...evidence, ...counts };
  return {
    ...evidence,
    ...counts,
    poc: Buffer.from(best).toString('base64'),
    after: await runExperiment(withInput(spec, best), doors, onProgress, signal),
  };
}

interface Builds {
  readonly vulnerable: TreeId;
  /** The fixed build, where the input as handed in is silent. */
  readonly mustBeSilent: TreeId | undefined;
}

async function search(plan: PinnedMinimise, builds: Builds, doors: LabDoors, onProgress: OnProgress, signal: AbortSignal | undefined) {
  const { spec, tries, wallMs } = plan;
  const timeUp = AbortSignal.timeout(wallMs);
  const stop = signal ? AbortSignal.any([signal, timeUp]) : timeUp;
  const looker = new Looker(spec, doors.box);
  const shrinker = new Shrinker(spec.poc.bytes, { tries, bytes: limits.minimiseBytes });
  const wanted = await looker.look(spec.poc.bytes, builds.vulnerable, 'vulnerable', stop);
  const holds = async (candidate: Uint8Array) => {
    if (!isSame(await looker.look(candidate, builds.vulnerable, 'vulnerable', stop), wanted)) return false;
    if (!builds.mustBeSilent) return true;
    // The smaller input may reach another flaw too, that the fix does not touch.
    return (await looker.look(candidate, builds.mustBeSilent, 'fixed', stop)).saw === 'quiet';
  };
  while (wanted.saw === 'crash') {
    const batch = shrinker.propose(limits.boxesAtOnce);
    if (batch.length === 0) break;
    onProgress({ step: 'minimise', of: `${shrinker.best.length} of ${spec.poc.bytes.length} bytes, ${shrinker.tries} tries` });
    const held = await atOnce(batch, limits.boxesAtOnce, holds);
    // What was killed said nothing.
    if (stop.aborted) break;
    for (const [i, candidate] of batch.entries()) shrinker.hear(candidate, held[i]!);
  }
  const ended: MinimiseEvidence['ended'] = signal?.aborted ? 'stopped' : timeUp.aborted ? 'time' : (shrinker.ended ?? 'stopped');
  return { best: shrinker.best, ended, tries: shrinker.tries, boxes: looker.boxes };
}

function isSame(seen: Look, wanted: Look): boolean {
  return seen.saw === 'crash' && wanted.saw === 'crash' && seen.family === wanted.family;
}
