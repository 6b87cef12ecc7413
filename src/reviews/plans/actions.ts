import { limits } from '../../base/limits.ts';
import { refuse } from '../../base/refusal.ts';
import { action, done, presentItems } from '../../trust/action.ts';
import { personById } from '../../trust/orgs/store.ts';
import { submissionById } from '../submissions/store.ts';
import { reachableUntil, type Submission } from '../submissions/submission.ts';
import { suiteById } from '../suites/store.ts';
import { keptBackIn, ungatedIn } from '../suites/suite.ts';
import { type Draft, decideFreezable, type Plan, planDigest, runsOf } from './plan.ts';
import { frozenSolver } from './solver.ts';
import * as store from './store.ts';
import * as wire from './wire.ts';

export const freeze = action({
  name: 'plans.freeze',
  at: 'POST /api/plans',
  summary: 'Fix, before the first run, what will be measured and how it will be judged.',
  by: ['evaluator'],
  input: wire.freezeInput,
  output: wire.planOut,
  on: (ctx, input) => submissionById(ctx.tx, input.submissionId),
  async run(ctx, input, submission: Submission) {
    if (ctx.actor.orgId === submission.orgId) return refuse('not_permitted', 'nobody measures its own model');
    if (submission.state !== 'offered' || reachableUntil(submission) <= ctx.now)
      return refuse('wrong_state', 'the access window is over', '/submissionId');
    const suite = await suiteById(ctx.tx, input.suiteId);
    if (!suite) return refuse('not_found', 'no such suite', '/suiteId');
    if (suite.custodian !== null)
      return refuse('unavailable', `the tasks of this suite are sealed; its custodian is ${suite.custodian}`, '/suiteId');
    const kept = keptBackIn(suite);
    const why = kept?.state === 'quarantined' ? 'is in quarantine' : 'could not be told by the gate';
    if (kept) return refuse('wrong_state', `${kept.taskId} ${why}: ${kept.because.join('; ')}`, '/suiteId');
    const secondGrading = input.secondGrading && { ...input.secondGrading, seed: Buffer.from(ctx.doors.chance(16)).toString('hex') };
    for (const graderId of secondGrading?.graderIds ?? [])
      if ((await personById(ctx.tx, graderId))?.orgId !== ctx.actor.orgId)
        return refuse('not_found', 'no such person of yours', '/secondGrading/graderIds');
    const solver = frozenSolver(input.solver);
    const draft: Draft = { ...input, solver, secondGrading, suiteDigest: suite.digest, tasks: suite.tasks };
    const unfit = decideFreezable(draft, submission.arm);
    if (unfit) return unfit;
    if (runsOf(draft) > limits.planRuns)
      return refuse('too_many', `this plan has ${runsOf(draft)} runs; at most ${limits.planRuns}`, '/epochs');
    const plan: Plan = {
      ...draft,
      id: ctx.id('pln'),
      orgId: ctx.actor.orgId as Plan['orgId'],
      ungated: ungatedIn(suite).length,
      digest: planDigest(draft),
      label: submission.label,
      frozenAt: ctx.now,
    };
    await store.insertPlan(ctx.tx, plan);
    const payload = {
      submissionId: submission.id,
      digest: plan.digest,
      suiteDigest: plan.suiteDigest,
      rule: plan.rule,
      runs: runsOf(plan),
      ungated: plan.ungated,
    };
    return done(plan, { event: 'plan.frozen', thing: plan.id, label: plan.label, payload });
  },
  present: wire.present,
});

export const get = action({
  name: 'plans.get',
  at: 'GET /api/plans/:id',
  summary: 'A frozen plan: its digest, its rule, and what it will take.',
  by: ['developer', 'evaluator'],
  input: wire.byId,
  output: wire.planOut,
  on: (ctx, input) => store.planById(ctx.tx, input.id),
  async run(_ctx, _input, plan: Plan) {
    return done(plan);
  },
  present: wire.present,
});

export const list = action({
  name: 'plans.list',
  at: 'GET /api/plans',
  summary: 'The frozen plans you may read, oldest first.',
  by: ['developer', 'evaluator'],
  input: wire.page,
  output: wire.listOut,
  async run(ctx, input) {
    return done({ items: await store.listPlans(ctx.tx, input.after, input.limit) });
  },
  present: presentItems(wire.present),
});

export const planActions = [freeze, get, list];
