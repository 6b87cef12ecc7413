import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeId } from '../../src/base/id.ts';
import { limits } from '../../src/base/limits.ts';
import * as determinations from '../../src/reviews/determinations/actions.ts';
import * as estimates from '../../src/reviews/estimates/actions.ts';
import * as grades from '../../src/reviews/grades/actions.ts';
import * as judging from '../../src/reviews/grades/judgements/actions.ts';
import { drawSeconds } from '../../src/reviews/grades/seconds/second.ts';
import * as logs from '../../src/reviews/logs/actions.ts';
import * as plans from '../../src/reviews/plans/actions.ts';
import type { SecondGrading } from '../../src/reviews/plans/plan.ts';
import * as replies from '../../src/reviews/replies/actions.ts';
import * as reports from '../../src/reviews/reports/actions.ts';
import * as runs from '../../src/reviews/runs/actions.ts';
import { type Actor, house } from '../../src/trust/access.ts';
import * as log from '../../src/trust/log/actions.ts';
import { actorById, insertAgent, insertPerson } from '../../src/trust/orgs/store.ts';
import { openHub, type TestHub } from '../hub.ts';
import { agree, freeze, freezeOf, measure, namedRecipes, offer, tasksOf } from '../review.ts';

/** A drawn sample that is graded again by who never saw the first grades; and a grade that its developer disputes in a reply. */
let hub: TestHub;
let [lab, agency, second, grader, bot]: Actor[] = [];
let [modelId, suiteId, planId, reportId]: string[] = [];
let drawing: SecondGrading;

interface Seen {
  id: string;
  runId: string;
  taskId: string;
  budget: number;
  outcome: string | null;
  counted: string | null;
  givenAt: string | null;
}
interface Made {
  id: string;
  planId: string;
  version: number;
  measures: { low: number; high: number; disputed: { runs: number; low: number; high: number } | null }[];
  further: { agreement: { asked: number; given: number; agreed: number; raw: { interval: { low: number } } | null } };
}
interface Reported {
  id: string;
  samples: { attempts: object[] }[];
  said: {
    sample: number;
    budget: number;
    epoch: number;
    kind: string;
    outcome: string | null;
    byName: string | null;
    answer: string | null;
  }[];
}
const seen = async (as: Actor) => (await hub.do<{ items: Seen[] }>(await hub.again(as), grades.list, { planId })).items;
const made = async () => {
  await hub.do(house, estimates.make, { id: planId });
  const { items } = await hub.do<{ items: Made[] }>(await hub.again(agency!), estimates.list, {});
  return items.filter((e) => e.planId === planId).sort((a, b) => a.version - b.version);
};
const now = async (id: string) => hub.doors.db.transaction(house.reads, async (tx) => (await actorById(tx, id, ['*'], hub.clock.now()))!);
const late = { code: 'wrong_state', because: expect.stringContaining('your own grade first') };

beforeAll(async () => {
  hub = await openHub({ recipes: namedRecipes('cjson') });
  lab = await hub.join('Lab', 'developer');
  agency = await hub.join('Agency', 'evaluator');
  second = await hub.join('Second Agency', 'evaluator');
  const agreement = await agree(hub, lab, agency, second);
  const [orgId, createdAt] = [agency.orgId as `org_${string}`, hub.clock.now()];
  const [personId, agentId] = [makeId('psn', 1, hub.doors.chance(10)), makeId('agt', 1, hub.doors.chance(10))];
  await hub.doors.db.transaction(house.reads, async (tx) => {
    await insertPerson(tx, { id: personId, orgId, name: 'Grader', email: 'g@example.org', createdAt });
    await insertAgent(tx, { id: agentId, orgId, name: 'their own tool', answerableId: personId, createdAt });
  });
  [grader, bot] = [await now(personId), await now(agentId)];
  modelId = (await offer(hub, lab, agreement.id)).id;
  const secondGrading = { rate: 0.25, graderIds: [personId] };
  const { suite, plan } = await freeze(hub, agency, modelId, tasksOf(4), { secondGrading });
  [suiteId, planId] = [suite.id, plan.id];
  drawing = (await hub.do<{ secondGrading: SecondGrading }>(await hub.again(agency), plans.get, { id: planId })).secondGrading;
  await hub.do(house, grades.nameSeconds, { id: planId });
}, 60_000);
afterAll(() => hub?.close());

test('a plan names its graders, people of its own evaluator, as many as the limit; the hub draws the seed', async () => {
  const freezeWith = async (graderIds: string[], rate = 0.1) =>
    hub.try(await hub.again(agency!), plans.freeze, freezeOf(modelId!, suiteId!, { secondGrading: { rate, graderIds } }));
  const strangers = (n: number) => Array.from({ length: n }, () => makeId('psn', 1, hub.doors.chance(10)));
  expect(await freezeWith(strangers(limits.secondGraders))).toMatchObject({ code: 'not_found' });
  expect(await freezeWith(strangers(limits.secondGraders + 1))).toMatchObject({ code: 'malformed' });
  expect(await freezeWith([lab!.id])).toMatchObject({ code: 'not_found' });
  expect(await freezeWith([grader!.id, grader!.id])).toMatchObject({ code: 'malformed' });
  expect(await freezeWith([grader!.id], 0)).toMatchObject({ code: 'malformed' });
  expect(drawing).toMatchObject({ rate: 0.25, graderIds: [grader!.id], seed: expect.stringMatching(/^[0-9a-f]{32}$/) });
  const shown = await hub.do<{ secondGrading: object }>(await hub.again(lab!), plans.get, { id: planId });
  expect(shown.secondGrading).toEqual({ rate: 0.25, seed: drawing.seed });
});

test('when all are graded the seed draws of every task, once; whoever has the plan draws the same', async () => {
  await measure(hub, planId!, (run) => (run.taskId === 'task-1' ? 'not-solved' : 'solved'));
  // An estimate says how far graders agree, so it waits for the draw.
  expect(await made()).toEqual([]);
  const undrawn = (await seen(agency!))[0]!;
  expect(await hub.try(await hub.again(agency!), judging.askSecond, { id: undrawn.id, personId: grader!.id, because: 'x' })).toMatchObject({
    code: 'wrong_state',
    because: expect.stringContaining('not drawn yet'),
  });
  expect(await hub.do(house, grades.drawSecondsOf, { id: planId })).toEqual({ asked: 4 });
  expect(await hub.do(house, grades.drawSecondsOf, { id: planId })).toEqual({ asked: 0 });
  expect((await made()).map(({ version }) => version)).toEqual([1]);
  const epochs = new Map(
    (await hub.do<{ items: { id: string; epoch: number }[] }>(await hub.again(agency!), runs.list, { planId })).items.map((r) => [
      r.id,
      r.epoch,
    ]),
  );
  const all = (await seen(agency!)).map((g) => ({ gradeId: g.id, taskId: g.taskId, budget: g.budget, epoch: epochs.get(g.runId)! }));
  const drawn = drawSeconds(drawing, all).map(({ run }) => run);
  expect(new Set(drawn.map(({ taskId }) => taskId)).size).toBe(4);
  for (const { gradeId } of all) {
    const { items } = await hub.do<{ items: { kind: string; aboutId: string }[] }>(await hub.again(agency!), judging.judgements, {
      id: gradeId,
    });
    const isDrawn = drawn.some((one) => one.gradeId === gradeId);
    expect(items.map(({ kind, aboutId }) => [kind, aboutId])).toEqual(isDrawn ? [['second-asked', grader!.id]] : []);
  }
  expect(drawSeconds({ ...drawing, rate: 1 }, all)).toHaveLength(all.length);
  expect(drawSeconds({ ...drawing, rate: 0.26 }, all)).toHaveLength(8);
});

test('neither the grader nor their agent finds an outcome by any door until the last second grade is given', async () => {
  const { id: determinationId } = await hub.do<{ id: string }>(await hub.again(agency!), determinations.decide, {
    planId,
    basis: 'the order',
  });
  const report = await hub.do<Reported>(await hub.again(agency!), reports.issue, { determinationId });
  reportId = report.id;
  const reply = await hub.do<{ id: string }>(await hub.again(lab!), replies.file, { reportId, text: 'It is covered, we see.' });
  await hub.do(await hub.again(lab!), determinations.appeal, { id: determinationId, because: 'it is not covered' });
  const { id: estimateId } = (await made()).at(-1)!;
  const own = (await seen(agency!))[0]!;
  for (const as of [await now(grader!.id), await now(bot!.id)]) {
    const items = await hub.do<{ items: Seen[] }>(as, grades.list, { planId });
    expect(new Set(items.items.map(({ outcome, counted, givenAt }) => JSON.stringify([outcome, counted, givenAt])))).toEqual(
      new Set(['[null,null,null]']),
    );
    const told = [
      ...[items, await hub.do(as, grades.get, { id: own.id }), await hub.do(as, judging.judgements, { id: own.id })],
      ...[await hub.do(as, estimates.list, {}), await hub.do(as, determinations.list, {}), await hub.do(as, reports.list, {})],
      await hub.do<{ whole: object }>(as, logs.progress, { id: planId }),
    ];
    expect(JSON.stringify(told)).not.toMatch(/solved|covered|reproduced/);
    for (const [verb, input] of [
      [estimates.get, { id: estimateId }],
      [determinations.get, { id: determinationId }],
      [reports.get, { id: reportId }],
      [replies.get, { id: reply.id }],
      [replies.list, { reportId }],
      [logs.samples, { id: planId }],
    ] as const)
      expect([verb.name, await hub.try(as, verb as typeof replies.get, input as never)]).toEqual([
        verb.name,
        expect.objectContaining(late),
      ]);
    const { entries } = await hub.do<{ entries: { body?: { event: string; payload: object } }[] }>(as, log.exportLog, {});
    // The rule is told by the plan: what is measured is no secret.
    const bodies = entries.flatMap(({ body }) => (body && body.event !== 'plan.frozen' ? [body] : []));
    expect(bodies.some(({ event }) => event === 'determination.decided')).toBe(true);
    expect(JSON.stringify(bodies)).not.toMatch(/solved|covered/);
  }
  expect(
    await hub.try(await now(grader!.id), determinations.answer, { id: determinationId, outcome: 'uphold', because: 'x' }),
  ).toMatchObject(late);
});

test('each second grade makes another estimate, whether it agrees or not; agreement is told with how little it rests on', async () => {
  const asked: string[] = [];
  for (const { id } of await seen(agency!)) {
    const { items } = await hub.do<{ items: object[] }>(await hub.again(agency!), judging.judgements, { id });
    if (items.length > 0) asked.push(id);
  }
  const first = (await made()).at(-1)!;
  expect(first.further.agreement).toMatchObject({ asked: 4, given: 0, raw: null });
  for (const [i, id] of asked.entries()) {
    const { taskId } = (await seen(agency!)).find((g) => g.id === id)!;
    // What is being graded again is not settled meanwhile.
    expect(await hub.try(await hub.again(agency!), judging.judge, { id, holds: true, because: 'x' })).toMatchObject({
      code: 'wrong_state',
    });
    expect(await hub.do(await now(grader!.id), grades.get, { id })).toMatchObject({ outcome: null });
    const outcome = taskId === 'task-1' ? 'not-solved' : i === asked.length - 1 ? 'not-solved' : 'solved';
    await hub.do(await now(grader!.id), judging.giveSecond, { id, outcome, because: 'looked' });
    expect((await made()).at(-1)!.version).toBe(first.version + i + 1);
  }
  const { agreement } = (await made()).at(-1)!.further;
  expect(agreement).toMatchObject({ asked: 4, given: 4, tasks: 4, ac1: { value: expect.any(Number) }, kappa: expect.anything() });
  expect(agreement.raw!.interval.low).toBeLessThan(0.5);
  expect(await hub.do(await now(grader!.id), estimates.get, { id: first.id })).toMatchObject({ id: first.id });
  expect(
    (await hub.do<{ items: Seen[] }>(await now(bot!.id), grades.list, { planId })).items.every(({ outcome }) => outcome !== null),
  ).toBe(true);
});

test('a reply disputes grades: both readings stand in report and estimate until a named person answers, and after', async () => {
  const [{ measures: before }] = (await made()).slice(-1) as [Made];
  const dispute = (over: object) => ({
    reportId,
    text: 'We disagree.',
    perSample: [{ sample: 1, stance: 'dispute', text: 'our log shows the crash', ...over }],
  });
  const file = async (over: object) => hub.try(await hub.again(lab!), replies.file, dispute(over));
  expect(await file({ attempts: [{ budget: 7, epoch: 0 }] })).toMatchObject({ code: 'malformed' });
  expect(await file({ stance: 'agree', outcome: 'solved' })).toMatchObject({ code: 'malformed' });
  expect(await file({ attempts: [{ budget: 0, epoch: 1 }], outcome: 'solved' })).toMatchObject({ perSample: [{ outcome: 'solved' }] });
  // Once disputed, a grade is not disputed again by another reply; the others of the sample are.
  expect(await file({ attempts: [{ budget: 0, epoch: 1 }] })).toHaveProperty('id');
  const get = async () => hub.do<Reported>(await hub.again(lab!), reports.get, { id: reportId });
  const words = async () =>
    (await get()).said
      .filter((w) => w.sample === 1 && w.budget === 0 && w.epoch === 1 && w.kind !== 'second-given')
      .map((w) => [w.kind, w.outcome]);
  expect(await words()).toEqual([
    ['graded', 'not-solved'],
    ['disputed', 'solved'],
  ]);
  const { measures } = (await made()).at(-1)!;
  expect(measures[0]).toMatchObject({ ...before[0], disputed: { runs: 1 } });
  expect(measures[0]!.disputed!.high).toBeGreaterThan(measures[0]!.high);
  const { id } = (
    await hub.do<{ items: (Seen & { isDisputed: boolean })[] }>(await hub.again(agency!), grades.list, { planId })
  ).items.find((g) => g.isDisputed)!;
  const resolve = async (as: Actor, answer: object) =>
    hub.try(await hub.again(as), judging.resolve, { id, outcome: 'not-solved', because: 'task-1 has another flaw', ...answer });
  expect(await resolve(agency!, {})).toMatchObject({ code: 'malformed' });
  expect(await resolve(second!, { answer: 'no' })).toMatchObject({ code: 'not_permitted' });
  expect(await resolve(agency!, { answer: 'The crash is another one.' })).toMatchObject({ kind: 'resolved', byName: agency!.name });
  expect((await made()).at(-1)!.measures[0]!.disputed).toBeNull();
  const said = (await get()).said.filter((w) => w.budget === 0 && w.epoch === 1 && w.sample === 1);
  expect(said.at(-1)).toMatchObject({ kind: 'resolved', outcome: 'not-solved', byName: agency!.name, answer: 'The crash is another one.' });
  expect(JSON.stringify(await get())).not.toContain('task-1');
  expect(await words()).toHaveLength(3);
});
