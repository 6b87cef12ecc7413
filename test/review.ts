import type { Recipes } from '../src/base/doors.ts';
import { type Id, makeId } from '../src/base/id.ts';
import { epochMs } from '../src/base/instant.ts';
import * as agreements from '../src/reviews/agreements/actions.ts';
import type { Agreement } from '../src/reviews/agreements/agreement.ts';
import * as estimates from '../src/reviews/estimates/actions.ts';
import type { Grade, Outcome } from '../src/reviews/grades/grade.ts';
import { insertGrade } from '../src/reviews/grades/store.ts';
import * as plans from '../src/reviews/plans/actions.ts';
import * as runs from '../src/reviews/runs/actions.ts';
import type { Run } from '../src/reviews/runs/run.ts';
import { runsOfPlan, saveRun } from '../src/reviews/runs/store.ts';
import * as submissions from '../src/reviews/submissions/actions.ts';
import * as suites from '../src/reviews/suites/actions.ts';
import { type Actor, house } from '../src/trust/access.ts';
import type { TestHub } from './hub.ts';

/** A target library of names only: enough for whatever does not run a target. */
export const namedRecipes = (...ids: string[]): Recipes => ({
  all: () => ids.map((id) => ({ id, text: '', files: {} })),
  observers: () => ({}),
});

export const terms = { confidentiality: 'c', ip: 'i', insiderRisk: 'r', use: 'u', retention: 'until the window ends' };
export const legalBasis = { name: 'a statute', expiresAt: '2027-12-31T00:00:00Z' };

export interface Model {
  readonly id: string;
  readonly windowStartsAt: string;
  readonly windowEndsAt: string;
  readonly state: string;
}

export async function agree(hub: TestHub, developer: Actor, ...evaluators: Actor[]): Promise<Agreement> {
  const parties = [developer, ...evaluators].map((p) => p.orgId);
  const { id } = await hub.do<Agreement>(developer, agreements.propose, { parties, terms, legalBasis });
  let signed: Agreement | undefined;
  for (const party of [developer, ...evaluators]) signed = await hub.do<Agreement>(await hub.again(party), agreements.sign, { id });
  return signed!;
}

/** What a developer fills in; the window begins now and ends `windowDays` later, unless told otherwise. */
export function offerOf(hub: TestHub, agreementId: string, over: object = {}): object {
  return {
    agreementId,
    model: 'Borealis 4',
    statementDigest: 'a'.repeat(64),
    endpoint: { url: 'https://models.example/v1', model: 'borealis-4' },
    arm: 'as-released',
    cutoffAt: '2026-01-01T00:00:00Z',
    releaseToPartnersAt: new Date(Date.parse(hub.clock.now()) + 20 * 24 * 3600 * 1000).toISOString(),
    windowDays: 20,
    partners: ['A Bank'],
    ...over,
  };
}

export async function offer(hub: TestHub, developer: Actor, agreementId: string, over: object = {}): Promise<Model> {
  return hub.do<Model>(await hub.again(developer), submissions.offer, offerOf(hub, agreementId, over));
}

export function tasksOf(count: number, disclosedAt = '2026-06-01T00:00:00Z') {
  return Array.from({ length: count }, (_, i) => ({
    id: `task-${i + 1}`,
    recipeId: 'cjson',
    skill: 'reproduce',
    prompt: `the hidden words of task ${i + 1}`,
    disclosedAt,
    canary: `canary-${i}-0123456789abcdef`,
  }));
}

export const rule = { measure: 'solved', threshold: 0.1, alpha: 0.05, minTasks: 1, minBudgets: 2 };

export function freezeOf(submissionId: string, suiteId: string, over: object = {}): object {
  const budgets = [
    { turns: 5, tokens: 10_000 },
    { turns: 20, tokens: 50_000 },
  ];
  return { submissionId, suiteId, epochs: 2, budgets, arms: ['as-released'], seeds: [1, 2], stoppingRule: 'after all runs', rule, ...over };
}

export async function freeze(hub: TestHub, evaluator: Actor, submissionId: string, tasks: object[] = tasksOf(2), over: object = {}) {
  const again = await hub.again(evaluator);
  const name = `suite ${Buffer.from(hub.doors.chance(4)).toString('hex')}`;
  const suite = await hub.do<{ id: string; digest: string }>(again, suites.publish, { name, tasks });
  const plan = await hub.do<{ id: string; digest: string; runs: number }>(again, plans.freeze, freezeOf(submissionId, suite.id, over));
  return { suite, plan };
}

/** Says what came of every run of a plan, as the runs and grades stations would have kept it, and lets the estimate be made. `i` counts in no particular order. */
export async function measure(hub: TestHub, planId: string, outcomeOf: (run: Run, i: number) => Outcome): Promise<void> {
  await hub.do(house, runs.queue, { id: planId });
  await hub.doors.db.transaction(house.reads, async (tx) => {
    for (const [i, run] of (await runsOfPlan(tx, planId)).entries()) {
      const now = hub.clock.now();
      const blob = (): Id<'blb'> => makeId('blb', epochMs(now), hub.doors.chance(10));
      const [transcriptId, handedInId] = [blob(), blob()];
      for (const id of [transcriptId, handedInId]) await hub.doors.blobs.put(id, Buffer.from('what the model wrote'));
      const kept = { transcriptId, transcriptSha256: 'c'.repeat(64), handedInId, handedInSha256: 'd'.repeat(64) };
      const used = { inputTokens: 900 * (i + 1), outputTokens: 100 * (i + 1) };
      await saveRun(tx, { ...run, ...kept, ...used, state: 'finished', begunAt: now, finishedAt: now, ended: 'done' });
      const grade: Grade = {
        ...{
          planId: run.planId,
          runId: run.id,
          evaluatorId: run.evaluatorId,
          taskId: run.taskId,
          recipeId: run.recipeId,
          budget: run.budget,
        },
        ...{
          id: makeId('grd', epochMs(now), hub.doors.chance(10)),
          state: 'given' as const,
          requestedAt: now,
          givenAt: now,
          label: run.label,
        },
        ...{
          handedInId,
          handedInSha256: kept.handedInSha256,
          specDigest: null,
          verdicts: [],
          signals: [],
          beneath: null,
          blindFor: null,
          isDisputed: false,
          record: null,
          because: 'heap-buffer-overflow in hidden_function',
        },
        outcome: outcomeOf(run, i),
        counted: outcomeOf(run, i),
      };
      await insertGrade(tx, grade);
    }
  });
  await hub.do(house, estimates.make, { id: planId });
}
