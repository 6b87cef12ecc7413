import { limits } from '../../../base/limits.ts';
import { isRefusal, type Refusal, refuse } from '../../../base/refusal.ts';
import { house } from '../../../trust/access.ts';
import { action, type Ctx, done, type Happening, presentItems } from '../../../trust/action.ts';
import { personById } from '../../../trust/orgs/store.ts';
import { planById } from '../../plans/store.ts';
import { submissionById } from '../../submissions/store.ts';
import { type Grade, stillBlind } from '../grade.ts';
import { blindPlans, countGivenBy, isDrawn } from '../seconds/store.ts';
import * as grades from '../store.ts';
import { countedOf, decideJudgement, isDisputed, type Judgement } from './judgement.ts';
import * as store from './store.ts';
import * as wire from './wire.ts';

type Shown = Judgement & { readonly evaluatorId: string };

const output = wire.judgementOut;
const { present } = wire;

export const judge = action({
  name: 'grades.judge',
  at: 'POST /api/grades/:id/judge',
  summary: 'Say whether a suspicion of cheating holds. Rules only suspect; a named person settles it, and both are kept.',
  by: ['evaluator'],
  input: wire.judgeInput,
  output,
  on: (ctx, input) => grades.gradeById(ctx.tx, input.id),
  run: (ctx, { holds, because }, grade: Grade) => byEvaluator(ctx, grade, holds ? 'confirmed' : 'dismissed', { because }),
  present,
});

export const askSecond = action({
  name: 'grades.askSecond',
  at: 'POST /api/grades/:id/ask-second',
  summary: 'Ask another person of yours to grade it again; until then the first grade is hidden from that person.',
  by: ['evaluator'],
  input: wire.askInput,
  output,
  on: (ctx, input) => grades.gradeById(ctx.tx, input.id),
  async run(ctx, { personId, because }, grade: Grade) {
    const person = await personById(ctx.tx, personId);
    if (!person || person.orgId !== grade.evaluatorId) return refuse('not_found', 'no such person of yours', '/personId');
    if (personId === ctx.actor.id) return refuse('not_permitted', 'whoever asks has seen the first grade', '/personId');
    return byEvaluator(ctx, grade, 'second-asked', { because, aboutId: personId });
  },
  present,
});

export const giveSecond = action({
  name: 'grades.giveSecond',
  at: 'POST /api/grades/:id/give-second',
  summary: 'Grade again what you were asked to, without having been shown the first grade.',
  by: ['evaluator'],
  input: wire.outcomeInput,
  output,
  on: (ctx, input) => grades.gradeById(ctx.tx, input.id),
  run: (ctx, { outcome, because }, grade: Grade) => byEvaluator(ctx, grade, 'second-given', { outcome, because }),
  present,
});

export const dispute = action({
  name: 'grades.dispute',
  at: 'POST /api/grades/:id/dispute',
  summary:
    'Hold a grade of your own model for wrong; it is kept beside the grade, shown as a bound, and a person of the evaluator answers it.',
  by: ['developer'],
  input: wire.disputeInput,
  output,
  on: (ctx, input) => grades.gradeById(ctx.tx, input.id),
  async run(ctx, { because, outcome }, grade: Grade) {
    const plan = await planById(ctx.tx, grade.planId);
    const submission = plan && (await submissionById(ctx.tx, plan.submissionId));
    if (submission?.orgId !== ctx.actor.orgId) return refuse('not_permitted', 'only the developer of the model disputes its grades');
    return say(ctx, grade, 'disputed', { because, outcome });
  },
  present,
});

export const resolve = action({
  name: 'grades.resolve',
  at: 'POST /api/grades/:id/resolve',
  summary:
    'Say what counts after a dispute, or where two grades differ, and answer the developer, under your name. Nothing said before is overwritten.',
  by: ['evaluator'],
  input: wire.resolveInput,
  output,
  on: (ctx, input) => grades.gradeById(ctx.tx, input.id),
  async run(ctx, { outcome, because, answer }, grade: Grade) {
    if (grade.isDisputed && answer === undefined) return refuse('malformed', 'its developer disputes it and is owed an answer', '/answer');
    return byEvaluator(ctx, grade, 'resolved', { outcome, because, answer });
  },
  present,
});

export const judgements = action({
  name: 'grades.judgements',
  at: 'GET /api/grades/:id/judgements',
  summary: 'What people said of a grade, oldest first.',
  by: ['developer', 'evaluator'],
  input: wire.byGrade,
  output: wire.listOut,
  on: (ctx, input) => grades.gradeById(ctx.tx, input.id),
  async run(ctx, _input, grade: Grade) {
    const said = await store.judgementsOf(ctx.tx, grade.id);
    // What others found is the first grade, in other words.
    const isBlind = (await blindPlans(ctx.tx, ctx.actor)).includes(grade.planId);
    const seen = isBlind ? said.filter(({ kind, aboutId }) => kind === 'second-asked' && aboutId === ctx.actor.id) : said;
    return done({ items: seen.map((word): Shown => ({ ...word, evaluatorId: grade.evaluatorId })) });
  },
  present: presentItems(wire.present),
});

interface Words {
  readonly because: string;
  readonly outcome?: Judgement['outcome'] | undefined;
  readonly aboutId?: string;
  readonly answer?: string | undefined;
}

async function byEvaluator(ctx: Ctx, grade: Grade, kind: Judgement['kind'], words: Words) {
  if (ctx.actor.orgId !== grade.evaluatorId) return refuse('not_permitted', 'only who keeps the suite judges its grades');
  if (ctx.actor.kind !== 'person') return refuse('not_permitted', 'only a person judges');
  // What is hidden is not argued about.
  if (kind !== 'second-given' && (await blindPlans(ctx.tx, ctx.actor)).includes(grade.planId)) return stillBlind;
  // Of what is settled before, those who wait to grade it again would read in the log that there was something to settle.
  if (kind !== 'second-given' && !(await isDrawn(ctx.tx, grade.planId)))
    return refuse('wrong_state', 'second grades of this plan are not drawn yet; settle it after that');
  return say(ctx, grade, kind, words);
}

async function say(ctx: Ctx, grade: Grade, kind: Judgement['kind'], words: Words) {
  const said = await sayOf(ctx, grade, kind, words);
  return isRefusal(said) ? said : done<Shown>({ ...said.judgement, evaluatorId: grade.evaluatorId }, said.event);
}

/** Kept, and what it changes worked out. Also what a reply disputes is said so. */
export async function sayOf(
  ctx: Ctx,
  grade: Grade,
  kind: Judgement['kind'],
  { because, outcome = null, aboutId, answer }: Words,
): Promise<{ readonly judgement: Judgement; readonly event: Happening } | Refusal> {
  const said = await store.judgementsOf(ctx.tx, grade.id);
  const refused = decideJudgement(grade, said, kind, ctx.actor);
  if (refused) return refused;
  if (said.length >= limits.judgementsPerGrade) return refuse('too_many', `a grade takes at most ${limits.judgementsPerGrade} judgements`);
  const { id: gradeId, planId, runId, label } = grade;
  const judgement: Judgement = {
    ...{ id: ctx.id('jdg'), gradeId, place: said.length + 1, kind, outcome, because, label, saidAt: ctx.now },
    ...{ aboutId: aboutId ?? null, answer: answer ?? null, byName: kind === 'resolved' ? ctx.actor.name : null },
    ...{ byId: ctx.actor.id, byOrgId: ctx.actor.orgId as Judgement['byOrgId'] },
  };
  await store.insertJudgement(ctx.tx, judgement);
  const all = [...said, judgement];
  const blindFor = kind === 'second-asked' ? judgement.aboutId : kind === 'second-given' ? null : grade.blindFor;
  await grades.saveCounted(ctx.tx, { ...grade, counted: countedOf(grade, all), blindFor, isDisputed: isDisputed(all) });
  if (kind === 'second-given' && said.findLast((word) => word.kind === 'second-asked')?.byId === house.id)
    await countGivenBy(ctx.tx, planId, ctx.actor.id);
  // Whether a suspicion held is the first grade, in other words; and so nearly is which grade its developer disputes.
  const payload = { planId, judgementId: judgement.id };
  const event: Happening =
    kind === 'disputed'
      ? { event: 'grade.judged', thing: planId, label, payload }
      : { event: 'grade.judged', thing: gradeId, label, payload: { ...payload, runId } };
  return { judgement, event };
}

export const judgementActions = [judge, askSecond, giveSecond, dispute, resolve, judgements];
