import { cpSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hour, minute, plusMs } from '../../src/base/instant.ts';
import * as artefacts from '../../src/clearinghouse/releases/artefacts/actions.ts';
import * as repository from '../../src/clearinghouse/releases/repository/actions.ts';
import type { OnlineKeys } from '../../src/clearinghouse/releases/repository/ceremony.ts';
import { lifetimes } from '../../src/clearinghouse/releases/repository/repository.ts';
import { anonymous, house } from '../../src/trust/access.ts';
import { history } from '../../src/trust/log/actions.ts';
import { TufClient } from '../equipment/tuf-client.ts';
import { newKey, openPatchStage, type PatchStage } from './patches-stage.ts';

let stage: PatchStage;
let client: TufClient;
let target: string;
const [ada, bob, eve, project, successor] = [newKey(), newKey(), newKey(), newKey(), newKey()];
const roots: string[] = [];
const now = () => stage.hub.clock.now();
const refresh = () => stage.hub.do<{ published: boolean; warned: boolean }>(house, repository.refresh, {});
const metadata = () => join(stage.publicDir, 'tuf/metadata');
const fetched = async (by = client) => (await by.update(now(), target))[0]?.toString();

beforeAll(async () => {
  stage = await openPatchStage();
  roots.push(await stage.root([ada, bob]));
  await stage.trust(roots[0]!);
  const { id } = await stage.attach({ kind: 'mitigation', name: 'rule.yml' });
  await stage.hub.do(stage.second, artefacts.approve, { id });
  await stage.goLive();
  await refresh();
  await stage.write();
  const { path } = await stage.hub.do<{ path: string }>(anonymous, artefacts.get, { id });
  target = path.replace('tuf/targets/', '').replace(/[0-9a-f]{64}\./, '');
  client = new TufClient(stage.url, roots[0]!);
  expect(await fetched()).toBe('deny: loop\n');
});
afterAll(async () => {
  client.close();
  await stage.hub.close();
});

describe('the root', () => {
  test('goes from keys to keys: a client of version 1 follows to 3, and one that trusts other keys does not', async () => {
    const stranger = new TufClient(stage.url, await stage.root([newKey()]));
    roots.push(await stage.rotate(roots[0]!, { add: [eve.hex], remove: [ada.hex] }, [ada, bob, eve]));
    expect(await stage.trust(await stage.rotate(roots[0]!, { add: [eve.hex], remove: [ada.hex] }, [bob, eve]))).toMatchObject({
      code: 'untrusted',
    });
    expect(await stage.trust(roots[1]!)).toMatchObject({ version: 2 });
    const renewed = await stage.hub.do<OnlineKeys>(stage.desk, repository.renewKeys, {});
    const { timestamp, snapshot, targets } = renewed;
    roots.push(await stage.rotate(roots[1]!, { threshold: 1, online: { timestamp, snapshot, targets } }, [bob, eve]));
    expect(await stage.trust(roots[2]!)).toMatchObject({ version: 3 });
    await stage.write();
    expect(await fetched()).toBe('deny: loop\n');
    expect(client.trusted('root').signed.version).toBe(3);
    const signers = (role: string) =>
      (JSON.parse(readFileSync(join(client.dir, `metadata/${role}.json`), 'utf8')) as { signatures: { keyid: string }[] }).signatures;
    const { roles } = JSON.parse(roots[2]!).signed;
    for (const role of ['timestamp', 'snapshot', 'targets']) expect(roles[role].keyids).toEqual(signers(role).map((s) => s.keyid));
    await expect(stranger.update(now(), target)).rejects.toThrow(/signed by/);
    stranger.close();
  });

  test('that the hub could not sign under, or that goes back, is refused', async () => {
    expect(await stage.trust(roots[1]!)).toMatchObject({ code: 'conflict' });
    const foreign = { keytype: 'ed25519', scheme: 'ed25519', keyval: { public: eve.hex } } as const;
    const online = { timestamp: foreign, snapshot: foreign, targets: foreign };
    expect(await stage.trust(await stage.rotate(roots[2]!, { online }, [bob]))).toMatchObject({ code: 'untrusted' });
    expect(await stage.hub.try(stage.maintainer, repository.trustRoot, { root: roots[0]! })).toMatchObject({ code: 'not_permitted' });
  });

  test('is warned of once before it ends', async () => {
    const expires = JSON.parse(roots[2]!).signed.expires as string;
    stage.hub.clock.set(plusMs(new Date(expires).toISOString() as never, -lifetimes.root.renewMs));
    expect(await refresh()).toMatchObject({ warned: false });
    stage.hub.clock.advance(1000);
    expect(await refresh()).toMatchObject({ warned: true });
    expect(await refresh()).toMatchObject({ warned: false });
    const { entries } = await stage.hub.do<{ entries: { body?: { event: string } }[] }>(stage.desk, history, { thing: 'repository' });
    expect(entries.filter((e) => e.body?.event === 'repository.root-expiring')).toHaveLength(1);
    await stage.write();
  });
});

describe('time', () => {
  test('the timestamp is renewed before it ends, even when nothing happens, and not all the time', async () => {
    const before = client.copy();
    expect(await refresh()).toEqual({ published: false, warned: false });
    stage.hub.clock.advance(lifetimes.timestamp.lastsMs - lifetimes.timestamp.renewMs - minute);
    expect(await refresh()).toMatchObject({ published: false });
    stage.hub.clock.advance(2 * minute);
    expect(await refresh()).toMatchObject({ published: true });
    expect(await refresh()).toMatchObject({ published: false });
    await stage.write();
    expect(await fetched(before)).toBe('deny: loop\n');
    before.close();
  });

  test('a hub that stands still is noticed: an expired timestamp is refused (freeze)', async () => {
    const late = client.copy();
    stage.hub.clock.advance(lifetimes.timestamp.lastsMs + hour);
    await expect(late.update(now(), target)).rejects.toThrow(/timestamp\.json is expired/);
    await refresh();
    await stage.write();
    expect(await fetched(late)).toBe('deny: loop\n');
    late.close();
    expect(await fetched()).toBe('deny: loop\n');
  });
});

describe('a mirror that lies', () => {
  const kept = () => `${stage.publicDir}.kept`;
  const restore = () => {
    rmSync(metadata(), { recursive: true });
    cpSync(join(kept(), 'tuf/metadata'), metadata(), { recursive: true });
  };
  beforeAll(async () => {
    cpSync(stage.publicDir, kept(), { recursive: true });
    stage.hub.clock.advance(lifetimes.snapshot.lastsMs - lifetimes.snapshot.renewMs + hour);
    await refresh();
    await stage.write();
    await fetched();
  });
  afterAll(() => rmSync(kept(), { recursive: true, force: true }));

  test('with an older timestamp is refused (rollback)', async () => {
    const { version } = client.trusted('timestamp').signed;
    const current = readFileSync(join(metadata(), 'timestamp.json'));
    cpSync(join(kept(), 'tuf/metadata/timestamp.json'), join(metadata(), 'timestamp.json'));
    await expect(client.update(now(), target)).rejects.toThrow(/version/);
    await stage.put('tuf/metadata/timestamp.json', current);
    expect(await fetched()).toBe('deny: loop\n');
    expect(client.trusted('timestamp').signed.version).toBe(version);
  });

  test('with an older snapshot under the name of the new one is refused (mix and match)', async () => {
    const { version } = client.trusted('snapshot').signed;
    const fresh = new TufClient(stage.url, roots[0]!);
    const path = (n: number) => join(metadata(), `${n}.snapshot.json`);
    const current = readFileSync(path(version));
    cpSync(path(version - 1), path(version));
    await expect(fresh.update(now(), target)).rejects.toThrow(/snapshot/);
    await stage.put(`tuf/metadata/${version}.snapshot.json`, current);
    expect(await fetched(fresh)).toBe('deny: loop\n');
    fresh.close();
  });

  test('with all of an older state is refused by whoever saw the newer', async () => {
    const current = `${stage.publicDir}.current`;
    cpSync(metadata(), current, { recursive: true });
    restore();
    await expect(client.update(now(), target)).rejects.toThrow(/version/);
    rmSync(metadata(), { recursive: true });
    cpSync(current, metadata(), { recursive: true });
    rmSync(current, { recursive: true });
    expect(await fetched()).toBe('deny: loop\n');
  });
});

describe('a project with a key of its own', () => {
  const set = (publicKey: string | null) =>
    stage.hub.do<{ name: string }>(stage.desk, repository.setKey, { package: 'pkg:npm/looper', publicKey });
  const sign = async (by: typeof project) => {
    const { advisoryId, hub, desk } = stage;
    const draft = await hub.do<{ text: string; sha256: string; key: string }>(desk, artefacts.draft, { advisoryId });
    expect(draft.key).toBe(by.hex);
    const sig = (signer: typeof project) => ({
      advisoryId,
      sha256: draft.sha256,
      sig: signer.sign(Buffer.from(draft.text)).toString('hex'),
    });
    expect(await hub.try(desk, artefacts.sign, sig(eve))).toMatchObject({ code: 'untrusted' });
    expect(await hub.try(desk, artefacts.sign, { ...sig(by), sha256: '0'.repeat(64) })).toMatchObject({ code: 'stale' });
    await hub.do(desk, artefacts.sign, sig(by));
  };
  const keysOf = async () => {
    await refresh();
    await stage.write();
    const bytes = await fetched();
    const { delegations } = client.trusted('targets').signed as unknown as {
      delegations: { keys: Record<string, { keyval: { public: string } }>; roles: { keyids: string[] }[] };
    };
    return { bytes, key: delegations.roles[0] && delegations.keys[delegations.roles[0].keyids[0]!]!.keyval.public };
  };

  test('signs what is listed for it; until it has, the hub does; keys are handed on without a gap', async () => {
    await set(project.hex);
    const hubs = await keysOf();
    expect(hubs.bytes).toBe('deny: loop\n');
    expect(hubs.key).not.toBe(project.hex);
    await sign(project);
    expect(await keysOf()).toEqual({ bytes: 'deny: loop\n', key: project.hex });
    await set(successor.hex);
    expect(await keysOf()).toEqual({ bytes: 'deny: loop\n', key: project.hex });
    await sign(successor);
    expect(await keysOf()).toEqual({ bytes: 'deny: loop\n', key: successor.hex });
  });

  test('has what it withdrew hidden until it signs again, and may give the key back', async () => {
    const { items } = await stage.hub.do<{ items: { id: string }[] }>(anonymous, artefacts.list, {});
    await stage.hub.do(stage.desk, artefacts.withdraw, { id: items[0]!.id, because: 'it denies too much' });
    expect(await keysOf()).toEqual({ bytes: undefined, key: undefined });
    const { roles } = await stage.hub.do<{ roles: { package: string | null; state: string }[] }>(stage.desk, repository.status, {});
    expect(roles.find((r) => r.package === 'pkg:npm/looper')).toMatchObject({ state: 'suspended' });
    await sign(successor);
    expect(await keysOf()).toMatchObject({ bytes: undefined, key: successor.hex });
    await set(null);
    expect((await keysOf()).key).toBe(hubKey());
  });

  const hubKey = () => JSON.parse(roots[2]!).signed.keys[JSON.parse(roots[2]!).signed.roles.targets.keyids[0]].keyval.public;
});
