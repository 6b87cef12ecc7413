import { z } from 'zod';
import { wireId } from '../../../base/wire.ts';
import { action, type Ctx, done } from '../../../trust/action.ts';
import { type Plan, runsOf } from '../../plans/plan.ts';
import { planById } from '../../plans/store.ts';
import { runsOfPlan } from '../../runs/store.ts';
import { decideUntried, isDeclined } from '../grade.ts';
import { insertJudgement, judgementsOfGrades } from '../judgements/store.ts';
import * as grades from '../store.ts';
import { drawSeconds } from './second.ts';
import * as store from './store.ts';

const byPlan = z.object({ id: wireId('pln') });
const output = z.object({ asked: z.number() });

export const nameSeconds = action({
  name: 'grades.nameSeconds',
  at: 'POST /api/plans/:id/name-seconds',
  summary: 'Keep from whoever will grade runs of a plan again what comes of it, before there is anything to keep.',
  by: ['evaluator'],
  internal: true,
  input: byPlan,
  output,
  on: (ctx, input) => planById(ctx.tx, input.id),
  async run(ctx, _input, plan: Plan) {
    for (const id of plan.secondGrading?.graderIds ?? []) await store.nameGrader(ctx.tx, plan.id, id, plan.label);
    return done({ asked: 0 });
  },
});

export const drawSecondsOf = action({
  name: 'grades.drawSeconds',
  at: 'POST /api/plans/:id/draw-seconds',
  summary: 'When every run has its grade, draw by the seed of the plan which are graded again.',
  by: ['evaluator'],
  internal: true,
  input: byPlan,
  output,
  on: (ctx, input) => planById(ctx.tx, input.id),
  async run(ctx, _input, plan: Plan) {
    const { secondGrading } = plan;
    if (!secondGrading || (await grades.countGiven(ctx.tx, plan.id)) < runsOf(plan)) return done({ asked: 0 });
    if (await store.isDrawn(ctx.tx, plan.id)) return done({ asked: 0 });
    const drawn = drawSeconds(secondGrading, await eligibleIn(ctx, plan));
    for (const { run, graderId } of drawn) {
      const { grade } = run;
      const asked = { byId: ctx.actor.id, byOrgId: plan.orgId, byName: null, aboutId: graderId, outcome: null, answer: null };
      await insertJudgement(ctx.tx, {
        ...{ id: ctx.id('jdg'), gradeId: grade.id, place: run.said + 1, kind: 'second-asked', ...asked },
        ...{ because: 'drawn by the seed of the plan', label: grade.label, saidAt: ctx.now },
      });
      await grades.saveCounted(ctx.tx, { ...grade, blindFor: graderId });
    }
    for (const id of secondGrading.graderIds)
      await store.saveAsked(ctx.tx, plan.id, id, drawn.filter(({ graderId }) => graderId === id).length);
    const payload = { asked: drawn.length };
    return done(payload, { event: 'plan.seconds-drawn', thing: plan.id, label: plan.label, payload });
  },
});

async function eligibleIn(ctx: Ctx, plan: Plan) {
  const runs = new Map((await runsOfPlan(ctx.tx, plan.id)).map((run) => [run.id, run]));
  const all = await grades.gradesOfPlan(ctx.tx, plan.id);
  const said = await judgementsOfGrades(
    ctx.tx,
    all.map(({ id }) => id),
  );
  return all.flatMap((grade) => {
    const run = runs.get(grade.runId);
    // By the run alone, never by its grade. Somebody may have been asked by hand before all were graded.
    if (!run || isDeclined(run) || decideUntried(run) || grade.blindFor !== null) return [];
    return [
      { gradeId: grade.id, taskId: grade.taskId, budget: grade.budget, epoch: run.epoch, grade, said: said.get(grade.id)?.length ?? 0 },
    ];
  });
}

export const secondActions = [nameSeconds, drawSecondsOf];
