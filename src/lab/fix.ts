import { sha256 } from '../base/canonical.ts';
import type { BoxSpec, TreeId } from '../base/doors.ts';
import type { RunRecord } from './evidence.ts';
import { type Pinned, runBox, sourceAt } from './experiment.ts';
import type { Observation } from './oracle.ts';
import type { FunctionalTest } from './recipe.ts';

export interface TestOutcome {
  readonly name: string;
  readonly passed: boolean;
  /** The test itself could not run: says nothing about the patch. */
  readonly unsure: boolean;
  readonly because: string;
}

/** What was seen of one patch. */
export interface PatchEvidence {
  readonly patch: string;
  readonly paths: readonly string[];
  readonly provider: string;
  readonly tree?: TreeId;
  readonly pocs: readonly { readonly sha256: string; readonly before: Observation; readonly after: readonly Observation[] }[];
  readonly control: readonly Observation[];
  readonly selfCheck: readonly Observation[];
  readonly testsBefore: readonly TestOutcome[];
  readonly testsAfter: readonly TestOutcome[];
  readonly failure?: string;
}

export interface PatchVerdict {
  readonly verdict: 'verified' | 'incomplete' | 'breaks-tests' | 'could-not-tell';
  readonly because: string;
}

/** "It builds and stops the PoC" is not enough: every PoC silent, every test still passing, and the oracle not blinded. */
export function decidePatch(evidence: PatchEvidence): PatchVerdict {
  const unsure = (because: string): PatchVerdict => ({ verdict: 'could-not-tell', because });
  const { pocs, control, selfCheck, testsBefore, testsAfter } = evidence;
  if (evidence.failure) return unsure(evidence.failure);
  if (pocs.length === 0) return unsure('no PoC to try the patch with');
  const untested = pocs.find((poc) => poc.before.saw !== 'crash');
  if (untested) return unsure(`the PoC ${untested.sha256.slice(0, 12)} does not trip the unpatched build`);
  const broken = testsBefore.find((test) => !test.passed);
  if (broken) return unsure(`the test "${broken.name}" fails before the patch: ${broken.because}`);
  const still = pocs.filter((poc) => poc.after.some((seen) => seen.saw === 'crash'));
  if (still.length > 0) return { verdict: 'incomplete', because: `${still.length} of ${pocs.length} PoCs still trip the patched build` };
  const failed = testsAfter.filter((test) => !test.passed && !test.unsure);
  if (failed.length > 0) return { verdict: 'breaks-tests', because: failed.map((test) => `${test.name}: ${test.because}`).join('; ') };
  if (selfCheck.some((seen) => seen.saw !== 'crash')) return unsure('the oracle does not see its own self-check on the patched build');
  const rest = [...control, ...pocs.flatMap((poc) => poc.after)].find((seen) => seen.saw !== 'quiet');
  if (rest) return unsure(rest.saw === 'could-not-tell' ? rest.because : 'the control input trips the patched build');
  const hung = testsAfter.find((test) => !test.passed);
  if (hung) return unsure(`the test "${hung.name}" could not run: ${hung.because}`);
  if (testsAfter.length === 0) return unsure('the recipe has no functional tests: silence alone does not make a fix');
  return { verdict: 'verified', because: `${pocs.length} PoCs silent, ${testsAfter.length} tests pass with the oracle in place` };
}

/** Applies a patch in the box. `-u`: GNU patch would otherwise also take ed scripts. */
export function patchBox(spec: Pinned, tree: TreeId, patch: Uint8Array): BoxSpec {
  const { at } = spec.recipe.patch;
  return {
    argv: ['patch', '-p1', '-u', '-N', '-f', '-V', 'never', '--no-backup-if-mismatch', '-i', '/input/patch', '-d', `${sourceAt}/${at}`],
    cwd: sourceAt,
    env: {},
    trees: [{ tree, at: sourceAt, writable: true }],
    files: [{ at: '/input/patch', bytes: patch }],
    profile: 'poc',
    limits: { ...spec.limits.run, fileBytes: spec.limits.build.fileBytes },
    keep: sourceAt,
  };
}

/** A functional test runs where a PoC would, on the same build with the oracle still in it. */
export function testBox(spec: Pinned, tree: TreeId, test: FunctionalTest): BoxSpec {
  const box = runBox(spec, tree, { variant: 'fixed', input: 'control', index: 0 }, false);
  return { ...box, argv: test.argv };
}

/** The harness that prints is ours; what it links may be hostile, and can at worst pass a test of its own patch, never silence a PoC. */
export function judgeTest(test: FunctionalTest, result: Pick<RunRecord, 'end' | 'exit' | 'because' | 'stdout'>): TestOutcome {
  const { name } = test;
  const outcome = (passed: boolean, because: string, unsure = false): TestOutcome => ({ name, passed, unsure, because });
  if (result.end === 'box-failed') return outcome(false, result.because ?? 'the box failed', true);
  if (result.end !== 'exited') return outcome(false, `ended by ${result.end}`);
  if (result.exit !== test.exit) return outcome(false, `exited with ${result.exit} instead of ${test.exit}`);
  return test.stdout !== undefined && result.stdout.sha256 !== sha256(test.stdout)
    ? outcome(false, 'printed something else')
    : outcome(true, '');
}
