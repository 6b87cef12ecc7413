import { digestOf, sha256 } from '../../../base/canonical.ts';
import type { Id } from '../../../base/id.ts';
import { join, type Label } from '../../../base/label.ts';
import { limits } from '../../../base/limits.ts';
import { isRefusal, type Refusal, refuse } from '../../../base/refusal.ts';
import { move } from '../../../base/states.ts';
import { defaultRuns } from '../../../lab/experiment.ts';
import { concludeMatrix as readMatrix } from '../../../lab/matrix/conclude.ts';
import { arbitrate } from '../../../lab/matrix/matrix.ts';
import { type Asked, prepareMatrix } from '../../../lab/matrix/plan.ts';
import { sealMatrix } from '../../../lab/matrix/record.ts';
import { parseRecipe } from '../../../lab/recipe.ts';
import type { Guarded } from '../../../trust/access.ts';
import { action, type Ctx, type Done, done, type Happening } from '../../../trust/action.ts';
import type { Labour } from '../../../trust/labour.ts';
import { houseLabel } from '../../duplicates/duplicate.ts';
import type { Finding } from '../../findings/finding.ts';
import { findingById } from '../../findings/store.ts';
import { validationsOfFindings } from '../store.ts';
import { recordOut } from '../wire.ts';
import { type MatrixSpec, workMatrix } from './labour.ts';
import { decisionOf, type FixMatrix, fixesOf, type KnownRecipe, type MatrixPlan, matrixMoves, planFor } from './matrix.ts';
import * as store from './store.ts';
import * as wire from './wire.ts';

interface Pair extends Guarded {
  /** The older first. */
  readonly findings: readonly [Finding, Finding];
}

/** Whoever may not see one of two findings asks nothing about both. */
async function pairOf(ctx: Ctx, { aId, bId }: { readonly aId: Id<'fnd'>; readonly bId: Id<'fnd'> }): Promise<Pair | undefined> {
  const [first, second] = [aId, bId].toSorted() as [Id<'fnd'>, Id<'fnd'>];
  const [a, b] = [await findingById(ctx.tx, first), await findingById(ctx.tx, second)];
  return a && b && first !== second ? { findings: [a, b], label: labelOfPair(a.label, b.label) } : undefined;
}

const labelOfPair = (a: Label, b: Label) => join(houseLabel, join(a, b));

export const compareFixes = action({
  name: 'validations.compareFixes',
  at: 'POST /api/matrices',
  summary: 'Try every PoC of two findings on every patched build of either: are they one flaw? What could not be told is tried again.',
  by: ['coordinator'],
  input: wire.byPair,
  output: wire.matrixOut,
  on: pairOf,
  async run(ctx, _input, pair: Pair) {
    const plan = await planOf(ctx, pair);
    if (typeof plan === 'string') return refuse('wrong_state', plan);
    if (fixesOf(plan) === 0) return refuse('wrong_state', 'there is no fix to compare by: neither a patch nor a fixed version');
    const known = await knownMatrix(ctx, pair, plan);
    if (!known) return ask(ctx, pair, plan);
    return known.relation === 'could-not-tell' ? askAgain(ctx, known) : done(known);
  },
  present: wire.present,
});

interface Considered {
  readonly matrixId: Id<'mtx'> | null;
  /** Why nothing was begun. */
  readonly because: string | null;
}

export const considerFixes = action({
  name: 'validations.considerFixes',
  at: 'POST /api/matrices/consider',
  summary: 'Try a pair that words and frames left undecided, where two fixes or more are there to try; once for each set of inputs.',
  by: ['coordinator'],
  internal: true,
  input: wire.byPair,
  output: wire.askedOut,
  on: pairOf,
  async run(ctx, _input, pair: Pair): Promise<Done<Considered>> {
    const plan = await planOf(ctx, pair);
    if (typeof plan === 'string') return done({ matrixId: null, because: plan });
    if (fixesOf(plan) < 2) return done({ matrixId: null, because: 'there are no two fixes to compare by' });
    const known = await knownMatrix(ctx, pair, plan);
    if (known) return done({ matrixId: known.id, because: 'these inputs were tried, or are being tried' });
    if ((await store.countMatrices(ctx.tx, pair.findings[1].id)) >= limits.matricesPerFinding)
      return done({ matrixId: null, because: `${limits.matricesPerFinding} were begun for this finding; a coordinator may ask for more` });
    const asked = await ask(ctx, pair, plan);
    return done({ matrixId: asked.result.id, because: null }, ...asked.events);
  },
});

export const getMatrix = action({
  name: 'validations.getMatrix',
  at: 'GET /api/matrices/:id',
  summary: 'What every PoC of two findings showed on every build, and what that says of the two.',
  by: ['coordinator'],
  input: wire.byId,
  output: wire.matrixOut,
  on: (ctx, input) => store.matrixById(ctx.tx, input.id),
  run: async (_ctx, _input, matrix: FixMatrix) => done(matrix),
  present: wire.present,
});

export const matrixRecord = action({
  name: 'validations.matrixRecord',
  at: 'GET /api/matrices/:id/record',
  summary: 'The signed record (in-toto Statement in DSSE) of a matrix.',
  by: ['coordinator'],
  input: wire.byId,
  output: recordOut,
  on: (ctx, input) => store.matrixById(ctx.tx, input.id),
  run: async (_ctx, _input, matrix: FixMatrix) =>
    matrix.record ? done(matrix.record) : refuse('not_found', 'nothing of this matrix was recorded'),
});

export const beginMatrix = action({
  name: 'validations.beginMatrix',
  at: 'POST /api/matrices/:id/begin',
  summary: 'Pin what a matrix is made of.',
  by: ['coordinator'],
  internal: true,
  input: wire.byId,
  output: wire.specOut,
  on: (ctx, input) => store.matrixById(ctx.tx, input.id),
  async run(ctx, _input, matrix: FixMatrix) {
    const state = move(matrixMoves, matrix.state, 'begin');
    if (isRefusal(state)) return state;
    const spec = await pinned(ctx, matrix.plan);
    await store.saveMatrix(ctx.tx, { ...matrix, state, experiment: isRefusal(spec) ? null : spec.digest });
    return done(spec);
  },
});

export const concludeMatrix = action({
  name: 'validations.concludeMatrix',
  at: 'POST /api/matrices/:id/conclude',
  summary: 'Decide what the evidence of a matrix says of two findings.',
  by: ['coordinator'],
  internal: true,
  input: wire.concludeInput,
  output: wire.matrixOut,
  on: (ctx, input) => store.matrixById(ctx.tx, input.id),
  async run(ctx, input, matrix: FixMatrix) {
    const state = move(matrixMoves, matrix.state, 'conclude');
    if (isRefusal(state)) return state;
    const judged = await judge(ctx, matrix, wire.evidenceIn.safeParse(input.evidence).data);
    const concluded: FixMatrix = { ...matrix, ...judged, state, concludedAt: ctx.now };
    await store.saveMatrix(ctx.tx, concluded);
    const { id, aId, bId, label, relation, containerId, because } = concluded;
    const decision = decisionOf[judged.relation];
    return done(concluded, {
      event: 'matrix.concluded',
      thing: id,
      label,
      payload: { aId, bId, decision, relation, containerId, because },
    });
  },
  present: wire.present,
});

async function planOf(ctx: Ctx, { findings }: Pair): Promise<MatrixPlan | string> {
  const recipes = ctx.doors.recipes.all().flatMap(({ id, text }): KnownRecipe[] => {
    const recipe = parseRecipe(text);
    return isRefusal(recipe) ? [] : [{ id, sha256: sha256(text), hasFix: recipe.variants.fixed !== undefined }];
  });
  const validations = await validationsOfFindings(
    ctx.tx,
    findings.map((f) => f.id),
  );
  return planFor(findings, validations, recipes, defaultRuns);
}

function knownMatrix(ctx: Ctx, { findings: [a, b] }: Pair, plan: MatrixPlan): Promise<FixMatrix | undefined> {
  return store.matrixOfInputs(ctx.tx, a.id, b.id, digestOf(plan));
}

const blank = { experiment: null, relation: null, containerId: null, because: null, shown: null, record: null, concludedAt: null };

async function ask(ctx: Ctx, { findings: [a, b], label }: Pair, plan: MatrixPlan): Promise<Done<FixMatrix>> {
  const of = { id: ctx.id('mtx'), aId: a.id, bId: b.id, plan, inputs: digestOf(plan), requestedAt: ctx.now, label };
  const matrix: FixMatrix = { ...blank, ...of, state: 'requested' };
  await store.insertMatrix(ctx.tx, matrix);
  return done(matrix, requested(matrix));
}

async function askAgain(ctx: Ctx, known: FixMatrix): Promise<Done<FixMatrix> | Refusal> {
  const state = move(matrixMoves, known.state, 'repeat');
  if (isRefusal(state)) return state;
  const matrix: FixMatrix = { ...known, ...blank, state, requestedAt: ctx.now };
  await store.saveMatrix(ctx.tx, matrix);
  return done(matrix, requested(matrix));
}

function requested({ id, aId, bId, label }: FixMatrix): Happening {
  return { event: 'matrix.requested', thing: id, label, payload: { aId, bId } };
}

/** The bytes behind the plan, or why they are not what was planned. */
async function pinned(ctx: Ctx, plan: MatrixPlan): Promise<MatrixSpec> {
  const recipes: Asked['recipes'][number][] = [];
  for (const { id, sha256: digest } of plan.recipes) {
    const files = ctx.doors.recipes.all().find((r) => r.id === id && sha256(r.text) === digest);
    const recipe = files ? parseRecipe(files.text) : refuse('not_found', `this hub no longer has the recipe ${id} as it was`);
    if (isRefusal(recipe)) return recipe;
    recipes.push({ recipe, files: files!.files, observers: files!.observers });
  }
  const read = async (file: MatrixPlan['pocs'][number] | NonNullable<MatrixPlan['fixes'][number]['patch']>) => {
    const bytes = await ctx.doors.blobs.get(file.blobId);
    return isRefusal(bytes) || sha256(bytes) === file.sha256
      ? bytes
      : refuse('untrusted', 'a file is not what it was when it was handed in');
  };
  const [pocs, fixes]: [Asked['pocs'][number][], Asked['fixes'][number][]] = [[], []];
  for (const { of, recipe, ...file } of plan.pocs) {
    const bytes = await read({ of, recipe, ...file });
    if (isRefusal(bytes)) return bytes;
    pocs.push({ of, recipe, bytes });
  }
  for (const { of, recipe, patch } of plan.fixes) {
    const bytes = patch && (await read(patch));
    if (isRefusal(bytes)) return bytes;
    fixes.push({ of, recipe, patch: bytes });
  }
  return prepareMatrix({ recipes, pocs, fixes, runs: plan.runs });
}

type Judged = Pick<FixMatrix, 'containerId' | 'because' | 'shown' | 'record'> & { readonly relation: NonNullable<FixMatrix['relation']> };

/** Hostile evidence, read against what was pinned when the work began; anything out of place could not tell. */
async function judge(
  ctx: Ctx,
  { plan, experiment, aId, bId }: FixMatrix,
  given: ReturnType<typeof wire.evidenceIn.parse> | undefined,
): Promise<Judged> {
  const unsure = (because: string): Judged => ({ relation: 'could-not-tell', containerId: null, because, shown: null, record: null });
  if (!given) return unsure('the evidence is malformed');
  if (!given.probe.usable) return unsure(`no box to run it in: ${given.probe.missing.join('; ') || 'the box is not usable'}`);
  const spec = await pinned(ctx, plan);
  if (isRefusal(spec)) return unsure(spec.because);
  if (spec.digest !== experiment) return unsure('a recipe was changed while it ran');
  const shown = readMatrix(spec, given.matrix);
  if (typeof shown === 'string') return unsure(shown);
  const arbitration = arbitrate(shown, aId, bId);
  const record = sealMatrix(ctx.doors.keys.signer('records'), spec, given.matrix, shown, arbitration, given.probe);
  const { relation, container, because } = arbitration;
  return {
    relation,
    containerId: container as Id<'fnd'> | null,
    because: because.slice(0, limits.becauseChars).toWellFormed(),
    shown,
    record,
  };
}

export const matrixLabour: Labour<MatrixSpec, unknown> = { name: 'matrix', begin: beginMatrix, work: workMatrix, conclude: concludeMatrix };

export const matrixActions = [compareFixes, considerFixes, getMatrix, matrixRecord, beginMatrix, concludeMatrix];
