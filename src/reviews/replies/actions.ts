import { limits } from '../../base/limits.ts';
import { isRefusal, type Refusal, refuse } from '../../base/refusal.ts';
import { move } from '../../base/states.ts';
import { action, type Ctx, done, type Happening, presentItems } from '../../trust/action.ts';
import { erasePayloads } from '../../trust/log/store.ts';
import { revokeGrants } from '../../trust/orgs/grants/store.ts';
import type { Agreement } from '../agreements/agreement.ts';
import { agreementById } from '../agreements/store.ts';
import { determinationsOfSubmission, eraseDetermination } from '../determinations/store.ts';
import { eraseEstimate, estimatesOfPlan } from '../estimates/store.ts';
import { eraseFlaw } from '../grades/flaws/store.ts';
import { stillBlind } from '../grades/grade.ts';
import { sayOf } from '../grades/judgements/actions.ts';
import { eraseJudgements } from '../grades/judgements/store.ts';
import { blindPlans } from '../grades/seconds/store.ts';
import { eraseGrade, gradesOfPlan } from '../grades/store.ts';
import { planById, plansOfSubmission } from '../plans/store.ts';
import type { Report } from '../reports/report.ts';
import { eraseReport, reportById, reportsOfSubmission } from '../reports/store.ts';
import { eraseRun, runsOfPlan } from '../runs/store.ts';
import { eraseSubmission, submissionById, submissionsUnder } from '../submissions/store.ts';
import { submissionMoves } from '../submissions/submission.ts';
import { erasable, type Own, presentOwn, writingUntil } from './own.ts';
import type { Reply } from './reply.ts';
import * as store from './store.ts';
import * as wire from './wire.ts';

export const file = action({
  name: 'replies.file',
  at: 'POST /api/replies',
  summary: 'Answer a report on your own model: as a whole and sample by sample.',
  by: ['developer'],
  input: wire.fileInput,
  output: wire.replyOut,
  on: (ctx, input) => reportById(ctx.tx, input.reportId),
  async run(ctx, input, report: Report) {
    const submission = await submissionById(ctx.tx, report.submissionId);
    if (submission?.orgId !== ctx.actor.orgId) return refuse('not_permitted', 'only the developer of the model replies');
    if (submission.state === 'erased') return refuse('wrong_state', 'the report was erased');
    if (input.perSample.some((s) => s.sample > report.samples.length))
      return refuse('malformed', `the report has ${report.samples.length} samples`, '/perSample');
    if ((await store.repliesTo(ctx.tx, report.id)).length >= limits.repliesPerReport)
      return refuse('too_many', `a report takes at most ${limits.repliesPerReport} replies`);
    const { submissionId, label } = report;
    const reply: Reply = {
      ...{ id: ctx.id('rpl'), reportId: report.id, submissionId, orgId: submission.orgId, authorId: ctx.actor.id },
      ...{ text: input.text, perSample: input.perSample, label, filedAt: ctx.now },
    };
    await store.insertReply(ctx.tx, reply);
    const disputes = await disputeAll(ctx, report, reply);
    if (isRefusal(disputes)) return disputes;
    const payload = { reportId: report.id, submissionId, samples: reply.perSample.length };
    return done(reply, { event: 'reply.filed', thing: reply.id, label, payload }, ...disputes);
  },
  present: wire.present,
});

/** Every grade that the reply holds for wrong, but for those that are disputed already. */
async function disputeAll(ctx: Ctx, report: Report, reply: Reply): Promise<Happening[] | Refusal> {
  const disputes = reply.perSample.filter(({ stance }) => stance === 'dispute');
  const plan = disputes.length === 0 ? undefined : await planById(ctx.tx, report.planId);
  if (!plan) return [];
  const runs = new Map((await runsOfPlan(ctx.tx, plan.id)).map((run) => [run.id, run]));
  const grades = (await gradesOfPlan(ctx.tx, plan.id)).flatMap((grade) => {
    const epoch = runs.get(grade.runId)?.epoch;
    return epoch === undefined ? [] : [{ ...grade, epoch }];
  });
  const events: Happening[] = [];
  for (const { sample, text, attempts, outcome } of disputes) {
    const of = grades.filter(({ taskId }) => taskId === plan.tasks[sample - 1]?.id);
    const isMeant = (grade: { budget: number; epoch: number }) =>
      !attempts || attempts.some(({ budget, epoch }) => budget === grade.budget && epoch === grade.epoch);
    if (!of.some(isMeant)) return refuse('malformed', `sample ${sample} has no such attempt`, '/perSample');
    for (const grade of of.filter((one) => isMeant(one) && !one.isDisputed)) {
      const said = await sayOf(ctx, grade, 'disputed', { because: text, outcome });
      if (isRefusal(said)) return said;
      events.push(said.event);
    }
  }
  return events;
}

export const get = action({
  name: 'replies.get',
  at: 'GET /api/replies/:id',
  summary: 'One reply.',
  by: ['developer', 'evaluator'],
  input: wire.byId,
  output: wire.replyOut,
  on: (ctx, input) => store.replyById(ctx.tx, input.id),
  async run(ctx, _input, reply: Reply) {
    const report = await reportById(ctx.tx, reply.reportId);
    return report && (await blindPlans(ctx.tx, ctx.actor)).includes(report.planId) ? stillBlind : done(reply);
  },
  present: wire.present,
});

export const list = action({
  name: 'replies.list',
  at: 'GET /api/reports/:reportId/replies',
  summary: 'The replies to a report, oldest first.',
  by: ['developer', 'evaluator'],
  input: wire.listInput,
  output: wire.listOut,
  on: (ctx, input) => reportById(ctx.tx, input.reportId),
  async run(ctx, _input, report: Report) {
    if ((await blindPlans(ctx.tx, ctx.actor)).includes(report.planId)) return stillBlind;
    return done({ items: await store.repliesTo(ctx.tx, report.id) });
  },
  present: presentItems(wire.present),
});

// The last two are about agreements; they stand in the last station because only from here everything can be seen that there is of one's own.

export const exportOwn = action({
  name: 'agreements.export',
  at: 'GET /api/agreements/:id/export',
  summary: 'Take along everything of your own under an agreement: your models, how they were measured, and what was said.',
  by: ['developer'],
  input: wire.byAgreement,
  output: wire.ownOut,
  on: (ctx, input) => agreementById(ctx.tx, input.id),
  async run(ctx, _input, agreement: Agreement) {
    return done({ agreement, exportedAt: ctx.now, ...(await ownUnder(ctx, agreement)) });
  },
  present: presentOwn,
});

export const erase = action({
  name: 'agreements.erase',
  at: 'POST /api/agreements/:id/erase',
  summary: 'After leaving: erase your models and what was recorded of them. Irrevocable; the log still verifies.',
  by: ['developer'],
  input: wire.byAgreement,
  output: wire.erasedOut,
  on: (ctx, input) => agreementById(ctx.tx, input.id),
  async run(ctx, _input, agreement: Agreement) {
    const mine = agreement.parties.find((p) => p.orgId === ctx.actor.orgId);
    if (mine?.withdrawnAt === null && agreement.state !== 'withdrawn') return refuse('wrong_state', 'withdraw from the agreement first');
    const own = await ownUnder(ctx, agreement);
    const until = writingUntil(own.runs, ctx.now);
    if (until) return refuse('wrong_state', `a run that was ended may write its record until ${until}; erase after that`);
    const events: Happening[] = [];
    for (const submission of own.submissions.filter((s) => s.state !== 'erased')) {
      const left = submission.state === 'offered' ? move(submissionMoves, 'offered', 'withdraw') : submission.state;
      const state = isRefusal(left) ? left : move(submissionMoves, left, 'erase');
      if (isRefusal(state)) return state;
      for (const party of agreement.parties.filter((p) => p !== mine)) await revokeGrants(ctx.tx, submission.id, party.orgId, ctx.now);
      await eraseSubmission(ctx.tx, submission.id);
      events.push({ event: 'submission.erased', thing: submission.id, label: submission.label });
    }
    await eraseRows(ctx, own);
    const things = erasable(own);
    // Wherever it is spoken of: also in a reply kept for somebody else.
    await ctx.acrossCompartments((tx) => erasePayloads(tx, ...things));
    return done({ submissions: events.length, things: things.length }, ...events);
  },
});

/** A developer reads only its own; an evaluator's role at the same organisation must not widen that. */
async function ownUnder(ctx: Ctx, agreement: Agreement): Promise<Own> {
  const submissions = (await submissionsUnder(ctx.tx, agreement.id)).filter((s) => s.orgId === ctx.actor.orgId);
  const each = async <T>(of: (id: (typeof submissions)[number]['id']) => Promise<T[]>) =>
    (await inTurn(submissions, (s) => of(s.id))).flat();
  const plans = await each((id) => plansOfSubmission(ctx.tx, id));
  return {
    submissions,
    plans,
    runs: (await inTurn(plans, (p) => runsOfPlan(ctx.tx, p.id))).flat(),
    grades: (await inTurn(plans, (p) => gradesOfPlan(ctx.tx, p.id))).flat(),
    estimates: (await inTurn(plans, (p) => estimatesOfPlan(ctx.tx, p.id))).flat(),
    determinations: await each((id) => determinationsOfSubmission(ctx.tx, id)),
    reports: await each((id) => reportsOfSubmission(ctx.tx, id)),
    replies: await each((id) => store.repliesOfSubmission(ctx.tx, id)),
  };
}

async function eraseRows(ctx: Ctx, own: Own): Promise<void> {
  for (const run of own.runs) {
    for (const blob of [run.transcriptId, run.handedInId]) if (blob) await ctx.doors.blobs.erase(blob);
    await eraseRun(ctx.tx, run.id);
  }
  for (const grade of own.grades) {
    await eraseGrade(ctx.tx, grade.id);
    await eraseJudgements(ctx.tx, grade.id);
    await eraseFlaw(ctx.tx, grade.id);
  }
  for (const estimate of own.estimates) await eraseEstimate(ctx.tx, estimate.id);
  for (const determination of own.determinations) await eraseDetermination(ctx.tx, determination.id);
  for (const report of own.reports) await eraseReport(ctx.tx, report.id);
  for (const reply of own.replies) await store.eraseReply(ctx.tx, reply.id);
}

async function inTurn<T, R>(all: readonly T[], one: (item: T) => Promise<R>): Promise<R[]> {
  const found: R[] = [];
  for (const item of all) found.push(await one(item));
  return found;
}

export const replyActions = [file, get, list, exportOwn, erase];
