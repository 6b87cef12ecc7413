import { sha256 } from '../base/canonical.ts';
import type { Box, BoxResult, BoxSpec, Fetched, Sources, TreeId } from '../base/doors.ts';
import { limits } from '../base/limits.ts';
import { isRefusal, type Refusal, refuse } from '../base/refusal.ts';
import { atOnce } from './at-once.ts';
import { type BuildRecord, type Evidence, type RunRecord, recordRun } from './evidence.ts';
import {
  buildBox,
  buildKey,
  nonceOf,
  type Pinned,
  type PlannedRun,
  type PrepareOptions,
  plannedRuns,
  prepare,
  runBox,
} from './experiment.ts';
import { decidePatch, judgeTest, type PatchEvidence, type PatchVerdict, patchBox, type TestOutcome, testBox } from './fix.ts';
import { type Observation, observe } from './oracle.ts';
import { checkPatch } from './patch.ts';
import { type Recipe, sourceOf, type Variant } from './recipe.ts';

/** With matrix/run.ts the only file of the lab that touches a door. It decides nothing: see conclude.ts and fix.ts. */
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

const stepOf = (refusal: Refusal) => (refusal.at === 'build' ? 'build' : 'fetch');

async function buildVariant(
  spec: Pinned,
  variant: Variant,
  doors: LabDoors,
  onProgress: OnProgress,
  signal?: AbortSignal,
): Promise<BuildRecord | Refusal> {
  onProgress({ step: 'fetch', of: variant });
  const fetched: Fetched | Refusal = await doors.sources.fetch(sourceOf(spec.recipe, variant)!);
  if (isRefusal(fetched)) return refuse(fetched.code, `${variant}: ${fetched.because}`, 'fetch');
  onProgress({ step: 'build', of: variant });
  const built = await build(spec, fetched.tree, doors.box, signal);
  if (isRefusal(built)) return refuse(built.code, `${variant}: ${built.because}`, 'build');
  return { variant, source: fetched.tree, archives: fetched.archives.map((archive) => ({ ...archive })), ...built };
}

/** Builds a tree in the box, without network; the same build is never done twice, and one that was stopped goes on at the same step. */
export async function build(
  spec: Pinned,
  source: TreeId,
  box: Box,
  signal?: AbortSignal,
): Promise<Pick<BuildRecord, 'key' | 'tree' | 'cached'> | Refusal> {
  const key = buildKey(spec, source);
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

async function buildStep(asked: BoxSpec, key: string, box: Box, signal: AbortSignal | undefined): Promise<TreeId | Refusal> {
  const known = await box.cached(key);
  if (known) return known;
  const result = await box.run(asked, signal);
  if (!result.kept) return refuse('unavailable', `${asked.argv[0]} ${howItEnded(result)}`, 'build');
  await box.remember(key, result.kept);
  return result.kept;
}

export function howItEnded(result: BoxResult): string {
  // Neither a text nor a document of the database holds NUL or half a character.
  const said = Buffer.concat([result.stdout, result.stderr]).toString('utf8').replaceAll('\0', '').trim().slice(-1000).toWellFormed();
  const how = result.end === 'exited' ? `exited with ${result.exit}` : `ended by ${result.end}`;
  return `${how}${result.because ? ` (${result.because})` : ''}${said ? `: ${said}` : ''}`;
}

/** One run of a planned experiment on one build. */
async function runOnce(
  spec: Pinned,
  tree: TreeId,
  run: PlannedRun,
  symbolize: boolean,
  box: Box,
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
    const crashed = runs.find(
      (run) =>
        run.variant === variant && run.input === 'poc' && observe(spec.recipe.oracle, run, nonceOf(spec.digest, run)).saw === 'crash',
    );
    if (!crashed) continue;
    const { input, index } = crashed;
    repeats.push(await runOnce(spec, treeOf(variant), { variant, input, index }, true, box, signal));
  }
  return repeats;
}

interface PatchOptions {
  readonly files: PrepareOptions['files'];
  readonly observers?: PrepareOptions['observers'];
  readonly runs?: number;
}

/** Applies a hostile patch in the box, builds, and tries every PoC and every functional test on the result. */
export async function verifyPatch(
  recipe: Recipe,
  patch: Uint8Array,
  pocs: readonly Uint8Array[],
  options: PatchOptions,
  doors: LabDoors,
  onProgress: OnProgress = nobody,
): Promise<{ readonly evidence: PatchEvidence; readonly verdict: PatchVerdict } | Refusal> {
  const checked = checkPatch(recipe, patch);
  if (isRefusal(checked)) return checked;
  const specs: Pinned[] = [];
  for (const poc of pocs) {
    const spec = prepare(recipe, poc, options);
    if (isRefusal(spec)) return spec;
    specs.push(spec);
  }
  if (specs.length === 0) return refuse('malformed', 'a patch is verified with at least one PoC', 'pocs');
  const nothing = { pocs: [], control: [], selfCheck: [], testsBefore: [], testsAfter: [] };
  const base = { patch: sha256(patch), paths: checked.paths, provider: doors.box.id, ...nothing };
  const seen = await tryPatch(specs, patch, doors, onProgress);
  const evidence: PatchEvidence = isRefusal(seen) ? { ...base, failure: seen.because } : { ...base, ...seen };
  return { evidence, verdict: decidePatch(evidence) };
}

type Tried = Omit<PatchEvidence, 'patch' | 'paths' | 'provider' | 'failure'>;

async function tryPatch(specs: readonly Pinned[], patch: Uint8Array, doors: LabDoors, onProgress: OnProgress): Promise<Tried | Refusal> {
  const [first] = specs as [Pinned, ...Pinned[]];
  const { box } = doors;
  const before = await buildVariant(first, 'vulnerable', doors, onProgress);
  if (isRefusal(before)) return before;
  const applied = await box.run(patchBox(first, before.source, patch));
  if (!applied.kept) return refuse('unavailable', `the patch does not apply: patch ${howItEnded(applied)}`);
  onProgress({ step: 'build', of: 'patched' });
  const after = await build(first, applied.kept, box);
  if (isRefusal(after)) return refuse(after.code, `the patched tree does not build: ${after.because}`);
  const see = async (spec: Pinned, tree: TreeId, run: PlannedRun) => {
    onProgress({ step: 'run', of: `${run.variant} ${run.input} ${run.index + 1}` });
    return observe(spec.recipe.oracle, await runOnce(spec, tree, run, false, box), nonceOf(spec.digest, run));
  };
  const pocs: PatchEvidence['pocs'][number][] = [];
  for (const spec of specs) {
    const silenced: Observation[] = [];
    for (let index = 0; index < spec.runs; index++) silenced.push(await see(spec, after.tree, { variant: 'fixed', input: 'poc', index }));
    pocs.push({
      sha256: spec.poc.sha256,
      before: await see(spec, before.tree, { variant: 'vulnerable', input: 'poc', index: 0 }),
      after: silenced,
    });
  }
  const selfChecks = first.recipe.selfCheck ? [await see(first, after.tree, { variant: 'fixed', input: 'self-check', index: 0 })] : [];
  return {
    tree: after.tree,
    pocs,
    control: [await see(first, after.tree, { variant: 'fixed', input: 'control', index: 0 })],
    selfCheck: selfChecks,
    testsBefore: await runTests(first, before.tree, box, onProgress),
    testsAfter: await runTests(first, after.tree, box, onProgress),
  };
}

async function runTests(spec: Pinned, tree: TreeId, box: Box, onProgress: OnProgress): Promise<TestOutcome[]> {
  const outcomes: TestOutcome[] = [];
  for (const test of spec.recipe.tests) {
    onProgress({ step: 'test', of: test.name });
    const asked = testBox(spec, tree, test);
    const run = { variant: 'fixed', input: 'control', index: 0 } as const;
    outcomes.push(judgeTest(test, recordRun(run, false, asked.argv, await box.run(asked))));
  }
  return outcomes;
}
