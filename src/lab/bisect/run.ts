import type { Source } from '../../base/doors.ts';
import { limits } from '../../base/limits.ts';
import { isRefusal } from '../../base/refusal.ts';
import { atOnce } from '../at-once.ts';
import { conclude } from '../conclude.ts';
import { recordRun } from '../evidence.ts';
import { withSource } from '../experiment.ts';
import { testBox } from '../fix.ts';
import { sourceOf } from '../recipe.ts';
import { type LabDoors, type OnProgress, runExperiment } from '../run.ts';
import { nameOfPoint, type PinnedBisect, placeOn } from './bisect.ts';
import { answerOf, type BisectEvidence, type TriedPoint } from './evidence.ts';
import { nextPoint, type Told } from './search.ts';

/** The whole experiment on one point of the history after the other; every build is kept for the next search. */
export async function runBisect(
  plan: PinnedBisect,
  doors: LabDoors,
  onProgress: OnProgress = () => {},
  signal?: AbortSignal,
): Promise<BisectEvidence> {
  const evidence: BisectEvidence = { bisectDigest: plan.digest, points: [], tried: [], failure: null };
  const vulnerable = sourceOf(plan.spec.recipe, 'vulnerable')!;
  const line = await doors.sources.history(vulnerable);
  if (isRefusal(line)) return { ...evidence, failure: `its history cannot be had: ${line.because}` };
  const known = placeOn(line, vulnerable);
  if (known < 0) return { ...evidence, failure: `its history does not hold ${nameOfPoint(vulnerable)}` };
  // As the recipe pins it, where it pins more than a name.
  const points = line.map((source, at) => (at === known ? vulnerable : source));
  const told = new Map<number, Told>();
  let family: string | null = null;
  for (let at = nextPoint(points.length, known, told, plan); at !== undefined; at = nextPoint(points.length, known, told, plan)) {
    onProgress({ step: 'bisect', of: nameOfPoint(points[at]!) });
    const tried = await tryPoint(plan, points[at]!, at, doors, signal);
    if (signal?.aborted) return { ...evidence, points, failure: 'it was stopped' };
    const answer = answerOf(plan.spec, points[at]!, tried, family);
    evidence.tried.push(tried);
    told.set(at, answer.told);
    if (at === known) family = answer.family;
    if (at === known && answer.told !== 'affected') break;
  }
  return { ...evidence, points };
}

async function tryPoint(
  { spec }: PinnedBisect,
  source: Source,
  at: number,
  doors: LabDoors,
  signal: AbortSignal | undefined,
): Promise<TriedPoint> {
  const one = withSource(spec, source);
  const experiment = await runExperiment(one, doors, undefined, signal);
  const tree = experiment.builds[0]?.tree;
  if (!tree || conclude(one, experiment).verdict !== 'not-reproduced') return { at, experiment, tests: [] };
  const tests = await atOnce(one.recipe.tests, limits.boxesAtOnce, async (test) => {
    const asked = testBox(one, tree, test);
    return recordRun({ variant: 'vulnerable', input: 'control', index: 0 }, false, asked.argv, await doors.box.run(asked, signal));
  });
  return { at, experiment, tests };
}
