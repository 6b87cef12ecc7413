import { sha256 } from '../base/canonical.ts';
import type { Box, BoxResult, BoxSpec, Fetched, Sources, TreeId } from '../base/doors.ts';
import { limits } from '../base/limits.ts';
import { isRefusal, type Refusal, refuse } from '../base/refusal.ts';
import { atOnce } from './at-once.ts';
import { busy, isInTime } from './clock.ts';
import { type BuildRecord, type Evidence, type RunRecord, recordRun } from './evidence.ts';
import { buildBox, buildKey, type Pinned, type PlannedRun, plannedRuns, runBox } from './experiment.ts';
import { sourceOf, type Variant } from './recipe.ts';
import { see } from './see.ts';

/** With the run.ts of each verb the only file of the lab that touches a door. It decides nothing: see conclude.ts. */
export interface LabDoors {
  readonly box: Box;
  readonly sources: Sources;
}

interface Progress {
  readonly step: 'fetch' | 'build' | 'run' | 'symbolize' | 'test' | 'minimise' | 'bisect';
  readonly of: string;
}
export type OnProgress = (progress: Progress) => void;
const nobody: OnProgress = () => {};

/** Fetch, build, run: nothing but bytes and limits go in, evidence comes out. `signal` kills what runs; the rest then ends as `killed`. */
export async function runExperiment(
  spec: Pinned,
  doors: LabDoors,
  onProgress: OnProgress = nobody,
  signal?: AbortSignal,
): Promise<Evidence> {
  const evidence: Evidence = { specDigest: spec.digest, provider: doors.box.id, builds: [], runs: [] };
  const variants = (['vulnerable', 'fixed'] as const).filter((variant) => spec.recipe.variants[variant]);
  for (const variant of variants) {
    const built = await buildVariant(spec, variant, doors, onProgress, signal);
    if (isRefusal(built)) return { ...evidence, failure: { at: stepOf(built), because: built.because } };
    evidence.builds.push(built);
  }
  const treeOf = (variant: Variant) => evidence.builds.find((build) => build.variant === variant)!.tree;
  const votes = await atOnce(plannedRuns(spec), limits.boxesAtOnce, (run) => {
    onProgress({ step: 'run', of: `${run.variant} ${run.input} ${run.index + 1}` });
    return runOnce(spec, treeOf(run.variant), run, false, doors.box, signal);
  });
  evidence.runs.push(...votes);
  onProgress({ step: 'symbolize', of: 'the crash' });
  evidence.runs.push(...(await symbolized(spec, treeOf, votes, doors.box, signal)));
  return evidence;
}

const stepOf = (refusal: Refusal) => (refusal.at === 'fetch' ? 'fetch' : 'build');

export async function buildVariant(
  spec: Pinned,
  variant: Variant,
  doors: LabDoors,
  onProgress: OnProgress,
  signal?: AbortSignal,
): Promise<BuildRecord | Refusal> {
  onProgress({ step: 'fetch', of: variant });
  const fetched: Fetched | Refusal = await doors.sources.fetch(sourceOf(spec.recipe, variant)!, signal);
  if (isRefusal(fetched)) return refuse(fetched.code, `${variant}: ${fetched.because}`, 'fetch');
  onProgress({ step: 'build', of: variant });
  const built = await build(spec, fetched.tree, doors.box, signal);
  if (isRefusal(built)) return refuse(built.code, `${variant}: ${built.because}`, built.at);
  return { variant, source: fetched.tree, archives: fetched.archives.map((archive) => ({ ...archive })), ...built };
}

type Built = Pick<BuildRecord, 'key' | 'tree' | 'cached'>;

/** What each box is building at this moment, by key. */
const underWay = new WeakMap<Box, Map<string, Promise<unknown>>>();

/** Builds a tree in the box, without network; the same build is never done twice, and one that was stopped goes on at the same step. */
export async function build(spec: Pinned, source: TreeId, box: Box, signal?: AbortSignal): Promise<Built | Refusal> {
  const key = buildKey(spec, source, await box.probe());
  const building = underWay.get(box) ?? new Map<string, Promise<unknown>>();
  underWay.set(box, building);
  // Whoever comes second waits; if the first was stopped or failed, it tries for itself.
  for (let first = building.get(key); first; first = building.get(key)) await first;
  const own = buildOnce(spec, source, key, box, signal);
  const ended = own.then(
    () => building.delete(key),
    () => building.delete(key),
  );
  building.set(key, ended);
  return own;
}

async function buildOnce(spec: Pinned, source: TreeId, key: string, box: Box, signal: AbortSignal | undefined): Promise<Built | Refusal> {
  const known = await box.cached(key);
  if (known) return { key, tree: known, cached: true };
  let tree = source;
  for (const [i, step] of spec.recipe.build.steps.entries()) {
    const built = await buildStep(buildBox(spec, tree, step), sha256(`${key} ${i}`), box, signal);
    if (isRefusal(built)) return built;
    tree = built;
  }
  await box.remember(key, tree);
  return { key, tree, cached: false };
}

/**
 * Of a tree that somebody changed, beside `known`, of which it is known that it builds. What the clock ends is refused at `build` where it ends it
 * twice and `known` is built between the two in half of the time, or else at `box`: the machine is busy (docs/decisions/0050).
 */
export async function buildBeside(spec: Pinned, source: TreeId, known: TreeId, box: Box, signal?: AbortSignal): Promise<Built | Refusal> {
  const first = await build(spec, source, box, signal);
  if (!isRefusal(first) || first.at !== 'clock') return first;
  if (!(await isBuiltInTime(spec, known, box, signal))) return refuse('unavailable', `${first.because} (${busy})`, 'box');
  const again = await build(spec, source, box, signal);
  if (!isRefusal(again) || again.at !== 'clock') return again;
  return refuse(again.code, `${again.because} (twice, and between the two the unchanged tree was built in time)`, 'build');
}

/** From nothing: how long it took when it was remembered says nothing of now. */
async function isBuiltInTime(spec: Pinned, source: TreeId, box: Box, signal: AbortSignal | undefined): Promise<boolean> {
  let tree = source;
  for (const step of spec.recipe.build.steps) {
    const asked = buildBox(spec, tree, step);
    const result = await box.run(asked, signal);
    if (!result.kept || !isInTime(result, asked)) return false;
    tree = result.kept;
  }
  return true;
}

/** Refused at `box` where it failed us, at `clock` where its time was up (a busy machine is slow), at `build` where it does not build. */
async function buildStep(asked: BoxSpec, key: string, box: Box, signal: AbortSignal | undefined): Promise<TreeId | Refusal> {
  const known = await box.cached(key);
  if (known) return known;
  const result = await box.run(asked, signal);
  const at = isOurs(result) ? 'box' : result.end === 'timeout' ? 'clock' : 'build';
  if (!result.kept) return refuse('unavailable', `${asked.argv[0]} ${howItEnded(result)}`, at);
  await box.remember(key, result.kept);
  return result.kept;
}

/** It ended so whatever ran in it. */
export const isOurs = ({ end }: Pick<BoxResult, 'end'>) => end === 'box-failed' || end === 'killed';

export function howItEnded(result: BoxResult): string {
  // Neither a text nor a document of the database holds NUL or half a character.
  const said = Buffer.concat([result.stdout, result.stderr]).toString('utf8').replaceAll('\0', '').trim().slice(-1000).toWellFormed();
  const how = result.end === 'exited' ? `exited with ${result.exit}` : `ended by ${result.end}`;
  return `${how}${result.because ? ` (${result.because})` : ''}${said ? `: ${said}` : ''}`;
}

/** One run of a planned experiment on one build. */
export async function runOnce(
  spec: Pinned,
  tree: TreeId,
  run: PlannedRun,
  symbolize: boolean,
  box: Pick<Box, 'run'>,
  signal?: AbortSignal,
): Promise<RunRecord> {
  const asked = runBox(spec, tree, run, symbolize);
  return recordRun(run, symbolize, asked.argv, await box.run(asked, signal));
}

/** Symbolising costs ten times a run: once for each build that crashed, on top of the N that vote. */
async function symbolized(
  spec: Pinned,
  treeOf: (variant: Variant) => TreeId,
  runs: readonly RunRecord[],
  box: Box,
  signal?: AbortSignal,
): Promise<RunRecord[]> {
  if (spec.recipe.oracle.kind !== 'sanitizer') return [];
  const repeats: RunRecord[] = [];
  for (const variant of ['vulnerable', 'fixed'] as const) {
    const crashed = runs.find((run) => run.variant === variant && run.input === 'poc' && see(spec, run).saw === 'crash');
    if (!crashed) continue;
    const { input, index } = crashed;
    repeats.push(await runOnce(spec, treeOf(variant), { variant, input, index }, true, box, signal));
  }
  return repeats;
}
