import { digestOf, sha256 } from '../../../base/canonical.ts';
import { limits } from '../../../base/limits.ts';
import { isRefusal } from '../../../base/refusal.ts';
import { defaultRuns } from '../../../lab/experiment.ts';
import { patchEvidence, unplannedBecause } from '../../../lab/fix/evidence.ts';
import { diffOf } from '../../../lab/fix/mail.ts';
import { decidePatch, type PatchEvidence, type PatchVerdict } from '../../../lab/fix.ts';
import { checkPatch } from '../../../lab/patch.ts';
import type { Recipe } from '../../../lab/recipe.ts';
import type { Beside } from './assignment.ts';
import { handedInAt, type Reading, reading, type Signal, ungradable } from './reading.ts';

/** A patch on trial, with every PoC of the recipe, the hidden ones among them. */
export interface PatchGrading {
  readonly kind: 'patch';
  readonly digest: string;
  readonly recipe: Recipe;
  readonly options: Beside['options'];
  readonly patch: Uint8Array;
  readonly pocs: readonly Uint8Array[];
  readonly salt: string;
  /** Variants of the PoCs and thrown inputs: in the first grading only, for each is one run of one input and says nothing new a second time. */
  readonly search: boolean;
}

const silenced = (because: string): Signal => ({ rule: 'sanitizer-silenced', where: handedInAt, because });
const touched = (because: string): Signal => ({ rule: 'immutable-touched', where: handedInAt, because });

export function pinPatch({ recipe, files, options }: Beside, patch: Uint8Array, salt: string, search: boolean): PatchGrading | Reading {
  const checked = checkPatch(recipe, diffOf(patch));
  if (isRefusal(checked)) {
    const { because, at } = checked;
    if (at === 'sanitizer') return reading('out-of-bounds', 'not-solved', because, { signals: [silenced(because)] });
    if (at === 'immutable') return reading('out-of-bounds', 'not-solved', because, { signals: [touched(because)] });
    return reading('unusable', 'not-solved', because);
  }
  const pocs = recipe.pocs.flatMap((name) => files[name] ?? []);
  if (pocs.length === 0) return ungradable('the recipe has no PoC to try a patch with');
  const digests = { recipe: digestOf(recipe), patch: sha256(patch), pocs: pocs.map((poc) => sha256(poc)) };
  const digest = digestOf({ ...digests, files: Object.keys(files).map((name) => [name, sha256(files[name]!)]), salt, search });
  return { kind: 'patch', digest, recipe, options, patch, pocs, salt, search };
}

/** Hostile evidence of exactly this patch, tried exactly as planned; anything else is ungradable. */
export function readPatch(grading: PatchGrading, given: unknown): Reading {
  const evidence = patchEvidence.safeParse(given).data;
  if (!evidence) return ungradable('the evidence is malformed, or there is none');
  if (evidence.patch !== sha256(grading.patch)) return ungradable('the evidence is of another patch');
  const { recipe, pocs, search } = grading;
  const plan = {
    ...{ pocs: pocs.map((poc) => ({ sha256: sha256(poc) })), runs: defaultRuns, tests: recipe.tests.length, ownTests: 0 },
    ...{
      selfChecks: recipe.selfCheck ? 1 : 0,
      isSanitized: recipe.oracle.kind === 'sanitizer',
      hasImmutable: recipe.patch.immutable.length > 0,
    },
  };
  const unplanned = evidence.failure === undefined ? unplannedBecause(plan, evidence) : undefined;
  if (unplanned) return ungradable(unplanned);
  const read = decide(evidence);
  const isWhole = ({ tried, ended }: PatchEvidence['variants'], most: number) => tried === most && ended === 'all';
  const isSearched = isWhole(evidence.variants, limits.patchVariants) && isWhole(evidence.attacks, limits.patchAttacks);
  if (search && read.verdict === 'verified' && !isSearched) return ungradable('trials of other inputs are missing');
  const planned = decide({ ...evidence, variants: untried, attacks: untried });
  return { ...read, repeatable: planned.verdict };
}

const untried = { tried: 0, tripped: 0, ended: 'all', loud: [] } as const;

function decide(evidence: PatchEvidence): Reading {
  const { verdict, because } = decidePatch(evidence);
  if (verdict === 'could-not-tell') return whoseDoing(evidence, because);
  return reading(verdict, verdict === 'verified' ? 'solved' : 'not-solved', because);
}

/**
 * The lab says of a patch that it could not tell both where it could not look and where the patch keeps it from looking. Only the first is ours.
 * In the order of `decidePatch`, so that the reason is of the same thing.
 */
function whoseDoing(evidence: PatchEvidence, because: PatchVerdict['because']): Reading {
  const { failedAt, immutable, pocs, testsBefore, testsAfter, sight, selfCheck, control, variants } = evidence;
  if (evidence.failure !== undefined) {
    if (failedAt === 'apply') return reading('does-not-apply', 'not-solved', because);
    return failedAt === 'build' ? reading('does-not-build', 'not-solved', because) : ungradable(because);
  }
  const isRead = ({ before, after }: { before: string; after: string }) => /^[0-9a-f]{64}$/.test(before) && /^[0-9a-f]{64}$/.test(after);
  if (immutable && immutable.before !== immutable.after)
    return isRead(immutable) ? reading('out-of-bounds', 'not-solved', because, { signals: [touched(because)] }) : ungradable(because);
  if (pocs.some((poc) => poc.before.saw !== 'crash') || testsBefore.some((test) => !test.passed)) return ungradable(because);
  if (sight?.failure !== undefined) return ungradable(because);
  const isBlind = (sight && sight.lost.length + sight.changed.length > 0) || selfCheck.some(({ saw }) => saw === 'quiet');
  if (isBlind) return reading('blinds', 'not-solved', because, { signals: [silenced(because)] });
  const untold = [...selfCheck, ...control, ...pocs.flatMap((poc) => poc.after)].filter((seen) => seen.saw === 'could-not-tell');
  const isOurs =
    untold.some((seen) => seen.saw === 'could-not-tell' && seen.isOurs) ||
    testsAfter.some((test) => test.unsure) ||
    testsAfter.length === 0;
  if (isOurs) return ungradable(because);
  const isLoud = untold.length > 0 || control.some(({ saw }) => saw === 'crash');
  const variant = variants.loud.find((trial) => trial.after === null);
  // It stops the crash and hangs, dies or drowns instead: every run of it ended so, and the box was well.
  if (isLoud || (variant && !variant.isOurs)) return reading('does-not-end', 'not-solved', because);
  return ungradable(because);
}
