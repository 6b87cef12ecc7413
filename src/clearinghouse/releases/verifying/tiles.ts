import { emptyRoot, leafHash, nodeHash } from '../../../base/merkle.ts';
import { isRefusal } from '../../../base/refusal.ts';
import type { SignedHead } from './head.ts';
import { doubt, type Read, sure, textOf } from './reading.ts';

const width = 256;
const hashBytes = 32;
/** Every entry of a bundle at its longest. */
const bundleBytes = width * (2 + 0xffff);

/** A tree whose every hash was traced to the signed root before it is handed out. */
export interface Tree {
  readonly head: SignedHead;
  /** The hash over the leaves from `index · 256^level` on, as many as 256^level. */
  node(level: number, index: number): Promise<Buffer>;
  /** The root that this tree had at an earlier size. */
  rootAt(size: number): Promise<Buffer>;
  /** The entries of bundle `n`, each of which hashes to its leaf. */
  entries(n: number): Promise<string[]>;
}

/** Reads the tree (https://c2sp.org/tlog-tiles) as far as it is asked for. A doubt where the root is not that of the tiles. */
export async function treeOf(read: Read, head: SignedHead): Promise<Tree> {
  const kept = new Map<string, Promise<Buffer[]>>();
  const tile = (level: number, n: number): Promise<Buffer[]> => {
    const path = `${level}/${n}`;
    const known = kept.get(path) ?? load(level, n);
    kept.set(path, known);
    return known;
  };
  const load = async (level: number, n: number): Promise<Buffer[]> => {
    const count = Math.min(width, Math.floor(head.size / width ** level) - n * width);
    const hashes = await readTile(read, level, n, count);
    // A full tile is one node of the level above, and so on to the right edge, which the root is made of.
    if (count === width && !fold(hashes).equals(await node(level + 1, n)))
      doubt('is not the tile that the level above speaks of', tilePath(level, n, count));
    return hashes;
  };
  const node = async (level: number, index: number): Promise<Buffer> => (await tile(level, Math.floor(index / width)))[index % width]!;
  const roots = new Map<number, Promise<Buffer>>();
  const rootAt = (size: number): Promise<Buffer> => {
    const root = roots.get(size) ?? foldedAt(size);
    roots.set(size, root);
    return root;
  };
  const foldedAt = async (size: number): Promise<Buffer> => {
    if (size === 0) return emptyRoot;
    // The leaves beyond the last full node of each level, from the top down, are what the tree of that size ends with.
    const parts: Buffer[] = [];
    for (let level = 0; width ** level <= size; level++) {
      const has = Math.floor(size / width ** level);
      const count = has % width;
      if (count > 0) parts.unshift(...peaks((await tile(level, Math.floor(has / width))).slice(0, count)));
    }
    return parts.reduceRight((right, left) => nodeHash(left, right));
  };
  if (!(await rootAt(head.size)).equals(head.root)) doubt(`the tiles are not those of the signed tree of ${head.size} entries`, 'tile');
  const entries = async (n: number): Promise<string[]> => {
    const count = Math.min(width, head.size - n * width);
    const path = tilePath('entries', n, count);
    const found = parseBundle(Buffer.from(sure(await withFull(read, path, bundleBytes))), count) ?? doubt('is no bundle of entries', path);
    for (const [i, entry] of found.entries())
      if (!leafHash(entry).equals(await node(0, n * width + i))) doubt(`entry ${n * width + i} is not the one in the tree`, path);
    return found.map((entry) => textOf(entry, path));
  };
  return { head, node, rootAt, entries };
}

async function readTile(read: Read, level: number, n: number, count: number): Promise<Buffer[]> {
  const path = tilePath(level, n, count);
  const bytes = Buffer.from(sure(await withFull(read, path, width * hashBytes)));
  const hashes = Array.from({ length: count }, (_, i) => bytes.subarray(i * hashBytes, (i + 1) * hashBytes));
  if (bytes.length !== count * hashBytes && bytes.length !== width * hashBytes) doubt(`has ${bytes.length} bytes`, path);
  return hashes;
}

/** A log may let go of a partial file once the full one is there. */
async function withFull(read: Read, path: string, maxBytes: number): ReturnType<Read> {
  const found = await read(path, maxBytes);
  const partial = path.lastIndexOf('.p/');
  if (!isRefusal(found) || found.code !== 'not_found' || partial < 0) return found;
  const full = await read(path.slice(0, partial), maxBytes);
  return isRefusal(full) ? found : full;
}

/** The first `count` entries; of a full bundle there may be more. */
function parseBundle(bytes: Buffer, count: number): Buffer[] | undefined {
  const entries: Buffer[] = [];
  let at = 0;
  while (at + 2 <= bytes.length) {
    const end = at + 2 + bytes.readUInt16BE(at);
    if (end > bytes.length) return undefined;
    entries.push(bytes.subarray(at + 2, end));
    at = end;
  }
  return at === bytes.length && (entries.length === count || entries.length === width) ? entries.slice(0, count) : undefined;
}

/** The root over a power of two of hashes. */
function fold(hashes: readonly Buffer[]): Buffer {
  let row = hashes;
  while (row.length > 1) row = Array.from({ length: row.length / 2 }, (_, i) => nodeHash(row[2 * i]!, row[2 * i + 1]!));
  return row[0]!;
}

/** The roots of the perfect subtrees over some hashes, the largest first. */
function peaks(hashes: readonly Buffer[]): Buffer[] {
  const found: Buffer[] = [];
  for (let at = 0; at < hashes.length; ) {
    let take = 1;
    while (at + take * 2 <= hashes.length) take *= 2;
    found.push(fold(hashes.slice(at, at + take)));
    at += take;
  }
  return found;
}

/** §Merkle Tree: three digits an element, all but the last after an x. */
function tilePath(level: number | 'entries', n: number, count: number): string {
  let path = String(n % 1000).padStart(3, '0');
  for (let rest = Math.floor(n / 1000); rest > 0; rest = Math.floor(rest / 1000)) path = `x${String(rest % 1000).padStart(3, '0')}/${path}`;
  return `tile/${level}/${path}${count < width ? `.p/${count}` : ''}`;
}
