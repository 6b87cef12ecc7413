import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { applyBundle, makeBundle, verifyBundle } from '../../src/app/bundling.ts';
import { mirrorIn } from '../../src/app/mirror.ts';
import { publisher } from '../../src/app/publisher.ts';
import { day, type Instant } from '../../src/base/instant.ts';
import { limits } from '../../src/base/limits.ts';
import { parseVerifierKey } from '../../src/base/note.ts';
import { insist } from '../../src/base/refusal.ts';
import { verifierKey } from '../../src/base/signature.ts';
import * as artefacts from '../../src/clearinghouse/releases/artefacts/actions.ts';
import { verifyRepository, versionsIn } from '../../src/clearinghouse/releases/repository/verify.ts';
import { diskTree } from '../../src/io/public/disk.ts';
import { anonymous } from '../../src/trust/access.ts';
import { release } from '../equipment/synthetic-releases.ts';
import { TufClient } from '../equipment/tuf-client.ts';
import { newKey, openPatchStage, type PatchStage } from './patches-stage.ts';

// A site without a network gets the patches with the advisories, in one file.
let stage: PatchStage;
let dir: string;
let first: string;
let server: Server;
const ada = newKey();
const [pub, mirror] = [() => stage.publicDir, () => join(dir, 'public')];
const now = () => stage.hub.clock.now();
const trust = (tufRoot?: string) => {
  const { name, publicKey } = stage.hub.doors.keys.signer('releases');
  const logs = [{ key: parseVerifierKey(verifierKey(name, publicKey))!, url: null }];
  return { policy: { logs, witnesses: [], quorum: { least: 0, of: [] } }, now: now(), maxAgeMs: null, tufRoot };
};
const publish = async () => {
  await publisher(stage.hub.doors, diskTree(pub()), { origin: 'test.example' }, () => 0).publish('whole');
  await stage.write();
};
const repositoryIn = (of: string, more: object = {}) =>
  verifyRepository(mirrorIn(of), { root: first, now: now(), isCarried: false, before: new Map(), ...more });
const live = (id: string) => stage.hub.do<{ path: string }>(anonymous, artefacts.get, { id });
const targetOf = (path: string) => path.replace('tuf/targets/', '').replace(/[0-9a-f]{64}\./, '');
let ids: string[];

beforeAll(async () => {
  stage = await openPatchStage();
  dir = mkdtempSync(join(tmpdir(), 'bw-site-'));
  first = await stage.root([ada]);
  insist(await stage.trust(first));
  const attached = [await stage.attach({ kind: 'virtual-patch', name: 'waf.conf' }), await stage.attach()];
  for (const { id } of attached) await stage.hub.do(stage.second, artefacts.approve, { id });
  await stage.goLive();
  ids = attached.map(({ id }) => id);
  await publish();
  server = createServer((request, reply) => {
    const file = join(dir, decodeURIComponent(request.url!));
    reply.writeHead(existsSync(file) ? 200 : 404).end(existsSync(file) ? readFileSync(file) : '');
  }).listen(0, '127.0.0.1');
});
afterAll(async () => {
  server?.close();
  rmSync(dir, { recursive: true, force: true });
  await stage.hub.close();
});

test('whole: the mirror has what the hub has, and tuf-js takes a patch from it', async () => {
  const bundle = join(dir, 'whole.tar.gz');
  insist(await makeBundle(mirrorIn(pub()), undefined, bundle, trust(first)));
  expect(await verifyBundle(bundle, trust(first))).toMatchObject({ size: 1 });
  expect(await applyBundle(bundle, mirror(), trust())).toMatchObject({ code: 'untrusted', because: expect.stringContaining('--tuf-root') });
  expect(await applyBundle(bundle, mirror(), trust(await stage.root([newKey()])))).toMatchObject({ code: 'untrusted' });
  expect(existsSync(mirror())).toBe(false);
  insist(await applyBundle(bundle, mirror(), trust(first)));
  const [here, there] = [insist(await repositoryIn(mirror())), insist(await repositoryIn(pub()))];
  expect([here.targets, [...here.files].sort()]).toEqual([4, [...there.files].sort()]);
  const client = new TufClient(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, first);
  const { path } = await live(ids[0]!);
  expect((await client.update(now(), targetOf(path)))[0]).toEqual(readFileSync(join(pub(), path)));
  client.close();
});

test('then what is new: roles anew, targets that the site has are not sent again; without patches in it the site keeps its own', async () => {
  await stage.hub.do(stage.desk, artefacts.withdraw, { id: ids[1]!, because: 'it denies too much' });
  await release(stage.hub.doors, '2026-11-01T00:00:00.000Z' as Instant, 3);
  await publish();
  const [delta, without] = [join(dir, 'delta.tar.gz'), join(dir, 'without.tar.gz')];
  insist(await makeBundle(mirrorIn(pub()), { size: 1 }, delta, trust(first)));
  insist(await makeBundle(mirrorIn(pub()), { size: 1 }, without, trust()));
  const other = join(dir, 'other');
  cpSync(mirror(), other, { recursive: true });
  insist(await applyBundle(without, other, trust()));
  expect(insist(await repositoryIn(other)).targets).toBe(4);
  insist(await applyBundle(delta, mirror(), trust(first)));
  expect(insist(await repositoryIn(mirror())).targets).toBe(2);
  expect(await versionsIn(mirrorIn(mirror()))).toEqual(await versionsIn(mirrorIn(pub())));
  const { path } = await live(ids[0]!);
  expect(readFileSync(join(mirror(), path))).toEqual(readFileSync(join(pub(), path)));
  const isSent = (bundle: string) => gunzipSync(readFileSync(bundle)).includes(`${basename(path)}\0`);
  expect([isSent(join(dir, 'whole.tar.gz')), isSent(delta)]).toEqual([true, false]);
});

test('what is altered, missing, older or out of date is named', async () => {
  const copy = join(dir, 'altered');
  const tried = async (path: string, bytes: Uint8Array | undefined) => {
    cpSync(pub(), copy, { recursive: true });
    if (bytes) writeFileSync(join(copy, path), bytes);
    else rmSync(join(copy, path));
    const found = await repositoryIn(copy);
    rmSync(copy, { recursive: true });
    return found;
  };
  const { files, versions } = insist(await repositoryIn(pub()));
  expect(files.size).toBeGreaterThan(5);
  for (const path of files) {
    const bytes = readFileSync(join(pub(), path));
    bytes[Math.floor(bytes.length / 2)]! ^= 1;
    // The root that is trusted came by another way; what lies here of it is not asked.
    const expected = path === 'tuf/metadata/1.root.json' ? { targets: 2 } : { refused: true };
    expect(await tried(path, bytes), path).toMatchObject(expected);
    expect(await tried(path, undefined), path).toMatchObject(expected);
  }
  for (const role of ['timestamp', 'snapshot', 'targets']) {
    const before = new Map([[role, versions.get(role)! + 1]]);
    expect(await repositoryIn(pub(), { before }), role).toMatchObject({ code: 'untrusted', because: expect.stringContaining('went back') });
  }
  const later = (days: number) => ({ now: new Date(Date.parse(now()) + days * day).toISOString() as Instant });
  expect(await repositoryIn(pub(), later(2))).toMatchObject({ code: 'untrusted', at: 'tuf/metadata/timestamp.json' });
  expect(await repositoryIn(pub(), { ...later(2), isCarried: true })).toMatchObject({ targets: 2 });
  expect(await repositoryIn(pub(), { ...later(15), isCarried: true })).toMatchObject({
    code: 'untrusted',
    because: expect.stringContaining('expired'),
  });
});

test('roots are followed to the limit and not beyond', async () => {
  const copy = join(dir, 'rotated');
  cpSync(pub(), copy, { recursive: true });
  let root = first;
  for (let version = 2; version <= limits.tufRootsFollowed + 2; version++) {
    root = await stage.rotate(root, {}, [ada]);
    writeFileSync(join(copy, `tuf/metadata/${version}.root.json`), root);
    if (version === limits.tufRootsFollowed + 1) expect(await repositoryIn(copy)).toMatchObject({ targets: 2 });
  }
  expect(readdirSync(join(copy, 'tuf/metadata')).length).toBeGreaterThan(limits.tufRootsFollowed);
  expect(await repositoryIn(copy)).toMatchObject({
    code: 'untrusted',
    because: expect.stringContaining(`${limits.tufRootsFollowed} roots`),
  });
});
