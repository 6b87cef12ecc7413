import type { Place } from '../../../base/merkle-nodes.ts';

/** A tile is 256 nodes wide and 8 levels high (https://c2sp.org/tlog-tiles). */
const width = 256;
const height = 8;

/** One file of the log: a tile of hashes, or the bundle of the entries under a tile of level 0. */
interface TileFile {
  readonly path: string;
  readonly of: 'hashes' | 'entries';
  readonly level: number;
  /** Of its first node in the level's row, or of its first entry. */
  readonly start: number;
  /** 1 to 256; fewer than 256 is a partial tile. */
  readonly count: number;
}

interface Changed {
  readonly written: readonly TileFile[];
  /** Folders of partial files whose full file is among the written, and which nobody needs any more. */
  readonly retired: readonly string[];
}

/** Which files an append from `from` to `to` leaves makes; nothing that lies there changes. In proportion to what was appended. */
export function changedTiles(from: number, to: number): Changed {
  const written: TileFile[] = [];
  const retired: string[] = [];
  const row = (of: TileFile['of'], name: string, level: number, had: number, has: number) => {
    for (let n = Math.floor(had / width); n * width < has; n++) {
      const start = n * width;
      const count = Math.min(width, has - start);
      const path = `tile/${name}/${tilePath(n, count)}`;
      written.push({ path, of, level, start, count });
      if (count === width && had > start) retired.push(`${path}.p`);
    }
  };
  for (let level = 0; ; level++) {
    // A node of a tile stands over a full tile below.
    const [had, has] = [from, to].map((size) => Math.floor(size / width ** level)) as [number, number];
    if (had === has) return { written, retired };
    if (level === 0) row('entries', 'entries', 0, had, has);
    row('hashes', `${level}`, level, had, has);
  }
}

/** The nodes that a tile of hashes holds, in its order. */
export function placesOf({ level, start, count }: TileFile): Place[] {
  return Array.from({ length: count }, (_, i) => ({ level: level * height, index: start + i }));
}

/** An entry bundle: each entry after its length in two bytes. */
export function bundled(entries: readonly string[]): Buffer {
  return Buffer.concat(entries.flatMap((entry) => [lengthOf(entry), Buffer.from(entry)]));
}

/** `x001/x234/067`, and `.p/W` for a tile of W < 256 nodes. */
export function tilePath(n: number, nodes: number): string {
  const digits = String(n).padStart(Math.ceil(String(n).length / 3) * 3, '0');
  const groups = digits.match(/\d{3}/g) ?? [];
  const path = groups.map((group, i) => (i < groups.length - 1 ? `x${group}` : group)).join('/');
  return nodes === width ? path : `${path}.p/${nodes}`;
}

function lengthOf(entry: string): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(Buffer.byteLength(entry));
  return length;
}
