import { sha256 } from '../../base/canonical.ts';
import type { TreeId } from '../../base/doors.ts';
import { limits } from '../../base/limits.ts';
import { isRefusal, type Refusal, refuse } from '../../base/refusal.ts';
import { atOnce } from '../at-once.ts';
import { recordRun } from '../evidence.ts';
import { type Pinned, type PlannedRun, type PrepareOptions, prepare } from '../experiment.ts';
import { decidePatch, judgeTest, type PatchEvidence, type PatchVerdict, patchBox, type TestOutcome, testBox } from '../fix.ts';
import { Looker } from '../look.ts';
import { checkPatch } from '../patch.ts';
import type { Recipe } from '../recipe.ts';
import { build, buildVariant, howItEnded, type LabDoors, type OnProgress, runOnce } from '../run.ts';
import { see } from '../see.ts';
import { attacksOf, variantsOf } from '../variants/variants.ts';
import { type Builds, tryInputs } from './trials.ts';

const nobody: OnProgress = () => {};

/**
 * Applies a hostile patch in the box, builds, and tries on the result every PoC, every functional test, variants of the PoCs that trip the
 * unpatched build, and inputs thrown at it. What a hub keeps is `evidence`; `decidePatch` says again what it shows.
 */
export async function verifyPatch(
  recipe: Recipe,
  patch: Uint8Array,
  pocs: readonly Uint8Array[],
  options: Pick<PrepareOptions, 'files' | 'observers' | 'runs'>,
  doors: LabDoors,
  onProgress: OnProgress = nobody,
  signal?: AbortSignal,
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
  const base = { patch: sha256(patch), paths: checked.paths, provider: doors.box.id, ...nothingTried };
  const seen = await tryPatch(specs, patch, doors, onProgress, signal);
  const evidence: PatchEvidence = isRefusal(seen) ? { ...base, failure: seen.because } : { ...base, ...seen };
  return { evidence, verdict: decidePatch(evidence) };
}

type Tried = Omit<PatchEvidence, 'patch' | 'paths' | 'provider' | 'failure'>;
const noTrials = { tried: 0, tripped: 0, ended: 'all', loud: [] } as const;
const nothingTried: Omit<Tried, 'tree'> = {
  ...{ pocs: [], families: [], control: [], selfCheck: [], testsBefore: [], testsAfter: [] },
  ...{ variants: noTrials, attacks: noTrials },
};

async function tryPatch(
  specs: readonly Pinned[],
  patch: Uint8Array,
  doors: LabDoors,
  onProgress: OnProgress,
  signal: AbortSignal | undefined,
): Promise<Tried | Refusal> {
  const [first] = specs as [Pinned, ...Pinned[]];
  const { box } = doors;
  const before = await buildVariant(first, 'vulnerable', doors, onProgress, signal);
  if (isRefusal(before)) return before;
  const applied = await box.run(patchBox(first, before.source, patch), signal);
  if (!applied.kept) return refuse('unavailable', `the patch does not apply: patch ${howItEnded(applied)}`);
  onProgress({ step: 'build', of: 'patched' });
  const after = await build(first, applied.kept, box, signal);
  if (isRefusal(after)) return refuse(after.code, `the patched tree does not build: ${after.because}`);
  const looker = new Looker(first, box);
  const builds: Builds = { before: before.tree, after: after.tree };
  const seen = await plannedTrials(specs, builds, looker, doors, onProgress, signal);
  // Whoever fails here has lost already; the rest would only cost time.
  const isLost = decidePatch({ ...nothingTried, ...seen, patch: '', paths: [], provider: '' }).verdict !== 'verified';
  if (isLost) return { tree: after.tree, ...seen, variants: noTrials, attacks: noTrials };
  const { oracle } = first.recipe;
  const share = Math.ceil(limits.patchVariants / specs.length);
  const variants = specs.flatMap(({ poc }) => variantsOf(poc.bytes, oracle.kind, share)).slice(0, limits.patchVariants);
  onProgress({ step: 'run', of: `${variants.length} variants of the PoCs` });
  const known = [...specs.map(({ poc }) => poc.bytes), first.control.bytes, ...variants];
  const attacks = attacksOf(known, sha256(`${sha256(patch)} ${first.digest}`), limits.patchAttacks);
  const tried = await tryInputs(looker, builds, variants, { families: seen.families, mustTrip: true }, signal);
  if (tried.loud.some(({ after: place }) => place !== null && seen.families.includes(place)))
    return { tree: after.tree, ...seen, variants: tried, attacks: noTrials };
  onProgress({ step: 'run', of: `${attacks.length} inputs thrown at the patched build` });
  const thrown = await tryInputs(looker, builds, attacks, { families: seen.families, mustTrip: false }, signal);
  return { tree: after.tree, ...seen, variants: tried, attacks: thrown };
}

/** PoCs, control, self-check and tests: two at once, for none depends on another. */
async function plannedTrials(
  specs: readonly Pinned[],
  builds: Builds,
  looker: Looker,
  { box }: LabDoors,
  onProgress: OnProgress,
  signal: AbortSignal | undefined,
) {
  const [first] = specs as [Pinned, ...Pinned[]];
  const once = async (spec: Pinned, tree: TreeId, run: PlannedRun) => {
    onProgress({ step: 'run', of: `${run.variant} ${run.input} ${run.index + 1}` });
    return see(spec, await runOnce(spec, tree, run, false, box, signal));
  };
  const runTest = async ({ tree, test }: { tree: TreeId; test: Recipe['tests'][number] }): Promise<TestOutcome> => {
    onProgress({ step: 'test', of: test.name });
    const asked = testBox(first, tree, test);
    const run = { variant: 'fixed', input: 'control', index: 0 } as const;
    return judgeTest(test, recordRun(run, false, asked.argv, await box.run(asked, signal)));
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
  const { tests } = first.recipe;
  const asked = [builds.before, builds.after].flatMap((tree) => tests.map((test) => ({ tree, test })));
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
    testsBefore: outcomes.slice(0, tests.length),
    testsAfter: outcomes.slice(tests.length),
  };
}
