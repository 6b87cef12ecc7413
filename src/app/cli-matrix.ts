import { sha256 } from '../base/canonical.ts';
import type { RecipeFiles } from '../base/doors.ts';
import { isRefusal, refuse } from '../base/refusal.ts';
import { concludeMatrix } from '../lab/matrix/conclude.ts';
import { arbitrate } from '../lab/matrix/matrix.ts';
import { prepareMatrix } from '../lab/matrix/plan.ts';
import { runMatrix } from '../lab/matrix/run.ts';
import { tableOf } from '../lab/matrix/table.ts';
import { parseRecipe } from '../lab/recipe.ts';
import type { LabDoors } from '../lab/run.ts';
import type { Ending } from './ending.ts';
import { filesAt } from './lab-inputs.ts';

export interface MatrixOptions {
  readonly poc: readonly string[];
  readonly patch?: readonly string[];
  readonly runs?: string;
}

/** Every PoC on every patched build; each PoC speaks for itself, each patch may be anybody's. */
export async function matrixOf(found: RecipeFiles, options: MatrixOptions, doors: LabDoors, say: (text: string) => void): Promise<Ending> {
  const recipe = parseRecipe(found.text);
  if (isRefusal(recipe)) return recipe;
  const pocs = filesAt(options.poc, 'poc');
  if (isRefusal(pocs)) return pocs;
  const patches = filesAt(options.patch ?? [], 'patch');
  if (isRefusal(patches)) return patches;
  const sides = pocs.map(({ name }, i) => (pocs.findIndex((poc) => poc.name === name) === i ? name : `${name} ${i + 1}`));
  if (sides.length < 2) return refuse('malformed', 'two PoCs at least: --poc A --poc B', 'poc');
  const plan = prepareMatrix({
    recipes: [{ recipe, files: found.files, observers: found.observers }],
    pocs: pocs.map(({ bytes }, i) => ({ of: sides[i]!, recipe: 0, bytes })),
    fixes: [null, ...patches.map(({ bytes }) => bytes)].map((patch) => ({ of: sides, recipe: 0, patch })),
    ...(options.runs === undefined ? {} : { runs: Number(options.runs) }),
  });
  if (isRefusal(plan)) return plan;
  const matrix = concludeMatrix(plan, await runMatrix(plan, doors, say));
  if (typeof matrix === 'string') return refuse('unavailable', matrix);
  const pairs = sides.flatMap((a, i) => sides.slice(i + 1).map((b) => ({ a, b, ...arbitrate(matrix, a, b) })));
  if (pairs.some((pair) => pair.relation === 'could-not-tell')) process.exitCode = 69;
  const said = pairs.map(({ a, b, relation, container, because }) => {
    const what = container === null ? relation : `${relation}, ${container} contains the other`;
    return `${a} – ${b}: ${what} (${because})`;
  });
  const files = patches.map(({ name, bytes }) => `patch ${sha256(bytes).slice(0, 12)}: ${name}`);
  return { value: { digest: plan.digest, ...matrix, pairs }, text: [tableOf(matrix), ...files, '', ...said].join('\n') };
}
