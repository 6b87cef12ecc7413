import { digestOf, sha256 } from '../../../base/canonical.ts';
import type { Tx } from '../../../base/doors.ts';
import { limits } from '../../../base/limits.ts';
import { isRefusal, refuse } from '../../../base/refusal.ts';
import { move } from '../../../base/states.ts';
import { wireOk } from '../../../base/wire.ts';
import { defaultRuns } from '../../../lab/experiment.ts';
import { readSeries } from '../../../lab/fix/mail.ts';
import { parseRecipe } from '../../../lab/recipe.ts';
import { type Actor, tierOf } from '../../../trust/access.ts';
import { action, type Ctx, done, type Happening } from '../../../trust/action.ts';
import type { Labour, Step } from '../../../trust/labour.ts';
import { personById } from '../../../trust/orgs/store.ts';
import { validationsOfFindings } from '../../validations/store.ts';
import { reproductionsIn } from '../../validations/validation.ts';
import { markPatch } from '../canaries/canary.ts';
import { copyFor } from '../canaries/store.ts';
import { type Case, ledgerLabel } from '../case.ts';
import { recordFix } from '../participants/joining.ts';
import { caseById } from '../store.ts';
import { tierIn } from '../wire.ts';
import { type CheckPlan, judgeCheck } from './check.ts';
import { type CheckSpec, workCheck } from './labour.ts';
import { type Patch, patchMoves, stopsAt } from './patch.ts';
import * as store from './store.ts';
import * as wire from './wire.ts';

export const submitPatch = action({
  name: 'cases.submitPatch',
  at: 'POST /api/cases/:id/patches',
  summary: 'Push a fix, one patch or a series in order; the lab tries it with every proof of concept, every functional test and your own.',
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
    const pieces = (input.series ?? [input.patch ?? '']).map((piece) => Buffer.from(piece, 'base64'));
    const series = readSeries(pieces);
    if (isRefusal(series)) return series;
    const bytes = Buffer.concat(series.patches);
    const patch: Patch = {
      ...{ id: ctx.id('pat'), caseId: of.id, orgId: ctx.actor.orgId, branch: input.branch, blobId: ctx.id('blb') },
      ...{ sha256: sha256(bytes), bytes: bytes.length, series: series.mails, ownTests: input.tests, steps: [], supersededById: null },
      ...{ writtenBy: input.writtenBy, answerableId: ctx.actor.id },
      ...{ state: 'submitted', verdict: null, because: null, submittedAt: ctx.now, judgedAt: null, label: of.label },
    };
    // The bytes are durable before the row that names them.
    await ctx.doors.blobs.put(patch.blobId, bytes);
    await store.insertPatch(ctx.tx, patch);
    const ended = await store.supersede(ctx.tx, patch);
    const payload = { patchId: patch.id, sha256: patch.sha256, writtenBy: patch.writtenBy, patches: series.mails.length };
    return done(
      patch,
      happened(of, 'submitted', payload),
      ...ended.map((id) => happened(of, 'superseded', { patchId: id, byId: patch.id })),
    );
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
    if (isRefusal(bytes)) return bytes;
    const copy = patch.answerableId === ctx.actor.id ? undefined : markPatch(bytes, await copyFor(ctx, of));
    const data = Buffer.from(copy ?? bytes).toString('base64');
    return done({ id: patch.id, sha256: patch.sha256, data, isMarked: copy !== undefined });
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
    const spec: CheckSpec = { plan, recipe, patchId: patch.blobId, lengths: patch.series.map((m) => m.bytes), ownTests: patch.ownTests };
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
    const { verdict, because, checked = null, steps = [] } = judgeCheck(patch.plan, input.evidence.seen);
    await store.judgePatch(ctx.tx, { ...patch, state, verdict, because, steps, judgedAt: ctx.now }, checked);
    const of = await caseById(ctx.tx, patch.caseId);
    if (of && verdict === 'verified') await recordFix(ctx, of, (await personById(ctx.tx, patch.answerableId))?.orgId);
    const fix = stopsAt({ ...patch, steps });
    const payload = { patchId: patch.id, verdict, because, ...(fix ? { stopsAt: { n: fix.n, sha256: fix.sha256 } } : {}) };
    return done(payload, happened({ id: patch.caseId }, 'judged', payload));
  },
  present: (judged) => ({ id: judged.patchId, verdict: judged.verdict, because: judged.because }),
});

export const patchProgress = action({
  name: 'cases.patchProgress',
  at: 'GET /api/cases/:id/patches/:patchId/progress',
  summary:
    'How far the check of a push is; GET /api/cases/:id/patches/:patchId/events tells it as it happens. The steps are for tiers 0 and 1.',
  by: 'signed-in',
  input: wire.byPatch,
  output: wire.progressOut,
  on: (ctx, input) => caseById(ctx.tx, input.id),
  async run(ctx, input, of: Case) {
    const found = await lookAtPatch(ctx.tx, ctx.actor, of.id, input.patchId);
    return found ? done(found) : refuse('not_found', 'no such thing');
  },
});

/** What somebody may see of it at this moment; the steps name inputs and tests. */
export async function lookAtPatch(tx: Tx, actor: Actor, caseId: string, patchId: string) {
  const tier = tierOf(actor, caseId) ?? 3;
  const found = tier > 2 ? undefined : await store.progressOf(tx, caseId, patchId);
  return found && { state: found.state, progress: tier > 1 ? null : found.progress };
}

export const sayPatchProgress = action({
  name: 'cases.sayPatchProgress',
  at: 'POST /api/patches/:id/progress',
  summary: 'Say what a check is doing, and hear whether anybody still waits for it.',
  by: ['coordinator'],
  internal: true,
  input: wire.progressInput,
  output: wireOk,
  async run(ctx, { id, step }) {
    if (!(await store.sayProgress(ctx.tx, id, step as Step | undefined))) return refuse('wrong_state', 'nobody waits for it any more');
    return done({ ok: true as const });
  },
});

function happened(of: Pick<Case, 'id'>, what: 'submitted' | 'superseded' | 'judged', payload: unknown): Happening {
  return { event: `case.patch-${what}`, thing: of.id, label: ledgerLabel(of), payload };
}

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
  return {
    ...{ recipeId, recipeSha256: sha256(files.text), patchSha256: patch.sha256, series: patch.series.map((m) => m.sha256), pocs },
    ...{ runs: defaultRuns, tests: recipe.tests.length, selfChecks: recipe.selfCheck ? 1 : 0, ownTests: patch.ownTests.length },
    ...{ isSanitized: recipe.oracle.kind === 'sanitizer', hasImmutable: recipe.patch.immutable.length > 0 },
  };
}

export const patchCheck: Labour<CheckSpec, unknown> = {
  name: 'patch-check',
  begin: beginPatchCheck,
  work: workCheck,
  progress: sayPatchProgress,
  conclude: concludePatchCheck,
};

export const patchActions = [submitPatch, getPatch, patchProgress, beginPatchCheck, sayPatchProgress, concludePatchCheck];
