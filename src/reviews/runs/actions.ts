import { z } from 'zod';
import { type Instant, msBetween } from '../../base/instant.ts';
import { limits } from '../../base/limits.ts';
import { isRefusal, type Refusal, refuse } from '../../base/refusal.ts';
import { move } from '../../base/states.ts';
import { action, type Ctx, done, type Happening, presentItems } from '../../trust/action.ts';
import type { Labour } from '../../trust/labour.ts';
import type { Plan } from '../plans/plan.ts';
import { planById } from '../plans/store.ts';
import { submissionById } from '../submissions/store.ts';
import { isOpen, reachableUntil } from '../submissions/submission.ts';
import { attendedBy, type Session } from './attended.ts';
import { type RunEvidence, type RunSpec, workRun } from './labour.ts';
import { asksModel, briefingOf, rehearsalOf, stageOf } from './pinning.ts';
import {
  bindingOf,
  cellsOf,
  decideAccount,
  type Ending,
  type Run,
  runMoves,
  tokensIn,
  tokensOut,
  unspent,
  usedSoFar,
  withCost,
} from './run.ts';
import * as store from './store.ts';
import { readTranscript } from './transcript.ts';
import * as wire from './wire.ts';

export const queue = action({
  name: 'runs.queue',
  at: 'POST /api/plans/:id/runs',
  summary: 'Make the runs of a frozen plan; they begin when the access window does.',
  by: ['evaluator'],
  internal: true,
  input: wire.byPlan,
  output: wire.countOut,
  on: (ctx, input) => planById(ctx.tx, input.id),
  async run(ctx, _input, plan: Plan) {
    if ((await store.runsOfPlan(ctx.tx, plan.id)).length > 0) return refuse('wrong_state', 'this plan has its runs');
    const submission = await submissionById(ctx.tx, plan.submissionId);
    if (!submission) return refuse('not_found', 'no such submission');
    const window = { windowStartsAt: submission.windowStartsAt, windowEndsAt: reachableUntil(submission) };
    const runs = cellsOf(plan).map((cell): Run => {
      const owners = { planId: plan.id, submissionId: plan.submissionId, evaluatorId: plan.orgId };
      const nonce = Buffer.from(ctx.doors.chance(16)).toString('hex');
      return { ...fresh, ...owners, ...cell, ...window, id: ctx.id('run'), nonce, queuedAt: ctx.now, label: plan.label };
    });
    await store.insertRuns(ctx.tx, runs);
    return done({ runs: runs.length });
  },
});

const fresh = {
  state: 'waiting',
  attempt: 0,
  begunAt: null,
  finishedAt: null,
  ended: null,
  because: null,
  turnsUsed: 0,
  inputTokens: 0,
  outputTokens: 0,
  toolCalls: 0,
  spent: unspent,
  transcriptId: null,
  transcriptSha256: null,
  handedInId: null,
  handedInSha256: null,
} as const;

export const queueDue = action({
  name: 'runs.queueDue',
  at: 'POST /api/runs/queue-due',
  summary: 'Hand out the runs whose access window is open.',
  by: ['evaluator'],
  internal: true,
  input: wire.nothing,
  output: wire.countOut,
  async run(ctx) {
    const due = await store.waitingRuns(ctx.tx, ctx.now, limits.runsAtOnce);
    for (const run of due) await store.saveRun(ctx.tx, { ...run, state: 'queued', queuedAt: ctx.now });
    // Whoever attends a run begins it; no worker does.
    const events = due
      .filter((run) => run.solver !== 'attended')
      .map((run): Happening => ({ event: 'run.queued', thing: run.id, label: run.label, payload: { planId: run.planId } }));
    return done({ runs: due.length }, ...events);
  },
});

export const lapseDue = action({
  name: 'runs.lapseDue',
  at: 'POST /api/runs/lapse-due',
  summary: 'End the runs whose access window is over.',
  by: ['evaluator'],
  internal: true,
  input: wire.nothing,
  output: wire.countOut,
  async run(ctx) {
    return lapseAll(ctx, await store.overdueRuns(ctx.tx, ctx.now, limits.runsAtOnce), 'the window is over');
  },
});

export const lapse = action({
  name: 'runs.lapse',
  at: 'POST /api/submissions/:id/lapse-runs',
  summary: 'End the runs of a model that is no longer offered.',
  by: ['evaluator'],
  internal: true,
  input: wire.bySubmission,
  output: wire.countOut,
  async run(ctx, input) {
    return lapseAll(ctx, await store.unfinishedRuns(ctx.tx, { submissionId: input.id }), 'the window is over');
  },
});

export const stop = action({
  name: 'runs.stop',
  at: 'POST /api/plans/:id/stop-runs',
  summary: 'Stop the runs of a plan that are not finished; what a running one still does no longer counts.',
  by: ['evaluator'],
  input: wire.stopInput,
  output: wire.countOut,
  on: (ctx, input) => planById(ctx.tx, input.id),
  async run(ctx, input, plan: Plan) {
    if (plan.orgId !== ctx.actor.orgId) return refuse('not_permitted', 'only who froze the plan stops its runs');
    return lapseAll(ctx, await store.unfinishedRuns(ctx.tx, { planId: plan.id }), `stopped: ${input.because}`);
  },
});

export const stopAll = action({
  name: 'runs.stopAll',
  at: 'POST /api/runs/stop-all',
  summary: 'The kill switch: stop every run of your organisation’s plans that is not finished, within two seconds.',
  by: ['evaluator'],
  input: wire.stopAllInput,
  output: wire.countOut,
  async run(ctx, input) {
    const because = `stopped: ${input.because}`;
    return lapseAll(ctx, await store.runsToStop(ctx.tx, ctx.actor.orgId as Run['evaluatorId']), because);
  },
});

export const stopHub = action({
  name: 'runs.stopHub',
  at: 'POST /api/runs/stop-hub',
  summary: 'Stop every run of this hub that is not finished: for whoever keeps the machine.',
  by: ['evaluator'],
  internal: true,
  input: wire.stopAllInput,
  output: wire.countOut,
  async run(ctx, input) {
    return lapseAll(ctx, await store.runsToStop(ctx.tx, undefined), `stopped: ${input.because}`);
  },
});

async function lapseAll(ctx: Ctx, runs: readonly Run[], because: string) {
  const kept = because.slice(0, limits.becauseChars);
  const none = { transcriptSha256: null, handedInSha256: null };
  const ended = runs.map((run): Run => ({ ...run, ...none, state: 'finished', ended: 'not-run', because: kept, finishedAt: ctx.now }));
  await store.endRuns(
    ctx.tx,
    ended.map((run) => run.id),
    { because: kept, at: ctx.now },
  );
  return done({ runs: ended.length }, ...ended.map(finished));
}

function finished(run: Run): Happening {
  const payload = { planId: run.planId, ended: run.ended, hasHandedIn: run.handedInSha256 !== null, submission: bindingOf(run) };
  return { event: 'run.finished', thing: run.id, label: run.label, payload };
}

export const begin = action({
  name: 'runs.begin',
  at: 'POST /api/runs/:id/begin',
  summary: 'Pin everything a worker needs for one run.',
  by: ['evaluator'],
  internal: true,
  input: wire.byId,
  output: z.custom<RunSpec>(),
  on: (ctx, input) => store.runById(ctx.tx, input.id),
  run: async (ctx, _input, run: Run) =>
    run.solver === 'attended' ? refuse('wrong_state', 'this run is attended by an agent from outside') : pinned(ctx, run),
});

export const beginAttended = action({
  name: 'runs.beginAttended',
  at: 'POST /api/runs/:id/begin-attended',
  summary: 'Pin everything for a run that an agent from outside works on.',
  by: ['evaluator'],
  internal: true,
  input: wire.byId,
  output: z.custom<RunSpec>(),
  on: (ctx, input) => store.runById(ctx.tx, input.id),
  async run(ctx, _input, run: Run) {
    if (run.solver !== 'attended') return refuse('wrong_state', 'this run is not attended');
    // An agent that comes again knows nothing of what it did, and one that is at it still must not be cut off by another.
    if (run.state === 'running') return refuse('wrong_state', 'an agent has begun this run already');
    return pinned(ctx, run);
  },
});

async function pinned(ctx: Ctx, run: Run) {
  const state = move(runMoves, run.state, 'begin');
  if (isRefusal(state)) return state;
  const [plan, submission] = [await planById(ctx.tx, run.planId), await submissionById(ctx.tx, run.submissionId)];
  const task = plan?.tasks.find((t) => t.id === run.taskId);
  if (!plan || !task || !submission) return refuse('not_found', 'the plan or its submission is gone');
  if (!isOpen(submission, ctx.now)) return refuse('wrong_state', 'the window is over');
  const journal = (await store.entriesOf(ctx.tx, run.id)).map(({ entry }) => JSON.parse(entry));
  const [transcriptId, handedInId, attempt] = [ctx.id('blb'), ctx.id('blb'), run.attempt + 1];
  // What was handed in goes on with the run, out of reach of a worker that is not as dead as it seemed; it was kept before the journal knew.
  const handedIn = run.handedInId && (await ctx.doors.blobs.get(run.handedInId));
  if (handedIn && !isRefusal(handedIn)) await ctx.doors.blobs.put(handedInId, handedIn);
  await store.saveRun(ctx.tx, { ...run, state, attempt, begunAt: run.begunAt ?? ctx.now, transcriptId, handedInId });
  const { solver } = run;
  const rehearsal = rehearsalOf(ctx.doors.recipes, run, task, plan);
  const spec: RunSpec = {
    ...{ id: run.id, attempt, solver, transcriptId, handedInId, prices: plan.prices, seed: run.seed, harness: plan.solver.harness ?? null },
    briefing: briefingOf(run, task, plan),
    endpoint: asksModel(solver) ? submission.endpoint : null,
    stage: isRefusal(rehearsal) ? rehearsal : stageOf(ctx.doors.recipes, task),
    rehearsal: isRefusal(rehearsal) ? null : rehearsal,
    journal,
    windowMs: msBetween(ctx.now, run.windowEndsAt),
  };
  // What else an attempt before this one wrote is nobody's; but until this one has begun it is all there is.
  for (const id of [run.transcriptId, run.handedInId]) if (id) ctx.afterwards(() => ctx.doors.blobs.erase(id));
  return done(spec, { event: 'run.begun', thing: run.id, label: run.label, payload: { planId: run.planId, attempt } });
}

export const record = action({
  name: 'runs.record',
  at: 'POST /api/runs/:id/record',
  summary: 'Write down what was said in a run before anything is done upon it; refused when nobody waits for the run any more.',
  by: ['evaluator'],
  internal: true,
  input: wire.recordInput,
  output: z.object({}),
  on: (ctx, input) => store.runById(ctx.tx, input.id),
  async run(ctx, { attempt, from, entries }, run: Run) {
    if (run.state !== 'running') return refuse('wrong_state', 'this run was ended');
    if (attempt !== undefined && attempt !== run.attempt) return refuse('stale', `attempt ${run.attempt} has begun since`);
    if (run.windowEndsAt <= ctx.now) return refuse('wrong_state', 'the window is over');
    await store.insertEntries(ctx.tx, run, from, entries, ctx.now);
    if (entries.length > 0) await store.saveRun(ctx.tx, usedSoFar(run, entries.map(wire.usedIn)));
    return done({});
  },
});

export const conclude = action({
  name: 'runs.conclude',
  at: 'POST /api/runs/:id/conclude',
  summary: 'Take down how a run ended.',
  by: ['evaluator'],
  internal: true,
  input: wire.concludeInput,
  output: wire.runOut,
  on: (ctx, input) => store.runById(ctx.tx, input.id),
  async run(ctx, { evidence }, run: Run) {
    const state = move(runMoves, run.state, 'conclude');
    if (isRefusal(state)) return state;
    const [transcript, handedIn] = [await kept(ctx, run.transcriptId), evidence.handedIn ? await kept(ctx, run.handedInId) : null];
    const doubt = decideAccount(run, evidence, transcript, handedIn);
    if (doubt?.code === 'stale') return doubt;
    const prices = (await planById(ctx.tx, run.planId))?.prices ?? null;
    const concluded = { ...(doubt ? broken(run, doubt, ctx.now) : accounted(run, evidence, ctx.now)), state };
    const reckoned = { ...concluded, spent: withCost(concluded.spent, prices) };
    await store.saveRun(ctx.tx, reckoned);
    // The transcript holds all of it; where there is none, the journal is what is left.
    if (!doubt) await store.forgetEntries(ctx.tx, run.id);
    return done(reckoned, finished(reckoned));
  },
  present: wire.present,
});

async function kept(ctx: Ctx, id: Run['transcriptId']): Promise<Uint8Array | Refusal> {
  return id ? ctx.doors.blobs.get(id) : refuse('not_found', 'nothing was pinned');
}

function accounted(run: Run, said: RunEvidence, now: Instant): Run {
  const { ended, because, turns: turnsUsed, toolCalls } = said;
  const spent = { ...said.spent, costMicros: null };
  const [inputTokens, outputTokens] = [tokensIn(spent.use), tokensOut(spent.use)];
  const digests = { transcriptSha256: said.transcript.sha256, handedInSha256: said.handedIn?.sha256 ?? null };
  return { ...run, ended, because, turnsUsed, inputTokens, outputTokens, toolCalls, spent, ...digests, finishedAt: now };
}

/** What does not hold is our failure: nothing in it may count for or against the model. */
function broken(run: Run, doubt: Refusal, now: Instant): Run {
  const ended: Ending = 'infra-error';
  return { ...run, ended, because: doubt.because, finishedAt: now };
}

export const get = action({
  name: 'runs.get',
  at: 'GET /api/runs/:id',
  summary: 'One run: how it ended and what it used.',
  by: ['developer', 'evaluator'],
  input: wire.byId,
  output: wire.runOut,
  on: (ctx, input) => store.runById(ctx.tx, input.id),
  async run(_ctx, _input, run: Run) {
    return done(run);
  },
  present: wire.present,
});

export const list = action({
  name: 'runs.list',
  at: 'GET /api/plans/:planId/runs',
  summary: 'The runs of a plan.',
  by: ['developer', 'evaluator'],
  input: wire.listInput,
  output: wire.listOut,
  async run(ctx, input) {
    return done({ items: await store.listRuns(ctx.tx, input.planId, input.after, input.limit) });
  },
  present: presentItems(wire.present),
});

export const transcript = action({
  name: 'runs.transcript',
  at: 'GET /api/runs/:id/transcript',
  summary: 'What was said and done in a run, as recorded from outside.',
  by: ['evaluator'],
  input: wire.transcriptInput,
  output: wire.transcriptOut,
  on: (ctx, input) => store.runById(ctx.tx, input.id),
  async run(ctx, input, run: Run) {
    if (run.evaluatorId !== ctx.actor.orgId) return refuse('not_permitted', 'it shows the task: only who keeps the suite reads it');
    const written = run.transcriptSha256 !== null && run.transcriptId ? await ctx.doors.blobs.get(run.transcriptId) : null;
    if (written)
      return isRefusal(written)
        ? written
        : done({ id: run.id, sha256: run.transcriptSha256, entries: readTranscript(written).slice(input.from) });
    // Of a run that is under way, or that was stopped, there is what was written down so far.
    const entries = await store.entriesOf(ctx.tx, run.id, input.from);
    if (entries.length === 0 && run.state !== 'running') return refuse('wrong_state', 'there is no transcript of this run');
    return done({ id: run.id, sha256: null, entries: entries.map(({ at, entry }) => ({ ...JSON.parse(entry), at })) });
  },
});

export const runLabour: Labour<RunSpec, RunEvidence> = {
  name: 'run',
  begin,
  work: (spec, doors, watch) => workRun(spec, doors, watch),
  // Whoever stops runs waits for no worker longer than this, and for the end of a box.
  ...{ progress: record, progressMs: 500 },
  conclude,
};

/** The same labour with an agent from outside in place of a model; refused for a run that is measured otherwise. */
export function attendLabour(serve: (session: Session) => Promise<void>): Labour<RunSpec, RunEvidence> {
  const attend = attendedBy(serve);
  return { ...runLabour, begin: beginAttended, work: (spec, doors, watch) => workRun(spec, doors, watch, limits.runMs, attend) };
}

export const runActions = [
  queue,
  queueDue,
  lapseDue,
  lapse,
  stop,
  stopAll,
  stopHub,
  begin,
  beginAttended,
  record,
  conclude,
  get,
  list,
  transcript,
];
