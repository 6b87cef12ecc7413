import { sha256 } from '../../../base/canonical.ts';
import type { RecipeFiles } from '../../../base/doors.ts';
import type { Id } from '../../../base/id.ts';
import { limits } from '../../../base/limits.ts';
import { isRefusal, type Refusal, refuse } from '../../../base/refusal.ts';
import type { PrepareOptions } from '../../../lab/experiment.ts';
import { parseRecipe, type Recipe } from '../../../lab/recipe.ts';
import { action, type Ctx, done, type Happening } from '../../../trust/action.ts';
import type { Attachment } from '../../findings/attachment.ts';
import { type Finding, isOver } from '../../findings/finding.ts';
import { findingById } from '../../findings/store.ts';
import type { Adoption, Trial } from '../validation.ts';
import { type AdoptedRecipe, readOwn, targetOf } from './recipe.ts';
import * as store from './store.ts';
import * as wire from './wire.ts';

export const lookAtRecipe = action({
  name: 'validations.lookAtRecipe',
  at: 'GET /api/findings/:id/recipes/:attachmentId',
  summary: 'What a recipe that came with a finding would fetch, build and run, before it is adopted.',
  by: ['coordinator'],
  input: wire.byAttachment,
  output: wire.lookedOut,
  on: (ctx, input) => findingById(ctx.tx, input.id),
  async run(ctx, input, finding: Finding) {
    const file = finding.attachments.find((a) => a.id === input.attachmentId);
    if (!file) return refuse('not_found', 'no such thing');
    const bytes = await bytesOf(ctx, file);
    if (isRefusal(bytes)) return bytes;
    const adopted = (await store.adoptedOf(ctx.tx, finding.id)).find((a) => a.attachmentId === file.id);
    const text = Buffer.from(bytes).toString('utf8').replaceAll('\0', '').toWellFormed().slice(0, limits.recipeBytes);
    return done({ attachmentId: file.id, sha256: file.sha256, text, recipe: readOwn(bytes, finding.package), adopted });
  },
  present: wire.presentLooked,
});

export const adoptRecipe = action({
  name: 'validations.adoptRecipe',
  at: 'POST /api/findings/:id/recipes',
  summary:
    'Take a recipe that came with a finding for re-runs of that finding: whoever adopts it has looked at it, and is named in the verdict.',
  by: ['coordinator'],
  input: wire.adoptInput,
  output: wire.adoptedOut,
  on: (ctx, input) => findingById(ctx.tx, input.id),
  async run(ctx, input, finding: Finding) {
    if (ctx.actor.kind !== 'person') return refuse('not_permitted', 'a named person looks at a stranger’s recipe and adopts it');
    if (isOver(finding.state)) return refuse('wrong_state', `this finding is ${finding.state}: nobody waits for a verdict on it`);
    const file = finding.attachments.find((a) => a.id === input.attachmentId);
    if (!file) return refuse('not_found', 'no such thing');
    if (file.sha256 !== input.sha256) return refuse('stale', 'this is not the file that was looked at', '/sha256');
    const bytes = await bytesOf(ctx, file);
    if (isRefusal(bytes)) return bytes;
    const recipe = readOwn(bytes, finding.package);
    if (isRefusal(recipe)) return recipe;
    const { because } = input;
    const adopted: AdoptedRecipe = {
      ...{ findingId: finding.id, attachmentId: file.id, sha256: file.sha256, because },
      ...{ adoptedBy: ctx.actor.id, adoptedAt: ctx.now, label: finding.label },
    };
    await store.insertAdopted(ctx.tx, adopted);
    const payload = { attachmentId: file.id, sha256: file.sha256, recipe: recipe.id };
    const happened: Happening = { event: 'validation.recipe-adopted', thing: finding.id, label: finding.label, payload };
    return done(adopted, happened);
  },
  present: wire.presentAdopted,
});

export const recipeChoices = action({
  name: 'validations.recipes',
  at: 'GET /api/findings/:id/recipes',
  summary: 'The recipes that a finding can be re-run under: those of the library for its package, and its own that were adopted.',
  by: ['coordinator'],
  input: wire.byFinding,
  output: wire.choicesOut,
  on: (ctx, input) => findingById(ctx.tx, input.id),
  async run(ctx, _input, finding: Finding) {
    const choices = await choicesFor(ctx, finding);
    const items = choices.map(({ id, adopted, title }) => ({ id, title, origin: adopted ? ('finder' as const) : ('library' as const) }));
    return done({ items });
  },
});

interface PinnedInput {
  readonly recipe: Recipe;
  readonly poc: Uint8Array;
  readonly beside: Pick<PrepareOptions, 'files' | 'observers'>;
}

export interface Choice {
  /** Of the library; of an adopted one, the attachment's. */
  readonly id: string;
  readonly title: string;
  readonly adopted?: Adoption;
}

/** The library's first. A finder's own that nobody adopted is not among them. */
export async function choicesFor(ctx: Ctx, finding: Pick<Finding, 'id' | 'package' | 'attachments'>): Promise<Choice[]> {
  const library = ctx.doors.recipes.all().flatMap((files): Choice[] => {
    if (targetOf(files) !== finding.package) return [];
    const recipe = parseRecipe(files.text);
    return [{ id: files.id, title: isRefusal(recipe) ? files.id : recipe.title }];
  });
  const own = (await store.adoptedOf(ctx.tx, finding.id)).map(({ attachmentId, sha256: digest, adoptedBy, adoptedAt }): Choice => {
    const adopted = { attachmentId, sha256: digest, by: adoptedBy, at: adoptedAt };
    return { id: attachmentId, title: 'the finder’s own recipe', adopted };
  });
  return [...library, ...own];
}

/** The recipe that a trial names, wherever it lies; of an adopted one the very file that was looked at. */
export async function recipeFiles(ctx: Ctx, recipeId: string): Promise<RecipeFiles | Refusal> {
  if (!recipeId.startsWith('blb_'))
    return ctx.doors.recipes.all().find((r) => r.id === recipeId) ?? refuse('not_found', `this hub no longer has the recipe ${recipeId}`);
  const adopted = await store.adoptedById(ctx.tx, recipeId);
  if (!adopted) return refuse('not_found', 'nobody adopted this recipe');
  const bytes = await ctx.doors.blobs.get(recipeId as Id<'blb'>);
  if (isRefusal(bytes)) return bytes;
  if (sha256(bytes) !== adopted.sha256) return refuse('untrusted', 'the finder’s recipe is not what it was when it was adopted');
  return { id: recipeId, text: Buffer.from(bytes).toString('utf8'), files: {}, observers: ctx.doors.recipes.observers() };
}

/** What a trial or a search pins: the recipe, what lies beside it, and the input as it was handed in; a refusal of the input is `at` it. */
export async function pinnedInput(ctx: Ctx, of: Pick<Trial, 'recipeId' | 'pocId' | 'pocSha256'>): Promise<PinnedInput | Refusal> {
  const files = await recipeFiles(ctx, of.recipeId);
  if (isRefusal(files)) return files;
  const recipe = parseRecipe(files.text);
  if (isRefusal(recipe)) return recipe;
  const poc = await ctx.doors.blobs.get(of.pocId);
  if (isRefusal(poc)) return { ...poc, at: 'poc' };
  if (sha256(poc) !== of.pocSha256) return refuse('untrusted', 'the input is not what it was when it was handed in', 'poc');
  return { recipe, poc, beside: { files: files.files, observers: files.observers } };
}

async function bytesOf(ctx: Ctx, file: Attachment): Promise<Uint8Array | Refusal> {
  if (file.bytes > limits.recipeBytes) return refuse('too_large', `a recipe holds at most ${limits.recipeBytes} bytes`);
  const bytes = await ctx.doors.blobs.get(file.id);
  if (isRefusal(bytes)) return bytes;
  return sha256(bytes) === file.sha256 ? bytes : refuse('untrusted', 'the file is not what it was when it was handed in');
}

export const recipeActions = [lookAtRecipe, adoptRecipe, recipeChoices];
