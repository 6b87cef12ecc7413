import { digestOf, sha256 } from '../../../base/canonical.ts';
import type { RecipeFiles } from '../../../base/doors.ts';
import type { Id } from '../../../base/id.ts';
import { isRefusal } from '../../../base/refusal.ts';
import { verifyPatch } from '../../../lab/fix/run.ts';
import type { FunctionalTest } from '../../../lab/recipe.ts';
import { parseRecipe } from '../../../lab/recipe.ts';
import type { Watch, WorkDoors } from '../../../trust/labour.ts';
import type { CheckPlan } from './check.ts';

export interface CheckSpec {
  readonly plan: CheckPlan;
  readonly recipe: RecipeFiles | undefined;
  readonly patchId: Id<'blb'>;
  /** How the blob is cut into patches. */
  readonly lengths: readonly number[];
  readonly ownTests: readonly FunctionalTest[];
}

/** Every PoC of the group and every functional test, on the patched build. What comes back is read again by `conclude`. */
export async function workCheck(spec: CheckSpec, doors: WorkDoors, watch?: Watch): Promise<{ plan: string; seen: unknown }> {
  return { plan: digestOf(spec.plan), seen: await check(spec, doors, watch) };
}

async function check({ plan, recipe: files, patchId, lengths, ownTests }: CheckSpec, doors: WorkDoors, watch?: Watch): Promise<unknown> {
  if ('impossible' in plan || !files) return { refused: 'nothing to check with' };
  const probe = await doors.box.probe();
  if (!probe.usable) return { refused: `no box to run it in: ${probe.missing.join('; ')}` };
  const recipe = parseRecipe(files.text);
  if (isRefusal(recipe)) return { refused: recipe.because };
  const patch = await doors.blobs.get(patchId);
  if (isRefusal(patch)) return { refused: patch.because };
  const pocs: Uint8Array[] = [];
  for (const { id, sha256: digest } of plan.pocs) {
    const poc = await doors.blobs.get(id as Id<'blb'>);
    if (isRefusal(poc)) return { refused: poc.because };
    if (sha256(poc) !== digest) return { refused: 'a PoC is not what it was when it was handed in' };
    pocs.push(poc);
  }
  const given = { files: files.files, observers: files.observers, runs: plan.runs, ownTests };
  const checked = await verifyPatch(recipe, cut(patch, lengths), pocs, given, doors, (step) => watch?.say(step), watch?.signal);
  return isRefusal(checked) ? { refused: checked.because } : checked.evidence;
}

/** Handed in before there were series, it is one patch. */
function cut(bytes: Uint8Array, lengths: readonly number[]): Uint8Array[] {
  const series: Uint8Array[] = [];
  let at = 0;
  for (const length of lengths.length === 0 ? [bytes.length] : lengths) {
    series.push(bytes.subarray(at, at + length));
    at += length;
  }
  return series;
}
