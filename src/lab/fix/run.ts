import { sha256 } from '../../base/canonical.ts';
import type { Box, BoxResult, BoxSpec, TreeId } from '../../base/doors.ts';
import { limits } from '../../base/limits.ts';
import { isRefusal, type Refusal, refuse } from '../../base/refusal.ts';
import { atOnce } from '../at-once.ts';
import { unhurried } from '../clock.ts';
import { recordRun } from '../evidence.ts';
import { type Pinned, type PlannedRun, type PrepareOptions, prepare, runBox } from '../experiment.ts';
import {
  decidePatch,
  immutableBox,
  judgeTest,
  ownTestBox,
  type PatchEvidence,
  type PatchVerdict,
  patchBox,
  type SeriesStep,
  type TestOutcome,
  testBox,
} from '../fix.ts';
import { Looker } from '../look.ts';
import { checkPatch } from '../patch.ts';
import type { FunctionalTest, Recipe } from '../recipe.ts';
import { build, buildBeside, buildVariant, howItEnded, isOurs, type LabDoors, type OnProgress, runOnce } from '../run.ts';
import { see } from '../see.ts';
import { attacksOf, variantsOf } from '../variants/variants.ts';
import { diffOf } from './mail.ts';
import { compareSight, readSight, sightBox } from './sight.ts';
import { type Builds, tryInputs } from './trials.ts';

const nobody: OnProgress = () => {};

interface VerifyOptions extends Pick<PrepareOptions, 'files' | 'observers' | 'runs' | 'salt'> {
  /** False: what is planned alone, without variants of the PoCs and thrown inputs. */
  readonly search?: boolean;
  /** Tests that came with the patch. */
  readonly ownTests?: readonly FunctionalTest[];
}

/**
 * Applies hostile patches in the box, one after the other, builds, and tries on the result every PoC, every functional test, variants of the
 * PoCs that trip the unpatched build, and inputs thrown at it. What a hub keeps is `evidence`; `decidePatch` says again what it shows.
 */
export async function verifyPatch(
  recipe: Recipe,
  series: readonly Uint8Array[],
  pocs: readonly Uint8Array[],
  options: VerifyOptions,
  doors: LabDoors,
  onProgress: OnProgress = nobody,
  signal?: AbortSignal,
): Promise<{ readonly evidence: PatchEvidence; readonly verdict: PatchVerdict } | Refusal> {
  const paths = new Set<string>();
  for (const patch of series) {
    const checked = checkPatch(recipe, diffOf(patch));
    if (isRefusal(checked)) return checked;
    for (const path of checked.paths) paths.add(path);
  }
  const specs: Pinned[] = [];
  for (const poc of pocs) {
    const spec = prepare(recipe, poc, options);
    if (isRefusal(spec)) return spec;
    specs.push(spec);
  }
  if (specs.length === 0) return refuse('malformed', 'a patch is verified with at least one PoC', 'pocs');
  if (series.length === 0) return refuse('malformed', 'there is no patch', 'patch');
  const patch = sha256(Buffer.concat(series));
  const base = { ...nothingTried, patch, paths: [...paths].sort(), provider: doors.box.id };
  const asked: Asked = {
    specs,
    series,
    patch,
    ownTests: options.ownTests ?? [],
    search: options.search ?? true,
    doors,
    onProgress,
    signal,
  };
  const evidence: PatchEvidence = { ...base, ...(await trySeries(asked)) };
  return { evidence, verdict: decidePatch(evidence) };
}

interface Asked {
  readonly specs: readonly Pinned[];
  readonly series: readonly Uint8Array[];
  readonly patch: string;
  readonly ownTests: readonly FunctionalTest[];
  readonly search: boolean;
  readonly doors: LabDoors;
  readonly onProgress: OnProgress;
  readonly signal: AbortSignal | undefined;
}

type Tried = Omit<PatchEvidence, 'patch' | 'paths' | 'provider'>;
const noTrials = { tried: 0, tripped: 0, ended: 'all', loud: [] } as const;
const nothingTried: Omit<Tried, 'tree'> = {
  ...{ pocs: [], families: [], control: [], selfCheck: [], testsBefore: [], testsAfter: [] },
  ...{ steps: [], ownTests: [], immutable: null, sight: null, variants: noTrials, attacks: noTrials },
};

async function trySeries(asked: Asked): Promise<Partial<Tried>> {
  const { specs, series, doors, onProgress, signal } = asked;
  const [first] = specs as [Pinned, ...Pinned[]];
  const { box } = doors;
  const before = await buildVariant(first, 'vulnerable', doors, onProgress, signal);
  if (isRefusal(before)) return { failure: before.because, failedAt: 'ours' };
  const { trees, failure, failedAt } = await applySeries(first, before.source, series, box, signal);
  const lookAt = (heads: readonly TreeId[]) => stepsOf(asked, heads, new Looker(first, box));
  if (failure !== undefined) return { failure, failedAt, steps: await lookAt(trees) };
  onProgress({ step: 'build', of: 'patched' });
  const after = await buildBeside(first, trees.at(-1)!, before.source, box, signal);
  if (isRefusal(after)) {
    const failedAt = after.at === 'box' ? 'ours' : 'build';
    return { failure: `the patched tree does not build: ${after.because}`, failedAt, steps: await lookAt(trees) };
  }
  const builds: Builds = { before: before.tree, after: after.tree };
  // What is known to end: the control, unpatched. The recipe's tests are held to themselves.
  const runs = unhurried(box, after.tree, () => runBox(first, before.tree, { variant: 'vulnerable', input: 'control', index: 0 }, false));
  const looker = new Looker(first, runs);
  const seen = {
    ...(await plannedTrials(asked, builds, looker, runs)),
    immutable: await immutableOf(first, before.source, trees.at(-1)!, box, signal),
    sight: await sightOf(first, builds, box, onProgress, signal),
    ownTests: await runOwnTests(asked, after.tree, runs),
    steps: await stepsOf(asked, trees, looker),
  };
  // Whoever fails here has lost already; the rest would only cost time.
  const isLost = !asked.search || decidePatch({ ...nothingTried, ...seen, patch: '', paths: [], provider: '' }).verdict !== 'verified';
  return { tree: after.tree, ...seen, ...(isLost ? {} : await searchBeyond(asked, builds, looker, seen.families)) };
}

/** What the clock ends is tried again beside a box that does nothing over the same tree. */
export function applyPatch(spec: Pinned, tree: TreeId, patch: Uint8Array, box: Box, signal: AbortSignal | undefined): Promise<BoxResult> {
  const idle = ({ keep: _, ...asked }: BoxSpec): BoxSpec => ({ ...asked, argv: ['true'] });
  return unhurried(box, tree, idle).run(patchBox(spec, tree, diffOf(patch)), signal);
}

/** The source after each patch; stops at the first that does not apply. */
async function applySeries(spec: Pinned, source: TreeId, series: readonly Uint8Array[], box: Box, signal: AbortSignal | undefined) {
  const trees: TreeId[] = [];
  for (const [i, patch] of series.entries()) {
    const applied = await applyPatch(spec, trees.at(-1) ?? source, patch, box, signal);
    const which = series.length > 1 ? `patch ${i + 1} of ${series.length}` : 'the patch';
    if (applied.kept) trees.push(applied.kept);
    else {
      const failedAt = isOurs(applied) ? ('ours' as const) : ('apply' as const);
      return { trees, failedAt, failure: `${which} does not apply: patch ${howItEnded(applied)}` };
    }
  }
  return { trees };
}

/** Inputs beside the PoCs, and inputs thrown at the patched build. */
async function searchBeyond(
  { specs, patch, doors, onProgress, signal }: Asked,
  builds: Builds,
  looker: Looker,
  families: readonly string[],
) {
  const [first] = specs as [Pinned, ...Pinned[]];
  let made: Promise<TreeId | Refusal> | undefined;
  const fixed = () => {
    made ??= buildVariant(first, 'fixed', doors, onProgress, signal).then((built) => (isRefusal(built) ? built : built.tree));
    return made;
  };
  const under = { families, ...(first.recipe.variants.fixed ? { fixed } : {}) };
  const { oracle } = first.recipe;
  const share = Math.ceil(limits.patchVariants / specs.length);
  const variants = specs.flatMap(({ poc }) => variantsOf(poc.bytes, oracle.kind, share)).slice(0, limits.patchVariants);
  onProgress({ step: 'run', of: `${variants.length} variants of the PoCs` });
  const known = [...specs.map(({ poc }) => poc.bytes), first.control.bytes, ...variants];
  const attacks = attacksOf(known, sha256(`${patch} ${first.digest}`), limits.patchAttacks);
  const tried = await tryInputs(looker, builds, variants, { ...under, mustTrip: true }, signal);
  if (tried.loud.some(({ after: place }) => place !== null && families.includes(place))) return { variants: tried };
  onProgress({ step: 'run', of: `${attacks.length} inputs thrown at the patched build` });
  return { variants: tried, attacks: await tryInputs(looker, builds, attacks, { ...under, mustTrip: false }, signal) };
}

async function immutableOf(spec: Pinned, before: TreeId, after: TreeId, box: Box, signal: AbortSignal | undefined) {
  if (spec.recipe.patch.immutable.length === 0) return null;
  const [was, is] = await atOnce([before, after], limits.boxesAtOnce, (tree) => box.run(immutableBox(spec, tree), signal));
  const digest = ({ end, exit, stdout }: BoxResult) => (end === 'exited' && exit === 0 ? sha256(stdout) : undefined);
  // What could not be looked at is like nothing else.
  return { before: digest(was!) ?? 'not read before', after: digest(is!) ?? 'not read after' };
}

async function sightOf(spec: Pinned, builds: Builds, box: Box, onProgress: OnProgress, signal: AbortSignal | undefined) {
  if (spec.recipe.oracle.kind !== 'sanitizer') return null;
  onProgress({ step: 'test', of: 'whether the sanitizer still watches' });
  const [before, after] = await atOnce([builds.before, builds.after], limits.boxesAtOnce, async (tree) =>
    readSight(await box.run(sightBox(spec, tree), signal)),
  );
  return compareSight(before, after);
}

function runOwnTests(
  { specs: [first], ownTests, onProgress, signal }: Asked,
  tree: TreeId,
  runs: Pick<Box, 'run'>,
): Promise<TestOutcome[]> {
  return atOnce(ownTests, limits.boxesAtOnce, async (test) => {
    onProgress({ step: 'test', of: `its own: ${test.name}` });
    const asked = ownTestBox(first!, tree, test);
    return judgeTest(test, recordRun(patchedControl, false, asked.argv, await runs.run(asked, signal)));
  });
}

const patchedControl = { variant: 'fixed', input: 'control', index: 0 } as const;

/** What each patch of a series of several does with those before it: one build each, one run of each PoC. */
async function stepsOf(
  { specs, series, doors, onProgress, signal }: Asked,
  trees: readonly TreeId[],
  looker: Looker,
): Promise<SeriesStep[]> {
  if (series.length < 2) return [];
  const timeUp = AbortSignal.timeout(limits.seriesMs);
  const stop = signal ? AbortSignal.any([signal, timeUp]) : timeUp;
  const steps: SeriesStep[] = [];
  for (const [i, patch] of series.entries()) {
    const step = (outcome: SeriesStep['outcome'], because: string | null, tripped = 0) =>
      steps.push({ sha256: sha256(patch), outcome, tripped, because });
    const tree = trees[i];
    if (!tree) step(i === trees.length ? 'does-not-apply' : 'could-not-tell', i === trees.length ? null : 'one before it does not apply');
    else if (stop.aborted) step('could-not-tell', 'the time was up');
    else {
      onProgress({ step: 'build', of: `patch ${i + 1} of ${series.length}` });
      const built = await build(specs[0]!, tree, doors.box, stop);
      if (isRefusal(built)) step(built.at === 'build' ? 'does-not-build' : 'could-not-tell', built.because);
      else {
        const looks = await atOnce(specs, limits.boxesAtOnce, ({ poc }) => looker.look(poc.bytes, built.tree, 'fixed', stop));
        const unsure = looks.find((look) => look.saw === 'could-not-tell');
        const tripped = looks.filter((look) => look.saw === 'crash').length;
        if (tripped > 0) step('trips', null, tripped);
        else step(unsure ? 'could-not-tell' : 'stops', unsure ? unsure.because : null);
      }
    }
  }
  return steps;
}

/** PoCs, control, self-check and tests: two at once, for none depends on another. */
async function plannedTrials({ specs, doors, onProgress, signal }: Asked, builds: Builds, looker: Looker, runs: Pick<Box, 'run'>) {
  const [first] = specs as [Pinned, ...Pinned[]];
  const tests = unhurried(doors.box, builds.after, ({ trees, ...test }) => ({ ...test, trees: [{ ...trees[0]!, tree: builds.before }] }));
  const once = async (spec: Pinned, tree: TreeId, run: PlannedRun) => {
    onProgress({ step: 'run', of: `${run.variant} ${run.input} ${run.index + 1}` });
    return see(spec, await runOnce(spec, tree, run, false, runs, signal));
  };
  const runTest = async ({ tree, test }: { tree: TreeId; test: Recipe['tests'][number] }): Promise<TestOutcome> => {
    onProgress({ step: 'test', of: test.name });
    const asked = testBox(first, tree, test);
    return judgeTest(test, recordRun(patchedControl, false, asked.argv, await tests.run(asked, signal)));
  };
  const most = limits.boxesAtOnce;
  const times = Array.from({ length: first.runs }, (_, index) => index);
  const looks = await atOnce(specs, most, ({ poc }) => looker.look(poc.bytes, builds.before, 'vulnerable', signal));
  const after = await atOnce(
    specs.flatMap((spec) => times.map((index) => ({ spec, index }))),
    most,
    ({ spec, index }) => once(spec, builds.after, { variant: 'fixed', input: 'poc', index }),
  );
  const own = first.recipe.selfCheck ? (['control', 'self-check'] as const) : (['control'] as const);
  const [control, ...selfCheck] = await atOnce(own, most, (input) => once(first, builds.after, { variant: 'fixed', input, index: 0 }));
  const toPass = first.recipe.tests;
  const asked = [builds.before, builds.after].flatMap((tree) => toPass.map((test) => ({ tree, test })));
  const outcomes = await atOnce(asked, most, runTest);
  return {
    pocs: specs.map(({ poc }, i) => ({
      sha256: poc.sha256,
      before: looks[i]!,
      after: after.slice(i * times.length, (i + 1) * times.length),
    })),
    families: [...new Set(looks.flatMap((look) => (look.saw === 'crash' ? [look.family] : [])))].sort(),
    control: [control!],
    selfCheck,
    testsBefore: outcomes.slice(0, toPass.length),
    testsAfter: outcomes.slice(toPass.length),
  };
}
