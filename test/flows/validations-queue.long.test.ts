import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { flow } from '../../src/app/flow.ts';
import { followOnce, labourOnce } from '../../src/app/worker.ts';
import type { BoxResult, BoxSpec } from '../../src/base/doors.ts';
import { label } from '../../src/base/label.ts';
import * as findings from '../../src/clearinghouse/findings/actions.ts';
import { tagsWaiting } from '../../src/clearinghouse/findings/queue/store.ts';
import * as validations from '../../src/clearinghouse/validations/actions.ts';
import { rehearsedBox, uneventful } from '../../src/io/boxes/rehearsed.ts';
import { type Actor, house } from '../../src/trust/access.ts';
import { appendEntries, entriesAfter } from '../../src/trust/log/store.ts';
import { openHub, type TestHub } from '../hub.ts';
import { loopBox, loopRecipes, loopReport, loopSources } from '../lab-rehearsal.ts';

/** What the box does with every spec, until a test says otherwise. */
let script: (spec: BoxSpec) => BoxResult | Promise<BoxResult>;
const looping = loopBox();
const box = { ...rehearsedBox((spec) => script(spec)), probe: looping.probe };
const usual = (spec: BoxSpec) => looping.run(spec);

let hub: TestHub;
let [finder, other, desk]: Actor[] = [];
beforeAll(async () => {
  hub = await openHub({ box, sources: loopSources, recipes: loopRecipes });
  finder = await hub.join('North Lab', 'finder');
  other = await hub.join('South Lab', 'finder');
  desk = await hub.join('Clearinghouse', 'coordinator');
});
afterAll(() => hub.close());
script = usual;
afterEach(() => {
  script = usual;
});

interface Shown {
  readonly id: string;
  readonly findingId: string;
  readonly state: string;
  readonly verdict: string | null;
  readonly because: string | null;
  readonly before: number | null;
  readonly progress: { readonly step: string; readonly of: string; readonly at?: number; readonly total?: number } | null;
  readonly attempts: number;
  readonly mends: readonly string[];
}
interface Queue {
  readonly items: readonly (Shown & { readonly position: number | null })[];
  readonly waiting: number;
}
const submit = async (title: string, over: object = {}, as = finder!) =>
  (await hub.do<{ id: string }>(as, findings.submit, loopReport(title, 'loop', over))).id;
const follow = async () => {
  while ((await followOnce(hub.doors, flow, async () => {})) > 0);
};
/** Received, queued and requested, with no worker to take it up. */
async function requested(title: string, over: object = {}, as = finder!): Promise<Shown> {
  // Ids of one moment are in no order.
  hub.clock.advance(1000);
  const id = await submit(title, over, as);
  await follow();
  return newest(id);
}
const newest = async (findingId: string, as = desk!) =>
  (await hub.do<{ items: Shown[] }>(as, validations.ofFinding, { id: findingId })).items[0]!;
const entries = () => hub.doors.db.transaction(house.reads, (tx) => entriesAfter(tx, 0, 100_000));
const work = (id: string) => labourOnce(hub.doors, validations.validation, id);
const queue = () => hub.do<Queue>(desk!, validations.queue, {});
const clear = async () => {
  for (const { id } of (await queue()).items) await hub.do(desk!, validations.cancel, { id, because: 'the test is over' });
  await follow();
};
afterEach(clear);

/** Every run waits until it is let go; `aborted` counts those that were stopped. */
function held() {
  let release = () => {};
  const gate = new Promise<void>((resolve) => (release = resolve));
  return { gate, release };
}

test('while it runs its progress is shown, and no step of it is an entry of the log', async () => {
  const { id, findingId } = await requested('watched');
  const { gate, release } = held();
  script = async (spec) => {
    await gate;
    return usual(spec);
  };
  const before = (await entries()).length;
  const working = work(id);
  await expect.poll(async () => (await newest(findingId)).progress?.step).toBe('run');
  const during = await newest(findingId);
  expect(during).toMatchObject({ state: 'running', attempts: 1, progress: { step: 'run', total: 9 } });
  expect(await hub.do(finder!, validations.progress, { id })).toMatchObject({ state: 'running', progress: { step: 'run', total: 9 } });
  expect(await hub.try(other!, validations.progress, { id })).toMatchObject({ code: 'not_found' });
  expect((await queue()).items[0]).toMatchObject({ state: 'running', position: null });
  release();
  expect(await working).toBeUndefined();
  const added = (await entries()).slice(before).flatMap(({ body }) => (body && body.event !== 'log.read' ? [body.event] : []));
  expect(added).toEqual(['validation.concluded']);
  expect(await newest(findingId)).toMatchObject({ state: 'concluded', verdict: 'reproduced', progress: null });
});

test('a finding taken back while it runs: the box is stopped, and nothing is concluded', async () => {
  const { id, findingId } = await requested('taken back');
  let stopped = 0;
  script = () => uneventful;
  const waiting = { ...hub.doors, box: { ...box, run: abortable(() => stopped++) } };
  const working = labourOnce(waiting, validations.validation, id);
  await expect.poll(async () => (await newest(findingId)).progress?.step).toBe('run');
  await hub.do(finder!, findings.withdraw, { id: findingId, because: 'it was my own mistake' });
  await follow();
  expect(await working).toMatchObject({ code: 'wrong_state' });
  expect(stopped).toBeGreaterThan(0);
  expect(await newest(findingId)).toMatchObject({ state: 'cancelled', verdict: null, because: 'the finding was withdrawn' });
  expect(await work(id)).toMatchObject({ code: 'wrong_state' });
  expect((await entries()).some(({ body }) => body?.event === 'validation.concluded' && body.thing === id)).toBe(false);
});

/** A run that ends only when it is stopped, as a box's does. */
function abortable(stopped: () => void) {
  return (_spec: BoxSpec, signal?: AbortSignal) =>
    new Promise<BoxResult>((resolve) => {
      const end = () => {
        stopped();
        resolve({ ...uneventful, end: 'killed', exit: null, signal: 9 });
      };
      if (signal?.aborted) end();
      else signal?.addEventListener('abort', end);
    });
}

test('out of tries it is parked where people see it, holds up nobody, and is taken up again by a person', async () => {
  const { id, findingId } = await requested('poison');
  expect(await hub.do(finder!, validations.get, { id })).toMatchObject({ before: null });
  const waiting = () => hub.doors.db.transaction(house.reads, (tx) => tagsWaiting(tx, finder!.orgId!));
  expect((await waiting()).last).toBeDefined();
  await hub.doors.db.transaction(house.reads, (tx) => {
    const payload = { labour: 'validation', tries: 4 };
    const events = [{ event: 'flow.parked' as const, thing: id, label: label('RED', finder!.orgId!), payload }];
    return appendEntries(tx, { actor: house.id, at: hub.clock.now(), salt: () => 's', events });
  });
  await follow();
  expect(await newest(findingId)).toMatchObject({ state: 'parked', verdict: null, because: expect.stringContaining('4 times') });
  expect((await newest(findingId)).mends[0]).toContain('try again');
  expect((await newest(findingId, finder!)).mends).toEqual([]);
  expect((await queue()).items).toMatchObject([{ id, state: 'parked', position: null }]);
  // Its place no longer counts among those that wait for the lab: whoever comes next does not wait behind it.
  expect((await waiting()).last).toBeUndefined();
  expect(await work(id)).toMatchObject({ code: 'wrong_state' });
  expect(await hub.try(desk!, validations.repeat, { id: findingId })).toMatchObject({ code: 'wrong_state' });
  expect(await hub.try(finder!, validations.retry, { id })).toMatchObject({ code: 'not_permitted' });
  expect(await hub.do(desk!, validations.retry, { id })).toEqual({ id, state: 'requested' });
  expect(await work(id)).toBeUndefined();
  expect(await newest(findingId)).toMatchObject({ state: 'concluded', verdict: 'reproduced' });
  expect(await hub.do(finder!, findings.get, { id: findingId })).toMatchObject({ rung: 'claimed' });
  await follow();
  expect(await hub.do(finder!, findings.get, { id: findingId })).toMatchObject({ rung: 'replayed' });
});

test('what is exploited goes first, and a band that a person sets moves what waits; only the clearinghouse is told the place', async () => {
  const plain = await requested('plain');
  const second = await requested('another', {}, other!);
  const exploited = await requested('exploited', { exploited: true }, other!);
  const order = async () => (await queue()).items.map((item) => item.id);
  expect(await order()).toEqual([exploited.id, plain.id, second.id]);
  expect((await queue()).items.map((item) => item.position)).toEqual([1, 2, 3]);
  expect(await newest(second.findingId)).toMatchObject({ before: 2 });
  expect(await newest(second.findingId, other!)).toMatchObject({ before: null });
  await hub.do(desk!, findings.setBand, { id: second.findingId, band: 'INCIDENT', because: 'seen in the wild' });
  const queued: { id: string; priority: number }[] = [];
  while ((await followOnce(hub.doors, flow, async (_tx, _labour, id, priority) => void queued.push({ id, priority }))) > 0);
  expect((await order()).at(-1)).toBe(plain.id);
  expect(queued.filter((q) => q.id === second.id)).toHaveLength(1);
  expect(await hub.try(finder!, validations.queue, {})).toMatchObject({ code: 'not_permitted' });
});
