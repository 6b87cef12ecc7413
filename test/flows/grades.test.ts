import { afterAll, beforeAll, expect, test } from 'vitest';
import { flow } from '../../src/app/flow.ts';
import { makeId } from '../../src/base/id.ts';
import { epochMs } from '../../src/base/instant.ts';
import { limits } from '../../src/base/limits.ts';
import { endpointModels } from '../../src/io/models/endpoints.ts';
import * as determinations from '../../src/reviews/determinations/actions.ts';
import * as estimates from '../../src/reviews/estimates/actions.ts';
import * as grades from '../../src/reviews/grades/actions.ts';
import * as judging from '../../src/reviews/grades/judgements/actions.ts';
import * as logs from '../../src/reviews/logs/actions.ts';
import type { Actor } from '../../src/trust/access.ts';
import { house } from '../../src/trust/access.ts';
import * as log from '../../src/trust/log/actions.ts';
import { insertPerson } from '../../src/trust/orgs/store.ts';
import { type PretendLab, pretendLab } from '../equipment/pretend-lab.ts';
import { type ScriptedEndpoint, scriptedEndpoint } from '../equipment/scripted-endpoint.ts';
import { type Play, scriptedSolver } from '../equipment/scripted-solver.ts';
import { openHub, type TestHub } from '../hub.ts';
import { agree, freeze, offer } from '../review.ts';

/** A suspicion, a second grade and a dispute, from the run to the estimates; and who sees what of them. */
let hub: TestHub;
let lab: PretendLab;
let endpoint: ScriptedEndpoint;
let [developer, agency, colleague, second]: Actor[] = [];
let planId: string;
const plays = new Map<string, Play>();
const forged = `boom\n==1==ERROR: AddressSanitizer: heap-buffer-overflow ${'.'.repeat(40)}`;

interface Seen {
  id: string;
  runId: string;
  taskId?: string;
  budget: number;
  outcome: string | null;
  counted: string | null;
  beneath?: string | null;
  because?: string;
  signals?: { rule: string; where: string }[];
}
interface Shares {
  k: number;
  low: number;
  suspectedCheats: number;
  ungradable: number;
  disputed: { runs: number; low: number; high: number } | null;
}
interface Word {
  kind: string;
  because?: string;
  byId?: string;
  outcome: string | null;
}
const gradesSeen = async (as: Actor) => (await hub.do<{ items: Seen[] }>(await hub.again(as), grades.list, { planId })).items;
const words = async (as: Actor, id: string) => (await hub.do<{ items: Word[] }>(await hub.again(as), judging.judgements, { id })).items;
const made = async () => {
  const { items } = await hub.do<{
    items: { id: string; planId: string; version: number; measures: Shares[] }[];
  }>(await hub.again(agency!), estimates.list, {});
  return items.filter((e) => e.planId === planId).sort((a, b) => a.version - b.version);
};

beforeAll(async () => {
  lab = pretendLab({ larch: forged, birch: 'boom' });
  endpoint = await scriptedEndpoint(scriptedSolver((task) => [...plays].find(([said]) => task.includes(said))?.[1] ?? 'give-up'));
  hub = await openHub({ ...lab, models: endpointModels({ origins: [endpoint.origin] }) });
  developer = await hub.join('Lab', 'developer');
  agency = await hub.join('Agency', 'evaluator');
  second = await hub.join('Second Agency', 'evaluator');
  const now = hub.clock.now();
  const id = makeId('psn', epochMs(now), hub.doors.chance(10));
  await hub.doors.db.transaction(house.reads, (tx) =>
    insertPerson(tx, {
      id,
      orgId: agency!.orgId as never,
      name: 'Colleague',
      email: 'colleague@agency.example',
      suspendedAt: null,
      createdAt: now,
    } as never),
  );
  colleague = await hub.again({ id, scopes: ['*'] } as unknown as Actor);
  const agreement = await agree(hub, developer, agency, second);
  const model = await offer(hub, developer, agreement.id, { endpoint: { url: endpoint.url, model: 'borealis-4' } });
  plays.set('words of forge', { submit: Buffer.from(forged) }).set('words of plain', { submit: Buffer.from('boom') });
  const task = (name: string, recipeId: string) => ({
    ...{ id: name, recipeId, skill: 'reproduce', prompt: `hidden words of ${name}`, disclosedAt: '2026-06-01T00:00:00Z' },
    canary: `canary-${name}-0123456789abcdef`,
  });
  const budgets = [
    { turns: 8, tokens: 100_000 },
    { turns: 9, tokens: 100_000 },
  ];
  planId = (await freeze(hub, agency, model.id, [task('forge', 'larch'), task('plain', 'birch')], { epochs: 1, seeds: [1], budgets })).plan
    .id;
  await hub.settle(flow);
}, 60_000);
afterAll(async () => {
  await hub?.close();
  await endpoint?.close();
});

const gradeOf = async (taskId: string) => (await gradesSeen(agency!)).find((g) => g.taskId === taskId && g.budget === 0)!;

test('a suspicion counts as a bound until a person settles it; each word makes a new estimate beside the old one', async () => {
  const suspect = await gradeOf('forge');
  expect(suspect).toMatchObject({ outcome: 'suspected-cheat', beneath: 'solved', counted: 'suspected-cheat' });
  expect(suspect.signals!.map(({ rule, where }) => `${rule} ${where.replace(/\d+/, 'n')}`)).toContain('forged-report handed in');
  expect((await made()).map(({ version, measures }) => [version, measures[0]!.k, measures[0]!.suspectedCheats])).toEqual([[1, 1, 1]]);
  const judge = async (as: Actor, holds: boolean) =>
    hub.try(await hub.again(as), judging.judge, { id: suspect.id, holds, because: 'the words are in its comment only' });
  expect(await judge(second!, false)).toMatchObject({ code: 'not_permitted' });
  expect(await judge(developer!, false)).toMatchObject({ code: 'not_permitted' });
  expect(await judge(agency!, false)).toMatchObject({ kind: 'dismissed', byId: agency!.id });
  await hub.settle(flow);
  expect(await gradeOf('forge')).toMatchObject({ outcome: 'suspected-cheat', counted: 'solved' });
  await judge(colleague!, true);
  await hub.settle(flow);
  expect(await gradeOf('forge')).toMatchObject({ outcome: 'suspected-cheat', counted: 'not-solved' });
  expect((await made()).map(({ version, measures }) => [version, measures[0]!.k, measures[0]!.suspectedCheats])).toEqual([
    [1, 1, 1],
    [2, 2, 0],
    [3, 1, 0],
  ]);
  expect((await words(agency!, suspect.id)).map(({ kind, byId }) => [kind, byId])).toEqual([
    ['dismissed', agency!.id],
    ['confirmed', colleague!.id],
  ]);
});

test('who grades again is not shown the first grade by any door of grades until the second is given', async () => {
  const first = await gradeOf('plain');
  expect(first).toMatchObject({ outcome: 'solved' });
  const ask = async (personId: string) =>
    hub.try(await hub.again(agency!), judging.askSecond, { id: first.id, personId, because: 'sampled' });
  expect(await ask(agency!.id)).toMatchObject({ code: 'not_permitted' });
  expect(await ask(second!.id)).toMatchObject({ code: 'not_found' });
  expect(await ask(colleague!.id)).toMatchObject({ kind: 'second-asked', aboutId: colleague!.id });
  const blind = await hub.again(colleague!);
  const seen = [
    await hub.do(blind, grades.get, { id: first.id }),
    (await gradesSeen(colleague!)).find(({ id }) => id === first.id),
    await words(colleague!, first.id),
  ];
  expect(JSON.stringify(seen)).not.toMatch(/solved|reproduced|"record"|"because":"(?!sampled)/);
  await hub.settle(flow);
  // Nor by any other: not by the log, by what is worked out from all grades, or by what goes out.
  const history = async (thing: string) => (await hub.do<{ entries: object[] }>(blind, log.history, { thing })).entries;
  const { id: estimateId } = (await made()).at(-1)!;
  const told = [await history(first.id), await history(first.runId), await history(estimateId)];
  expect(told.every((entries) => entries.length > 0)).toBe(true);
  const { entries } = await hub.do<{ entries: { body?: { event: string; payload: object } }[] }>(blind, log.exportLog, {});
  const logged = entries.flatMap(({ body }) => (body && /^(grade|sample|estimate)/.test(body.event) ? [body] : []));
  expect(JSON.stringify([told, logged])).not.toMatch(/solved|cheat|dismissed|confirmed|ungradable/);
  const shapes = new Set(logged.map(({ event, payload }) => `${event} ${Object.keys(payload).sort()}`));
  expect([...shapes].sort()).toEqual([
    'estimate.made planId,version',
    'grade.given planId,runId',
    'grade.judged judgementId,planId,runId',
    'grade.requested planId,runId',
    'sample.committed digest,outcomeDigest,planId',
  ]);
  const late = { code: 'wrong_state', because: expect.stringContaining('your own grade first') };
  expect(await hub.try(blind, estimates.get, { id: estimateId })).toMatchObject(late);
  expect(await hub.do(blind, estimates.list, {})).toEqual({ items: [] });
  expect(await hub.try(blind, determinations.decide, { planId, basis: 'x' })).toMatchObject(late);
  expect(await hub.try(blind, logs.samples, { id: planId })).toMatchObject(late);
  const progress = await hub.do<{ whole: { outcomes: Record<string, number> } }>(blind, logs.progress, { id: planId });
  expect(progress.whole.outcomes).toEqual({});
  expect(await hub.try(blind, judging.resolve, { id: first.id, outcome: 'solved', because: 'x' })).toMatchObject(late);
  const give = async (as: Actor) =>
    hub.try(await hub.again(as), judging.giveSecond, { id: first.id, outcome: 'not-solved', because: 'no' });
  expect(await give(agency!)).toMatchObject({ code: 'not_permitted' });
  expect(await give(colleague!)).toMatchObject({ kind: 'second-given', outcome: 'not-solved' });
  expect(await hub.do(await hub.again(colleague!), grades.get, { id: first.id })).toMatchObject({
    outcome: 'solved',
    counted: 'ungradable',
  });
  expect(await hub.do(await hub.again(colleague!), estimates.get, { id: estimateId })).toMatchObject({ id: estimateId });
  await hub.settle(flow);
  expect((await made()).at(-1)!.measures[0]).toMatchObject({ ungradable: 1, k: 0 });
  // Neither of the two chooses between them.
  const resolve = async (as: Actor) =>
    hub.try(await hub.again(as), judging.resolve, { id: first.id, outcome: 'solved', because: 'looked at by both' });
  expect(await resolve(colleague!)).toMatchObject({ code: 'not_permitted' });
  expect(await resolve(agency!)).toMatchObject({ kind: 'resolved' });
  expect(await gradeOf('plain')).toMatchObject({ outcome: 'solved', counted: 'solved' });
});

test('a developer disputes its own grades, sees that they were judged, and neither why nor by whom', async () => {
  const { id } = await gradeOf('forge');
  await hub.settle(flow);
  const before = (await made()).length;
  const because = 'our model wrote that comment by itself';
  expect(await hub.try(await hub.again(agency!), judging.dispute, { id, because })).toMatchObject({ code: 'not_permitted' });
  expect(await hub.do(await hub.again(developer!), judging.dispute, { id, because })).toMatchObject({ kind: 'disputed', because });
  await hub.settle(flow);
  // It changes no number that counts, and stands beside them as a bound.
  expect((await made()).length).toBe(before + 1);
  const [was, is] = (await made()).slice(-2).map(({ measures }) => measures[0]!);
  expect(is).toMatchObject({ ...was, disputed: { runs: 1 } });
  // One of two is solved, and the other is held for solved.
  expect([is!.disputed!.low, is!.disputed!.high]).toEqual([is!.low, 1]);
  const shown = await words(developer!, id);
  expect(shown.map(({ kind, because: why }) => [kind, why])).toEqual([
    ['dismissed', undefined],
    ['confirmed', undefined],
    ['disputed', because],
  ]);
  for (const hidden of ['its comment only', agency!.id, colleague!.id, 'forge']) expect(JSON.stringify(shown)).not.toContain(hidden);
  expect(await words(second!, id)).toMatchObject([{ kind: 'dismissed' }, { kind: 'confirmed' }, { kind: 'disputed' }]);
  expect(JSON.stringify(await words(second!, id))).not.toContain(because);
  const [mine] = await gradesSeen(developer!);
  expect(mine).not.toHaveProperty('signals');
  expect(mine).not.toHaveProperty('beneath');
  const stranger = await hub.join('Stranger', 'evaluator', 'developer');
  const nothing = { code: 'not_found' };
  expect(await hub.try(stranger, judging.judgements, { id })).toMatchObject(nothing);
  expect(await hub.try(stranger, judging.dispute, { id, because })).toMatchObject(nothing);
  for (let n = (await words(agency!, id)).length; n < limits.judgementsPerGrade; n++)
    await hub.do(await hub.again(developer!), judging.dispute, { id, because });
  expect(await hub.try(await hub.again(developer!), judging.dispute, { id, because })).toMatchObject({ code: 'too_many' });
});
