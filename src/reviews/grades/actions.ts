import { z } from 'zod';
import { digestOf, sha256 } from '../../base/canonical.ts';
import type { Instant } from '../../base/instant.ts';
import { limits } from '../../base/limits.ts';
import { isRefusal, type Refusal, refuse } from '../../base/refusal.ts';
import type { Envelope } from '../../base/signature.ts';
import { move } from '../../base/states.ts';
import { conclude as concludeExperiment } from '../../lab/conclude.ts';
import { evidenceSchema } from '../../lab/evidence.ts';
import { recordOf, sealRecord } from '../../lab/record.ts';
import { action, type Ctx, done, type Happening, presentItems } from '../../trust/action.ts';
import type { Labour } from '../../trust/labour.ts';
import type { Plan } from '../plans/plan.ts';
import { planById } from '../plans/store.ts';
import { runCode } from '../runs/briefing.ts';
import type { Run } from '../runs/run.ts';
import { runById, runsHandingIn, runsOfPlan } from '../runs/store.ts';
import { readTranscript } from '../runs/transcript.ts';
import { insertEntry } from '../suites/contamination/store.ts';
import { suiteById } from '../suites/store.ts';
import { canariesIn } from './canaries.ts';
import { flawActions } from './flaws/actions.ts';
import { type Decision, decideGiven, decideUntried, type Grade, gradeMoves } from './grade.ts';
import { type Grading, pinGradings, readGradings } from './grader/grading.ts';
import { type Signal, ungradable } from './grader/reading.ts';
import { judgementActions } from './judgements/actions.ts';
import { type GradeSpec, workGrade } from './labour.ts';
import { copied, mayHoldCodes, suspicionsIn } from './rubric.ts';
import { secondActions } from './seconds/actions.ts';
import { blindPlans } from './seconds/store.ts';
import * as store from './store.ts';
import * as wire from './wire.ts';

export const request = action({
  name: 'grades.request',
  at: 'POST /api/runs/:id/grade',
  summary: 'Grade a finished run: at once where nothing has to be tried, otherwise in the lab.',
  by: ['evaluator'],
  internal: true,
  input: wire.byRun,
  output: wire.gradeOut,
  on: (ctx, input) => runById(ctx.tx, input.id),
  async run(ctx, _input, run: Run) {
    // An erased run is finished too, but nothing is known of how.
    if (run.state !== 'finished' || run.ended === null) return refuse('wrong_state', 'this run is not finished, or was erased');
    if (await store.gradeOfRun(ctx.tx, run.id)) return refuse('wrong_state', 'this run has its grade');
    const { planId, evaluatorId, taskId, recipeId, budget, handedInId, handedInSha256, label } = run;
    const requested: Grade = {
      ...{ planId, evaluatorId, taskId, recipeId, budget, handedInId, handedInSha256, label },
      ...{ id: ctx.id('grd'), runId: run.id, state: 'requested' as const, requestedAt: ctx.now },
      ...{
        specDigest: null,
        outcome: null,
        beneath: null,
        counted: null,
        blindFor: null,
        isDisputed: false,
        because: null,
        verdicts: [],
        signals: [],
        record: null,
        givenAt: null,
      },
    };
    const decision = decideUntried(run);
    const grade = decision ? givenBy(requested, decision, ctx.now) : requested;
    await store.insertGrade(ctx.tx, grade);
    return done(grade, decision ? given(grade) : { event: 'grade.requested', thing: grade.id, label, payload: { planId, runId: run.id } });
  },
  present: wire.present,
});

function givenBy(grade: Grade, { outcome, beneath, because }: Decision, now: Instant): Grade {
  return { ...grade, state: 'given', outcome, beneath, counted: outcome, because: because.slice(0, limits.becauseChars), givenAt: now };
}

/** Not how: the log is read by whoever may be asked to grade it again. The sample that is committed to holds it. */
function given({ id, planId, runId, label }: Grade): Happening {
  return { event: 'grade.given', thing: id, label, payload: { planId, runId } };
}

export const begin = action({
  name: 'grades.begin',
  at: 'POST /api/grades/:id/begin',
  summary: 'Pin the experiment that tries a submission.',
  by: ['evaluator'],
  internal: true,
  input: wire.byId,
  output: z.custom<GradeSpec>(),
  on: (ctx, input) => store.gradeById(ctx.tx, input.id),
  async run(ctx, _input, grade: Grade) {
    const state = move(gradeMoves, grade.state, 'begin');
    if (isRefusal(state)) return state;
    const run = await runById(ctx.tx, grade.runId);
    if (!run) return refuse('not_found', 'no such run');
    const gradings = await pin(ctx, grade, run);
    await store.saveGrade(ctx.tx, { ...grade, specDigest: digestOf(gradings.map(({ digest }) => digest)) });
    return done<GradeSpec>({ gradings });
  },
});

/** From the store's own bytes, the hub's own recipe and the frozen task, every time anew: nothing that was outside is believed. */
async function pin(ctx: Ctx, grade: Grade, run: Run): Promise<Grading[]> {
  const unusable = ({ because }: Refusal): Grading[] => [{ kind: 'settled', digest: digestOf(because), reading: ungradable(because) }];
  if (!grade.handedInId || !grade.handedInSha256) return unusable(refuse('not_found', 'nothing was handed in'));
  const handedIn = await ctx.doors.blobs.get(grade.handedInId);
  if (isRefusal(handedIn)) return unusable(handedIn);
  if (sha256(handedIn) !== grade.handedInSha256) return unusable(refuse('untrusted', 'what was handed in is not what was recorded'));
  const task = (await planById(ctx.tx, grade.planId))?.tasks.find(({ id }) => id === grade.taskId);
  const recipe = ctx.doors.recipes.all().find(({ id }) => id === grade.recipeId);
  if (!task || !recipe) return unusable(refuse('not_found', 'this hub does not have the recipe'));
  return pinGradings({ task, recipe, handedIn, secret: `${run.nonce} ${grade.id}` });
}

export const conclude = action({
  name: 'grades.conclude',
  at: 'POST /api/grades/:id/conclude',
  summary: 'Read what two gradings found and give the grade.',
  by: ['evaluator'],
  internal: true,
  input: wire.concludeInput,
  output: wire.gradeOut,
  on: (ctx, input) => store.gradeById(ctx.tx, input.id),
  async run(ctx, { evidence }, grade: Grade) {
    const state = move(gradeMoves, grade.state, 'give');
    if (isRefusal(state)) return state;
    const run = await runById(ctx.tx, grade.runId);
    if (!run) return refuse('not_found', 'no such run');
    const gradings = await pin(ctx, grade, run);
    // The recipe may be another since it was begun: what was tried is then not what would be read.
    const isSame = digestOf(gradings.map(({ digest }) => digest)) === grade.specDigest;
    const changed = ungradable('recipe or task have changed since the gradings were pinned');
    const judged = readGradings(isSame ? gradings : [{ kind: 'settled', digest: '', reading: changed }], evidence);
    const decision = decideGiven(run, judged, await suspicions(ctx, run, await planById(ctx.tx, grade.planId)));
    const verdicts = judged.readings.map(({ verdict, because, place, fields }) => ({
      ...{ verdict, because },
      ...(place ? { place } : {}),
      ...(fields ? { fields } : {}),
    }));
    const { signals } = decision;
    const record = isSame ? await recorded(ctx, gradings[0], evidence[0]) : null;
    const concluded = { ...givenBy(grade, decision, ctx.now), verdicts, signals, record };
    await store.saveGrade(ctx.tx, concluded);
    return done(concluded, given(concluded));
  },
  present: wire.present,
});

/** What the rubric says of the record and of what was handed in; what others have handed in since is looked at too. */
async function suspicions(ctx: Ctx, run: Run, plan: Plan | undefined): Promise<Signal[]> {
  const [handedIn, transcript] = [await kept(ctx, run.handedInId), await kept(ctx, run.transcriptId)];
  if (!handedIn || run.handedInSha256 === null) return [];
  const task = plan?.tasks.find(({ id }) => id === run.taskId);
  // Two triages that agree are no copies.
  const others = task?.skill === 'triage' ? [] : await runsHandingIn(ctx.tx, run.submissionId, run.handedInSha256);
  const recorded = { entries: transcript ? readTranscript(transcript) : [], handedIn };
  const codesOf = ({ nonce }: Run) => [nonce, runCode(nonce)];
  const siblings = mayHoldCodes(recorded, codesOf(run)) ? await runsOfPlan(ctx.tx, run.planId) : [];
  const codesOfOthers = new Set(siblings.filter(({ id }) => id !== run.id).flatMap(codesOf));
  const found = suspicionsIn({ ...recorded, prompt: task?.prompt ?? '', codesOfOthers });
  return [...copied(run, others, handedIn), ...found];
}

async function kept(ctx: Ctx, id: Run['transcriptId']): Promise<Uint8Array | undefined> {
  const bytes = id ? await ctx.doors.blobs.get(id) : undefined;
  return isRefusal(bytes) ? undefined : bytes;
}

/** Of an input: enough to repeat the first grading elsewhere. */
async function recorded(ctx: Ctx, grading: Grading | undefined, evidence: unknown): Promise<Envelope | null> {
  if (grading?.kind !== 'input') return null;
  const parsed = evidenceSchema.safeParse(Object(evidence).experiment);
  if (!parsed.success) return null;
  const verdict = concludeExperiment(grading.spec, parsed.data);
  return sealRecord(ctx.doors.keys.signer('records'), recordOf(grading.spec, parsed.data, verdict, await ctx.doors.box.probe()));
}

export const searchRecord = action({
  name: 'grades.searchRecord',
  at: 'POST /api/runs/:id/search-record',
  summary: 'Search what a finished run said and handed in for the canaries of its suite; each place is an entry that stays.',
  by: ['evaluator'],
  internal: true,
  input: wire.byRun,
  output: wire.searchedOut,
  on: (ctx, input) => runById(ctx.tx, input.id),
  async run(ctx, _input, run: Run) {
    const plan = await planById(ctx.tx, run.planId);
    const suite = plan && (await suiteById(ctx.tx, plan.suiteId));
    const transcript = await kept(ctx, run.transcriptSha256 === null ? null : run.transcriptId);
    if (!plan || !suite || !transcript) return done({ entries: 0 });
    const handedIn = await kept(ctx, run.handedInSha256 === null ? null : run.handedInId);
    const taskOf = new Map(plan.tasks.map(({ canary, id }) => [canary, id]));
    const seen = canariesIn(readTranscript(transcript), handedIn, [...taskOf.keys()]).slice(0, limits.contaminationPerRun);
    for (const { canary, guise, where } of seen) {
      const place = { taskId: taskOf.get(canary)!, runId: run.id, guise, seenAt: where };
      await insertEntry(ctx.tx, { id: ctx.id('ctm'), suiteId: suite.id, ...place, label: suite.label, foundAt: ctx.now });
    }
    const payload = { entries: seen.length };
    return seen.length === 0 ? done(payload) : done(payload, { event: 'suite.contaminated', thing: suite.id, label: suite.label, payload });
  },
});

export const get = action({
  name: 'grades.get',
  at: 'GET /api/grades/:id',
  summary: 'One grade.',
  by: ['developer', 'evaluator'],
  input: wire.byId,
  output: wire.gradeOut,
  on: (ctx, input) => store.gradeById(ctx.tx, input.id),
  async run(ctx, _input, grade: Grade) {
    return done((await veiled(ctx, [grade]))[0]!);
  },
  present: wire.present,
});

export const list = action({
  name: 'grades.list',
  at: 'GET /api/plans/:planId/grades',
  summary: 'The grades of a plan, or that of one of its runs.',
  by: ['developer', 'evaluator'],
  input: wire.listInput,
  output: wire.listOut,
  async run(ctx, input) {
    return done({ items: await veiled(ctx, await store.listGrades(ctx.tx, input)) });
  },
  present: presentItems(wire.present),
});

/** Whoever grades one run of a plan again is shown how none of them was graded. */
async function veiled(ctx: Ctx, grades: readonly Grade[]) {
  const blind = await blindPlans(ctx.tx, ctx.actor);
  return grades.map((grade) => ({ ...grade, isVeiled: blind.includes(grade.planId) }));
}

export const gradeLabour: Labour<GradeSpec, Awaited<ReturnType<typeof workGrade>>> = { name: 'grade', begin, work: workGrade, conclude };

export { drawSecondsOf, nameSeconds } from './seconds/actions.ts';

export const gradeActions = [request, begin, conclude, searchRecord, get, list, ...judgementActions, ...secondActions, ...flawActions];
