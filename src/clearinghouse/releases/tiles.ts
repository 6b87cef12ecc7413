import { leafHash, levelsOf } from '../../base/merkle.ts';

/** Tiles are 256 nodes wide and 8 levels high (https://c2sp.org/tlog-tiles). */
const width = 256;
const height = 8;

/** The log as static files: anybody can check that a later checkpoint contains an earlier one, and serve the log on. */
export function tilesOf(entries: readonly string[]): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  const levels = levelsOf(entries.map((entry) => leafHash(Buffer.from(entry))));
  for (let level = 0; level * height < levels.length; level++) {
    // Only complete subtrees are nodes of a tile: those that stand over 2^(8·level) leaves.
    const complete = Math.floor(entries.length / 2 ** (level * height));
    const nodes = (levels[level * height] ?? []).slice(0, complete);
    for (let n = 0; n * width < nodes.length; n++) {
      const tile = nodes.slice(n * width, (n + 1) * width);
      files.set(`tile/${level}/${tilePath(n, tile.length)}`, Buffer.concat(tile));
    }
  }
  for (let n = 0; n * width < entries.length; n++) {
    const bundle = entries.slice(n * width, (n + 1) * width).map(prefixed);
    files.set(`tile/entries/${tilePath(n, bundle.length)}`, Buffer.concat(bundle));
  }
  return files;
}

/** `x001/x234/067`, and `.p/W` for a tile of W < 256 nodes. */
export function tilePath(n: number, nodes: number): string {
  const digits = String(n).padStart(Math.ceil(String(n).length / 3) * 3, '0');
  const groups = digits.match(/\d{3}/g) ?? [];
  const path = groups.map((group, i) => (i < groups.length - 1 ? `x${group}` : group)).join('/');
  return nodes === width ? path : `${path}.p/${nodes}`;
}

function prefixed(entry: string): Buffer {
  const data = Buffer.from(entry);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(data.length);
  return Buffer.concat([length, data]);
}
