import { digestOf, sha256 } from '../../../base/canonical.ts';
import { limits } from '../../../base/limits.ts';
import { isRefusal, refuse } from '../../../base/refusal.ts';
import { move } from '../../../base/states.ts';
import { defaultRuns } from '../../../lab/experiment.ts';
import { parseRecipe } from '../../../lab/recipe.ts';
import { action, type Ctx, done } from '../../../trust/action.ts';
import type { Labour } from '../../../trust/labour.ts';
import { personById } from '../../../trust/orgs/store.ts';
import { validationsOfFindings } from '../../validations/store.ts';
import { reproductionsIn } from '../../validations/validation.ts';
import { type Case, ledgerLabel } from '../case.ts';
import { recordFix } from '../participants/joining.ts';
import { caseById } from '../store.ts';
import { tierIn } from '../wire.ts';
import { type CheckPlan, judgeCheck } from './check.ts';
import { type CheckSpec, workCheck } from './labour.ts';
import { type Patch, patchMoves } from './patch.ts';
import * as store from './store.ts';
import * as wire from './wire.ts';

export const submitPatch = action({
  name: 'cases.submitPatch',
  at: 'POST /api/cases/:id/patches',
  summary: 'Hand in a fix; the lab tries it with every proof of concept and every functional test.',
  by: ['maintainer'],
  input: wire.submitInput,
  output: wire.patchOut,
  on: (ctx, input) => caseById(ctx.tx, input.id),
  async run(ctx, input, of: Case) {
    if (tierIn(of, ctx.actor) > 1) return refuse('not_permitted', 'patches are handed in at tiers 0 and 1');
    if (ctx.actor.kind !== 'person') return refuse('not_permitted', 'a named person hands in a patch and answers for it, whoever wrote it');
    if (of.state === 'closed') return refuse('wrong_state', 'the case is closed');
    const before = await store.patchesOf(ctx.tx, of.id);
    if (before.length >= limits.patchesPerCase) return refuse('too_many', `a case takes at most ${limits.patchesPerCase} patches`);
    const bytes = Buffer.from(input.patch, 'base64');
    const patch: Patch = {
      ...{ id: ctx.id('pat'), caseId: of.id, blobId: ctx.id('blb'), sha256: sha256(bytes), bytes: bytes.length },
      ...{ writtenBy: input.writtenBy, answerableId: ctx.actor.id },
      ...{ state: 'submitted', verdict: null, because: null, submittedAt: ctx.now, judgedAt: null, label: of.label },
    };
    // The bytes are durable before the row that names them.
    await ctx.doors.blobs.put(patch.blobId, bytes);
    await store.insertPatch(ctx.tx, patch);
    const payload = { patchId: patch.id, sha256: patch.sha256, writtenBy: patch.writtenBy };
    return done(patch, { event: 'case.patch-submitted', thing: of.id, label: ledgerLabel(of), payload });
  },
  present: wire.present,
});

export const getPatch = action({
  name: 'cases.getPatch',
  at: 'GET /api/cases/:id/patches/:patchId',
  summary: 'A patch itself, for whoever is read in at tier 2 or wider.',
  by: 'signed-in',
  input: wire.byPatch,
  output: wire.bytesOut,
  on: (ctx, input) => caseById(ctx.tx, input.id),
  async run(ctx, input, of: Case) {
    const patch = await store.patchById(ctx.tx, input.patchId);
    if (tierIn(of, ctx.actor) > 2 || patch?.caseId !== of.id) return refuse('not_found', 'no such thing');
    const bytes = await ctx.doors.blobs.get(patch.blobId);
    return isRefusal(bytes) ? bytes : done({ id: patch.id, sha256: patch.sha256, data: Buffer.from(bytes).toString('base64') });
  },
});

export const beginPatchCheck = action({
  name: 'cases.beginPatchCheck',
  at: 'POST /api/patches/:id/begin',
  summary: 'Pin what a patch is checked with.',
  by: ['coordinator'],
  internal: true,
  input: wire.beginInput,
  output: wire.specOut,
  on: (ctx, input) => store.patchById(ctx.tx, input.id),
  async run(ctx, _input, patch: store.KeptPatch) {
    const state = move(patchMoves, patch.state, 'judge');
    if (isRefusal(state)) return state;
    // Begun before: the same plan again, so that evidence of either worker fits.
    const plan = patch.plan ?? (await planFor(ctx, patch));
    await store.pinPatch(ctx.tx, patch.id, plan);
    const recipe =
      'impossible' in plan
        ? undefined
        : ctx.doors.recipes.all().find((r) => r.id === plan.recipeId && sha256(r.text) === plan.recipeSha256);
    const spec: CheckSpec = { plan, recipe, patchId: patch.blobId };
    return done(spec);
  },
});

export const concludePatchCheck = action({
  name: 'cases.concludePatchCheck',
  at: 'POST /api/patches/:id/conclude',
  summary: 'Decide what the evidence of a patch check says.',
  by: ['coordinator'],
  internal: true,
  input: wire.concludeInput,
  output: wire.judgedOut,
  on: (ctx, input) => store.patchById(ctx.tx, input.id),
  async run(ctx, input, patch: store.KeptPatch) {
    const state = move(patchMoves, patch.state, 'judge');
    if (isRefusal(state)) return state;
    if (!patch.plan) return refuse('wrong_state', 'this check was never begun');
    // Sent back and begun again since, because another PoC came in: the other worker's evidence counts.
    if (input.evidence.plan !== digestOf(patch.plan)) return refuse('stale', 'this is evidence of an earlier check');
    const { verdict, because, checked = null } = judgeCheck(patch.plan, input.evidence.seen);
    await store.judgePatch(ctx.tx, { ...patch, state, verdict, because, judgedAt: ctx.now }, checked);
    const of = await caseById(ctx.tx, patch.caseId);
    if (of && verdict === 'verified') await recordFix(ctx, of, (await personById(ctx.tx, patch.answerableId))?.orgId);
    const payload = { patchId: patch.id, verdict, because };
    return done(payload, { event: 'case.patch-judged', thing: patch.caseId, label: ledgerLabel({ id: patch.caseId }), payload });
  },
  present: (judged) => ({ id: judged.patchId, verdict: judged.verdict, because: judged.because }),
});

/** Every PoC of the group that reproduced under the recipe most of them reproduced under. */
async function planFor(ctx: Ctx, patch: Patch): Promise<CheckPlan> {
  const of = await caseById(ctx.tx, patch.caseId);
  const validations = await validationsOfFindings(ctx.tx, of?.findingIds ?? []);
  const reproduced = reproductionsIn(validations);
  if (reproduced.length === 0) return { impossible: 'no finding of this case has been reproduced' };
  const known = reproduced.filter(({ recipeId }) => !recipeId.startsWith('blb_'));
  // A stranger's recipe was adopted for the verdict on one finding: its tests say nothing of whether a fix breaks the package.
  if (known.length === 0)
    return { impossible: 'reproduced under the finder’s own recipe alone: a patch is checked under one of the library' };
  const [, group = []] = [...Map.groupBy(known, (d) => d.recipeId)].toSorted(([, a], [, b]) => b.length - a.length)[0]!;
  const { recipeId } = group[0]!;
  const files = ctx.doors.recipes.all().find((r) => r.id === recipeId);
  const recipe = files && parseRecipe(files.text);
  if (!recipe || isRefusal(recipe)) return { impossible: `this hub no longer has the recipe ${recipeId}` };
  const pocs = [...new Map(group.map((d) => [d.pocSha256, { id: d.pocId, sha256: d.pocSha256 }])).values()];
  const asked = { runs: defaultRuns, tests: recipe.tests.length, selfChecks: recipe.selfCheck ? 1 : 0 };
  return { recipeId, recipeSha256: sha256(files.text), patchSha256: patch.sha256, pocs, ...asked };
}

export const patchCheck: Labour<CheckSpec, unknown> = {
  name: 'patch-check',
  begin: beginPatchCheck,
  work: workCheck,
  conclude: concludePatchCheck,
};

export const patchActions = [submitPatch, getPatch, beginPatchCheck, concludePatchCheck];
