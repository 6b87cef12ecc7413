import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { publisher } from '../../src/app/publisher.ts';
import { day, hour, type Instant, minute, plusMs } from '../../src/base/instant.ts';
import { leafHash, verifyInclusion } from '../../src/base/merkle.ts';
import { openNote } from '../../src/base/signature.ts';
import * as advisories from '../../src/clearinghouse/advisories/actions.ts';
import type { Case } from '../../src/clearinghouse/cases/case.ts';
import { exit } from '../../src/clearinghouse/cases/embargoes/embargo.ts';
import * as releases from '../../src/clearinghouse/releases/actions.ts';
import { notBefore } from '../../src/clearinghouse/releases/store.ts';
import { diskTree } from '../../src/io/public/disk.ts';
import { type Actor, anonymous, house } from '../../src/trust/access.ts';
import { exportLog } from '../../src/trust/log/actions.ts';
import { insertGrant } from '../../src/trust/orgs/grants/store.ts';
import { insertPerson } from '../../src/trust/orgs/store.ts';
import { approveDraft, changeCase, draftInput, embargoOver, openCase, publishCase } from '../case.ts';
import { openHub, type TestHub } from '../hub.ts';

let hub: TestHub;
let [north, desk, second]: Actor[] = [];
const purl = 'pkg:npm/merge-things@2.0.0';
const affected = [{ fixed: '2.0.1' }];

interface Feed {
  items: {
    seq: number;
    id: string;
    version: number;
    release: string;
    entry: string;
    proof: string[];
    documents: { path: string; sha256: string }[];
  }[];
  checkpoint: string;
  key: string;
  size: number;
}
const feedOf = (as: Actor = anonymous, input: object = {}) => hub.do<Feed>(as, releases.feed, input);
const staff = (): [Actor, Actor] => [desk!, second!];

beforeAll(async () => {
  hub = await openHub();
  north = await hub.join('North Lab', 'finder');
  desk = await hub.join('Clearinghouse', 'coordinator');
  const orgId = desk.orgId as `org_${string}`;
  const id = 'psn_00000000000000000000000001';
  await hub.doors.db.transaction(house.reads, (tx) =>
    insertPerson(tx, { id, orgId, name: 'Second', email: 'second@example.org', createdAt: hub.clock.now() }),
  );
  second = await hub.again({ id, scopes: ['*'] } as unknown as Actor);
});
afterAll(() => hub.close());

test('an empty feed has a signed checkpoint of the empty tree', async () => {
  const feed = await feedOf();
  expect(feed).toMatchObject({ items: [], size: 0 });
  expect(openNote(feed.checkpoint, feed.key)).toBe('test.example/releases\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n');
});

test('an hour needs an approved advisory, and lies after the embargo and in the future', async () => {
  const of = await openCase(hub, purl, [north!]);
  const { id } = await hub.do<{ id: string }>(desk!, advisories.draft, draftInput(of, affected));
  const at = (goLiveAt: string) => hub.try(desk!, releases.schedule, { advisoryId: id, goLiveAt });
  const over = plusMs(of.openedAt, 21 * day);
  expect(await at(over)).toMatchObject({ code: 'wrong_state' });
  await hub.do(second!, advisories.approve, { id });
  expect(await at(plusMs(over, -1))).toMatchObject({ code: 'not_permitted', because: expect.stringContaining(over), at: '/goLiveAt' });
  expect(await at(plusMs(hub.clock.now(), 0))).toMatchObject({ code: 'expired' });
  expect(await hub.try(north!, releases.schedule, { advisoryId: id, goLiveAt: over })).toMatchObject({ code: 'not_permitted' });
  expect(await at(over)).toMatchObject({ state: 'scheduled', goLiveAt: over });
});

test('before the hour nothing of it is seen by anybody but coordinators, not even by who is read in', async () => {
  const of = await openCase(hub, purl, [north!]);
  await hub.doors.db.transaction(house.reads, (tx) =>
    insertGrant(tx, {
      id: 'grt_00000000000000000000000001',
      compartment: of.id,
      holderId: north!.id,
      tier: 0,
      because: 'finder',
      grantedAt: hub.clock.now(),
      expiresAt: null,
    }),
  );
  const finder = await hub.again(north!);
  const advisoryId = await approveDraft(hub, of, staff(), affected);
  const goLiveAt = embargoOver(hub, of);
  const { id } = await hub.do<{ id: string }>(desk!, releases.schedule, { advisoryId, goLiveAt });
  hub.clock.advance(22 * day - minute);
  expect(await hub.do(house, releases.publishDue, {})).toMatchObject({ published: 1 }); // the one of the test before
  for (const who of [finder, anonymous]) {
    expect(await hub.try(who, releases.get, { id })).toMatchObject({ code: 'not_found' });
    expect(await hub.try(who, releases.document, { id, format: 'osv' })).toMatchObject({ code: 'not_found' });
    const listed = await hub.do<{ items: { id: string }[] }>(who, releases.list, {});
    expect(listed.items.map((r) => r.id)).not.toContain(id);
    expect((await feedOf(who)).size).toBe(1);
    const { entries } = await hub.do<{ entries: { body?: { thing: string } }[] }>(who, exportLog, {});
    expect(entries.some((e) => e.body?.thing === id)).toBe(false);
  }
  expect(await hub.do(second!, releases.get, { id })).toMatchObject({ state: 'scheduled' });
  hub.clock.advance(minute);
  expect(await hub.do(house, releases.publishDue, {})).toEqual({ published: 1, held: 0 });
  expect(await hub.do(house, releases.publishDue, {})).toEqual({ published: 0, held: 0 });
  expect(await hub.do(anonymous, releases.get, { id })).toMatchObject({ state: 'published', seq: 2, trackingId: 'BW-2026-0002' });
});

test('every item proves its place in the tree that the checkpoint signs, and its documents are those of the digest', async () => {
  const feed = await feedOf();
  const [, size, root] = openNote(feed.checkpoint, feed.key)!.split('\n');
  expect(Number(size)).toBe(feed.size);
  for (const item of feed.items) {
    const leaf = leafHash(Buffer.from(item.entry));
    const proof = item.proof.map((h) => Buffer.from(h, 'base64'));
    expect(verifyInclusion(leaf, item.seq - 1, feed.size, proof, Buffer.from(root!, 'base64'))).toBe(true);
    for (const format of ['csaf20', 'csaf21', 'osv', 'openvex', 'html', 'text']) {
      const found = await hub.do<{ path: string; text: string; sha256: string }>(anonymous, releases.document, {
        id: item.release,
        format,
      });
      const digest = createHash('sha256').update(found.text).digest('hex');
      expect(digest).toBe(found.sha256);
      expect(JSON.parse(item.entry).documents).toContainEqual({ format, path: found.path, sha256: digest });
    }
  }
  expect((await feedOf(anonymous, { after: 1 })).items.map((i) => i.seq)).toEqual([2]);
  expect((await feedOf(anonymous, { limit: 1 })).items.map((i) => i.seq)).toEqual([1]);
  expect(await hub.do(anonymous, releases.checkpoint, {})).toEqual({ note: feed.checkpoint, key: feed.key, size: feed.size });
});

test('what was published does not change, whoever asks the database', async () => {
  const attempts = [
    'UPDATE releases SET package = package',
    'DELETE FROM releases',
    "UPDATE release_documents SET text = ''",
    'DELETE FROM release_documents',
  ];
  for (const statement of attempts) {
    await expect(hub.doors.db.transaction(house.reads, (tx) => sql.raw(statement).execute(tx))).rejects.toThrow('does not change');
  }
});

test('a draft made anew, an embargo moved, an approval gone: held at the hour, and it says why', async () => {
  const ready = async () => {
    const of = await openCase(hub, purl, [north!]);
    const advisoryId = await approveDraft(hub, of, staff(), affected);
    const { id } = await hub.do<{ id: string }>(desk!, releases.schedule, { advisoryId, goLiveAt: embargoOver(hub, of) });
    return { of, advisoryId, id };
  };
  const [redrafted, moved] = [await ready(), await ready()];
  await hub.do(desk!, advisories.draft, { ...draftInput(redrafted.of, affected), summary: 'Not what was scheduled.' });
  await changeCase(hub, moved.of.id, (c) => ({
    ...c,
    embargo: { ...c.embargo, windows: [{ source: 'negotiated', endsAt: plusMs(c.openedAt, 40 * day), because: 'agreed' }] },
  }));
  hub.clock.advance(23 * day);
  const before = (await feedOf()).size;
  expect(await hub.do(house, releases.publishDue, {})).toEqual({ published: 0, held: 2 });
  expect((await feedOf()).size).toBe(before);
  expect(await hub.do(desk!, releases.get, { id: redrafted.id })).toMatchObject({
    state: 'held',
    because: expect.stringContaining('anew'),
  });
  expect(await hub.do(desk!, releases.get, { id: moved.id })).toMatchObject({ state: 'held', because: expect.stringContaining('embargo') });
  // A new approval and a new hour, and out it goes.
  await hub.do(second!, advisories.approve, { id: redrafted.advisoryId });
  await hub.do(desk!, releases.schedule, { advisoryId: redrafted.advisoryId, goLiveAt: plusMs(hub.clock.now(), hour) });
  hub.clock.advance(hour);
  expect(await hub.do(house, releases.publishDue, {})).toEqual({ published: 1, held: 0 });
});

test('an advisory whose document breaks a mandatory rule is held, and it says which; corrected, it goes out', async () => {
  const of = await openCase(hub, purl, [north!]);
  const vector = (c: string) => ({ by: 'South Lab', vector: `CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:${c}/I:H/A:H` });
  const contradicting = { ...draftInput(of, affected), otherScores: [vector('H'), vector('N')] };
  const { id: advisoryId } = await hub.do<{ id: string }>(desk!, advisories.draft, contradicting);
  await hub.do(second!, advisories.approve, { id: advisoryId });
  const { id } = await hub.do<{ id: string }>(desk!, releases.schedule, { advisoryId, goLiveAt: embargoOver(hub, of) });
  hub.clock.advance(23 * day);
  const before = (await feedOf()).size;
  expect(await hub.do(house, releases.publishDue, {})).toEqual({ published: 0, held: 1 });
  expect((await feedOf()).size).toBe(before);
  const because = expect.stringMatching(/^csaf21 breaks the mandatory test 6\.1\.7 at \/vulnerabilities\/0\/metrics\//);
  expect(await hub.do(desk!, releases.get, { id })).toMatchObject({ state: 'held', because });
  await hub.do(desk!, advisories.draft, draftInput(of, affected));
  await hub.do(second!, advisories.approve, { id: advisoryId });
  await hub.do(desk!, releases.schedule, { advisoryId, goLiveAt: plusMs(hub.clock.now(), hour) });
  hub.clock.advance(hour);
  expect(await hub.do(house, releases.publishDue, {})).toEqual({ published: 1, held: 0 });
});

test('an embargo that was exited opens the way at once; an hour can be moved and taken back', async () => {
  const of = await openCase(hub, purl, [north!]);
  const advisoryId = await approveDraft(hub, of, staff(), affected);
  const soon = plusMs(hub.clock.now(), hour);
  expect(await hub.try(desk!, releases.schedule, { advisoryId, goLiveAt: soon })).toMatchObject({ code: 'not_permitted' });
  await changeCase(hub, of.id, (c: Case) => ({ ...c, embargo: exit(c.embargo, hub.clock.now(), 'leaked') }));
  const { id } = await hub.do<{ id: string }>(desk!, releases.schedule, { advisoryId, goLiveAt: soon });
  const later = plusMs(soon, hour);
  expect(await hub.do(desk!, releases.schedule, { advisoryId, goLiveAt: later })).toMatchObject({ id, goLiveAt: later });
  expect(await hub.do(second!, releases.unschedule, { id })).toMatchObject({ state: 'unscheduled' });
  expect(await hub.try(desk!, releases.unschedule, { id })).toMatchObject({ code: 'wrong_state' });
  hub.clock.advance(3 * hour);
  expect(await hub.do(house, releases.publishDue, {})).toEqual({ published: 0, held: 0 });
});

test('a second version keeps the number, tells its history, and is refused without a new text', async () => {
  const of = await openCase(hub, purl, [north!]);
  const first = await publishCase(hub, of, staff(), affected);
  await changeCase(hub, of.id, (c) => ({ ...c, state: 'disclosed', disclosedAt: hub.clock.now() }));
  const { advisoryId, trackingId } = await hub.do<{ advisoryId: string; trackingId: string }>(anonymous, releases.get, { id: first });
  const goLiveAt = () => plusMs(hub.clock.now(), 1000);
  expect(await hub.try(desk!, releases.schedule, { advisoryId, goLiveAt: goLiveAt() })).toMatchObject({ code: 'wrong_state' });
  await hub.do(desk!, advisories.draft, { ...draftInput(of, [{ fixed: '2.0.2' }]), change: 'The first fix was incomplete.' });
  await hub.do(second!, advisories.approve, { id: advisoryId });
  const { id } = await hub.do<{ id: string }>(desk!, releases.schedule, { advisoryId, goLiveAt: goLiveAt() });
  hub.clock.advance(1000);
  await hub.do(house, releases.publishDue, {});
  expect(await hub.do(anonymous, releases.get, { id })).toMatchObject({ trackingId, version: 2 });
  const { text } = await hub.do<{ text: string }>(anonymous, releases.document, { id, format: 'csaf20' });
  expect(JSON.parse(text).document.tracking).toMatchObject({
    version: '2',
    revision_history: [{ number: '1' }, { summary: 'The first fix was incomplete.' }],
  });
  const old = await hub.do<{ text: string }>(anonymous, releases.document, { id: first, format: 'csaf20' });
  expect(JSON.parse(old.text).document.tracking.version).toBe('1');
});

test('several that are due go live in one act, one after the other in the feed; the static tree has them all', async () => {
  const three: string[] = [];
  for (const name of ['pkg:deb/debian/cjson@1.7.15-1', 'pkg:npm/%40scope/a@1.0.0', 'pkg:pypi/b@1.0']) {
    const of = await openCase(hub, name, [north!]);
    const advisoryId = await approveDraft(hub, of, staff(), [{ fixed: '9.9.9' }]);
    const { id } = await hub.do<{ id: string }>(desk!, releases.schedule, { advisoryId, goLiveAt: embargoOver(hub, of) });
    three.push(id);
  }
  const { size: before } = await feedOf();
  hub.clock.advance(23 * day);
  expect(await hub.do(house, releases.publishDue, {})).toEqual({ published: 3, held: 0 });
  const feed = await feedOf();
  expect(feed.items.slice(before).map((i) => i.seq)).toEqual([before + 1, before + 2, before + 3]);
  const dir = mkdtempSync(join(tmpdir(), 'bw-public-'));
  try {
    await publisher(hub.doors, diskTree(dir), { origin: 'test.example' }, () => 0).publish();
    const text = (path: string) => readFileSync(join(dir, path), 'utf8');
    for (const item of feed.items)
      for (const { path } of item.documents) {
        expect(existsSync(join(dir, path)), path).toBe(true);
        expect(text(`${path}.tlog-proof`)).toMatch(/^c2sp.org\/tlog-proof@v1\n/);
      }
    expect(text('checkpoint')).toBe(feed.checkpoint);
    expect(JSON.parse(text('feed.json'))).toMatchObject({ size: feed.size, checkpoint: feed.checkpoint, items: feed.items });
    expect(readdirSync(join(dir, 'osv/Debian')).filter((name) => name.endsWith('.json'))).toHaveLength(1);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
  expect(three).toHaveLength(3);
});

test('one that breaks at its hour is held and nothing of it is written; the others keep theirs', async () => {
  const of: string[] = [];
  for (const name of ['pkg:npm/whole-1@1.0.0', 'pkg:npm/spoiled@1.0.0', 'pkg:npm/whole-2@1.0.0']) {
    const opened = await openCase(hub, name, [north!]);
    const advisoryId = await approveDraft(hub, opened, staff(), [{ fixed: '9.9.9' }]);
    await hub.do(desk!, releases.schedule, { advisoryId, goLiveAt: embargoOver(hub, opened) });
    of.push(advisoryId);
  }
  const spoil = sql`UPDATE advisories SET text = text - 'affected' WHERE id = ${of[1]}`;
  await hub.doors.db.transaction(house.reads, async (tx) => void (await spoil.execute(tx)));
  const { size: before } = await feedOf();
  hub.clock.advance(23 * day);
  expect(await hub.do(house, releases.publishDue, {})).toEqual({ published: 2, held: 1 });
  expect((await feedOf()).size).toBe(before + 2);
  const { items } = await hub.do<{ items: object[] }>(desk!, releases.ofAdvisory, { advisoryId: of[1] });
  expect(items).toMatchObject([{ state: 'held', because: expect.stringContaining('it could not be published: ') }]);
  expect(await hub.do(house, releases.publishDue, {})).toEqual({ published: 0, held: 0 });
});

test('the feed’s times never go back, in whatever order two hubs took theirs', async () => {
  const { items, size } = await feedOf(anonymous, { limit: 500 });
  const last = (JSON.parse(items.at(-1)!.entry) as { publishedAt: Instant }).publishedAt;
  const given = (now: Instant) => hub.doors.db.transaction([], (tx) => notBefore(tx, size, now));
  expect(await given(plusMs(last, -1))).toBe(last);
  expect(await given(plusMs(last, 1))).toBe(plusMs(last, 1));
});
