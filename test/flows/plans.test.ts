import { afterAll, beforeAll, expect, test } from 'vitest';
import { limits } from '../../src/base/limits.ts';
import type { Agreement } from '../../src/reviews/agreements/agreement.ts';
import * as plans from '../../src/reviews/plans/actions.ts';
import * as submissions from '../../src/reviews/submissions/actions.ts';
import * as suites from '../../src/reviews/suites/actions.ts';
import type { Actor } from '../../src/trust/access.ts';
import * as log from '../../src/trust/log/actions.ts';
import { openHub, type TestHub } from '../hub.ts';
import { agree, freeze, freezeOf, type Model, namedRecipes, offer, rule, tasksOf } from '../review.ts';

let hub: TestHub;
let [lab, agency, second, third]: Actor[] = [];
let agreement: Agreement;
let model: Model;

beforeAll(async () => {
  hub = await openHub({ recipes: namedRecipes('cjson') });
  lab = await hub.join('Lab', 'developer', 'evaluator');
  agency = await hub.join('Agency', 'evaluator');
  second = await hub.join('Second Agency', 'evaluator');
  third = await hub.join('Third Agency', 'evaluator');
  agreement = await agree(hub, lab, agency, second);
  model = await offer(hub, lab, agreement.id);
});
afterAll(() => hub.close());

const publish = async (as: Actor, name: string, tasks: object[]) => hub.try(await hub.again(as), suites.publish, { name, tasks });

test('a suite is seen by who keeps it, and its canaries by nobody', async () => {
  const suite = await hub.do<{ id: string }>(agency!, suites.publish, { name: 'parsers', tasks: tasksOf(2) });
  expect(JSON.stringify(suite)).not.toContain('canary-');
  expect(await hub.try(agency!, suites.get, { id: suite.id })).toMatchObject({ count: 2, tasks: [{ id: 'task-1' }, { id: 'task-2' }] });
  // A clearinghouse that measures as well: its staff reads what organisations hand in, and not another agency's tasks.
  const both: Actor = await hub.join('Clearinghouse that measures', 'coordinator', 'evaluator');
  for (const other of [await hub.again(second!), both]) {
    expect(await hub.try(other, suites.get, { id: suite.id })).toMatchObject({ code: 'not_found' });
    expect(await hub.do(other, suites.list, {})).toEqual({ items: [] });
  }
  expect(await publish(agency!, 'Parsers', tasksOf(1))).toMatchObject({ code: 'conflict' });
});

test('a suite is of known targets and named tasks, within the limit', async () => {
  expect(await publish(agency!, 'a', [{ ...tasksOf(1)[0], recipeId: 'unknown' }])).toMatchObject({
    code: 'not_found',
    at: '/tasks/0/recipeId',
  });
  expect(await publish(agency!, 'b', [...tasksOf(1), ...tasksOf(1)])).toMatchObject({ code: 'malformed' });
  expect(await publish(agency!, 'c', [{ ...tasksOf(1)[0], canary: 'short' }])).toMatchObject({ code: 'malformed' });
  expect(await publish(agency!, 'd', tasksOf(limits.suiteTasks))).toMatchObject({ count: limits.suiteTasks });
  expect(await publish(agency!, 'e', tasksOf(limits.suiteTasks + 1))).toMatchObject({ code: 'malformed' });
});

test('what the gate said of a task stands beside it, and no plan takes a task in quarantine', async () => {
  const { id, tasks } = await hub.do<{ id: string; tasks: { id: string; digest: string }[] }>(agency!, suites.publish, {
    name: 'gated',
    tasks: tasksOf(2),
  });
  const said = (state: string, because: string[] = []) => ({ taskId: 'task-1', taskDigest: tasks[0]!.digest, state, because });
  const record = async (as: Actor, ...checked: object[]) => hub.try(await hub.again(as), suites.recordChecks, { id, checked });
  const why = ['attack timeout: solved'];
  expect(await record(agency!, said('quarantined', why))).toMatchObject({
    tasks: [{ checked: { state: 'quarantined', because: why } }, { checked: null }],
  });
  const frozen = async () => hub.try(await hub.again(agency!), plans.freeze, freezeOf(model.id, id));
  expect(await frozen()).toMatchObject({
    code: 'wrong_state',
    at: '/suiteId',
    because: expect.stringContaining('task-1 is in quarantine'),
  });
  expect(await record(agency!, { ...said('passed'), taskDigest: '0'.repeat(64) })).toMatchObject({ code: 'stale' });
  expect(await record(second!, said('passed'))).toMatchObject({ code: 'not_found' });
  expect(await record(agency!, said('passed'))).toMatchObject({ tasks: [{ checked: { state: 'passed' } }, {}] });
  // The other task nobody has asked the gate of: the plan says so, to the measured as well, and so does the log.
  const plan = (await frozen()) as { id: string };
  expect(plan).toMatchObject({ ungated: 1 });
  expect(await hub.do(await hub.again(lab!), plans.get, { id: plan.id })).toMatchObject({ ungated: 1 });
  const { entries } = await hub.do<{ entries: { body: { event: string; payload: object } }[] }>(await hub.again(lab!), log.history, {
    thing: plan.id,
  });
  expect(entries.find(({ body }) => body.event === 'plan.frozen')!.body.payload).toMatchObject({ ungated: 1 });
});

test('a sealed suite is a digest, a count and a custodian; it cannot be run here', async () => {
  const sealed = { name: 'sealed', digest: 'b'.repeat(64), custodian: 'A Notary', count: 40 };
  const suite = await hub.do<{ id: string }>(agency!, suites.seal, sealed);
  expect(suite).toMatchObject({ count: 40, custodian: 'A Notary', tasks: [] });
  const refused = await hub.try(await hub.again(agency!), plans.freeze, freezeOf(model.id, suite.id));
  expect(refused).toMatchObject({ code: 'unavailable', because: expect.stringContaining('A Notary') });
});

test('the developer sees the digest and the rule, never the tasks; the other agency neither', async () => {
  const { plan } = await freeze(hub, agency!, model.id);
  expect(plan.runs).toBe(8);
  const mine = await hub.do(await hub.again(agency!), plans.get, { id: plan.id });
  expect(mine).toMatchObject({ tasks: [{ prompt: 'the hidden words of task 1' }, {}] });
  for (const as of [lab!, second!]) {
    const seen = await hub.do(await hub.again(as), plans.get, { id: plan.id });
    const listed = await hub.do(await hub.again(as), plans.list, {});
    expect(seen).toMatchObject({ digest: plan.digest, rule: { ...rule, minGraded: 0.8 } });
    for (const text of [JSON.stringify(seen), JSON.stringify(listed)]) {
      for (const hidden of ['hidden words', 'canary-', 'task-1', 'cjson']) expect(text).not.toContain(hidden);
    }
  }
  expect(await hub.try(await hub.again(third!), plans.get, { id: plan.id })).toMatchObject({ code: 'not_found' });
});

test('the digest and the rule are in the log, the tasks are not', async () => {
  const { plan } = await freeze(hub, agency!, model.id);
  const { entries } = await hub.do<{ entries: { body: { event: string; payload: object } }[] }>(await hub.again(lab!), log.history, {
    thing: plan.id,
  });
  expect(entries.map((e) => e.body)).toMatchObject([
    { event: 'plan.frozen', payload: { submissionId: model.id, digest: plan.digest, runs: 8 } },
  ]);
  expect(JSON.stringify(entries)).not.toContain('hidden words');
});

test('nobody measures its own model, and nobody without a part in it', async () => {
  const own = await hub.do<{ id: string }>(await hub.again(lab!), suites.publish, { name: 'own', tasks: tasksOf(1) });
  expect(await hub.try(await hub.again(lab!), plans.freeze, freezeOf(model.id, own.id))).toMatchObject({ code: 'not_permitted' });
  expect(await hub.try(await hub.again(agency!), plans.freeze, freezeOf(model.id, own.id))).toMatchObject({
    code: 'not_found',
    at: '/suiteId',
  });
  expect(await hub.try(await hub.again(third!), plans.freeze, freezeOf(model.id, own.id))).toMatchObject({ code: 'not_found' });
});

test('a plan stays within its limits', async () => {
  const as = await hub.again(agency!);
  const suite = await hub.do<{ id: string }>(as, suites.publish, { name: 'small', tasks: tasksOf(1) });
  const full = await hub.do<{ id: string }>(as, suites.publish, { name: 'full', tasks: tasksOf(25) });
  const one = (over: object) => hub.try(as, plans.freeze, freezeOf(model.id, suite.id, over));
  const many = (over: object) => hub.try(as, plans.freeze, freezeOf(model.id, full.id, over));
  const budgets = (n: number) => Array.from({ length: n }, (_, i) => ({ turns: i + 1, tokens: 1000 }));
  const ruled = (n: number) => Array.from({ length: n }, (_, i) => ({ measure: `m${i}`, threshold: 0.1 }));
  const anchors = (n: number) => Array.from({ length: n }, (_, i) => ({ name: `a${i}`, measure: 'solved', value: 0.1 }));
  const arms = (n: number) => ['as-released', ...Array.from({ length: n - 1 }, (_, i) => `arm ${i}`)];
  const seeds = (n: number) => Array.from({ length: n }, (_, i) => i);
  const pairs: [object, object][] = [
    [{ epochs: limits.planEpochs }, { epochs: limits.planEpochs + 1 }],
    [{ budgets: budgets(limits.planBudgets) }, { budgets: budgets(limits.planBudgets + 1) }],
    [{ arms: arms(limits.planArms) }, { arms: arms(limits.planArms + 1) }],
    [{ seeds: seeds(limits.planSeeds) }, { seeds: seeds(limits.planSeeds + 1) }],
    [{ rule: { ...rule, also: ruled(limits.ruleMeasures - 1) } }, { rule: { ...rule, also: ruled(limits.ruleMeasures) } }],
    [{ rule: { ...rule, anchors: anchors(limits.ruleAnchors) } }, { rule: { ...rule, anchors: anchors(limits.ruleAnchors + 1) } }],
    [{}, { rule: { ...rule, minBudgets: 1 } }],
  ];
  for (const [good, bad] of pairs) {
    expect(await one(good)).toMatchObject({ digest: expect.any(String) });
    expect(await one(bad)).toMatchObject({ code: 'malformed' });
  }
  expect(limits.planRuns).toBe(25 * 100 * 2);
  expect(await many({ epochs: 100, budgets: budgets(2) })).toMatchObject({ runs: limits.planRuns });
  expect(await many({ epochs: 100, budgets: budgets(3) })).toMatchObject({ code: 'too_many' });
});

test('nothing is frozen for a model that was taken back', async () => {
  const gone = await offer(hub, lab!, agreement.id);
  const suite = await hub.do<{ id: string }>(await hub.again(agency!), suites.publish, { name: 'late', tasks: tasksOf(1) });
  const stillReading = await hub.again(agency!);
  await hub.do(await hub.again(lab!), submissions.withdraw, { id: gone.id });
  // As an act under way that read its grants a moment before they were taken away.
  expect(await hub.try(stillReading, plans.freeze, freezeOf(gone.id, suite.id))).toMatchObject({ code: 'wrong_state' });
});
