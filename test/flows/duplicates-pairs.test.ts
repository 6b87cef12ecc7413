import { afterAll, beforeAll, expect, test } from 'vitest';
import * as duplicates from '../../src/clearinghouse/duplicates/actions.ts';
import * as findings from '../../src/clearinghouse/findings/actions.ts';
import { type Compared, crash, type DuplicatesStage, elsewhere, openDuplicates } from './duplicates-stage.ts';

let stage: DuplicatesStage;
beforeAll(async () => {
  stage = await openDuplicates();
});
afterAll(() => stage.hub.close());

interface Side {
  finding: { id: string; text: string; receipt: string; commitmentSalt: string | null; verdict: string | null };
  vulnerabilityId: string | null;
}
interface Pair {
  a: Side;
  b: Side;
  common: string[];
  differing: string[];
  now: { decision: string };
  history: (Compared & { regroupingId: string | null })[];
}
const undecided = async (page = {}) => (await stage.hub.do<{ items: Compared[] }>(stage.desk, duplicates.undecided, page)).items;
const pair = (x: string, y: string) => stage.hub.do<Pair>(stage.desk, duplicates.pair, { aId: x, bId: y });
const decide = (x: string, y: string, decision: string) =>
  stage.hub.do<{ regroupingId: string; vulnerabilityIds: string[] }>(stage.desk, duplicates.decide, {
    ...{ aId: x, bId: y, decision, because: `they are ${decision}` },
  });
const undo = (id: string) => stage.hub.do(stage.desk, duplicates.undo, { id, because: 'a slip' });

test('undecided pairs wait in order: replayed first, then the likelier, then the older; page by page', async () => {
  const { north, south, report, judge } = stage;
  const claimed = [await report(north, 'queue-a', { text: 'one' }), await report(south, 'queue-a', { text: 'two' })];
  const likelier = [
    await report(north, 'queue-b', { symbol: { function: 'f' } }),
    await report(south, 'queue-b', { symbol: { function: 'f' }, text: 'other words' }),
  ];
  // One fix stops both, at two places.
  const replayed = [await report(north, 'queue-c'), await report(south, 'queue-c')];
  await judge(replayed[0]!, 'reproduced', crash, 'r1');
  await judge(replayed[1]!, 'reproduced', elsewhere, 'r1');
  const wanted = [replayed, likelier, claimed];
  expect((await undecided()).map((c) => [c.aId, c.bId])).toEqual(wanted);
  const first = await undecided({ limit: 1 });
  const rest = await undecided({ limit: 10, after: first[0]!.id });
  expect([...first, ...rest].map((c) => [c.aId, c.bId])).toEqual(wanted);
  // What is contradicted is no question any more.
  await judge(claimed[0]!, 'not-reproduced', null, null);
  expect(await undecided()).toHaveLength(2);
});

test('a pair is shown side by side, without what only its finders may have', async () => {
  const { north, south, replayed } = stage;
  const [a, b] = [await replayed(north, 'sides', crash, 'r1'), await replayed(south, 'sides', elsewhere, 'r1')];
  const shown = await pair(b.id, a.id);
  expect([shown.a.finding.id, shown.b.finding.id]).toEqual([a.id, b.id]);
  expect([shown.a.vulnerabilityId, shown.b.vulnerabilityId]).toEqual([a.vulnerability, b.vulnerability]);
  expect(shown.common).toEqual(expect.arrayContaining(['package: pkg:npm/sides', 'verdict: reproduced', 'recipe: r1']));
  expect(shown.differing).toContain('frames: parse_string < parse_value < cJSON_Parse | print_number < print_value < cJSON_Print');
  expect(shown.now.decision).toBe('unsure');
  expect([shown.a.finding.receipt, shown.a.finding.commitmentSalt]).toEqual(['', null]);
  expect(shown.history[0]).toMatchObject({ decision: 'unsure', decidedBy: 'house' });
});

test('same brings two vulnerabilities together, and undoing it takes them apart as they were', async () => {
  const { hub, north, south, desk, replayed, shown, compare } = stage;
  const [a, b] = [await replayed(north, 'together', crash, 'r1'), await replayed(south, 'together', elsewhere, 'r1')];
  const c = await replayed(north, 'together', elsewhere, 'r1');
  expect(c.vulnerability).toBe(b.vulnerability);
  const { regroupingId, vulnerabilityIds } = await decide(a.id, b.id, 'same');
  expect(vulnerabilityIds).toEqual([a.vulnerability]);
  expect((await shown(a.vulnerability)).findingIds).toEqual([a.id, b.id, c.id]);
  expect(await shown(b.vulnerability)).toMatchObject({ state: 'empty', findingIds: [] });
  expect((await undecided()).some((x) => x.aId === a.id)).toBe(false);
  // The hub leaves alone what a person decided.
  await compare(b.id);
  expect((await pair(a.id, b.id)).history.map((h) => h.decision)).toEqual(['same', 'unsure', 'unsure']);

  await undo(regroupingId);
  expect((await shown(a.vulnerability)).findingIds).toEqual([a.id]);
  expect(await shown(b.vulnerability)).toMatchObject({ state: 'open', findingIds: [b.id, c.id] });
  expect((await undecided()).some((x) => x.aId === a.id && x.bId === b.id)).toBe(true);
  expect((await pair(a.id, b.id)).history[0]).toMatchObject({ decision: 'same', regroupingId });
  expect(await hub.try(desk, duplicates.undo, { id: regroupingId, because: 'again' })).toMatchObject({ code: 'wrong_state' });
  // Decided by nobody now, so that the hub may say what it sees.
  expect(await compare(b.id)).toMatchObject({ vulnerabilityId: b.vulnerability });
});

test('distinct takes two apart that were counted together, and undoing it puts them back', async () => {
  const { north, south, replayed, shown } = stage;
  const [a, b] = [await replayed(north, 'apart', crash, 'r1'), await replayed(south, 'apart', crash, 'r1')];
  const before = await shown(a.vulnerability);
  const { regroupingId, vulnerabilityIds } = await decide(a.id, b.id, 'distinct');
  expect(vulnerabilityIds).toHaveLength(2);
  expect((await shown(a.vulnerability)).findingIds).toEqual([a.id]);
  await undo(regroupingId);
  const after = await shown(a.vulnerability);
  const counted = ({ findingIds, credits }: typeof after) => [
    findingIds,
    credits.map((c) => [c.findingId, c.orgId, c.receivedAt, c.credit]),
  ];
  expect(counted(after)).toEqual(counted(before));
  expect(after.history).toHaveLength(3);
});

test('what people held to be distinct is not put together by the way', async () => {
  const { hub, north, south, desk, replayed } = stage;
  const [a, b] = [await replayed(north, 'between', crash, 'r1'), await replayed(south, 'between', elsewhere, 'r1')];
  const c = await replayed(north, 'between', elsewhere, 'r1');
  await decide(a.id, c.id, 'distinct');
  const given = { aId: a.id, bId: b.id, decision: 'same', because: 'x' };
  expect(await hub.try(desk, duplicates.decide, given)).toMatchObject({ code: 'conflict' });
  expect((await stage.shown(a.vulnerability)).findingIds).toEqual([a.id]);
  // Of the pair itself a person may think otherwise.
  await decide(b.id, a.id, 'distinct');
  expect((await pair(a.id, b.id)).history[0]!.decision).toBe('distinct');
});

test('what was decided before a replay holds when the replay comes', async () => {
  const { hub, north, south, desk, report, judge } = stage;
  const [a, b] = [await report(north, 'before'), await report(south, 'before')];
  const { vulnerabilityIds } = await decide(a, b, 'same');
  expect(vulnerabilityIds).toEqual([]);
  const home = await judge(a, 'reproduced', crash, 'r1');
  expect(await judge(b, 'reproduced', elsewhere, 'r2')).toBe(home);
  const c = await report(south, 'before');
  await judge(c, 'not-reproduced', null, null);
  const given = { aId: a, bId: c, decision: 'same', because: 'x' };
  expect(await hub.try(desk, duplicates.decide, given)).toMatchObject({ code: 'wrong_state' });
});

test('a pair is for whoever may see both; a finding is no pair with itself', async () => {
  const { hub, north, desk, report } = stage;
  const a = await report(north, 'hidden');
  const missing = `${a.slice(0, 4)}${'0'.repeat(26)}`;
  expect(await hub.try(desk, duplicates.pair, { aId: a, bId: a })).toMatchObject({ code: 'not_found' });
  expect(await hub.try(desk, duplicates.pair, { aId: a, bId: missing })).toMatchObject({ code: 'not_found' });
  const b = await report(north, 'hidden');
  const narrow = { ...desk, reads: desk.reads.filter((c) => c !== 'org_*') };
  expect(await hub.try(narrow, duplicates.pair, { aId: a, bId: b })).toMatchObject({ code: 'not_found' });
  expect(await hub.do(narrow, duplicates.comparisons, { findingId: a })).toEqual({ items: [] });
  expect(JSON.stringify(await hub.do(narrow, duplicates.undecided, {}))).not.toContain(a);
  expect(await hub.try(narrow, duplicates.decide, { aId: a, bId: b, decision: 'same', because: 'x' })).toMatchObject({ code: 'not_found' });
  await hub.do(north, findings.withdraw, { id: b, because: 'a mistake' });
  await stage.compare(b);
  expect((await undecided()).some((c) => c.bId === b)).toBe(false);
});
