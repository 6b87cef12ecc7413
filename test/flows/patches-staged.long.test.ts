import { Decrypter } from 'age-encryption';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { day, type Instant, plusMs } from '../../src/base/instant.ts';
import * as advisories from '../../src/clearinghouse/advisories/actions.ts';
import * as releases from '../../src/clearinghouse/releases/actions.ts';
import * as artefacts from '../../src/clearinghouse/releases/artefacts/actions.ts';
import { type Actor, anonymous, house } from '../../src/trust/access.ts';
import { openPatchStage, type PatchStage } from './patches-stage.ts';

let stage: PatchStage;
let [hospital, bank, outside]: Actor[] = [];
let id: string;
let release: { id: string; goLiveAt: string };

beforeAll(async () => {
  stage = await openPatchStage();
  hospital = await stage.enter(await stage.hub.join('Hospital', 'operator'), 3);
  bank = await stage.enter(await stage.hub.join('Bank', 'operator'), 2);
  outside = await stage.hub.join('Elsewhere', 'operator');
  id = (await stage.attach({ kind: 'fixed-build', name: 'looper-1.0.1.tgz', builtBy: 'Upstream CI' })).id;
});
afterAll(() => stage.hub.close());

interface Staged {
  name: string;
  sha256: string;
  data: string;
  goLiveAt: string;
}
const take = (as: Actor) => stage.hub.try(as, artefacts.staged, { id }) as Promise<Staged>;
const open = async (staged: Staged, identity: string) => {
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  return Buffer.from(await decrypter.decrypt(Buffer.from(staged.data, 'base64'))).toString();
};
/** Whatever the database holds, in every table, as text. */
async function everything(): Promise<string> {
  return stage.hub.doors.db.transaction(house.reads, async (tx) => {
    const { rows } = await sql<{
      name: string;
    }>`SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public'`.execute(tx);
    const texts: string[] = [];
    for (const { name } of rows) {
      const found = await sql<{ text: string }>`SELECT t::text AS text FROM ${sql.table(name)} AS t`.execute(tx);
      texts.push(...found.rows.map((r) => r.text));
    }
    return texts.join('\n');
  });
}

test('is staged once approved and for an agreed hour, by the clearinghouse', async () => {
  const stageIt = (as: Actor) => stage.hub.try(as, artefacts.stage, { id });
  expect(await stageIt(stage.desk)).toMatchObject({ code: 'wrong_state' });
  await stage.hub.do(stage.second, artefacts.approve, { id });
  expect(await stageIt(stage.desk)).toMatchObject({ code: 'wrong_state', because: 'agree the hour first' });
  expect(await take(hospital!)).toMatchObject({ code: 'not_found' });
  release = await stage.schedule();
  expect(await stageIt(bank!)).toMatchObject({ code: 'not_permitted' });
  expect(await stageIt(stage.desk)).toMatchObject({ id });
  expect(await stageIt(stage.desk)).toMatchObject({ code: 'wrong_state' });
});

test('who is read in takes the ciphertext, by name; nobody else does', async () => {
  const [first, second] = [await take(hospital!), await take(bank!)];
  expect(first).toMatchObject({ goLiveAt: release.goLiveAt, name: `${id}.age` });
  expect(second.data).toBe(first.data);
  expect(Buffer.from(first.data, 'base64').toString('latin1')).toMatch(/^age-encryption\.org\/v1\n/);
  expect(Buffer.from(first.data, 'base64').includes('deny: loop')).toBe(false);
  for (const who of [outside!, anonymous]) expect(await take(who)).toHaveProperty('refused');
  const taken = await stage.hub.do<{ items: { personId: string }[] }>(stage.desk, artefacts.downloads, { id });
  expect(taken.items.map((d) => d.personId).sort()).toEqual([hospital!.id, bank!.id].sort());
  expect(await stage.hub.try(hospital!, artefacts.downloads, { id })).toMatchObject({ code: 'not_permitted' });
  expect(await stage.hub.try(hospital!, artefacts.content, { id })).toMatchObject({ code: 'not_found' });
  expect(await stage.hub.do(hospital!, artefacts.get, { id })).not.toHaveProperty('name');
});

test('before the hour the key is nowhere: not in an answer, not in the database, not by publishing early', async () => {
  stage.hub.clock.set(plusMs(release.goLiveAt as Instant, -1));
  expect(await stage.hub.do(house, releases.publishDue, {})).toEqual({ published: 0, held: 0 });
  const asked = await Promise.all([
    stage.hub.do(stage.desk, artefacts.get, { id }),
    stage.hub.do(stage.desk, artefacts.list, {}),
    stage.hub.do(stage.desk, releases.get, { id: release.id }),
    take(stage.desk),
  ]);
  expect(JSON.stringify(asked)).not.toContain('AGE-SECRET-KEY');
  expect(await everything()).not.toContain('AGE-SECRET-KEY');
});

test('an hour that is moved leaves it closed; one that is taken back destroys the key, and staging anew makes another', async () => {
  const { hub, desk, advisoryId } = stage;
  const before = await take(hospital!);
  const later = plusMs(release.goLiveAt as Instant, day);
  await hub.do(desk, releases.schedule, { advisoryId, goLiveAt: later });
  hub.clock.set(release.goLiveAt as Instant);
  expect(await hub.do(house, releases.publishDue, {})).toEqual({ published: 0, held: 0 });
  expect(await take(hospital!)).toMatchObject({ data: before.data, goLiveAt: later });
  expect(await everything()).not.toContain('AGE-SECRET-KEY');
  await hub.do(desk, releases.unschedule, { id: release.id });
  expect(await take(hospital!)).toMatchObject({ code: 'not_found' });
  await hub.do(desk, releases.schedule, { advisoryId, goLiveAt: later });
  expect(await take(hospital!)).toMatchObject({ code: 'not_found' });
  await hub.do(desk, artefacts.stage, { id });
  const after = await take(hospital!);
  expect(after.sha256).not.toBe(before.sha256);
  // At the hour the key is there for everybody, and opens what was staged for it, not what was staged before.
  hub.clock.set(later);
  expect(await hub.do(house, releases.publishDue, {})).toEqual({ published: 1, held: 0 });
  const { identity } = await hub.do<{ identity: string }>(anonymous, artefacts.get, { id });
  expect(await open(after, identity)).toBe('deny: loop\n');
  await expect(open(before, identity)).rejects.toThrow(/no identity matched/);
  const { items } = await hub.do<{ items: { artefacts: { identity: string }[] }[] }>(anonymous, releases.feed, {});
  expect(items.at(-1)!.artefacts[0]!.identity).toBe(identity);
  expect(await take(hospital!)).toMatchObject({ code: 'not_found' });
});

test('what is marked above CLEAR, or was verified and is no more, stays when its release goes', async () => {
  const { hub, desk, second } = stage;
  const marked = await stage.attach({ marking: 'AMBER', name: 'members.yml' });
  await hub.do(second, artefacts.approve, { id: marked.id });
  const patchId = await stage.verified();
  const patch = await stage.attach({ kind: 'patch', name: 'fix.patch', data: undefined, patchId, appliesTo: { commit: 'b'.repeat(40) } });
  await hub.do(second, artefacts.approve, { id: patch.id });
  await hub.doors.db.transaction(house.reads, (tx) => sql`UPDATE case_patches SET verdict = 'incomplete'`.execute(tx));
  const draft = { caseId: stage.caseId, title: 'Again', summary: 'More.', affected: [{ fixed: '1.0.2' }], change: 'More.' };
  await hub.do(desk, advisories.draft, draft);
  await hub.do(second, advisories.approve, { id: stage.advisoryId });
  await stage.goLive();
  for (const kept of [marked, patch]) expect(await hub.try(anonymous, artefacts.get, { id: kept.id })).toMatchObject({ code: 'not_found' });
  const { items } = await hub.do<{ items: { version: number; artefacts?: object[] }[] }>(anonymous, releases.feed, {});
  expect(items.at(-1)).toMatchObject({ version: 2 });
  expect(items.at(-1)!.artefacts).toBeUndefined();
});
