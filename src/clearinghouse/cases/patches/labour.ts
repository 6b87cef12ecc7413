import { digestOf, sha256 } from '../../../base/canonical.ts';
import type { RecipeFiles } from '../../../base/doors.ts';
import type { Id } from '../../../base/id.ts';
import { isRefusal } from '../../../base/refusal.ts';
import { verifyPatch } from '../../../lab/fix/run.ts';
import { parseRecipe } from '../../../lab/recipe.ts';
import type { WorkDoors } from '../../../trust/labour.ts';
import type { CheckPlan } from './check.ts';

export interface CheckSpec {
  readonly plan: CheckPlan;
  readonly recipe: RecipeFiles | undefined;
  readonly patchId: Id<'blb'>;
}

/** Every PoC of the group and every functional test, on the patched build. What comes back is read again by `conclude`. */
export async function workCheck(spec: CheckSpec, doors: WorkDoors): Promise<{ plan: string; seen: unknown }> {
  return { plan: digestOf(spec.plan), seen: await check(spec, doors) };
}

async function check({ plan, recipe: files, patchId }: CheckSpec, doors: WorkDoors): Promise<unknown> {
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
  const checked = await verifyPatch(recipe, patch, pocs, { files: files.files, observers: files.observers, runs: plan.runs }, doors);
  return isRefusal(checked) ? { refused: checked.because } : checked.evidence;
}
