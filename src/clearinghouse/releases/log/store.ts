import { sql } from 'kysely';
import type { Tx } from '../../../base/doors.ts';
import { appendLeaf } from '../../../base/merkle.ts';
import { completedBy, consistencyFolds, folded, frontierOf, inclusionFolds, type Node, type Place } from '../../../base/merkle-nodes.ts';
import { entriesAfter, headOf, leavesBetween, lockHead } from '../store.ts';
import { bundled, changedTiles, placesOf } from './tiles.ts';

type Tables = { release_nodes: { level: number; index: number; hash: Buffer } };
const nodes = (tx: Tx) => tx.withTables<Tables>();
/** Of one statement, when a hub from before is carried over. */
const filledAtOnce = 5_000;

/** Keeps what a leaf completes. The caller holds the head's lock and has not yet moved it. */
export async function insertNodes(tx: Tx, completed: readonly Node[]): Promise<void> {
  if (completed.length === 0) return;
  await nodes(tx)
    .insertInto('release_nodes')
    .values([...completed])
    .onConflict((on) => on.doNothing())
    .execute();
}

/** Inclusion proofs (RFC 6962 §2.1.1) of these leaves in the tree of `size`, base64 to be: hashes from the lowest up. */
export async function inclusionProofs(tx: Tx, indexes: readonly number[], size: number): Promise<Buffer[][]> {
  const all = indexes.map((index) => inclusionFolds(index, size));
  const hashOf = await hashesOf(tx, all.flat(2));
  return all.map((folds) => folds.map((fold) => folded(fold, hashOf)));
}

/** That the tree of `size2` begins with that of `size1` (RFC 6962 §2.1.2). */
export async function consistencyProof(tx: Tx, size1: number, size2: number): Promise<Buffer[]> {
  const folds = consistencyFolds(size1, size2);
  const hashOf = await hashesOf(tx, folds.flat());
  return folds.map((fold) => folded(fold, hashOf));
}

/** The frontier of an earlier size. */
export async function frontierAt(tx: Tx, size: number): Promise<Buffer[]> {
  const places = frontierOf(0, size);
  return places.map(await hashesOf(tx, places));
}

interface LogFile {
  /** Below the public root. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** The files of the log (C2SP tlog-tiles) that an append from `from` to `to` leaves makes, one after the other; the checkpoint goes after them. */
export async function* logFiles(tx: Tx, from: number, to: number): AsyncGenerator<LogFile> {
  for (const tile of changedTiles(from, to).written) {
    const places = placesOf(tile);
    const bytes =
      tile.of === 'entries'
        ? bundled(await entriesAfter(tx, tile.start, tile.start + tile.count, tile.count))
        : Buffer.concat(places.map(await hashesOf(tx, places)));
    yield { path: tile.path, bytes };
  }
}

/** A reader of these nodes, all of which lie in the tree. */
async function hashesOf(tx: Tx, places: readonly Place[]): Promise<(place: Place) => Buffer> {
  const wanted = new Map(places.map((place) => [keyOf(place), place]));
  let found = await read(tx, [...wanted.values()]);
  if (found.size < wanted.size) {
    await carryOver(tx);
    found = await read(tx, [...wanted.values()]);
  }
  if (found.size < wanted.size) throw new RangeError('a node of the log is missing');
  return (place) => found.get(keyOf(place))!;
}

const keyOf = ({ level, index }: Place) => `${level}/${index}`;

async function read(tx: Tx, places: readonly Place[]): Promise<Map<string, Buffer>> {
  if (places.length === 0) return new Map();
  const [levels, indexes] = [places.map((p) => p.level), places.map((p) => p.index)];
  const { rows } = await sql<Node>`
    SELECT n.level, n.index, n.hash FROM unnest(${sql.val(levels)}::smallint[], ${sql.val(indexes)}::integer[]) AS p (level, index)
    JOIN release_nodes n ON n.level = p.level AND n.index = p.index`.execute(nodes(tx));
  return new Map(rows.map((row) => [keyOf(row), row.hash]));
}

/** Once, for releases from before the nodes were kept. */
async function carryOver(tx: Tx): Promise<void> {
  await lockHead(tx);
  const { size } = await headOf(tx);
  let frontier: Buffer[] = [];
  for (let at = 0; at < size; ) {
    const leaves = await leavesBetween(tx, at, Math.min(size, at + filledAtOnce));
    const completed: Node[] = [];
    for (const leaf of leaves.map((hex) => Buffer.from(hex, 'hex'))) {
      completed.push(...completedBy(frontier, at, leaf));
      frontier = appendLeaf(frontier, at++, leaf);
    }
    if (completed.length === 0) throw new RangeError('a leaf of the log is missing');
    await insertNodes(tx, completed);
  }
}
