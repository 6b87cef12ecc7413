import type { Source } from '../../src/base/doors.ts';
import { isRefusal, type Refusal, refuse } from '../../src/base/refusal.ts';
import { conclude } from '../../src/lab/conclude.ts';
import { type Evidence, recordRun } from '../../src/lab/evidence.ts';
import { type Pinned, prepare } from '../../src/lab/experiment.ts';
import { judgeTest, testBox } from '../../src/lab/fix.ts';
import { filesOf, type Recipe } from '../../src/lab/recipe.ts';
import { buildVariant, type LabDoors, runExperiment } from '../../src/lab/run.ts';
import type { Verdict } from '../../src/lab/verdict.ts';
import type { Target } from './library.ts';

/** One PoC on the builds of its recipe, as the lab judged it. */
export interface PocTrial {
  readonly poc: string;
  readonly bytes: number;
  readonly expected: Verdict['verdict'];
  readonly verdict: Verdict['verdict'];
  readonly because: string;
  readonly counts: Verdict['counts'];
  readonly type: string;
  readonly state: string;
  readonly buildMs: number;
  readonly verdictMs: number;
}

export interface Trial {
  readonly id: string;
  /** None where the tests alone were run. */
  readonly pocs: readonly PocTrial[];
  /** Functional tests that fail on a build that they should pass on: `<variant>: <test>: <why>`. */
  readonly failedTests: readonly string[];
  readonly tests: number;
  /** What was found of a stated fix that fixes nothing; `undefined` without one, or when nothing can be run for it. */
  readonly statedFix?: { readonly holds: boolean; readonly because: string };
  /** Why nothing was run. */
  readonly refused?: string;
}

export const isAsExpected = (trial: Trial): boolean =>
  trial.refused === undefined &&
  trial.pocs.length + trial.tests > 0 &&
  trial.pocs.every((poc) => poc.verdict === poc.expected) &&
  trial.failedTests.length === 0 &&
  (trial.statedFix?.holds ?? true);

/** Every PoC, every functional test on both builds, and the stated fix where the recipe says that it is none. */
export async function tryTarget(target: Target, doors: LabDoors, signal: AbortSignal): Promise<Trial> {
  const { id, recipe, found } = target;
  const none = (refused: string): Trial => ({ id, pocs: [], failedTests: [], tests: 0, refused });
  const files = filesOf(recipe, found.files);
  if (isRefusal(files)) return none(files.because);
  const pocs: PocTrial[] = [];
  let last: { spec: Pinned; evidence: Evidence } | undefined;
  for (const name of recipe.pocs) {
    const poc = files[name];
    const spec = poc ? prepare(recipe, poc, found) : refuse('not_found', `there is no ${name}`);
    if (isRefusal(spec)) return none(spec.because);
    const { trial, evidence } = await tryPoc(spec, name, doors, signal);
    pocs.push(trial);
    last = { spec, evidence };
  }
  if (!last) return none('it has no PoC');
  const failedTests = await failingTests(last.spec, last.evidence.builds, doors, signal);
  const statedFix = await tryStatedFix(target, files, doors, signal);
  return { id, pocs, failedTests, tests: recipe.tests.length, ...(statedFix ? { statedFix } : {}) };
}

/** Its functional tests alone. */
export async function tryTests({ id, recipe, found }: Target, doors: LabDoors, signal: AbortSignal): Promise<Trial> {
  const none = (refused: string): Trial => ({ id, pocs: [], failedTests: [], tests: 0, refused });
  const spec = prepare(recipe, Buffer.alloc(0), found);
  if (isRefusal(spec)) return none(spec.because);
  const builds: Evidence['builds'] = [];
  for (const variant of ['vulnerable', 'fixed'] as const) {
    if (!recipe.variants[variant]) continue;
    const built = await buildVariant(spec, variant, doors, () => {}, signal);
    if (isRefusal(built)) return none(built.because);
    builds.push(built);
  }
  return { id, pocs: [], failedTests: await failingTests(spec, builds, doors, signal), tests: recipe.tests.length };
}

async function tryPoc(spec: Pinned, poc: string, doors: LabDoors, signal: AbortSignal) {
  const startedAt = performance.now();
  let builtAt = startedAt;
  const evidence = await runExperiment(
    spec,
    doors,
    ({ step }) => {
      if (step === 'run' && builtAt === startedAt) builtAt = performance.now();
    },
    signal,
  );
  const { verdict, because, counts, crash } = conclude(spec, evidence);
  const trial: PocTrial = {
    poc,
    bytes: spec.poc.bytes.length,
    expected: expectedOf(spec.recipe, poc),
    ...{ verdict, because, counts },
    type: crash?.type.trim().replaceAll('\n', ' ') ?? '',
    state: crash?.state.trim().split('\n').join(' < ') ?? '',
    buildMs: builtAt - startedAt,
    verdictMs: performance.now() - builtAt,
  };
  return { trial, evidence };
}

/** Where no version is better than the stated one, that one is the recipe's fixed build, and its own PoC trips it. */
function expectedOf({ statedFix, variants }: Recipe, poc: string): Verdict['verdict'] {
  const isFixed = variants.fixed && 'version' in variants.fixed && variants.fixed.version === statedFix?.version;
  return isFixed && statedFix?.poc === poc ? 'reproduced-fix-incomplete' : 'reproduced';
}

/** On both builds: a patch is verified by tests that pass before it. */
async function failingTests(spec: Pinned, builds: Evidence['builds'], { box }: LabDoors, signal: AbortSignal): Promise<string[]> {
  const failed: string[] = [];
  for (const { variant, tree } of builds) {
    for (const test of spec.recipe.tests) {
      const result = await box.run(testBox(spec, tree, test), signal);
      const record = recordRun({ variant, input: 'control', index: 0 }, false, test.argv, result);
      const { passed, because } = judgeTest(test, record);
      if (!passed) failed.push(`${variant}: ${test.name}: ${because}: ${record.stdout.shown}${record.stderr.shown}`);
    }
  }
  return failed;
}

async function tryStatedFix({ recipe, found }: Target, files: Record<string, Uint8Array>, doors: LabDoors, signal: AbortSignal) {
  const { statedFix, variants } = recipe;
  const like = variants.fixed ?? variants.vulnerable;
  if (!statedFix || like.kind !== 'npm') return undefined;
  const { package: name } = like;
  const stated: Source = { kind: 'npm', package: name, version: statedFix.version };
  const fetched = await doors.sources.fetch(stated);
  if (statedFix.fails === 'missing') {
    const holds = isRefusal(fetched) && (fetched as Refusal).code === 'not_found';
    return { holds, because: isRefusal(fetched) ? (fetched as Refusal).because : `${name} ${statedFix.version} is there` };
  }
  if (statedFix.poc === undefined) return undefined;
  const spec = prepare({ ...recipe, variants: { ...variants, fixed: stated } } as Recipe, files[statedFix.poc]!, found);
  if (isRefusal(spec)) return { holds: false, because: spec.because };
  const { trial } = await tryPoc(spec, statedFix.poc, doors, signal);
  return { holds: trial.verdict === 'reproduced-fix-incomplete', because: `${trial.verdict}: ${trial.because}` };
}
