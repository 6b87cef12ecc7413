import { z } from 'zod';
import { limits } from '../../../base/limits.ts';
import { isRefusal, type Refusal } from '../../../base/refusal.ts';
import { wireId, wireInstant, wireSha256, wireText } from '../../../base/wire.ts';
import { type Recipe, sourceOf } from '../../../lab/recipe.ts';
import type { AdoptedRecipe } from './recipe.ts';

export const byFinding = z.object({ id: wireId('fnd') });
export const byAttachment = z.object({ id: wireId('fnd'), attachmentId: wireId('blb') });
export const adoptInput = z.object({
  id: wireId('fnd'),
  attachmentId: wireId('blb'),
  /** Of the file as it was looked at. */
  sha256: wireSha256,
  /** Why it is taken: what was looked at, and why a verdict under it counts. */
  because: wireText(limits.becauseChars),
});

const adoption = z.object({
  attachmentId: wireId('blb'),
  sha256: z.string(),
  because: z.string(),
  adoptedBy: z.string(),
  adoptedAt: wireInstant,
});
/** What a recipe would do, in the order in which it would do it. */
export const lookedOut = z.object({
  attachmentId: wireId('blb'),
  sha256: z.string(),
  text: z.string(),
  /** Why it cannot be adopted; null when it can. */
  refused: z.string().nullable(),
  does: z
    .object({
      title: z.string(),
      target: z.string(),
      fetches: z.array(z.string()),
      builds: z.array(z.string()),
      runs: z.string(),
      oracle: z.string(),
      hasFixed: z.boolean(),
      hasSelfCheck: z.boolean(),
    })
    .nullable(),
  adopted: adoption.nullable(),
});
export const choicesOut = z.object({
  items: z.array(z.object({ id: z.string(), title: z.string(), origin: z.enum(['library', 'finder']) })),
});
export const adoptedOut = adoption.extend({ findingId: wireId('fnd') });

export function presentAdopted({ label: _, ...adopted }: AdoptedRecipe): z.input<typeof adoptedOut> {
  return adopted;
}

interface Looked {
  readonly attachmentId: AdoptedRecipe['attachmentId'];
  readonly sha256: string;
  readonly text: string;
  readonly recipe: Recipe | Refusal;
  readonly adopted: AdoptedRecipe | undefined;
}

export function presentLooked({ attachmentId, sha256, text, recipe, adopted }: Looked): z.input<typeof lookedOut> {
  const refused = isRefusal(recipe) ? `${recipe.because}${recipe.at ? ` (at ${recipe.at})` : ''}` : null;
  return {
    attachmentId,
    sha256,
    text,
    refused,
    does: isRefusal(recipe) ? null : doesOf(recipe),
    adopted: adopted ? presentAdopted(adopted) : null,
  };
}

function doesOf(recipe: Recipe): NonNullable<z.input<typeof lookedOut>['does']> {
  const line = (words: readonly string[]) => words.map((word) => (/^[\w@%+=:,./{}-]+$/.test(word) ? word : JSON.stringify(word))).join(' ');
  const fetches = (['vulnerable', 'fixed'] as const).flatMap((variant) => {
    const source = sourceOf(recipe, variant);
    return source
      ? [
          `${variant}: ${Object.entries(source)
            .map(([name, value]) => `${name} ${value}`)
            .join(', ')}`,
        ]
      : [];
  });
  return {
    ...{ title: recipe.title, target: recipe.target.purl, fetches, builds: recipe.build.steps.map(line), runs: line(recipe.run.argv) },
    ...{ oracle: recipe.oracle.kind, hasFixed: recipe.variants.fixed !== undefined, hasSelfCheck: recipe.selfCheck !== undefined },
  };
}
