import type { RecipeFiles } from '../../../base/doors.ts';
import type { Id } from '../../../base/id.ts';
import type { Instant } from '../../../base/instant.ts';
import type { Label } from '../../../base/label.ts';
import { isRefusal, type Refusal, refuse } from '../../../base/refusal.ts';
import { filesOf, parseRecipe, type Recipe } from '../../../lab/recipe.ts';
import { packageOf } from '../../inventories/package-name.ts';
import { canonicalPurl } from '../../inventories/purl.ts';

/** A finder's own recipe, looked at by a person and taken for that one finding. */
export interface AdoptedRecipe {
  readonly findingId: Id<'fnd'>;
  readonly attachmentId: Id<'blb'>;
  /** Of the file as it was looked at. */
  readonly sha256: string;
  readonly because: string;
  readonly adoptedBy: string;
  readonly adoptedAt: Instant;
  readonly label: Label;
}

/** The package that a recipe is for; null when it is for none that can be told. */
function packageOfRecipe(recipe: Recipe): string | null {
  const purl = canonicalPurl(recipe.target.purl);
  return isRefusal(purl) ? null : packageOf(purl);
}

/** The library is the same as long as the hub runs; reading all of it for every finding would cost more than all else that is done for one. */
const targets = new WeakMap<RecipeFiles, string | null>();

export function targetOf(files: RecipeFiles): string | null {
  const known = targets.get(files);
  if (known !== undefined) return known;
  const recipe = parseRecipe(files.text);
  const target = isRefusal(recipe) ? null : packageOfRecipe(recipe);
  targets.set(files, target);
  return target;
}

/**
 * A stranger's recipe: hostile until parsed, of the package the finding is of, and whole in its one file, because there is no folder of
 * ours that it could reach into.
 */
export function readOwn(bytes: Uint8Array, package_: string): Recipe | Refusal {
  const recipe = parseRecipe(Buffer.from(bytes).toString('utf8'));
  if (isRefusal(recipe)) return recipe;
  if (packageOfRecipe(recipe) !== package_)
    return refuse('conflict', `the recipe is for ${recipe.target.purl}, not for ${package_}`, '/target/purl');
  const files = filesOf(recipe, {});
  if (isRefusal(files)) return files;
  const locks = Object.values(recipe.variants).flatMap((source) => (source?.kind === 'npm' && source.lock ? [source.lock] : []));
  const missing = [...recipe.files, recipe.control, ...recipe.pocs, ...locks].find((name) => !Object.hasOwn(files, name));
  return missing === undefined ? recipe : refuse('malformed', `${missing} must stand in the recipe itself, under "inline"`, '/inline');
}
