import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { applyBundle, makeBundle } from '../../src/app/bundling.ts';
import { mirrorIn } from '../../src/app/mirror.ts';
import { publisher } from '../../src/app/publisher.ts';
import { day, hour, type Instant } from '../../src/base/instant.ts';
import { parseVerifierKey } from '../../src/base/note.ts';
import { verifierKey } from '../../src/base/signature.ts';
import type { Trust } from '../../src/clearinghouse/releases/verifying/head.ts';
import { verifyDocument, verifyTree } from '../../src/clearinghouse/releases/verifying/verify.ts';
import { diskTree } from '../../src/io/public/disk.ts';
import { release } from '../equipment/synthetic-releases.ts';
import { openHub, type TestHub } from '../hub.ts';

// What the hub writes, read by the verifier that shares no line with the writer.
let hub: TestHub;
let dir: string;
let publish: () => Promise<void>;
const trust = (): Trust => {
  const { name, publicKey } = hub.doors.keys.signer('releases');
  const logs = [{ key: parseVerifierKey(verifierKey(name, publicKey))!, url: null }];
  return { policy: { logs, witnesses: [], quorum: { least: 0, of: [] } }, now: hub.clock.now(), maxAgeMs: null };
};
const verify = (more: object = {}) =>
  verifyTree(mirrorIn(join(dir, 'public')), { trust: trust(), sample: undefined, document: undefined, remembered: undefined, ...more });

beforeAll(async () => {
  hub = await openHub();
  dir = mkdtempSync(join(tmpdir(), 'bw-verified-'));
  const by = publisher(hub.doors, diskTree(join(dir, 'public')), { origin: 'test.example' }, () => 0);
  publish = () => by.publish('whole');
});
afterAll(async () => {
  await hub.close();
  rmSync(dir, { recursive: true, force: true });
});

test('the tree of the hub verifies as it grows, every document with its proof; a site without a network follows by bundles', async () => {
  let remembered: unknown;
  let size = 0;
  for (const count of [1, 30, 240]) {
    await release(hub.doors, '2026-11-01T00:00:00.000Z' as Instant, count);
    await publish();
    const verified = await verify({ remembered });
    expect(verified).toMatchObject({ size: size + count, freshness: 'fresh', continues: size || null });
    const { documents, proofs, origin, root } = verified as { documents: number; proofs: number; origin: string; root: string };
    expect([documents > count, proofs]).toEqual([true, documents]);
    const bundle = join(dir, `${count}.tar.gz`);
    expect(await makeBundle(mirrorIn(join(dir, 'public')), size ? { size } : undefined, bundle, trust())).toMatchObject({
      size: size + count,
    });
    expect(await applyBundle(bundle, join(dir, 'air-gapped'), trust())).toMatchObject({ size: size + count });
    size += count;
    remembered = { origin, size, root };
  }
  const [{ path }] = JSON.parse(readFileSync(join(dir, 'public/feed.json'), 'utf8')).items[0].documents;
  for (const of of ['public', 'air-gapped']) {
    const [document, proof] = [join(dir, of, path), join(dir, of, `${path}.tlog-proof`)];
    expect(await verifyDocument(readFileSync(document), readFileSync(proof, 'utf8'), trust())).toMatchObject({ path });
  }
  expect(existsSync(join(dir, 'air-gapped/index.html'))).toBe(false); // nothing vouches for it
}, 60_000);

test('the log says each day anew that its tree is the newest; where it no longer does, one is told', async () => {
  hub.clock.advance(20 * day);
  await publish();
  hub.clock.advance(29 * day);
  expect(await verify()).toMatchObject({ freshness: 'fresh' });
  hub.clock.advance(day + hour);
  expect(await verify()).toMatchObject({ code: 'expired' });
  await publish();
  expect(await verify()).toMatchObject({ freshness: 'fresh' });
});
