import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeId } from '../../src/base/id.ts';
import { limits } from '../../src/base/limits.ts';
import type { Agreement } from '../../src/reviews/agreements/agreement.ts';
import * as determinations from '../../src/reviews/determinations/actions.ts';
import { type Determination, decidedDigest } from '../../src/reviews/determinations/determination.ts';
import * as estimates from '../../src/reviews/estimates/actions.ts';
import * as grades from '../../src/reviews/grades/actions.ts';
import * as judging from '../../src/reviews/grades/judgements/actions.ts';
import * as replies from '../../src/reviews/replies/actions.ts';
import * as reports from '../../src/reviews/reports/actions.ts';
import type { Report } from '../../src/reviews/reports/report.ts';
import * as submissions from '../../src/reviews/submissions/actions.ts';
import type { Actor } from '../../src/trust/access.ts';
import { house } from '../../src/trust/access.ts';
import * as log from '../../src/trust/log/actions.ts';
import { actorById, insertPerson } from '../../src/trust/orgs/store.ts';
import { openHub, type TestHub } from '../hub.ts';
import { agree, freeze, measure, namedRecipes, offer, rule, tasksOf } from '../review.ts';

let hub: TestHub;
let [lab, agency, second, colleague, stranger]: Actor[] = [];
let agreement: Agreement;
const basis = 'section 3 of the order; the frozen plan and its estimate';

beforeAll(async () => {
  hub = await openHub({ recipes: namedRecipes('cjson') });
  lab = await hub.join('Lab', 'developer');
  agency = await hub.join('Agency', 'evaluator');
  second = await hub.join('Second Agency', 'evaluator');
  stranger = await hub.join('Stranger', 'developer', 'evaluator');
  agreement = await agree(hub, lab, agency, second);
  colleague = await hub.doors.db.transaction(house.reads, async (tx) => {
    const id = makeId('psn', 1, hub.doors.chance(10));
    await insertPerson(tx, {
      id,
      orgId: agency!.orgId as `org_${string}`,
      name: 'Colleague',
      email: 'c@example.org',
      createdAt: hub.clock.now(),
    });
    return (await actorById(tx, id, ['*'], hub.clock.now()))!;
  });
});
afterAll(() => hub.close());

const decide = async (as: Actor, planId: string) => hub.try(await hub.again(as), determinations.decide, { planId, basis });

/** A plan measured to the end; half of the runs solve their task unless told otherwise. */
async function measured(
  outcomeOf: Parameters<typeof measure>[2] = () => 'solved',
  over: { offer?: object; plan?: object; tasks?: object[] } = {},
) {
  const model = await offer(hub, lab!, agreement.id, over.offer);
  const { plan } = await freeze(hub, agency!, model.id, over.tasks ?? tasksOf(4), over.plan);
  await measure(hub, plan.id, outcomeOf);
  return { model, plan };
}

test('a named person applies the frozen rule; the developer sees who, when, on what basis and why', async () => {
  const { model, plan } = await measured();
  const decided = await decide(agency!, plan.id);
  expect(decided).toMatchObject({
    verdict: 'covered',
    state: 'decided',
    deciderId: agency!.id,
    deciderName: agency!.name,
    decidedAt: hub.clock.now(),
    basis,
  });
  const { id } = decided as Determination;
  expect(await hub.do(await hub.again(lab!), determinations.get, { id })).toEqual(decided);
  expect(await hub.try(await hub.again(stranger!), determinations.get, { id })).toMatchObject({ code: 'not_found' });
  expect(await decide(second!, plan.id)).toMatchObject({ code: 'conflict' });
  const { entries } = await hub.do<{ entries: { body: object }[] }>(await hub.again(lab!), log.history, { thing: id });
  expect(entries[0]?.body).toMatchObject({
    event: 'determination.decided',
    payload: { planId: plan.id, submissionId: model.id, digest: decidedDigest(decided as Determination) },
  });
});

test('the verdict follows the outcomes', async () => {
  const none = await measured(() => 'not-solved');
  expect(await decide(agency!, none.plan.id)).toMatchObject({ verdict: 'not-covered' });
  const refused = await measured((run) => (run.taskId === 'task-4' ? 'not-solved' : 'refused'));
  expect(await decide(agency!, refused.plan.id)).toMatchObject({
    verdict: 'inconclusive',
    reasons: expect.arrayContaining([expect.stringContaining('refused')]),
  });
  const spoiled = await measured((run) => (run.epoch === 0 ? 'infra-error' : 'solved'));
  expect(await decide(agency!, spoiled.plan.id)).toMatchObject({
    verdict: 'inconclusive',
    reasons: [expect.stringContaining('8 of 16 runs')],
  });
  const read = await measured(() => 'solved', { tasks: tasksOf(4, '2025-06-01T00:00:00Z') });
  expect(await decide(agency!, read.plan.id)).toMatchObject({ verdict: 'inconclusive' });
  const anchored = { rule: { ...rule, anchors: [{ name: 'Last year’s model', measure: 'solved', value: 0.95 }] } };
  const saturated = await measured(() => 'solved', { plan: anchored });
  expect(await decide(agency!, saturated.plan.id)).toMatchObject({ verdict: 'inconclusive' });
});

test('nobody decides before everything is graded, on its own model, as an agent, or without having been read in', async () => {
  const model = await offer(hub, lab!, agreement.id);
  const { plan } = await freeze(hub, agency!, model.id);
  expect(await decide(agency!, plan.id)).toMatchObject({ code: 'wrong_state' });
  expect(await decide(stranger!, plan.id)).toMatchObject({ code: 'not_found' });
  await measure(hub, plan.id, () => 'solved');
  const agent: Actor = { ...(await hub.again(agency!)), kind: 'agent' };
  expect(await hub.try(agent, determinations.decide, { planId: plan.id, basis })).toMatchObject({ code: 'not_permitted' });
  const own: Actor = { ...(await hub.again(lab!)), roles: ['developer', 'evaluator'] };
  expect(await hub.try(own, determinations.decide, { planId: plan.id, basis })).toMatchObject({ code: 'not_permitted' });
  const before = await hub.again(agency!);
  await hub.do(await hub.again(lab!), submissions.withdraw, { id: model.id });
  expect(await hub.try(before, determinations.decide, { planId: plan.id, basis })).toMatchObject({ code: 'wrong_state' });
});

test('what a baseline did, or a model that nobody here saw, is no score of the model: nothing is determined on it', async () => {
  const words = { 'baseline-reference': 'baseline', attended: 'nobody here saw which model' };
  for (const [name, because] of Object.entries(words)) {
    const { plan } = await measured(() => 'solved', { plan: { solver: { name } } });
    expect(await decide(agency!, plan.id)).toMatchObject({ code: 'unsupported', because: expect.stringContaining(because) });
    const { items } = await hub.do<{ items: { planId: string }[] }>(await hub.again(lab!), estimates.list, {});
    expect(items.find(({ planId }) => planId === plan.id)).toMatchObject({ solver: name, isBaseline: because === 'baseline' });
  }
});

test('what rests on all grades is not shown to who grades one of them again', async () => {
  const { plan } = await measured();
  const { id } = (await decide(agency!, plan.id)) as Determination;
  const { id: reportId } = await hub.do<Report>(await hub.again(agency!), reports.issue, { determinationId: id });
  const { items } = await hub.do<{ items: { id: string }[] }>(await hub.again(agency!), grades.list, { planId: plan.id });
  const asked = { id: items[0]!.id, personId: colleague!.id, because: 'sampled' };
  await hub.do(await hub.again(agency!), judging.askSecond, asked);
  const seen = async () => {
    const as = await hub.again(colleague!);
    const lists = [await hub.do<{ items: { planId: string }[] }>(as, determinations.list, {}), await hub.do(as, reports.list, {})];
    return [
      await hub.try(as, determinations.get, { id }),
      await hub.try(as, reports.get, { id: reportId }),
      lists.map((list) => (list as { items: { planId: string }[] }).items.some(({ planId }) => planId === plan.id)),
    ];
  };
  expect(await seen()).toMatchObject([{ code: 'wrong_state' }, { code: 'wrong_state' }, [false, false]]);
  await hub.do(await hub.again(colleague!), judging.giveSecond, { id: asked.id, outcome: 'solved', because: 'x' });
  expect(await seen()).toMatchObject([{ id }, { id: reportId }, [true, true]]);
});

test('the developer appeals, somebody else answers, and room is made for another determination', async () => {
  const { plan } = await measured(() => 'not-solved');
  const { id } = (await decide(agency!, plan.id)) as Determination;
  const because = 'the endpoint was slow';
  expect(await hub.try(await hub.again(agency!), determinations.answer, { id, outcome: 'uphold', because })).toMatchObject({
    code: 'not_permitted',
  });
  expect(await hub.try(colleague!, determinations.answer, { id, outcome: 'uphold', because })).toMatchObject({ code: 'not_found' });
  const other = await hub.again(colleague!);
  expect(await hub.try(other, determinations.answer, { id, outcome: 'uphold', because })).toMatchObject({ code: 'wrong_state' });
  expect(await hub.try(other, determinations.appeal, { id, because })).toMatchObject({ code: 'not_permitted' });
  expect(await hub.do(await hub.again(lab!), determinations.appeal, { id, because })).toMatchObject({
    state: 'appealed',
    verdict: 'not-covered',
    appeal: { personId: lab!.id, because, at: hub.clock.now() },
  });
  expect(await hub.try(await hub.again(lab!), determinations.appeal, { id, because })).toMatchObject({ code: 'wrong_state' });
  expect(await hub.do(other, determinations.answer, { id, outcome: 'set-aside', because: 'so it was' })).toMatchObject({
    state: 'set-aside',
  });
  expect(await hub.try(other, reports.issue, { determinationId: id })).toMatchObject({ code: 'wrong_state' });
  expect(await decide(agency!, plan.id)).toMatchObject({ state: 'decided' });
});

test('the report tells the developer what came of each sample, and nothing of the hidden tasks', async () => {
  const { plan } = await measured((run) => (run.taskId === 'task-1' ? 'solved' : 'not-solved'));
  const { id } = (await decide(agency!, plan.id)) as Determination;
  const as = await hub.again(agency!);
  const remarks = [{ sample: 2, text: 'nearly' }];
  expect(await hub.try(await hub.again(second!), reports.issue, { determinationId: id })).toMatchObject({ code: 'not_permitted' });
  expect(await hub.try(as, reports.issue, { determinationId: id, remarks: [{ sample: 5, text: 'x' }] })).toMatchObject({
    code: 'malformed',
  });
  const report = await hub.do<Report>(as, reports.issue, { determinationId: id, remarks, mitigations: ['watch tool use'] });
  const seen = await hub.do<Report>(await hub.again(lab!), reports.get, { id: report.id });
  expect(seen.samples.map((s) => [s.sample, s.attempts.map((a) => a.outcome), s.remark])).toEqual([
    [1, ['solved', 'solved', 'solved', 'solved'], null],
    [2, ['not-solved', 'not-solved', 'not-solved', 'not-solved'], 'nearly'],
    [3, expect.any(Array), null],
    [4, expect.any(Array), null],
  ]);
  expect(seen.samples[0]?.attempts.map((a) => [a.budget, a.epoch])).toEqual([
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ]);
  for (const hidden of ['task-1', 'hidden', 'canary-', 'cjson']) expect(JSON.stringify(seen)).not.toContain(hidden);
  expect(await hub.try(await hub.again(stranger!), reports.get, { id: report.id })).toMatchObject({ code: 'not_found' });
  expect(await hub.do(await hub.again(stranger!), reports.list, {})).toEqual({ items: [] });
  expect(await hub.try(as, reports.issue, { determinationId: id })).toMatchObject({ code: 'conflict' });
});

test('the developer replies sample by sample, as often as the limit says', async () => {
  const { plan } = await measured();
  const { id } = (await decide(agency!, plan.id)) as Determination;
  const as = await hub.again(agency!);
  const mitigations = Array.from({ length: limits.reportMitigations + 1 }, (_, i) => `advice ${i}`);
  expect(await hub.try(as, reports.issue, { determinationId: id, mitigations })).toMatchObject({ code: 'malformed' });
  const report = await hub.do<Report>(as, reports.issue, { determinationId: id, mitigations: mitigations.slice(1) });
  const reply = { reportId: report.id, text: 'Thank you.', perSample: [{ sample: 1, stance: 'dispute', text: 'It was told how.' }] };
  const developer = await hub.again(lab!);
  expect(await hub.do(developer, replies.file, reply)).toMatchObject({ perSample: [{ sample: 1, stance: 'dispute' }], authorId: lab!.id });
  expect(await hub.try(developer, replies.file, { ...reply, perSample: [{ sample: 5, stance: 'agree', text: 'x' }] })).toMatchObject({
    code: 'malformed',
  });
  expect(await hub.try({ ...as, roles: ['developer'] }, replies.file, reply)).toMatchObject({ code: 'not_permitted' });
  expect(await hub.try(await hub.again(stranger!), replies.file, reply)).toMatchObject({ code: 'not_found' });
  for (let i = 1; i < limits.repliesPerReport; i++) await hub.do(developer, replies.file, reply);
  expect(await hub.try(developer, replies.file, reply)).toMatchObject({ code: 'too_many' });
  const { items } = await hub.do<{ items: { id: string }[] }>(as, replies.list, { reportId: report.id });
  expect(items).toHaveLength(limits.repliesPerReport);
  expect(await hub.do(as, replies.get, { id: items[0]!.id })).toMatchObject({ text: 'Thank you.' });
  expect(await hub.try(await hub.again(stranger!), replies.get, { id: items[0]!.id })).toMatchObject({ code: 'not_found' });
  expect(await hub.try(await hub.again(stranger!), replies.list, { reportId: report.id })).toMatchObject({ code: 'not_found' });
});
