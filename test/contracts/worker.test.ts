import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { startWorker, type Worker } from '../../src/app/jobs.ts';
import { patience } from '../../src/app/patience.ts';
import { followOnce, runDues } from '../../src/app/worker.ts';
import { label } from '../../src/base/label.ts';
import { limits } from '../../src/base/limits.ts';
import { refuse } from '../../src/base/refusal.ts';
import type { OpenDb } from '../../src/io/db/postgres.ts';
import { house } from '../../src/trust/access.ts';
import { action, done } from '../../src/trust/action.ts';
import { type Flow, type Happened, hop, laneOf, work } from '../../src/trust/flow.ts';
import { appendEntries, entriesAfter } from '../../src/trust/log/store.ts';
import { openHub, type TestHub } from '../hub.ts';

let hub: TestHub;
let worker: Worker | undefined;
const problems: string[] = [];
beforeAll(async () => {
  hub = await openHub();
});
afterAll(async () => {
  await worker?.stop();
  await hub.close();
});

const happen = (event: `${string}.${string}`, n: number) =>
  hub.doors.db.transaction(house.reads, (tx) => {
    const events = Array.from({ length: n }, (_, i) => ({ event, thing: `thing-${i}`, label: label('RED', 'org_x'), payload: { i } }));
    return appendEntries(tx, { actor: 'test', at: hub.clock.now(), salt: () => 's', events });
  });
const happened = async (event: string) =>
  (await hub.doors.db.transaction(house.reads, (tx) => entriesAfter(tx, 0, 10_000)))
    .filter((e) => e.body?.event === event)
    .map((e) => e.body!);

const internal = { at: 'POST /test/x', summary: 'test', by: ['coordinator'], internal: true, output: z.object({}) } as const;
const byThing = z.object({ id: z.string() });

test('a follower takes so many entries a round, and the rest in the next', async () => {
  const seen: string[] = [];
  const note = action({
    ...internal,
    name: 'test.note',
    input: byThing,
    run: async (_ctx, { id }) => {
      seen.push(id);
      return done({});
    },
  });
  const flow: Flow = { hops: [hop('test.many', note, ({ thing }) => ({ id: thing }))], works: [], dues: [] };
  await happen('test.many', limits.followBatchRows + 1);
  expect(await followOnce(hub.doors, flow, async () => {})).toBe(limits.followBatchRows);
  expect(await followOnce(hub.doors, flow, async () => {})).toBe(1);
  expect(await followOnce(hub.doors, flow, async () => {})).toBe(0);
  expect(new Set(seen).size).toBe(limits.followBatchRows + 1);
});

test('a hop with two lanes: each thing once and in order, two at a time; a lane that waits does not hold up the other; a new lane begins where the first stands', async () => {
  const seen: string[] = [];
  let atOnce = 0;
  let most = 0;
  const isStuck = { now: false };
  const note = action({
    ...internal,
    name: 'test.lanes',
    input: byThing,
    run: async (_ctx, { id }) => {
      most = Math.max(most, ++atOnce);
      await sleep(5);
      atOnce--;
      if (id === 'thing-1' && isStuck.now) return refuse('unavailable', 'not yet');
      seen.push(id);
      return done({});
    },
  });
  const flowOf = (lanes: number): Flow => ({ hops: [hop('test.lanes', note, ({ thing }) => ({ id: thing }), lanes)], works: [], dues: [] });
  const follow = (lanes: number) => followOnce(hub.doors, flowOf(lanes), async () => {});
  await happen('test.lanes', 2);
  await follow(1);
  expect(seen.splice(0)).toEqual(['thing-0', 'thing-1']);
  isStuck.now = true;
  await happen('test.lanes', 9);
  await follow(2);
  expect([seen.filter((id) => laneOf(id, 2) === 0), most]).toEqual([['thing-0', 'thing-2', 'thing-4', 'thing-6', 'thing-8'], 2]);
  expect(seen.filter((id) => laneOf(id, 2) === 1)).toEqual([]);
  isStuck.now = false;
  while ((await follow(2)) > 0);
  expect(seen.filter((id) => laneOf(id, 2) === 1)).toEqual(['thing-1', 'thing-3', 'thing-5', 'thing-7']);
  expect(seen).toHaveLength(9);
});

test('a hop that is refused is noted and does not hold up the next', async () => {
  const seen: string[] = [];
  const taken = (id: string) => {
    seen.push(id);
    return done({});
  };
  const picky = action({
    ...internal,
    name: 'test.picky',
    input: byThing,
    run: async (_ctx, { id }) => (id === 'thing-0' ? refuse('wrong_state', 'not this one') : taken(id)),
  });
  await happen('test.few', 2);
  await followOnce(hub.doors, { hops: [hop('test.few', picky, ({ thing }) => ({ id: thing }))], works: [], dues: [] }, async () => {});
  expect(seen).toEqual(['thing-1']);
  expect((await happened('flow.refused')).map((b) => b.payload)).toMatchObject([{ code: 'wrong_state', because: 'not this one' }]);
});

test('an event of which nothing can be made is noted as refused, and does not stop the hop or the work that follow it', async () => {
  const seen: string[] = [];
  const handed: string[] = [];
  const taking = action({
    ...internal,
    name: 'test.taking',
    input: byThing,
    run: async (_ctx, { id }) => {
      seen.push(id);
      return done({});
    },
  });
  const labour = { name: 'test-unreached', begin: taking, work: async () => undefined, conclude: taking };
  const give = ({ thing, payload }: Happened): string => {
    if (payload.i === 0) throw new TypeError('no such field');
    return thing;
  };
  const flow: Flow = { hops: [hop('test.odd', taking, (h) => ({ id: give(h) }))], works: [work('test.odd', labour, give)], dues: [] };
  await happen('test.odd', 2);
  expect(await followOnce(hub.doors, flow, async (_tx, _labour, id) => void handed.push(id))).toBe(4);
  expect([seen, handed]).toEqual([['thing-1'], ['thing-1']]);
  const noted = (await happened('flow.refused')).map((b) => b.payload as { follower: string; because: string });
  expect(noted.filter((n) => n.because.includes('no such field')).map((n) => n.follower)).toEqual([
    'test.odd→test.taking',
    'test.odd→test-unreached',
  ]);
  expect(await followOnce(hub.doors, flow, async () => {})).toBe(0);
});

test('a hop that breaks holds up no other hop, and in the end not its own', async () => {
  const seen: string[] = [];
  const fragile = action({
    ...internal,
    name: 'test.fragile',
    input: byThing,
    run: async (_ctx, { id }) => {
      if (id === 'thing-0') throw new Error('poison');
      seen.push(id);
      return done({});
    },
  });
  const robust = action({ ...fragile, name: 'test.robust', run: async (_ctx, { id }) => done({ seen: seen.push(`other ${id}`) }) });
  const flow: Flow = {
    hops: [fragile, robust].map((verb) => hop('test.poison', verb, ({ thing }) => ({ id: thing }))),
    works: [],
    dues: [],
  };
  await happen('test.poison', 2);
  let now = 0;
  const faults: string[] = [];
  const patient = patience(
    () => now,
    (problem) => faults.push(problem),
  );
  await followOnce(hub.doors, flow, async () => {}, patient);
  expect(seen).toEqual(['other thing-0', 'other thing-1']);
  await followOnce(hub.doors, flow, async () => {}, patient);
  expect(faults).toHaveLength(1);
  for (let i = 1; i < limits.hopTries; i++) {
    expect(seen).not.toContain('thing-1');
    now += 1000 * 2 ** (i - 1);
    await followOnce(hub.doors, flow, async () => {}, patient);
  }
  expect(faults).toHaveLength(limits.hopTries);
  expect(seen).toContain('thing-1');
  const parked = (await happened('flow.parked')).filter((b) => b.thing === 'thing-0');
  expect(parked.map((b) => [b.label.compartments, (b.payload as { code: string }).code])).toEqual([[['org_x'], 'unavailable']]);
});

test('something due that breaks does not keep the others from their hour', async () => {
  const seen: string[] = [];
  const breaks = action({ ...internal, name: 'test.breaks', input: z.object({}), run: () => Promise.reject(new Error('broken')) });
  const works = action({ ...internal, name: 'test.works', input: z.object({}), run: async () => done({ seen: seen.push('due') }) });
  const flow: Flow = { hops: [], works: [], dues: [breaks, works] };
  await expect(runDues(hub.doors, flow)).rejects.toThrow('test.breaks failed');
  await runDues(hub.doors, flow, () => {});
  expect(seen).toEqual(['due']);
});

test('a labour that fails is tried again, and parked where a person sees it', { timeout: 60_000 }, async () => {
  const tries: Record<string, number> = {};
  const verb = (name: string) =>
    action({
      ...internal,
      name: `test.${name}`,
      input: z.object({ id: z.string(), evidence: z.unknown().optional() }),
      output: z.unknown(),
      run: async (_ctx, { id }) => done({ id }),
    });
  const labour = {
    name: 'test-labour',
    begin: verb('begin'),
    async work({ id }: { id: string }) {
      tries[id] = (tries[id] ?? 0) + 1;
      if (id === 'thing-0' || tries[id] < 2) throw new Error('broken');
    },
    conclude: verb('conclude'),
  };
  const flow: Flow = { hops: [], works: [work('test.work', labour, ({ thing }) => thing)], dues: [] };
  worker = await startWorker(hub.doors, (hub.doors.db as OpenDb).pool, flow, 2, (problem) => problems.push(problem));
  await happen('test.work', 2);
  for (let i = 0; i < 200 && !(await happened('flow.parked')).some((b) => 'labour' in (b.payload as object)); i++) await sleep(200);
  expect(tries).toEqual({ 'thing-0': limits.jobRetries + 1, 'thing-1': 2 });
  const parked = (await happened('flow.parked')).filter((b) => 'labour' in (b.payload as object));
  // Under the thing's own label: the clearinghouse's staff does not learn from it that there is a review.
  expect(parked.map((b) => [b.thing, b.payload, b.label])).toEqual([
    ['thing-0', { labour: 'test-labour', tries: limits.jobRetries + 1 }, { tlp: 'RED', compartments: ['org_x'] }],
  ]);
  expect(problems.length).toBeGreaterThan(0);
});
