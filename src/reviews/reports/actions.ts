import { refuse } from '../../base/refusal.ts';
import { action, type Ctx, done, presentItems } from '../../trust/action.ts';
import type { Determination } from '../determinations/determination.ts';
import { determinationById } from '../determinations/store.ts';
import { estimateOfPlan } from '../estimates/store.ts';
import { stillBlind } from '../grades/grade.ts';
import { judgementsOfGrades } from '../grades/judgements/store.ts';
import { blindPlans } from '../grades/seconds/store.ts';
import { gradesOfPlan } from '../grades/store.ts';
import { planById } from '../plans/store.ts';
import { runsOfPlan } from '../runs/store.ts';
import { type Graded, type Report, type ReportNow, saidOf, samplesOf } from './report.ts';
import * as store from './store.ts';
import * as wire from './wire.ts';

export const issue = action({
  name: 'reports.issue',
  at: 'POST /api/reports',
  summary: 'Hand the developer what was seen, sample by sample, and what it could do about it.',
  by: ['evaluator'],
  input: wire.issueInput,
  output: wire.reportOut,
  on: (ctx, input) => determinationById(ctx.tx, input.determinationId),
  async run(ctx, input, determination: Determination) {
    if (ctx.actor.orgId !== determination.orgId) return refuse('not_permitted', 'whoever decided reports');
    if (determination.state === 'set-aside' || determination.state === 'erased')
      return refuse('wrong_state', `the determination is ${determination.state}`);
    if ((await blindPlans(ctx.tx, ctx.actor)).includes(determination.planId)) return stillBlind;
    const plan = await planById(ctx.tx, determination.planId);
    if (!plan) return refuse('not_found', 'no such plan');
    if (input.remarks.some((r) => r.sample > plan.tasks.length))
      return refuse('malformed', `the plan has ${plan.tasks.length} samples`, '/remarks');
    const runs = new Map((await runsOfPlan(ctx.tx, plan.id)).map((r) => [r.id, r]));
    const graded = (await gradesOfPlan(ctx.tx, plan.id)).flatMap((g): Graded[] => {
      const run = runs.get(g.runId);
      return run && g.counted ? [{ taskId: run.taskId, budget: run.budget, epoch: run.epoch, outcome: g.counted }] : [];
    });
    const { planId, submissionId, verdict, reasons, label } = determination;
    const report: Report = {
      ...{ id: ctx.id('rpt'), determinationId: determination.id, planId, submissionId, orgId: determination.orgId },
      ...{ planDigest: plan.digest, verdict, reasons, mitigations: input.mitigations, label, issuedAt: ctx.now },
      samples: samplesOf(plan, graded, input.remarks),
    };
    await store.insertReport(ctx.tx, report);
    const payload = { determinationId: determination.id, submissionId, samples: report.samples.length };
    return done(await asOfNow(ctx, report), { event: 'report.issued', thing: report.id, label, payload });
  },
  present: wire.present,
});

export const get = action({
  name: 'reports.get',
  at: 'GET /api/reports/:id',
  summary: 'One report, sample by sample, with what has been said of its grades since.',
  by: ['developer', 'evaluator'],
  input: wire.byId,
  output: wire.reportOut,
  on: (ctx, input) => store.reportById(ctx.tx, input.id),
  async run(ctx, _input, report: Report) {
    return (await blindPlans(ctx.tx, ctx.actor)).includes(report.planId) ? stillBlind : done(await asOfNow(ctx, report));
  },
  present: wire.present,
});

export const list = action({
  name: 'reports.list',
  at: 'GET /api/reports',
  summary: 'The reports you may read, oldest first.',
  by: ['developer', 'evaluator'],
  input: wire.page,
  output: wire.listOut,
  async run(ctx, input) {
    return done({ items: await store.listReports(ctx.tx, input.after, input.limit, await blindPlans(ctx.tx, ctx.actor)) });
  },
  present: presentItems(wire.presentIssued),
});

/** Nothing of it is changed by what is said later. */
async function asOfNow(ctx: Ctx, report: Report): Promise<ReportNow> {
  const plan = await planById(ctx.tx, report.planId);
  const grades = await gradesOfPlan(ctx.tx, report.planId);
  const words = await judgementsOfGrades(
    ctx.tx,
    grades.map(({ id }) => id),
  );
  const epochs = new Map((await runsOfPlan(ctx.tx, report.planId)).map(({ id, epoch }) => [id, epoch]));
  const agreement = (await estimateOfPlan(ctx.tx, report.planId))?.further?.agreement ?? null;
  return { ...report, said: plan ? saidOf(plan, grades, epochs, words) : [], agreement };
}

export const reportActions = [issue, get, list];
