import { sha256 } from '../base/canonical.ts';
import type { BoxSpec, TreeId } from '../base/doors.ts';
import { limits } from '../base/limits.ts';
import type { RunRecord } from './evidence.ts';
import { buildBox, type Pinned, runBox, sourceAt } from './experiment.ts';
import { blindBecause, type Sight } from './fix/sight.ts';
import type { Observation } from './oracle.ts';
import type { FunctionalTest } from './recipe.ts';

export interface TestOutcome {
  readonly name: string;
  readonly passed: boolean;
  /** The test itself could not run: says nothing about the patch. */
  readonly unsure: boolean;
  readonly because: string;
}

/** What one patch of a series does, with all that come before it. */
export interface SeriesStep {
  /** Of the patch as it was handed in. */
  readonly sha256: string;
  readonly outcome: 'stops' | 'trips' | 'does-not-apply' | 'does-not-build' | 'could-not-tell';
  /** How many of the PoCs still trip it. */
  readonly tripped: number;
  readonly because: string | null;
}

/** What was seen of one patch, or of a series of them as a whole. */
export interface PatchEvidence {
  /** SHA-256 of all patches, one after the other. */
  readonly patch: string;
  readonly paths: readonly string[];
  /** Of a series of several; the first that `stops` them is the one that mends the flaw. */
  readonly steps: readonly SeriesStep[];
  /** SHA-256 of what no patch may change, as it lies on the disk before and after: what a header says is one thing. */
  readonly immutable: { readonly before: string; readonly after: string } | null;
  /** Where the oracle is a sanitizer: whether it still watches. */
  readonly sight: Sight | null;
  /** Tests that came with the patch; they run after it alone. */
  readonly ownTests: readonly TestOutcome[];
  readonly provider: string;
  readonly tree?: TreeId;
  readonly pocs: readonly { readonly sha256: string; readonly before: Observation; readonly after: readonly Observation[] }[];
  readonly control: readonly Observation[];
  readonly selfCheck: readonly Observation[];
  readonly testsBefore: readonly TestOutcome[];
  readonly testsAfter: readonly TestOutcome[];
  /** What went wrong and where, of the PoCs on the unpatched build. */
  readonly families: readonly string[];
  /** Inputs beside the PoCs that trip the unpatched build at the same place; and inputs thrown at the patched build. */
  readonly variants: Trials;
  readonly attacks: Trials;
  readonly failure?: string | undefined;
  /** `apply` and `build`: the patch's own doing. `ours`: a source, a box, or the build without the patch. */
  readonly failedAt?: 'ours' | 'apply' | 'build' | undefined;
}

/** Inputs of ours, one run each. */
export interface Trials {
  /** Those that were run to their end, and of them those that counted: all attacks, and the variants that trip the unpatched build. */
  readonly tried: number;
  readonly tripped: number;
  /** `time`: not all were come to. */
  readonly ended: 'all' | 'time';
  /** The first of those on which the patched build was not silent. */
  readonly loud: readonly Trial[];
}

export interface Trial {
  readonly sha256: string;
  /** Base64, unless it is too long to be kept. */
  readonly poc: string | null;
  /** Where it trips the unpatched build; null = nowhere. */
  readonly before: string | null;
  /** Where it trips the patched build; null = it could not be told, because … */
  readonly after: string | null;
  /** Where it trips the package's own fixed build; looked at only where it trips the patched build as it does not trip the unpatched. */
  readonly fixed?: string | null | undefined;
  readonly because: string | null;
  /** As of an observation. */
  readonly isOurs?: boolean | undefined;
}

export interface PatchVerdict {
  /** `new-crash`: silent on the PoCs, but the patched build crashes where the unpatched one does not. */
  readonly verdict: 'verified' | 'incomplete' | 'breaks-tests' | 'new-crash' | 'could-not-tell';
  readonly because: string;
}

/**
 * "It builds and stops the PoC" is not enough: every PoC and every variant of one silent, nothing of the kind found by throwing inputs at it,
 * every test still passing, and the oracle not blinded.
 */
export function decidePatch(evidence: PatchEvidence): PatchVerdict {
  const unsure = (because: string): PatchVerdict => ({ verdict: 'could-not-tell', because });
  const { pocs, control, selfCheck, testsBefore, testsAfter } = evidence;
  if (evidence.failure) return unsure(evidence.failure);
  if (evidence.immutable && evidence.immutable.before !== evidence.immutable.after) return unsure('it changes what no patch may change');
  if (pocs.length === 0) return unsure('no PoC to try the patch with');
  const untested = pocs.find((poc) => poc.before.saw !== 'crash');
  if (untested) return unsure(`the PoC ${untested.sha256.slice(0, 12)} does not trip the unpatched build`);
  const broken = testsBefore.find((test) => !test.passed);
  if (broken) return unsure(`the test "${broken.name}" fails before the patch: ${broken.because}`);
  const still = pocs.filter((poc) => poc.after.some((seen) => seen.saw === 'crash'));
  if (still.length > 0) return { verdict: 'incomplete', because: `${still.length} of ${pocs.length} PoCs still trip the patched build` };
  const past = lastingPlace(evidence);
  if (past) return { verdict: 'incomplete', because: past };
  const failed = [...testsAfter, ...evidence.ownTests].filter((test) => !test.passed && !test.unsure);
  if (failed.length > 0) return { verdict: 'breaks-tests', because: failed.map((test) => `${test.name}: ${test.because}`).join('; ') };
  const blind = evidence.sight && blindBecause(evidence.sight);
  if (blind) return unsure(blind);
  if (selfCheck.some((seen) => seen.saw !== 'crash')) return unsure('the oracle does not see its own self-check on the patched build');
  const fresh = allLoud(evidence).find(isFresh);
  if (fresh) return { verdict: 'new-crash', because: `the patched build crashes elsewhere: ${fresh.after} (${namedInput(fresh)})` };
  const rest = [...control, ...pocs.flatMap((poc) => poc.after)].find((seen) => seen.saw !== 'quiet');
  if (rest) return unsure(rest.saw === 'could-not-tell' ? rest.because : 'the control input trips the patched build');
  const hung = [...testsAfter, ...evidence.ownTests].find((test) => !test.passed);
  if (hung) return unsure(`the test "${hung.name}" could not run: ${hung.because}`);
  const untold = allLoud(evidence).find((trial) => trial.after === null);
  if (untold) return unsure(`an input could not be told on the patched build: ${untold.because} (${namedInput(untold)})`);
  if (testsAfter.length === 0) return unsure('the recipe has no functional tests: silence alone does not make a fix');
  return { verdict: 'verified', because: whatHeld(evidence) };
}

/** The patched build trips where neither the unpatched nor the package's own fixed one does. */
export const isFresh = ({ before, after, fixed }: Trial): boolean => after !== null && after !== before && after !== fixed;
const allLoud = ({ variants, attacks }: PatchEvidence) => [...variants.loud, ...attacks.loud];
const namedInput = (trial: Trial) => `input ${trial.sha256.slice(0, 12)}`;

/** One of the flaw's own places, still reached by an input that is no PoC. */
function lastingPlace(evidence: PatchEvidence): string | undefined {
  const isLasting = ({ after }: Trial) => after !== null && evidence.families.includes(after);
  const variant = evidence.variants.loud.find(isLasting);
  if (variant) return `a variant of a PoC still trips the patched build: ${variant.after} (${namedInput(variant)})`;
  const thrown = evidence.attacks.loud.find(isLasting);
  return thrown && `an input thrown at the patched build still trips it: ${thrown.after} (${namedInput(thrown)})`;
}

function whatHeld(evidence: PatchEvidence): string {
  const { pocs, testsAfter, ownTests, sight, variants, attacks } = evidence;
  const short = (trials: Trials) => (trials.ended === 'time' ? ` (the time was up after ${trials.tried})` : '');
  const others = [...new Set(allLoud(evidence).flatMap(({ after }) => after ?? []))];
  const held = [
    `${pocs.length} PoCs and ${variants.tripped} variants of them silent${short(variants)}`,
    `${testsAfter.length} tests pass with the oracle in place`,
    `${attacks.tripped} thrown inputs found nothing of it${short(attacks)}`,
    ...(ownTests.length > 0 ? [`${ownTests.length} tests of its own pass`] : []),
    ...(sight && sight.watched.before > 0
      ? [`the sanitizer watches ${sight.watched.after} functions, ${sight.watched.before} before`]
      : []),
    ...others.map((place) => `another flaw stands there without the patch as well: ${place}`),
  ];
  return held.join('; ');
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

/** A functional test runs where a PoC would, on the same build with the oracle still in it. What it must print is not in its box. */
export function testBox(spec: Pinned, tree: TreeId, test: FunctionalTest): BoxSpec {
  return { ...runBox(spec, tree, { variant: 'fixed', input: 'control', index: 0 }, false), argv: test.argv };
}

/** A test that came with the patch runs where the build ran, and what it builds or writes there is thrown away. */
export function ownTestBox(spec: Pinned, tree: TreeId, test: FunctionalTest): BoxSpec {
  const { keep: _, ...box } = buildBox(spec, tree, test.argv);
  return { ...box, limits: { ...box.limits, wallMs: spec.limits.build.wallMs } };
}

/** All that lies under what no patch may change: content, kinds and modes; links are read as what they say. */
export function immutableBox(spec: Pinned, tree: TreeId): BoxSpec {
  const { at, immutable } = spec.recipe.patch;
  const files = 'for p; do find "./$p" -type f -print0; done | sort -z | xargs -0 -r sha256sum';
  const rest = 'for p; do find "./$p" -printf "%y %m %p %l\\n"; done | sort';
  return {
    ...{
      argv: ['sh', '-c', `${files}; ${rest}`, 'immutable', ...immutable],
      cwd: at === '.' ? sourceAt : `${sourceAt}/${at}`,
      env: { LC_ALL: 'C' },
    },
    ...{ trees: [{ tree, at: sourceAt }], files: [], profile: 'poc', limits: { ...spec.limits.build, outputBytes: limits.sightBytes } },
  };
}

/**
 * A test shares its process with what may be hostile, so how it ends says nothing, and what it prints is no word of its own but an answer: the right
 * one can only be given by who knows it (docs/decisions/0041). `exit` is asked for besides.
 */
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
