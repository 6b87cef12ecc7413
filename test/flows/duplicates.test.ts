import { afterAll, beforeAll, expect, test } from 'vitest';
import { limits } from '../../src/base/limits.ts';
import * as duplicates from '../../src/clearinghouse/duplicates/actions.ts';
import { comparisonsOf, listVulnerabilities, membersEver } from '../../src/clearinghouse/duplicates/store.ts';
import * as findings from '../../src/clearinghouse/findings/actions.ts';
import { type Actor, house } from '../../src/trust/access.ts';
import { entriesAfter } from '../../src/trust/log/store.ts';
import { openHub, type TestHub } from '../hub.ts';

let hub: TestHub;
let [north, south, desk]: Actor[] = [];
const crash = 'parse_string\nparse_value\ncJSON_Parse\n';
const elsewhere = 'print_number\nprint_value\ncJSON_Print\n';
type Credit = { findingId: string; orgId: string; receivedAt: string };
type Vulnerability = { id: string; state: string; findingIds: string[]; credits: Credit[] };

beforeAll(async () => {
  hub = await openHub();
  north = await hub.join('North Lab', 'finder');
  south = await hub.join('South Lab', 'finder');
  desk = await hub.join('Clearinghouse', 'coordinator');
});
afterAll(() => hub.close());

async function report(as: Actor, name: string): Promise<string> {
  hub.clock.advance(1000);
  const { id } = await hub.do<{ id: string }>(as, findings.submit, { title: 't', text: 'x', purl: `pkg:npm/${name}@1` });
  await hub.do(house, duplicates.compare, { id });
  return id;
}

async function judge(id: string, verdict: string, crashState: string | null, recipeId: string | null): Promise<string | null> {
  hub.clock.advance(1000);
  await hub.do(house, findings.judge, { id, verdict, because: 'a run of ours', crashState, recipeId });
  return (await hub.do<{ vulnerabilityId: string | null }>(house, duplicates.compare, { id })).vulnerabilityId;
}

const vulnerability = (id: string | null) =>
  hub.do<Vulnerability & { history: unknown[]; comparisons: { decision: string; decidedBy: string }[] }>(desk!, duplicates.get, { id });
const events = async (thing: string) =>
  (await hub.doors.db.transaction(house.reads, (tx) => entriesAfter(tx, 0, 10_000))).flatMap((e) =>
    e.body?.thing === thing ? [{ event: e.body.event, payload: e.body.payload }] : [],
  );

test('nothing is put together before a run of ours; then the same crash joins, and all finders keep credit and times', async () => {
  const [a, b] = [await report(north!, 'same'), await report(south!, 'same')];
  expect(await hub.do(house, duplicates.compare, { id: b })).toEqual({ compared: 1, vulnerabilityId: null });
  // The younger finding is replayed first: the older still leads the credits.
  const opened = await judge(b, 'reproduced', crash, 'r1');
  const joined = await judge(a, 'reproduced', crash, 'r1');
  expect(joined).toBe(opened);
  const { findingIds, credits } = await vulnerability(opened);
  expect(findingIds).toEqual([a, b]);
  expect(credits.map((c) => c.orgId)).toEqual([north!.orgId, south!.orgId]);
  expect(credits[0]!.receivedAt < credits[1]!.receivedAt).toBe(true);
  expect(await events(opened!)).toEqual([
    { event: 'vulnerability.opened', payload: { findingIds: [b], package: 'pkg:npm/same' } },
    { event: 'vulnerability.joined', payload: { findingId: a, findingIds: [a, b] } },
  ]);
  expect(await hub.do(house, duplicates.compare, { id: a })).toMatchObject({ vulnerabilityId: opened });
  expect(await events(opened!)).toHaveLength(2);
});

test('another recipe opens another; the invalid and the unresolved open nothing', async () => {
  const [a, b, c, d] = [
    await report(north!, 'other'),
    await report(south!, 'other'),
    await report(south!, 'other'),
    await report(south!, 'other'),
  ];
  const first = await judge(a, 'reproduced', crash, 'r1');
  const second = await judge(b, 'reproduced', elsewhere, 'r2');
  expect(second).not.toBe(first);
  expect(await judge(c, 'not-reproduced', null, 'r1')).toBeNull();
  expect(await judge(d, 'could-not-tell', null, null)).toBeNull();
  const { items } = await hub.do<{ items: { aId: string; bId: string; decision: string }[] }>(desk!, duplicates.comparisons, {
    findingId: d,
  });
  expect(items.map((i) => i.decision)).not.toContain('distinct');
  const { comparisons } = await vulnerability(first);
  expect(comparisons.find((x) => JSON.stringify(x).includes(b))?.decision).toBe('distinct');
});

test('finders see neither vulnerabilities nor comparisons', async () => {
  for (const verb of [duplicates.list, duplicates.get, duplicates.comparisons])
    expect(
      await hub.try(north!, verb, { id: 'vul_00000000000000000000000000', findingId: 'fnd_00000000000000000000000000' }),
    ).toMatchObject({ code: 'not_permitted' });
  const { items } = await hub.do<{ items: Vulnerability[] }>(desk!, duplicates.list, {});
  expect(items.length).toBeGreaterThan(1);
  const { findingIds, id } = items[0]!;
  const found = await hub.doors.db.transaction(north!.reads, async (tx) => [
    await membersEver(tx, id),
    await listVulnerabilities(tx, '', 10),
    await comparisonsOf(tx, findingIds),
  ]);
  expect(found).toEqual([[], [], []]);
});

test('a split is kept to, keeps credit, and is undone by a merge', async () => {
  const [a, b] = [await report(north!, 'split'), await report(south!, 'split')];
  const whole = await judge(a, 'reproduced', crash, 'r1');
  expect(await judge(b, 'reproduced', crash, 'r1')).toBe(whole);
  const before = (await vulnerability(whole)).credits.find((c) => c.findingId === b)!;

  const { from, to } = await hub.do<{ from: Vulnerability; to: Vulnerability }>(desk!, duplicates.split, {
    id: whole,
    findingId: b,
    because: 'two loops',
  });
  expect([from.findingIds, to.findingIds]).toEqual([[a], [b]]);
  expect(to.credits[0]).toMatchObject({ orgId: south!.orgId, receivedAt: before.receivedAt });
  expect((await vulnerability(whole)).history).toHaveLength(2);
  // The hub compares again and leaves apart what a person took apart.
  expect(await hub.do(house, duplicates.compare, { id: b })).toMatchObject({ vulnerabilityId: to.id });
  expect((await vulnerability(to.id)).comparisons).toMatchObject([{ decision: 'distinct', decidedBy: desk!.id }]);

  const merged = await hub.do<{ from: Vulnerability; to: Vulnerability }>(desk!, duplicates.merge, {
    id: whole,
    findingId: b,
    because: 'one loop after all',
  });
  expect(merged.to.findingIds).toEqual([a, b]);
  expect(merged.to.credits.find((c) => c.findingId === b)?.receivedAt).toBe(before.receivedAt);
  expect(merged.from).toMatchObject({ id: to.id, state: 'empty', findingIds: [] });
  expect((await events(whole!)).map((e) => e.event)).toEqual([
    'vulnerability.opened',
    'vulnerability.joined',
    'vulnerability.split',
    'vulnerability.joined',
  ]);
  expect((await events(to.id)).map((e) => e.event)).toEqual(['vulnerability.opened', 'vulnerability.emptied']);
});

test('what cannot be split or merged is refused', async () => {
  const [a, b] = [await report(north!, 'solo'), await report(south!, 'duo')];
  const [solo, duo] = [await judge(a, 'reproduced', crash, null), await judge(b, 'reproduced', crash, null)];
  expect(await hub.try(desk!, duplicates.split, { id: solo, findingId: a, because: 'x' })).toMatchObject({ code: 'wrong_state' });
  expect(await hub.try(desk!, duplicates.split, { id: solo, findingId: b, because: 'x' })).toMatchObject({ code: 'not_found' });
  expect(await hub.try(desk!, duplicates.merge, { id: duo, findingId: a, because: 'x' })).toMatchObject({ code: 'conflict' });
  expect(await hub.try(desk!, duplicates.merge, { id: duo, findingId: b, because: 'x' })).toMatchObject({ code: 'not_found' });
  expect(await hub.try(north!, duplicates.split, { id: solo, findingId: a, because: 'x' })).toMatchObject({ code: 'not_permitted' });
});

test('two that are judged at the same moment open one vulnerability', async () => {
  const ids = [await report(north!, 'race'), await report(south!, 'race'), await report(south!, 'race')];
  for (const id of ids) await hub.do(house, findings.judge, { id, verdict: 'reproduced', because: 'x', crashState: crash, recipeId: 'r1' });
  const homes = await Promise.all(ids.map((id) => hub.do<{ vulnerabilityId: string }>(house, duplicates.compare, { id })));
  expect(new Set(homes.map((h) => h.vulnerabilityId)).size).toBe(1);
});

test('a flood is compared with so many others at most, the valid ones first', async () => {
  const oldest = await report(north!, 'flood');
  await judge(oldest, 'reproduced', crash, 'r1');
  hub.clock.advance(1000);
  const results = Array.from({ length: limits.comparedFindings - 1 }, (_, i) => ({ message: { text: `${i}` } }));
  await hub.do(south!, findings.submitSarif, { sarif: { version: '2.1.0', runs: [{ results }] }, purl: 'pkg:npm/flood@1' });
  const compared = async (id: string) => (await hub.do<{ compared: number }>(house, duplicates.compare, { id })).compared;
  const last = await report(north!, 'flood');
  expect(await compared(last)).toBe(limits.comparedFindings);
  const onTop = await report(north!, 'flood');
  expect(await compared(onTop)).toBe(limits.comparedFindings);
  expect(await judge(onTop, 'reproduced', crash, 'r1')).toBe(await judge(oldest, 'reproduced', crash, 'r1'));
});
