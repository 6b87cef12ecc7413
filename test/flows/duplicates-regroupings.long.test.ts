import { afterAll, beforeAll, expect, test } from 'vitest';
import { limits } from '../../src/base/limits.ts';
import * as duplicates from '../../src/clearinghouse/duplicates/actions.ts';
import { type Compared, crash, type DuplicatesStage, elsewhere, openDuplicates, type Regrouped, type Shown } from './duplicates-stage.ts';

let stage: DuplicatesStage;
beforeAll(async () => {
  stage = await openDuplicates();
});
afterAll(() => stage.hub.close());

const because = 'a second look';
const undo = (id: string) => stage.hub.do(stage.desk, duplicates.undo, { id, because: 'a slip' });
/** Who is counted where, for how long a finder has known it: what an undo must restore. */
const counted = async (...ids: string[]) => {
  const shown: Shown[] = [];
  for (const id of ids) shown.push(await stage.shown(id));
  return shown.map(({ id, state, subsumedById, findingIds, credits }) => {
    return [id, state, subsumedById, findingIds, credits.map((c) => [c.findingId, c.orgId, c.receivedAt, c.credit, c.vulnerabilityId])];
  });
};
const names = async (id: string) => (await stage.events(id)).map((e) => e.event);

test('a split is kept to, keeps credit, and is undone', async () => {
  const { hub, north, south, desk, replayed, compare } = stage;
  const [a, b] = [await replayed(north, 'split', crash, 'r1'), await replayed(south, 'split', crash, 'r1')];
  const whole = a.vulnerability;
  const before = await counted(whole);
  const { act, from, to } = await hub.do<Regrouped>(desk, duplicates.split, { id: whole, findingId: b.id, because });
  expect([from.findingIds, to.findingIds]).toEqual([[a.id], [b.id]]);
  expect(to.credits[0]).toMatchObject({ orgId: south.orgId, credit: 'first' });
  // The hub compares again and leaves apart what a person took apart.
  expect(await compare(b.id)).toMatchObject({ vulnerabilityId: to.id });
  expect((await stage.shown(to.id)).comparisons).toMatchObject([{ decision: 'distinct', decidedBy: desk.id }]);
  await undo(act.id);
  expect(await counted(whole)).toEqual(before);
  expect(await stage.shown(to.id)).toMatchObject({ state: 'empty', findingIds: [], history: [{ findingId: b.id }] });
  expect((await stage.shown(whole)).history).toHaveLength(3);
  expect((await stage.shown(whole)).comparisons).toMatchObject([{ decision: 'same', decidedBy: 'house' }]);
  expect(await names(whole)).toEqual([...['vulnerability.opened', 'vulnerability.joined', 'vulnerability.split', 'vulnerability.joined']]);
  expect(await names(to.id)).toEqual(['vulnerability.opened', 'vulnerability.emptied', 'regrouping.undone']);
});

test('a merge of one finding or of all is undone to the same counts; of the former only what it moved', async () => {
  const { hub, north, south, desk, replayed } = stage;
  const [a, b] = [await replayed(north, 'merge', crash, 'r1'), await replayed(south, 'merge', elsewhere, 'r2')];
  const c = await replayed(north, 'merge', elsewhere, 'r2');
  const [to, from] = [a.vulnerability, b.vulnerability];
  const before = await counted(to, from);
  const one = await hub.do<Regrouped>(desk, duplicates.merge, { id: to, findingId: c.id, because });
  expect([one.from.findingIds, one.to.findingIds]).toEqual([[b.id], [a.id, c.id]]);
  expect((await names(from)).at(-1)).toBe('vulnerability.left');
  const rest = await hub.do<Regrouped>(desk, duplicates.merge, { id: to, fromId: from, because });
  expect(rest.from).toMatchObject({ state: 'empty', findingIds: [] });
  expect((await names(from)).at(-1)).toBe('vulnerability.emptied');
  expect((await stage.shown(to)).regroupings.map((r) => [r.kind, r.undone])).toEqual([
    ['merged', null],
    ['merged', null],
  ]);
  // In whatever order.
  await undo(one.act.id);
  expect((await stage.shown(from)).findingIds).toEqual([c.id]);
  await undo(rest.act.id);
  expect(await counted(to, from)).toEqual(before);
  const pairs = (await stage.shown(to)).comparisons.filter((x: Compared) => x.decidedBy !== 'house');
  expect(pairs).toEqual([]);
});

test('what was moved on since is not moved back over it', async () => {
  const { hub, north, south, desk, replayed } = stage;
  const [a, b] = [await replayed(north, 'on', crash, 'r1'), await replayed(south, 'on', elsewhere, 'r2')];
  const first = await hub.do<Regrouped>(desk, duplicates.merge, { id: a.vulnerability, findingId: b.id, because });
  const second = await hub.do<Regrouped>(desk, duplicates.split, { id: a.vulnerability, findingId: b.id, because });
  expect(await hub.try(desk, duplicates.undo, { id: first.act.id, because })).toMatchObject({ code: 'wrong_state' });
  await undo(second.act.id);
  await undo(first.act.id);
  expect((await stage.shown(b.vulnerability)).findingIds).toEqual([b.id]);
});

test('subsumed: the whole counts the part\u2019s finders too, the part stays what it is; undone, all is as before', async () => {
  const { hub, north, south, desk, replayed } = stage;
  const [a, b] = [await replayed(north, 'whole', crash, 'r1'), await replayed(south, 'whole', elsewhere, 'r2')];
  const [whole, part] = [a.vulnerability, b.vulnerability];
  const before = await counted(whole, part);
  const subsumed = await hub.do<Regrouped>(desk, duplicates.subsume, { id: whole, partId: part, because });
  expect(subsumed.to.credits.map((c) => [c.findingId, c.vulnerabilityId, c.credit])).toEqual([
    [a.id, whole, 'first'],
    [b.id, part, 'first'],
  ]);
  expect([subsumed.to.findingIds, subsumed.from.findingIds, subsumed.from.subsumedById]).toEqual([[a.id], [b.id], whole]);
  expect((await names(part)).at(-1)).toBe('vulnerability.subsumed');
  expect((await names(whole)).at(-1)).toBe('vulnerability.joined');
  // Whoever finds the part after that is counted in it, and through it in the whole.
  const c = await replayed(north, 'whole', elsewhere, 'r2');
  expect(c.vulnerability).toBe(part);
  expect((await events(whole)).at(-1)).toEqual({ event: 'vulnerability.joined', payload: { findingIds: [c.id] } });
  expect((await stage.shown(whole)).credits.map((x) => x.findingId)).toEqual([a.id, b.id, c.id]);
  // It is not part of two, nor of itself by a ring, and what covers another is not emptied.
  for (const [id, partId] of [
    [whole, part],
    [part, whole],
    [whole, whole],
  ])
    expect(await hub.try(desk, duplicates.subsume, { id, partId, because })).toHaveProperty('refused');
  expect(await hub.try(desk, duplicates.merge, { id: part, fromId: whole, because })).toMatchObject({ code: 'wrong_state' });

  await undo(subsumed.act.id);
  const [wholeThen, [, , , findingIds]] = (await counted(whole, part)) as [unknown, unknown[]];
  expect(wholeThen).toEqual(before[0]);
  expect(findingIds).toEqual([b.id, c.id]);
  expect((await stage.shown(part)).subsumedById).toBeNull();
  expect((await names(part)).at(-1)).toBe('vulnerability.parted');
});
const events = (id: string) => stage.events(id);

test('chained: two flaws used together stay two; undone, nothing is left but the history', async () => {
  const { hub, north, south, desk, replayed } = stage;
  const [a, b] = [await replayed(north, 'chain', crash, 'r1'), await replayed(south, 'chain', elsewhere, 'r2')];
  const ends = { id: a.vulnerability, withId: b.vulnerability, because };
  const before = await counted(a.vulnerability, b.vulnerability);
  const { act } = await hub.do<Regrouped>(desk, duplicates.chain, ends);
  expect(await counted(a.vulnerability, b.vulnerability)).toEqual(before);
  for (const id of [a.vulnerability, b.vulnerability]) expect((await names(id)).at(-1)).toBe('vulnerability.chained');
  expect(await hub.try(desk, duplicates.chain, ends)).toMatchObject({ code: 'conflict' });
  expect(await hub.try(desk, duplicates.chain, { ...ends, withId: ends.id })).toMatchObject({ code: 'conflict' });
  await undo(act.id);
  expect((await stage.shown(b.vulnerability)).regroupings).toMatchObject([{ kind: 'chained', undone: { byId: desk.id } }]);
  await hub.do(desk, duplicates.chain, ends);
});

test('what cannot be split or merged is refused', async () => {
  const { hub, north, south, desk, replayed } = stage;
  const [solo, duo] = [await replayed(north, 'solo', crash, 'r1'), await replayed(south, 'duo', crash, 'r1')];
  const id = solo.vulnerability;
  expect(await hub.try(desk, duplicates.split, { id, findingId: solo.id, because })).toMatchObject({ code: 'wrong_state' });
  expect(await hub.try(desk, duplicates.split, { id, findingId: duo.id, because })).toMatchObject({ code: 'not_found' });
  expect(await hub.try(desk, duplicates.merge, { id, findingId: solo.id, because })).toMatchObject({ code: 'not_found' });
  expect(await hub.try(desk, duplicates.merge, { id, fromId: id, because })).toMatchObject({ code: 'not_found' });
  expect(await hub.try(desk, duplicates.merge, { id, because })).toMatchObject({ code: 'malformed' });
  for (const verb of [duplicates.split, duplicates.merge, duplicates.subsume, duplicates.chain, duplicates.undo, duplicates.decide])
    expect(await hub.try(north, verb, { id, findingId: solo.id, partId: id, withId: id, because })).toHaveProperty('refused');
  expect(limits.movedFindings).toBeGreaterThan(0);
});

test('who merges from both ends at the same moment does not wait in a ring', async () => {
  const { hub, north, south, desk, replayed } = stage;
  const [a, b] = [await replayed(north, 'ring', crash, 'r1'), await replayed(south, 'ring', elsewhere, 'r2')];
  const ended = await Promise.all([
    hub.try(desk, duplicates.merge, { id: a.vulnerability, fromId: b.vulnerability, because }),
    hub.try(desk, duplicates.merge, { id: b.vulnerability, fromId: a.vulnerability, because }),
  ]);
  expect(ended.filter((e) => 'act' in (e as object)).length).toBeGreaterThan(0);
  const where = [a, b].map((x) => stage.shown(x.vulnerability));
  const ids = (await Promise.all(where)).flatMap((v) => v.findingIds);
  expect(ids.toSorted()).toEqual([a.id, b.id].toSorted());
});
