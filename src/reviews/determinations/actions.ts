import { isRefusal, refuse } from '../../base/refusal.ts';
import { move } from '../../base/states.ts';
import { action, done, presentItems } from '../../trust/action.ts';
import { measuresOfPlan, triesOf } from '../estimates/estimate.ts';
import { estimateOfPlan } from '../estimates/store.ts';
import { stillBlind } from '../grades/grade.ts';
import { blindPlans } from '../grades/seconds/store.ts';
import { gradesOfPlan } from '../grades/store.ts';
import { type Plan, runsOf } from '../plans/plan.ts';
import { isBaseline } from '../plans/solver.ts';
import { planById } from '../plans/store.ts';
import { submissionById } from '../submissions/store.ts';
import { type Determination, decidedDigest, determinationMoves, latenessMs } from './determination.ts';
import { atBest, decideRule, isGraded } from './rule.ts';
import * as store from './store.ts';
import * as wire from './wire.ts';

export const decide = action({
  name: 'determinations.decide',
  at: 'POST /api/determinations',
  summary: 'Apply the frozen rule to what was measured, with your name, the date and the basis.',
  by: ['evaluator'],
  input: wire.decideInput,
  output: wire.determinationOut,
  on: (ctx, input) => planById(ctx.tx, input.planId),
  async run(ctx, input, plan: Plan) {
    const submission = await submissionById(ctx.tx, plan.submissionId);
    if (!submission) return refuse('not_found', 'no such submission');
    if (isBaseline(plan.solver.name))
      return refuse('unsupported', 'a baseline worked on these tasks: it is no model, and nothing is to be determined', '/planId');
    if (plan.solver.name === 'attended')
      return refuse('unsupported', 'an agent from outside worked on these tasks: nobody here saw which model it was', '/planId');
    if (ctx.actor.kind !== 'person') return refuse('not_permitted', 'a determination is made by a named person');
    if (ctx.actor.orgId === submission.orgId) return refuse('not_permitted', 'nobody judges its own model');
    if (submission.state === 'withdrawn' || submission.state === 'erased') return refuse('wrong_state', 'the model was taken back');
    if ((await blindPlans(ctx.tx, ctx.actor)).includes(plan.id)) return stillBlind;
    const estimate = await estimateOfPlan(ctx.tx, plan.id);
    if (!estimate) return refuse('wrong_state', 'not every run of the plan is graded yet', '/planId');
    const tries = triesOf(await gradesOfPlan(ctx.tx, plan.id), runsOf(plan)) ?? [];
    const { rule, tasks, budgets } = plan;
    const { cutoffAt } = submission;
    const decided = decideRule({
      ...{ rule, tasks, budgets: budgets.length, cutoffAt, plannedRuns: runsOf(plan), gradedRuns: tries.filter(isGraded).length },
      measures: estimate.measures,
      atBest: measuresOfPlan(plan, tries.map(atBest), cutoffAt),
    });
    const lateMs = latenessMs(submission.windowEndsAt, ctx.now);
    const determination: Determination = {
      ...decided,
      ...{ id: ctx.id('det'), planId: plan.id, submissionId: submission.id, orgId: ctx.actor.orgId as Determination['orgId'] },
      ...{ deciderId: ctx.actor.id, deciderName: ctx.actor.name, decidedAt: ctx.now, lateMs, basis: input.basis },
      ...{ state: 'decided', appeal: null, answer: null, label: plan.label, salt: Buffer.from(ctx.doors.chance(16)).toString('hex') },
    };
    await store.insertDetermination(ctx.tx, determination);
    // Not the verdict: who grades a run of the plan again reads the log too.
    const payload = { planId: plan.id, submissionId: submission.id, digest: decidedDigest(determination), lateMs };
    return done(determination, { event: 'determination.decided', thing: determination.id, label: plan.label, payload });
  },
  present: wire.present,
});

export const get = action({
  name: 'determinations.get',
  at: 'GET /api/determinations/:id',
  summary: 'One determination: who, when, on what basis, and every comparison it rests on.',
  by: ['developer', 'evaluator'],
  input: wire.byId,
  output: wire.determinationOut,
  on: (ctx, input) => store.determinationById(ctx.tx, input.id),
  async run(ctx, _input, determination: Determination) {
    return (await blindPlans(ctx.tx, ctx.actor)).includes(determination.planId) ? stillBlind : done(determination);
  },
  present: wire.present,
});

export const list = action({
  name: 'determinations.list',
  at: 'GET /api/determinations',
  summary: 'The determinations you may read, oldest first.',
  by: ['developer', 'evaluator'],
  input: wire.page,
  output: wire.listOut,
  async run(ctx, input) {
    return done({ items: await store.listDeterminations(ctx.tx, input.after, input.limit, await blindPlans(ctx.tx, ctx.actor)) });
  },
  present: presentItems(wire.present),
});

export const appeal = action({
  name: 'determinations.appeal',
  at: 'POST /api/determinations/:id/appeal',
  summary: 'Contest a determination on your own model.',
  by: ['developer'],
  input: wire.appealInput,
  output: wire.determinationOut,
  on: (ctx, input) => store.determinationById(ctx.tx, input.id),
  async run(ctx, input, determination: Determination) {
    const submission = await submissionById(ctx.tx, determination.submissionId);
    if (submission?.orgId !== ctx.actor.orgId) return refuse('not_permitted', 'only the developer of the model appeals');
    const state = move(determinationMoves, determination.state, 'appeal');
    if (isRefusal(state)) return state;
    const appealed: Determination = { ...determination, state, appeal: { personId: ctx.actor.id, because: input.because, at: ctx.now } };
    await store.updateDetermination(ctx.tx, appealed);
    // What is said stands in the determination: it names the verdict.
    return done(appealed, { event: 'determination.appealed', thing: determination.id, label: determination.label });
  },
  present: wire.present,
});

export const answer = action({
  name: 'determinations.answer',
  at: 'POST /api/determinations/:id/answer',
  summary: 'Answer an appeal; whoever decided does not answer.',
  by: ['evaluator'],
  input: wire.answerInput,
  output: wire.determinationOut,
  on: (ctx, input) => store.determinationById(ctx.tx, input.id),
  async run(ctx, input, determination: Determination) {
    if (ctx.actor.kind !== 'person') return refuse('not_permitted', 'an appeal is answered by a named person');
    if ((await blindPlans(ctx.tx, ctx.actor)).includes(determination.planId)) return stillBlind;
    if (ctx.actor.id === determination.deciderId) return refuse('not_permitted', 'somebody else than the decider answers an appeal');
    const submission = await submissionById(ctx.tx, determination.submissionId);
    if (submission?.orgId === ctx.actor.orgId) return refuse('not_permitted', 'nobody judges its own model');
    const state = move(determinationMoves, determination.state, input.outcome);
    if (isRefusal(state)) return state;
    const answered: Determination = { ...determination, state, answer: { personId: ctx.actor.id, because: input.because, at: ctx.now } };
    await store.updateDetermination(ctx.tx, answered);
    const payload = { outcome: input.outcome };
    return done(answered, { event: 'determination.answered', thing: determination.id, label: determination.label, payload });
  },
  present: wire.present,
});

export const determinationActions = [decide, get, list, appeal, answer];
