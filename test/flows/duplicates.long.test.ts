import { afterAll, beforeAll, expect, test } from 'vitest';
import { limits } from '../../src/base/limits.ts';
import * as duplicates from '../../src/clearinghouse/duplicates/actions.ts';
import { findingIdsOf } from '../../src/clearinghouse/duplicates/duplicate.ts';
import { comparisonsOf } from '../../src/clearinghouse/duplicates/pairs/store.ts';
import { listVulnerabilities, lockHomes, membersEver } from '../../src/clearinghouse/duplicates/store.ts';
import * as findings from '../../src/clearinghouse/findings/actions.ts';
import { house } from '../../src/trust/access.ts';
import { type Compared, crash, type DuplicatesStage, elsewhere, openDuplicates, type Shown } from './duplicates-stage.ts';

let stage: DuplicatesStage;
beforeAll(async () => {
  stage = await openDuplicates();
});
afterAll(() => stage.hub.close());

const comparedWith = async (findingId: string) =>
  (await stage.hub.do<{ items: Compared[] }>(stage.desk, duplicates.comparisons, { findingId })).items;

test('nothing is put together before a run of ours; then the same crash joins, and all finders keep credit and times', async () => {
  const { north, south, report, judge, compare, shown, events } = stage;
  const [a, b] = [await report(north, 'same'), await report(south, 'same')];
  expect(await compare(b)).toEqual({ compared: 1, vulnerabilityId: null });
  // The younger finding is replayed first: the older still leads the credits.
  const opened = await judge(b, 'reproduced', crash, 'r1');
  const joined = await judge(a, 'reproduced', crash, 'r1');
  expect(joined).toBe(opened);
  const { findingIds, credits } = await shown(opened);
  expect(findingIds).toEqual([a, b]);
  expect(credits.map((c) => [c.orgId, c.credit])).toEqual([
    [north.orgId, 'first'],
    [south.orgId, 'co-discovered'],
  ]);
  expect(credits[0]!.receivedAt < credits[1]!.receivedAt).toBe(true);
  expect(await events(opened!)).toEqual([
    { event: 'vulnerability.opened', payload: { findingIds: [b], package: 'pkg:npm/same' } },
    { event: 'vulnerability.joined', payload: { findingIds: [a] } },
  ]);
  // The hub may come to an event again after a kill: what is done is not done twice.
  expect(await compare(a)).toMatchObject({ vulnerabilityId: opened });
  expect(await events(opened!)).toHaveLength(2);
  expect((await shown(opened)).history).toHaveLength(2);
  expect(await comparedWith(a)).toHaveLength(1);
});

test('another recipe opens another; the invalid and the unresolved open nothing', async () => {
  const { north, south, report, judge, shown } = stage;
  const [a, b] = [await report(north, 'other'), await report(south, 'other')];
  const [c, d] = [await report(south, 'other'), await report(south, 'other')];
  const first = await judge(a, 'reproduced', crash, 'r1');
  expect(await judge(b, 'reproduced', elsewhere, 'r2')).not.toBe(first);
  expect(await judge(c, 'not-reproduced', null, 'r1')).toBeNull();
  expect(await judge(d, 'could-not-tell', null, null)).toBeNull();
  expect((await comparedWith(d)).map((i) => i.decision)).not.toContain('distinct');
  const { comparisons } = await shown(first);
  expect(comparisons.find((x) => JSON.stringify(x).includes(b))?.decision).toBe('distinct');
  // What our own re-run contradicts is nobody's candidate any more.
  const e = await report(north, 'other');
  expect((await comparedWith(e)).flatMap((x) => [x.aId, x.bId])).not.toContain(c);
});

test('finders see neither vulnerabilities nor comparisons', async () => {
  const { hub, north, desk } = stage;
  const ids = { id: 'vul_00000000000000000000000000', findingId: 'fnd_00000000000000000000000000', limit: 1 };
  const pair = { aId: ids.findingId, bId: 'fnd_00000000000000000000000001' };
  for (const verb of [duplicates.list, duplicates.get, duplicates.comparisons, duplicates.undecided, duplicates.pair])
    expect(await hub.try(north, verb, { ...ids, ...pair })).toMatchObject({ code: 'not_permitted' });
  const { items } = await hub.do<{ items: Shown[] }>(desk, duplicates.list, {});
  expect(items.length).toBeGreaterThan(1);
  const { findingIds, id } = items[0]!;
  const found = await hub.doors.db.transaction(north.reads, async (tx) => [
    await membersEver(tx, id),
    await listVulnerabilities(tx, '', 10),
    await comparisonsOf(tx, findingIds, 10),
  ]);
  expect(found).toEqual([[], [], []]);
});

test('many of one flaw at the same moment open one vulnerability', async () => {
  const { hub, north, south, report } = stage;
  const ids: string[] = [];
  for (let i = 0; i < 12; i++) ids.push(await report(i % 2 ? north : south, 'race'));
  for (const id of ids) await hub.do(house, findings.judge, { id, verdict: 'reproduced', because: 'x', crashState: crash, recipeId: 'r1' });
  const homes = await Promise.all(ids.map((id) => stage.compare(id)));
  expect(new Set(homes.map((h) => h.vulnerabilityId)).size).toBe(1);
  const { findingIds, history } = await stage.shown(homes[0]!.vulnerabilityId);
  expect(new Set(findingIds)).toEqual(new Set(ids));
  expect(history).toHaveLength(ids.length);
});

test('an old one is found under a flood of its package, because what is rare leads; so many are weighed and no more', async () => {
  const { north, south, report, judge } = stage;
  const telling = { symbol: { file: 'src/lexer.c', function: 'read_escape' } };
  const old = await report(north, 'flood', telling);
  for (let i = 0; i < limits.weighedFindings; i++) await report(south, 'flood', { text: `noise ${i}` });
  const young = await report(north, 'flood', { ...telling, title: 'otherwise told', text: 'no word in common' });
  expect((await stage.compare(young)).compared).toBe(limits.weighedFindings);
  // Of the undecided, so many come before people; those that share the function are among them.
  const asked = await comparedWith(young);
  expect(asked.length).toBeLessThanOrEqual(limits.keptPerFinding);
  expect(asked.map((c) => c.aId)).toContain(old);
  expect(await judge(young, 'reproduced', crash, 'r1')).toBe(await judge(old, 'reproduced', crash, 'r1'));
});

test('under one key so many are looked at, the oldest: nobody buries what was there before', async () => {
  const { north, south, report, judge } = stage;
  const old = await report(north, 'buried');
  const home = await judge(old, 'reproduced', crash, 'r1');
  const flood = await Promise.all(
    Array.from({ length: limits.findingsPerKey + 1 }, (_, i) => report(south, 'buried', { text: `noise ${i}` })),
  );
  const last = await report(south, 'buried');
  expect((await comparedWith(last)).flatMap((c) => [c.aId, c.bId])).not.toContain(flood.at(-1));
  expect(await judge(last, 'reproduced', crash, 'r1')).toBe(home);
});

test('what is the same in two packages is for a person', async () => {
  const { hub, north, south, report, judge, desk } = stage;
  const at = { references: ['https://github.com/DaveGamble/cJSON'] };
  const original = await report(north, 'vendored', at);
  const home = await judge(original, 'reproduced', crash, 'r1');
  const copy = await report(south, 'copy-of-vendored', at);
  const other = await judge(copy, 'reproduced', crash, 'r1');
  expect(other).not.toBe(home);
  const [compared] = await comparedWith(copy);
  expect(compared).toMatchObject({ decision: 'unsure', aId: original, bId: copy });
  await hub.do(desk, duplicates.decide, { aId: copy, bId: original, decision: 'same', because: 'one code, one fix' });
  expect((await stage.shown(home)).findingIds).toEqual([original, copy]);
});

test('a DISTINCT with any member vetoes the group; the finding opens its own', async () => {
  const { hub, north, south, desk } = stage;
  const [a, b] = [await stage.replayed(north, 'veto', crash, 'r1'), await stage.replayed(south, 'veto', crash, 'r1')];
  expect(b.vulnerability).toBe(a.vulnerability);
  const c = await stage.report(south, 'veto');
  await hub.do(desk, duplicates.decide, { aId: b.id, bId: c, decision: 'distinct', because: 'two loops' });
  const apart = await stage.judge(c, 'reproduced', crash, 'r1');
  expect(apart).not.toBe(a.vulnerability);
  expect((await comparedWith(c)).map((x) => [x.decision, x.decidedBy]).sort()).toEqual([
    ['distinct', desk.id],
    ['same', 'house'],
  ]);
});

test('of a vulnerability so many members are weighed, the oldest, and whoever is named', async () => {
  const { hub, north, replayed } = stage;
  const all: string[] = [];
  let home = '';
  for (let i = 0; i < limits.weighedMembers + 2; i++) {
    const { id, vulnerability } = await replayed(north, 'crowd', crash, 'r1');
    all.push(id);
    home = vulnerability;
  }
  const weighed = (...named: string[]) =>
    hub.doors.db.transaction(house.reads, async (tx) => findingIdsOf((await lockHomes(tx, [home], named))[0]!));
  expect(await weighed()).toEqual(all.slice(0, limits.weighedMembers));
  expect(await weighed(all[0]!, all.at(-1)!)).toEqual([...all.slice(0, limits.weighedMembers), all.at(-1)]);
});

test('traits that an older hub kept in another shape break nothing; compared anew, the finding is found again', async () => {
  const { hub, north, south, report, compare } = stage;
  const old = await report(north, 'shape');
  await hub.doors.db.transaction(house.reads, (tx) =>
    tx
      .withTables<{ finding_traits: { finding_id: string; traits: string; shape: number } }>()
      .updateTable('finding_traits')
      .set({ traits: '{"package":"pkg:npm/shape"}', shape: 0 })
      .where('finding_id', '=', old)
      .execute(),
  );
  const young = await report(south, 'shape');
  expect(await comparedWith(young)).toEqual([]);
  expect(await compare(old)).toMatchObject({ compared: 1 });
  expect(await comparedWith(young)).toHaveLength(1);
});

test('texts that came along are compared by what they say; a file that is gone is none', async () => {
  const { hub, north, south, report } = stage;
  const log =
    '==1==ERROR: AddressSanitizer: heap-buffer-overflow on address 0x1\nREAD of size 1 at 0x1 thread T0\n    #0 0x1 in skip_bom /src/bom.c:1:1\n    #1 0x2 in parse_all /src/bom.c:2:1\n';
  const file = { filename: 'asan.txt', contentType: 'text/plain', data: Buffer.from(log).toString('base64') };
  const a = await report(north, 'logged', { attachments: [file] });
  const b = await report(south, 'logged', { attachments: [file] });
  const sideBySide = () => hub.do<{ common: string[] }>(stage.desk, duplicates.pair, { aId: a, bId: b });
  expect((await sideBySide()).common).toContain('frames: skip_bom < parse_all');
  const shown = await hub.do<{ attachments: { id: `blb_${string}` }[] }>(stage.desk, findings.get, { id: a });
  await hub.doors.blobs.erase(shown.attachments[0]!.id);
  expect(await stage.compare(a)).toMatchObject({ compared: 1 });
  expect((await sideBySide()).common.join()).not.toContain('skip_bom');
});
