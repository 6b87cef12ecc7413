import type { Tx } from '../../base/doors.ts';
import { limits } from '../../base/limits.ts';
import { isRefusal, refuse } from '../../base/refusal.ts';
import { signNote, verifierKey } from '../../base/signature.ts';
import type { Actor } from '../../trust/access.ts';
import { action, type Ctx, done } from '../../trust/action.ts';
import { checkpointText } from '../../trust/log/entry.ts';
import { entriesOf, headOf, proofsOf } from '../../trust/log/store.ts';
import { type Grade, type Outcome, stillBlind } from '../grades/grade.ts';
import { blindPlans } from '../grades/seconds/store.ts';
import { type Count, countsOfPlan, countsOfRuns } from '../grades/store.ts';
import type { Plan } from '../plans/plan.ts';
import { shownAs } from '../plans/solver.ts';
import { planById } from '../plans/store.ts';
import type { Run } from '../runs/run.ts';
import { listRuns, runById, runsOfPlan } from '../runs/store.ts';
import { submissionById } from '../submissions/store.ts';
import { type Exported, statementText } from './export.ts';
import { type Committed, hasRoom, type LogSample, type Measured, outcomeDigest, sampleDigest, wholeSample, withheldSample } from './log.ts';
import { type PlanProgress, progressOf } from './progress.ts';
import * as wire from './wire.ts';

export const commit = action({
  name: 'logs.commit',
  at: 'POST /api/runs/:id/commit-sample',
  summary: 'Commit in the log to a graded run as it will be exported.',
  by: ['evaluator'],
  internal: true,
  input: wire.byRun,
  output: wire.committedOut,
  on: (ctx, input) => runById(ctx.tx, input.id),
  async run(ctx, _input, run: Run) {
    const [plan, grade] = [await planById(ctx.tx, run.planId), (await countsOfRuns(ctx.tx, [run.id])).get(run.id)];
    const of = plan && (await measured(ctx, run, plan, grade));
    // Whoever left meanwhile took it along.
    if (!of) return done<{ digest: string | null }>({ digest: null });
    const sample = await whole(ctx, of);
    const said: Committed = { planId: run.planId, digest: sampleDigest(sample), outcomeDigest: outcomeDigest(sample.metadata) };
    return done<{ digest: string | null }>(
      { digest: said.digest },
      { event: 'sample.committed', thing: run.id, label: run.label, payload: said },
    );
  },
});

async function measured(
  ctx: Ctx,
  run: Run,
  plan: Plan,
  grade: (Count & Pick<Grade, 'because'>) | undefined,
): Promise<Measured | undefined> {
  const submission = await submissionById(ctx.tx, run.submissionId);
  const outcome = grade && outcomeOf(grade);
  if (!submission || !grade || !outcome || run.state !== 'finished' || run.ended === null) return undefined;
  return { run, plan, grade: { because: grade.because, outcome }, model: shownAs(plan.solver, submission.endpoint.model) };
}

/** As people have settled it since. */
function outcomeOf({ counted, outcome }: Count): Outcome | null {
  return counted ?? outcome;
}

async function whole(ctx: Ctx, of: Measured): Promise<LogSample> {
  const { transcriptId, transcriptSha256 } = of.run;
  const transcript = transcriptId && transcriptSha256 ? await ctx.doors.blobs.get(transcriptId) : undefined;
  return wholeSample(of, isRefusal(transcript) ? undefined : transcript);
}

export const samples = action({
  name: 'logs.samples',
  at: 'GET /api/plans/:id/samples',
  summary: 'The graded runs of a plan as samples of a log, with proofs that anybody verifies offline: logs verify.',
  by: ['developer', 'evaluator'],
  input: wire.samplesInput,
  output: wire.samplesOut,
  on: (ctx, input) => planById(ctx.tx, input.id),
  async run(ctx, { after, limit }, plan: Plan) {
    const submission = await submissionById(ctx.tx, plan.submissionId);
    if (!submission || ctx.actor.orgId === null) return refuse('not_found', 'no such plan');
    const isWhole = ctx.actor.orgId === plan.orgId;
    if ((await blindPlans(ctx.tx, ctx.actor)).includes(plan.id)) return stillBlind;
    // What comes later is not under this checkpoint.
    const head = await headOf(ctx.tx);
    const page = await pageOf(ctx, plan, { after, limit, isWhole, size: head.size });
    if (isRefusal(page)) return page;
    const signer = ctx.doors.keys.signer('log');
    const told = { planId: plan.id, viewerId: ctx.actor.orgId, at: ctx.now, after, next: page.next, size: head.size };
    const { id, digest, epochs, budgets, frozenAt, solver } = plan;
    const model = shownAs(solver, submission.endpoint.model);
    return done({
      planId: id,
      about: { model, solver: solver.name, isWhole, digest, epochs, budgets, frozenAt, suite: plan.suiteDigest },
      checkpoint: signNote(signer, checkpointText(signer.name, head.size, head.frontier)),
      statement: signNote(signer, statementText(told, page.samples)),
      key: verifierKey(signer.name, signer.publicKey),
      ...page,
    });
  },
});

interface Asked {
  readonly after: string;
  readonly limit: number;
  readonly isWhole: boolean;
  readonly size: number;
}

async function pageOf(ctx: Ctx, plan: Plan, { after, limit, isWhole, size }: Asked) {
  const runs = await listRuns(ctx.tx, plan.id, after, limit);
  const grades = await countsOfRuns(
    ctx.tx,
    runs.map(({ id }) => id),
  );
  const found: { readonly sample: LogSample; readonly entry: Entry | undefined }[] = [];
  let [bytes, last]: [number, string] = [0, ''];
  for (const run of runs) {
    if (!hasRoom(bytes)) break;
    last = run.id;
    const of = await measured(ctx, run, plan, grades.get(run.id));
    if (!of) continue;
    const entry = await committedTo(ctx, run, size);
    const isHeldOut = plan.tasks.some((task) => task.id === run.taskId && task.heldOut);
    const sample =
      isWhole && !isHeldOut ? await whole(ctx, of) : withheldSample(of, entry ? (entry.body.payload as Committed).digest : null);
    bytes += Buffer.byteLength(JSON.stringify(sample));
    found.push({ sample, entry });
  }
  const proven = await proofsOf(
    ctx.tx,
    found.flatMap(({ entry }) => entry ?? []),
    size,
  );
  if (isRefusal(proven)) return proven;
  const bySeq = new Map(proven.map((entry) => [entry.seq, entry]));
  const samples = found.map(({ sample, entry }): Exported => ({ sample, committed: entry ? bySeq.get(entry.seq)! : null }));
  return { samples, next: runs.length === limit || last !== runs.at(-1)?.id ? last || null : null };
}

type Entry = Awaited<ReturnType<typeof entriesOf>>[number];

/** The newest: a grade may be given anew. undefined where it was erased, or nothing was ever committed to. */
async function committedTo(ctx: Ctx, run: Run, size: number): Promise<Entry | undefined> {
  const entries = await entriesOf(ctx.tx, run.id, 0, size, limits.pageRows);
  const last = entries.findLast(({ body }) => body.event === 'sample.committed');
  return last?.body.payloadSalt === null ? undefined : last;
}

/** As `actor` may have it; undefined: there is no such plan, or not for them. */
export async function lookAtPlan(tx: Tx, actor: Actor, id: string): Promise<PlanProgress | undefined> {
  const plan = await planById(tx, id);
  if (!plan) return undefined;
  const runs = await runsOfPlan(tx, id);
  const isBlind = (await blindPlans(tx, actor)).includes(plan.id);
  const outcomes = new Map(isBlind ? [] : (await countsOfPlan(tx, plan.id)).map((count) => [count.runId, outcomeOf(count)]));
  return progressOf(plan, runs, outcomes, plan.orgId === actor.orgId);
}

export const progress = action({
  name: 'logs.progress',
  at: 'GET /api/plans/:id/progress',
  summary: 'How far the runs of a plan are, by budget and for who keeps the suite by task, and what they used.',
  by: ['developer', 'evaluator'],
  input: wire.byPlan,
  output: wire.progressOut,
  on: (ctx, input) => planById(ctx.tx, input.id),
  async run(ctx, input) {
    const found = await lookAtPlan(ctx.tx, ctx.actor, input.id);
    return found ? done(found) : refuse('not_found', 'no such plan');
  },
});

export const logsActions = [commit, samples, progress];
