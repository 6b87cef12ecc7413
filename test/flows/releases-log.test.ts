import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Tx } from '../../src/base/doors.ts';
import { appendLeaf, leafHash, rootOf, verifyConsistency, verifyInclusion } from '../../src/base/merkle.ts';
import { openNote } from '../../src/base/signature.ts';
import * as releases from '../../src/clearinghouse/releases/actions.ts';
import { consistencyProof, frontierAt, inclusionProofs, logFiles } from '../../src/clearinghouse/releases/log/store.ts';
import { type Actor, anonymous } from '../../src/trust/access.ts';
import { openCase, publishCase } from '../case.ts';
import { entryText, insertPublished } from '../equipment/published.ts';
import { openHub, type TestHub } from '../hub.ts';

const before = 600;
const entries = Array.from({ length: before }, (_, i) => entryText(i + 1));
const roots = [rootOf([])];
let frontier: Buffer[] = [];
let hub: TestHub;
let staff: [Actor, Actor];
const inTx = <T>(work: (tx: Tx) => Promise<T>) => hub.doors.db.transaction([], work);
const countNodes = () =>
  inTx(async (tx) => (await sql<{ n: number }>`SELECT count(*)::int AS n FROM release_nodes`.execute(tx)).rows[0]!.n);

// A hub from before the nodes were kept: releases, a head, no node.
beforeAll(async () => {
  hub = await openHub();
  const desk = await hub.join('Clearinghouse', 'coordinator');
  staff = [desk, await hub.join('Second', 'coordinator')];
  const leaves = entries.map((entry) => leafHash(Buffer.from(entry)));
  for (const [i, leaf] of leaves.entries()) {
    frontier = appendLeaf(frontier, i, leaf);
    roots.push(rootOf(frontier));
  }
  await insertPublished(hub, 0, before);
});
afterAll(() => hub.close());

test('releases from before are carried over by whoever first asks for a proof, and then proofs are read', async () => {
  expect(await countNodes()).toBe(0);
  const feed = await hub.do<{ items: { entry: string; seq: number; proof: string[] }[] }>(anonymous, releases.feed, { after: 300 });
  expect(feed.items).toHaveLength(100);
  for (const { entry, seq, proof } of feed.items) {
    const hashes = proof.map((h) => Buffer.from(h, 'base64'));
    expect(verifyInclusion(leafHash(Buffer.from(entry)), seq - 1, before, hashes, roots[before]!)).toBe(true);
  }
  expect(await countNodes()).toBe(entries.reduce((n, _, i) => n + 1 + trailingOnes(i), 0));
});

test('an append keeps what it completes, and no more', async () => {
  const had = await countNodes();
  await publishCase(hub, await openCase(hub, 'pkg:npm/a@1.0.0', [await hub.join('North Lab', 'finder')]), staff, [{ fixed: '1.0.1' }]);
  expect(await countNodes()).toBe(had + 1 + trailingOnes(before));
  const { size, checkpoint, key } = await hub.do<{ size: number; checkpoint: string; key: string }>(anonymous, releases.feed, {});
  const root = Buffer.from(openNote(checkpoint, key)!.split('\n')[2]!, 'base64');
  for (const size1 of [1, 255, 256, 300, before]) {
    const proof = await inTx((tx) => consistencyProof(tx, size1, size));
    expect(verifyConsistency(size1, size, proof, roots[size1]!, root)).toBe(true);
    expect(rootOf(await inTx((tx) => frontierAt(tx, size1))).equals(roots[size1]!)).toBe(true);
  }
});

test('the files of an append are those of its right edge', async () => {
  const tiles = await inTx((tx) => all(logFiles(tx, 599, 600)));
  expect(tiles.map((f) => f.path)).toEqual(['tile/entries/002.p/88', 'tile/0/002.p/88']);
  expect(tiles[1]!.bytes).toHaveLength(88 * 32);
  const [hashes] = await inTx((tx) => inclusionProofs(tx, [599], 600));
  expect(verifyInclusion(leafHash(Buffer.from(entries[599]!)), 599, 600, hashes!, roots[600]!)).toBe(true);
  expect(await inTx((tx) => inclusionProofs(tx, [], 600))).toEqual([]);
});

test('a node that is kept is neither altered nor removed, whoever asks the database', async () => {
  for (const statement of ["UPDATE release_nodes SET hash = decode(repeat('00', 32), 'hex')", 'DELETE FROM release_nodes'])
    await expect(inTx((tx) => sql.raw(statement).execute(tx))).rejects.toThrow('only ever appended to');
});

async function all<T>(of: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const one of of) found.push(one);
  return found;
}

function trailingOnes(n: number): number {
  return n % 2 === 1 ? 1 + trailingOnes((n - 1) / 2) : 0;
}
