import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { makeId } from '../../src/base/id.ts';
import { limits } from '../../src/base/limits.ts';
import { agreementActions } from '../../src/reviews/agreements/actions.ts';
import type { Agreement } from '../../src/reviews/agreements/agreement.ts';
import { agreementMoves } from '../../src/reviews/agreements/agreement.ts';
import * as determinations from '../../src/reviews/determinations/actions.ts';
import { determinationMoves } from '../../src/reviews/determinations/determination.ts';
import { verdicts } from '../../src/reviews/determinations/rule.ts';
import * as plans from '../../src/reviews/plans/actions.ts';
import * as replies from '../../src/reviews/replies/actions.ts';
import * as reports from '../../src/reviews/reports/actions.ts';
import * as runs from '../../src/reviews/runs/actions.ts';
import { unfinishedRuns } from '../../src/reviews/runs/store.ts';
import * as submissions from '../../src/reviews/submissions/actions.ts';
import { submissionMoves } from '../../src/reviews/submissions/submission.ts';
import * as suites from '../../src/reviews/suites/actions.ts';
import { type Actor, house } from '../../src/trust/access.ts';
import type { AnyAction } from '../../src/trust/action.ts';
import { entriesAfter } from '../../src/trust/log/store.ts';
import { actorById, insertPerson } from '../../src/trust/orgs/store.ts';
import { openHub, type TestHub } from '../hub.ts';
import { agree, freeze, freezeOf, type Model, measure, namedRecipes, offer, offerOf, tasksOf } from '../review.ts';

// Invariant 1: a window that ends, ends; silence means free to proceed.

const day = 24 * 3600 * 1000;
let hub: TestHub;
let [lab, agency]: Actor[] = [];
let agreement: Agreement;

beforeAll(async () => {
  hub = await openHub({ recipes: namedRecipes('cjson') });
  lab = await hub.join('Lab', 'developer');
  agency = await hub.join('Agency', 'evaluator');
  agreement = await agree(hub, lab, agency);
});
afterAll(() => hub.close());

const as = (actor: Actor) => hub.again(actor);
const release = () => new Date(Date.parse(hub.clock.now()) + 10 * day).toISOString();

async function decided(model: Model, solved: boolean, tasks = tasksOf(4)): Promise<string> {
  const { plan } = await freeze(hub, agency!, model.id, tasks);
  await measure(hub, plan.id, () => (solved ? 'solved' : 'not-solved'));
  const made = await hub.do<{ id: string }>(await as(agency!), determinations.decide, { planId: plan.id, basis: 'the frozen plan' });
  return made.id;
}

/** Every stage a review can have come to when the release comes. */
const stages: Record<string, (model: Model) => Promise<unknown>> = {
  'nobody did anything': async () => {},
  'a plan was frozen': (m) => freeze(hub, agency!, m.id),
  'runs are waiting': async (m) => hub.do(house, runs.queue, { id: (await freeze(hub, agency!, m.id)).plan.id }),
  'everything is measured': async (m) => measure(hub, (await freeze(hub, agency!, m.id)).plan.id, () => 'solved'),
  'determined: covered': (m) => decided(m, true),
  'determined: not covered': (m) => decided(m, false),
  'determined: inconclusive': (m) => decided(m, true, tasksOf(4, '2020-01-01T00:00:00Z')),
  'an appeal is open': async (m) => hub.do(await as(lab!), determinations.appeal, { id: await decided(m, true), because: 'no' }),
  'a report is out and not replied to': async (m) => hub.do(await as(agency!), reports.issue, { determinationId: await decided(m, true) }),
};

test('whatever state a review is in, every window ends at its release, and all look the same', async () => {
  const releaseToPartnersAt = release();
  const models = new Map<string, Model>();
  for (const [stage, bring] of Object.entries(stages)) {
    const model = await offer(hub, lab!, agreement.id, { releaseToPartnersAt, windowDays: 10 });
    models.set(stage, model);
    await bring(model);
  }
  const verdictsSeen = (await hub.do<{ items: { verdict: string }[] }>(await as(lab!), determinations.list, {})).items.map(
    (d) => d.verdict,
  );
  expect(new Set(verdictsSeen)).toEqual(new Set(verdicts));

  hub.clock.set(new Date(Date.parse(releaseToPartnersAt) - 1).toISOString() as typeof agreement.proposedAt);
  expect(await hub.do(house, submissions.closeDue, {})).toEqual({ ended: 0 });
  await hub.do(house, runs.queueDue, {});
  for (const model of models.values())
    expect(await hub.try(await as(agency!), submissions.get, { id: model.id })).toMatchObject({ state: 'offered' });

  hub.clock.advance(1);
  // No worker has run yet: nothing reaches the model all the same.
  const waiting = await unfinished();
  expect(waiting.length).toBeGreaterThan(0);
  for (const run of waiting) expect(await hub.try(house, runs.begin, { id: run.id })).toMatchObject({ because: 'the window is over' });
  expect(await hub.do(house, runs.queueDue, {})).toEqual({ runs: 0 });
  expect(await hub.do(house, submissions.closeDue, {})).toEqual({ ended: models.size });
  const shapes = new Set<string>();
  for (const model of models.values()) {
    const { id: _id, ...seen } = await hub.do<Model>(await as(lab!), submissions.get, { id: model.id });
    expect(seen).toMatchObject({ state: 'closed', windowEndsAt: releaseToPartnersAt });
    shapes.add(JSON.stringify(seen));
    // What was measured stays readable to the parties.
    expect(await hub.try(await as(agency!), submissions.get, { id: model.id })).toMatchObject({ state: 'closed' });
  }
  expect(shapes.size).toBe(1);
  for (const model of models.values()) await hub.do(house, runs.lapse, { id: model.id });
  expect(await unfinished()).toEqual([]);
});

test('the window and the release are never moved by anybody', async () => {
  const model = await offer(hub, lab!, agreement.id, { releaseToPartnersAt: release(), windowDays: limits.accessWindowDays });
  await decided(model, false);
  const seen = await hub.do<Model>(await as(lab!), submissions.get, { id: model.id });
  expect([seen.windowStartsAt, seen.windowEndsAt]).toEqual([model.windowStartsAt, model.windowEndsAt]);
  const named = verbs.filter((v) =>
    JSON.stringify(z.toJSONSchema(v.input, { unrepresentable: 'any', io: 'input' })).match(/releaseToPartnersAt|windowDays|windowEndsAt/),
  );
  expect(named.map((v) => v.name)).toEqual(['submissions.offer']);
});

test('a determination, its answer and its report may come late; they say so, and change nothing for the release', async () => {
  const releaseToPartnersAt = release();
  const measuredFor = async () => {
    const model = await offer(hub, lab!, agreement.id, { releaseToPartnersAt, windowDays: 10 });
    const { plan } = await freeze(hub, agency!, model.id);
    await measure(hub, plan.id, () => 'not-solved');
    return { model, plan };
  };
  const { model, plan } = await measuredFor();
  hub.clock.set(new Date(Date.parse(releaseToPartnersAt) + day).toISOString() as typeof agreement.proposedAt);
  await hub.do(house, submissions.closeDue, {});
  const before = await hub.do<Model>(await as(lab!), submissions.get, { id: model.id });
  const made = await hub.do<{ id: string }>(await as(agency!), determinations.decide, { planId: plan.id, basis: 'the frozen plan' });
  expect(made).toMatchObject({ verdict: 'not-covered', lateMs: day });
  await hub.do(await as(lab!), determinations.appeal, { id: made.id, because: 'no' });
  const answer = { id: made.id, outcome: 'uphold', because: 'yes' };
  expect(await hub.do(await colleague(), determinations.answer, answer)).toMatchObject({ state: 'upheld', lateMs: day });
  expect(await hub.do(await as(agency!), reports.issue, { determinationId: made.id })).toMatchObject({ verdict: 'not-covered' });
  expect(await hub.do<Model>(await as(lab!), submissions.get, { id: model.id })).toEqual(before);
  expect(before).toMatchObject({ state: 'closed', windowEndsAt: releaseToPartnersAt });
});

test('after the window nothing begins that it was for', async () => {
  const model = await offer(hub, lab!, agreement.id, { releaseToPartnersAt: release(), windowDays: 1 });
  const suite = await hub.do<{ id: string }>(await as(agency!), suites.publish, { name: 'window', tasks: tasksOf(2) });
  const reading = await as(agency!);
  hub.clock.advance(10 * day);
  for (const reader of [reading, await as(agency!)])
    expect(await hub.try(reader, plans.freeze, freezeOf(model.id, suite.id))).toMatchObject({ code: 'wrong_state' });
  expect(
    await hub.try(await as(lab!), submissions.offer, offerOf(hub, agreement.id, { releaseToPartnersAt: hub.clock.now() })),
  ).toMatchObject({
    code: 'expired',
  });
});

/** Somebody else of the same agency: whoever decided does not answer an appeal. */
async function colleague(): Promise<Actor> {
  return hub.doors.db.transaction(house.reads, async (tx) => {
    const id = makeId('psn', 1, hub.doors.chance(10));
    const orgId = agency!.orgId as `org_${string}`;
    await insertPerson(tx, { id, orgId, name: 'Colleague', email: 'c@example.org', createdAt: hub.clock.now() });
    return (await actorById(tx, id, ['*'], hub.clock.now()))!;
  });
}

async function unfinished(): Promise<{ id: string }[]> {
  const { items } = await hub.do<{ items: Model[] }>(await as(lab!), submissions.list, {});
  const each = items.map((m) =>
    hub.doors.db.transaction(house.reads, (tx) => unfinishedRuns(tx, { submissionId: m.id as `sub_${string}` })),
  );
  return (await Promise.all(each)).flat();
}

const verbs: readonly AnyAction[] = [
  ...agreementActions,
  ...submissions.submissionActions,
  ...suites.suiteActions,
  ...plans.planActions,
  ...runs.runActions,
  ...determinations.determinationActions,
  ...reports.reportActions,
  ...replies.replyActions,
];
const forbidden =
  /approv|den(y|ied|ial)|clear|licen[cs]|permi[ts]|block|forbid|embargo|certif|authori[sz]|(?<!up|thres)hold|delay|pending|halt/i;

test('no verb, path, field, state, move, verdict or event speaks of letting a release pass', async () => {
  const words = verbs.flatMap((v) => [
    v.name,
    v.at,
    v.summary,
    ...[v.input, v.output].flatMap((schema) => namesIn(z.toJSONSchema(schema, { unrepresentable: 'any', io: 'input' }))),
  ]);
  const moves = [...agreementMoves, ...submissionMoves, ...determinationMoves].flatMap((m) => [m.from, m.by, m.to]);
  const entries = await hub.doors.db.transaction(house.reads, (tx) => entriesAfter(tx, 0, 10_000));
  const events = new Set(entries.map((e) => e.body!.event));
  const said = [...words, ...moves, ...verdicts, ...events];
  expect([words.length > 300, events.size > 8]).toEqual([true, true]);
  expect(said.filter((word) => forbidden.test(word))).toEqual([]);
});

/** Property names and enumerated values of a JSON Schema. */
function namesIn(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  return Object.entries(schema).flatMap(([key, value]) => {
    const own = key === 'properties' ? Object.keys(value as object) : key === 'enum' ? (value as unknown[]).map(String) : [];
    return [...own, ...namesIn(value)];
  });
}
