import { sha256 } from '../../../base/canonical.ts';
import { join, label, ownOf } from '../../../base/label.ts';
import { isRefusal, type Refusal, refuse } from '../../../base/refusal.ts';
import { parseRecipe } from '../../../lab/recipe.ts';
import { action, type Ctx, done, type Happening, presentItems } from '../../../trust/action.ts';
import { orgById } from '../../../trust/orgs/store.ts';
import type { Plan } from '../../plans/plan.ts';
import { isBaseline } from '../../plans/solver.ts';
import { planById } from '../../plans/store.ts';
import type { Run } from '../../runs/run.ts';
import { runById } from '../../runs/store.ts';
import { submissionById } from '../../submissions/store.ts';
import type { Submission } from '../../submissions/submission.ts';
import { type Grade, stillBlind } from '../grade.ts';
import { blindPlans } from '../seconds/store.ts';
import { gradeById, gradesOfPlan } from '../store.ts';
import { type Flaw, otherFlawIn, secretsOf, tellingIn, versionsOf, type Withheld, wordsFor } from './flaw.ts';
import * as store from './store.ts';
import * as wire from './wire.ts';

export const handOn = action({
  name: 'grades.handOn',
  at: 'POST /api/grades/:id/hand-on',
  summary: 'Hand a flaw in real software that a run tripped by the way on to the clearinghouse, as a finding of your organisation.',
  by: ['evaluator'],
  input: wire.handOnInput,
  output: wire.flawOut,
  on: (ctx, input) => gradeById(ctx.tx, input.id),
  async run(ctx, input, grade: Grade) {
    if (ctx.actor.orgId !== grade.evaluatorId) return refuse('not_permitted', 'only who keeps the suite hands on what its runs tripped');
    if (ctx.actor.kind !== 'person') return refuse('not_permitted', 'a named person answers for what is handed on');
    if ((await blindPlans(ctx.tx, ctx.actor)).includes(grade.planId)) return stillBlind;
    const seen = otherFlawIn(grade);
    if (!seen) return refuse('wrong_state', 'no flaw but the task’s own was seen in what this run handed in');
    if ((await store.flawsOfPlan(ctx.tx, grade.planId)).some(({ gradeId }) => gradeId === grade.id))
      return refuse('wrong_state', 'it was handed on already');
    const [run, plan] = [await runById(ctx.tx, grade.runId), await planById(ctx.tx, grade.planId)];
    const submission = plan && (await submissionById(ctx.tx, plan.submissionId));
    if (!run || !plan || !submission) return refuse('not_found', 'what was measured is gone');
    // What a solver without a model tripped is nothing of the developer's.
    const ofModel = !isBaseline(plan.solver.name);
    if (ofModel && submission.flaws === 'kept') return refuse('not_permitted', 'its developer has not consented: see submissions.consent');
    const [target, poc] = [targetOf(ctx, grade), await handedIn(ctx, run)];
    if (isRefusal(target)) return target;
    if (isRefusal(poc)) return poc;
    const isNamed = ofModel && submission.flaws === 'named' && plan.solver.name !== 'attended';
    const words = wordsFor(seen, target);
    const told = { title: input.title ?? words.title, text: input.text ?? words.text };
    const withheld = await withheldOf(ctx, { grade, run, plan, submission }, isNamed || input.namesNobody !== undefined);
    const telling = tellingIn(
      [
        { where: '/title', text: told.title },
        { where: '/text', text: told.text },
        { where: 'handed in', text: Buffer.from(poc).toString() },
      ],
      withheld,
    );
    if (telling?.what === 'secret') return refuse('conflict', 'it holds an id, a code or a canary of this measurement', telling.where);
    if (telling) return refuse('conflict', 'it names model or developer; if it does not, say so in namesNobody', telling.where);
    const findingId = ctx.id('fnd');
    const flaw: Flaw = {
      ...{ gradeId: grade.id, planId: plan.id, runId: run.id, evaluatorId: grade.evaluatorId, byId: ctx.actor.id },
      ...{ findingId, isNamed, label: grade.label, handedOnAt: ctx.now },
    };
    await store.insertFlaw(ctx.tx, flaw);
    const { handedInId, handedInSha256 } = run;
    const who = { findingId, orgId: grade.evaluatorId, reporterId: ctx.actor.id, answerable: ctx.actor.name, receivedAt: ctx.now };
    const payload = {
      ...{ ...who, ...told, purl: target.target.purl, versions: versionsOf(target.variants), handedInId, handedInSha256 },
      discoveryMethod: ofModel ? 'ai-agent' : 'automated',
      ...(isNamed ? { discoveryModel: await creditOf(ctx, submission), toolingAccess: 'confidential' } : {}),
    };
    return done({ grade, seen, flaw }, ...happened(submission, flaw, payload, input.namesNobody));
  },
  present: wire.present,
});

/**
 * Two events: one for both sides, which says no run, since who grades one again may read it; and one that none but the hub reads (it takes the
 * clearinghouse's compartments and the measurement's together), from which the finding is taken in.
 */
function happened(submission: Submission, flaw: Flaw, payload: object, namesNobody: string | undefined): Happening[] {
  const { planId, isNamed, evaluatorId, gradeId } = flaw;
  const said = { planId, isNamed, ...(namesNobody === undefined ? {} : { namesNobody }) };
  const under = join(flaw.label, label('RED', ownOf(evaluatorId), 'hou_flaws'));
  return [
    { event: 'submission.flaw-handed-on', thing: submission.id, label: flaw.label, payload: said },
    { event: 'flaw.handed-on', thing: gradeId, label: under, payload },
  ];
}

function targetOf(ctx: Ctx, grade: Grade) {
  const recipe = ctx.doors.recipes.all().find(({ id }) => id === grade.recipeId);
  return recipe ? parseRecipe(recipe.text) : refuse('not_found', 'this hub no longer has the recipe');
}

async function handedIn(ctx: Ctx, run: Run): Promise<Uint8Array | Refusal> {
  const bytes = run.handedInId ? await ctx.doors.blobs.get(run.handedInId) : refuse('not_found', 'nothing was handed in');
  if (isRefusal(bytes)) return bytes;
  return sha256(bytes) === run.handedInSha256 ? bytes : refuse('untrusted', 'what was handed in is not what was recorded');
}

interface Measured {
  readonly grade: Grade;
  readonly run: Run;
  readonly plan: Plan;
  readonly submission: Submission;
}

async function withheldOf(ctx: Ctx, { grade, run, plan, submission }: Measured, mayName: boolean): Promise<Withheld> {
  const canary = plan.tasks.find(({ id }) => id === grade.taskId)?.canary ?? '';
  const ids = [grade.id, run.id, plan.id, plan.suiteId, submission.id, submission.agreementId, submission.orgId];
  const developer = await orgById(ctx.tx, submission.orgId);
  const names = [submission.model, submission.endpoint.model, developer?.name ?? ''];
  return { secrets: secretsOf(run, canary, ids), names: mayName ? [] : names };
}

async function creditOf(ctx: Ctx, { model, orgId }: Submission): Promise<string> {
  const credit = `${model} (${(await orgById(ctx.tx, orgId))?.name ?? ''})`;
  // As many bytes as a finding takes, and no half of a character.
  return Buffer.from(credit).subarray(0, 128).toString().replace(/�+$/, '');
}

export const flaws = action({
  name: 'grades.flaws',
  at: 'GET /api/plans/:planId/flaws',
  summary: 'Flaws other than the tasks’ own that runs of a plan tripped, and which of them were handed on to the clearinghouse.',
  by: ['developer', 'evaluator'],
  input: wire.listInput,
  output: wire.listOut,
  on: (ctx, input) => planById(ctx.tx, input.planId),
  async run(ctx, _input, plan: Plan) {
    // What was tripped is how it was graded, in other words.
    if ((await blindPlans(ctx.tx, ctx.actor)).includes(plan.id)) return done({ items: [] });
    const handedOn = new Map((await store.flawsOfPlan(ctx.tx, plan.id)).map((flaw) => [flaw.gradeId, flaw]));
    const items = (await gradesOfPlan(ctx.tx, plan.id)).flatMap((grade): wire.Shown[] => {
      const [seen, flaw] = [otherFlawIn(grade), handedOn.get(grade.id) ?? null];
      const isTold = flaw !== null || (seen !== undefined && ctx.actor.orgId === plan.orgId);
      return isTold ? [{ grade, seen, flaw }] : [];
    });
    return done({ items });
  },
  present: presentItems(wire.present),
});

export const flawActions = [handOn, flaws];
