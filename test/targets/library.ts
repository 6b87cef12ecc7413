import type { RecipeFiles } from '../../src/base/doors.ts';
import { isRefusal, type Refusal } from '../../src/base/refusal.ts';
import { parseRecipe, type Recipe } from '../../src/lab/recipe.ts';

export interface Target {
  readonly id: string;
  readonly recipe: Recipe;
  readonly found: RecipeFiles;
}

export function readTargets(all: readonly RecipeFiles[]): {
  readonly targets: Target[];
  readonly refused: readonly { id: string; because: string }[];
} {
  const targets: Target[] = [];
  const refused: { id: string; because: string }[] = [];
  for (const found of all) {
    const recipe = parseRecipe(found.text);
    if (isRefusal(recipe)) refused.push({ id: found.id, because: `${(recipe as Refusal).because} at ${(recipe as Refusal).at ?? '/'}` });
    else targets.push({ id: found.id, recipe, found });
  }
  return { targets, refused };
}

const families: readonly (readonly [string, readonly string[]])[] = [
  ['use after free', ['CWE-416']],
  ['double free', ['CWE-415']],
  ['stack overflow (recursion)', ['CWE-674']],
  ['stack overflow (write)', ['CWE-121']],
  ['heap overflow (write)', ['CWE-122', 'CWE-787', 'CWE-124']],
  ['integer overflow', ['CWE-190', 'CWE-191']],
  ['type confusion', ['CWE-843']],
  ['uninitialised use', ['CWE-908', 'CWE-457', 'CWE-824']],
  ['null dereference', ['CWE-476']],
  ['assertion', ['CWE-617']],
  ['leak', ['CWE-401']],
  ['hang', ['CWE-835', 'CWE-407', 'CWE-834']],
  ['over-read', ['CWE-125', 'CWE-126', 'CWE-127']],
  ['prototype pollution', ['CWE-1321', 'CWE-915']],
  ['regular expression', ['CWE-1333', 'CWE-400']],
  ['command injection', ['CWE-78', 'CWE-77', 'CWE-88']],
  ['code injection', ['CWE-94', 'CWE-95', 'CWE-502']],
  ['path traversal', ['CWE-22', 'CWE-23', 'CWE-29', 'CWE-59']],
];

/** One word for people: by the first weakness that has one, otherwise by what the oracle looks for. */
export function familyOf({ vulnerability, oracle }: Recipe): string {
  for (const weakness of vulnerability.weaknesses) {
    const family = families.find(([, ids]) => ids.includes(weakness));
    if (family) return family[0];
  }
  return oracle.kind;
}
