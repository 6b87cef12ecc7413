import type { TreeId } from '../../base/doors.ts';
import { isRefusal, type Refusal, refuse } from '../../base/refusal.ts';
import { type Pinned, prepare } from '../../lab/experiment.ts';
import { differenceBox } from '../../lab/fix/difference.ts';
import { checkPatch } from '../../lab/patch.ts';
import { filesOf, type Recipe, sourceOf } from '../../lab/recipe.ts';
import { buildVariant, howItEnded, type LabDoors } from '../../lab/run.ts';
import { taskTree } from '../../reviews/runs/stage/labour.ts';
import type { ReadRecipe } from '../lab-inputs.ts';
import { coldBox } from './boxes.ts';

/** A recipe with all that the tasks on it have in common: made once, however many there are. */
export interface Subject {
  readonly found: ReadRecipe;
  readonly files: Readonly<Record<string, Uint8Array>>;
  /** The package's own fix; null where it has none or it cannot be written as a patch. */
  readonly fix: Uint8Array | null;
  readonly touched: readonly string[];
  /** Which files two builds from nothing do not have alike; empty when they are one. */
  readonly unlike: readonly string[];
}

export async function subjectOf(found: ReadRecipe, doors: LabDoors, signal?: AbortSignal): Promise<Subject | Refusal> {
  const { recipe, beside } = found;
  const files = filesOf(recipe, beside.files);
  if (isRefusal(files)) return files;
  const spec = prepare(recipe, files[recipe.control]!, beside);
  if (isRefusal(spec)) return spec;
  const unlike = await unlikeBuilds(spec, doors, signal);
  if (isRefusal(unlike)) return unlike;
  // Kept by the box: whatever task of the recipe is staged first would make it, and two at the same time each their own.
  const tree = await taskTree(sourceOf(spec.recipe, 'vulnerable')!, doors, signal);
  if (isRefusal(tree)) return tree;
  const fix = await fixOf(spec, doors, signal);
  if (isRefusal(fix)) return fix;
  const checked = fix && checkPatch(recipe, fix);
  return { found, files, fix, touched: checked && !isRefusal(checked) ? codeFirst(checked.paths) : [], unlike };
}

/** Both variants built with the cache and from nothing. */
async function unlikeBuilds(spec: Pinned, doors: LabDoors, signal?: AbortSignal): Promise<string[] | Refusal> {
  const cold = { ...doors, box: coldBox(doors.box) };
  const unlike: string[] = [];
  for (const variant of (['vulnerable', 'fixed'] as const).filter((v) => spec.recipe.variants[v])) {
    const [first, second] = [
      await buildVariant(spec, variant, doors, () => {}, signal),
      await buildVariant(spec, variant, cold, () => {}, signal),
    ];
    if (isRefusal(first)) return first;
    if (isRefusal(second)) return second;
    if (first.tree !== second.tree)
      unlike.push(...(await namesOfUnlike(spec.recipe, first.tree, second.tree, doors)).map((n) => `${variant} ${n}`));
  }
  return unlike;
}

async function namesOfUnlike(recipe: Recipe, one: TreeId, other: TreeId, { box }: LabDoors): Promise<string[]> {
  const asked = differenceBox(recipe, one, other);
  const result = await box.run({ ...asked, argv: ['diff', '-rq', '/trees/a', '/trees/b'] });
  const told = Buffer.from(result.stdout).toString('utf8').trim().split('\n').slice(0, 20);
  return told.map((line) => line.replace(/^Files \/trees\/a\/(.*) and .*$/, '$1'));
}

async function fixOf({ recipe }: Pinned, doors: LabDoors, signal?: AbortSignal): Promise<Uint8Array | null | Refusal> {
  const [from, to] = [sourceOf(recipe, 'vulnerable')!, sourceOf(recipe, 'fixed')];
  if (to === undefined) return null;
  const [a, b] = [await doors.sources.fetch(from, signal), await doors.sources.fetch(to, signal)];
  if (isRefusal(a)) return a;
  if (isRefusal(b)) return b;
  const result = await doors.box.run(differenceBox(recipe, a.tree, b.tree), signal);
  if (result.end === 'output-limit' || (result.end === 'exited' && result.stdout.length === 0)) return null;
  return result.end === 'exited' ? result.stdout : refuse('unavailable', `the fix could not be compared: ${howItEnded(result)}`, 'box');
}

const isAside = /(^|\/)(tests?|spec|docs?|examples?|dist|benchmarks?)\/|\.(md|json|txt)$|(^|\/)tests?\.[a-z]+$/;
const codeFirst = (paths: readonly string[]) => paths.filter((path) => !isAside.test(path));
