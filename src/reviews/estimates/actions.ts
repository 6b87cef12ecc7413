import { refuse } from '../../base/refusal.ts';
import { action, type Ctx, done, presentItems } from '../../trust/action.ts';
import { stillBlind } from '../grades/grade.ts';
import { secondsGiven } from '../grades/judgements/judgement.ts';
import { judgementsOfGrades } from '../grades/judgements/store.ts';
import { blindPlans, isDrawn } from '../grades/seconds/store.ts';
import { gradesOfPlan } from '../grades/store.ts';
import { type Plan, runsOf } from '../plans/plan.ts';
import type { SolverName } from '../plans/solver.ts';
import { planById, solversOf } from '../plans/store.ts';
import { runsOfPlan } from '../runs/store.ts';
import { submissionById } from '../submissions/store.ts';
import { type Estimate, gradesDigest, measuresOfPlan, triesOf } from './estimate.ts';
import { designOf, furtherOf, ranOf, secondsOf } from './further.ts';
import * as store from './store.ts';
import * as wire from './wire.ts';

/** With who worked on the tasks: of a baseline it says nothing of a model. */
type Shown = Estimate & { readonly solver: SolverName };

interface Made {
  readonly estimate: Shown | null;
}

export const make = action({
  name: 'estimates.make',
  at: 'POST /api/plans/:id/estimate',
  summary: 'Work out the shares and their bounds once every run of a plan has its grade, and anew when a grade counts otherwise.',
  by: ['evaluator'],
  internal: true,
  input: wire.byPlan,
  output: wire.madeOut,
  on: (ctx, input) => planById(ctx.tx, input.id),
  async run(ctx, _input, plan: Plan) {
    const solver = plan.solver.name;
    const grades = await gradesOfPlan(ctx.tx, plan.id);
    // Every grade asks for it; the last one may ask more than once. One that was erased is not made again.
    const made = await store.estimateOfPlan(ctx.tx, plan.id);
    const said = await judgementsOfGrades(
      ctx.tx,
      grades.map(({ id }) => id),
    );
    const digest = gradesDigest(grades, secondsGiven(said));
    if (made && [digest, ''].includes(made.gradesDigest)) return done<Made>({ estimate: { ...made, solver } });
    const tries = triesOf(grades, runsOf(plan));
    // The draw asks for it again: which are graded twice is part of what an estimate says.
    if (!tries || !(await isDrawn(ctx.tx, plan.id))) return done<Made>({ estimate: null });
    const cutoffAt = (await submissionById(ctx.tx, plan.submissionId))?.cutoffAt ?? null;
    const estimate: Estimate = {
      id: ctx.id('est'),
      planId: plan.id,
      version: (made?.version ?? 0) + 1,
      measures: measuresOfPlan(plan, tries, cutoffAt),
      further: furtherOf(plan, ranOf(grades, await runsOfPlan(ctx.tx, plan.id)), cutoffAt, secondsOf(plan, grades, said)),
      gradesDigest: digest,
      label: plan.label,
      madeAt: ctx.now,
    };
    await store.insertEstimate(ctx.tx, estimate);
    // Not the digest of its grades: whoever knows all but one of them finds that one by it.
    const payload = { planId: plan.id, version: estimate.version };
    return done<Made>(
      { estimate: { ...estimate, solver } },
      { event: 'estimate.made', thing: estimate.id, label: estimate.label, payload },
    );
  },
  present: (made, viewer) => ({ estimate: made.estimate && wire.present(made.estimate, viewer) }),
});

export const get = action({
  name: 'estimates.get',
  at: 'GET /api/estimates/:id',
  summary: 'One estimate: shares with their bounds, by budget.',
  by: ['developer', 'evaluator'],
  input: wire.byId,
  output: wire.estimateOut,
  on: (ctx, input) => store.estimateById(ctx.tx, input.id),
  async run(ctx, _input, estimate: Estimate) {
    if ((await blindPlans(ctx.tx, ctx.actor)).includes(estimate.planId)) return stillBlind;
    const [shown] = await shownOf(ctx, [estimate]);
    return shown ? done(shown) : refuse('not_found', 'no such plan');
  },
  present: wire.present,
});

export const list = action({
  name: 'estimates.list',
  at: 'GET /api/estimates',
  summary: 'The estimates you may read, oldest first.',
  by: ['developer', 'evaluator'],
  input: wire.page,
  output: wire.listOut,
  async run(ctx, input) {
    const found = await store.listEstimates(ctx.tx, input.after, input.limit, await blindPlans(ctx.tx, ctx.actor));
    return done({ items: await shownOf(ctx, found) });
  },
  present: presentItems(wire.present),
});

async function shownOf(ctx: Ctx, estimates: readonly Estimate[]): Promise<Shown[]> {
  const ids = [...new Set(estimates.map(({ planId }) => planId))];
  const solvers = await solversOf(ctx.tx, ids);
  return estimates.flatMap((estimate) => {
    const solver = solvers.get(estimate.planId);
    return solver ? [{ ...estimate, solver }] : [];
  });
}

export const design = action({
  name: 'estimates.design',
  at: 'GET /api/plans/:id/design',
  summary:
    'What a frozen plan can show: for each measure of its rule, the smallest share that is found to exceed the threshold with a chance of 80 %.',
  by: ['developer', 'evaluator'],
  input: wire.byPlan,
  output: wire.designOut,
  on: (ctx, input) => planById(ctx.tx, input.id),
  async run(ctx, _input, plan: Plan) {
    return done(designOf(plan, (await submissionById(ctx.tx, plan.submissionId))?.cutoffAt ?? null));
  },
  present: (found) => ({ measures: [...found] }),
});

export const estimateActions = [make, get, list, design];
