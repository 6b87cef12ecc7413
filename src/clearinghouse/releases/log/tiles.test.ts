import { expect, test } from 'vitest';
import { referenceText } from '../../../../test/reference-data.ts';
import { appendLeaf, leafHash, rootOf } from '../../../base/merkle.ts';
import { completedBy, type Place } from '../../../base/merkle-nodes.ts';
import { bundled, changedTiles, placesOf, tilePath } from './tiles.ts';

const files = (from: number, to: number) => changedTiles(from, to).written.map((t) => t.path);

test('paths are those of the specification', () => {
  expect([tilePath(0, 256), tilePath(1234067, 256), tilePath(1000, 7)]).toEqual(['000', 'x001/x234/067', 'x001/000.p/7']);
});

// C2SP tlog-tiles, Partial Tiles: the example of 70,000 leaves.
test('a tree of 70,000 is 273 full tiles and one of 112; above it one full tile and one of 17; above that one of 1', () => {
  const written = files(0, 70_000);
  const ofLevel = (name: string) => written.filter((p) => p.startsWith(`tile/${name}/`));
  for (const name of ['0', 'entries']) {
    expect(ofLevel(name)).toHaveLength(274);
    expect(ofLevel(name).at(-1)).toBe(`tile/${name}/273.p/112`);
  }
  expect(ofLevel('1')).toEqual(['tile/1/000', 'tile/1/001.p/17']);
  expect(ofLevel('2')).toEqual(['tile/2/000.p/1']);
});

test('a tree of 256 is one full tile and one node above it', () => {
  expect(files(0, 256)).toEqual(['tile/entries/000', 'tile/0/000', 'tile/1/000.p/1']);
});

test('an append changes what lies at its right edge and nothing else', () => {
  expect(files(100_000, 100_001)).toEqual(['tile/entries/390.p/161', 'tile/0/390.p/161']);
  expect(files(255, 257)).toEqual(['tile/entries/000', 'tile/entries/001.p/1', 'tile/0/000', 'tile/0/001.p/1', 'tile/1/000.p/1']);
  expect(files(256, 257)).toEqual(['tile/entries/001.p/1', 'tile/0/001.p/1']);
  expect(files(7, 7)).toEqual([]);
});

test('once a tile is full, its partial files are let go', () => {
  expect(changedTiles(255, 257).retired).toEqual(['tile/entries/000.p', 'tile/0/000.p']);
  expect(changedTiles(256, 512).retired).toEqual([]); // nothing of the second tile was ever written
  expect(changedTiles(65_535, 65_536).retired).toEqual(['tile/entries/255.p', 'tile/0/255.p', 'tile/1/000.p']);
});

test('whatever the steps, the files at the end are those of one append', () => {
  for (const steps of [[0, 600], [0, 1, 255, 256, 257, 600], Array.from({ length: 601 }, (_, i) => i)]) {
    const there = new Set<string>();
    for (const [i, to] of steps.slice(1).entries()) {
      const { written, retired } = changedTiles(steps[i]!, to);
      for (const { path } of written) there.add(path);
      for (const path of there) if (retired.some((folder) => path.startsWith(`${folder}/`))) there.delete(path);
    }
    for (const path of files(0, 600)) expect(there.has(path), path).toBe(true);
    expect([...there].filter((path) => /\/000\.p\//.test(path) && !path.startsWith('tile/1/'))).toEqual([]);
  }
});

test('the real log of others, byte for byte: every tile, every entry bundle, every root of its 16 checkpoints', ({ skip }) => {
  const folder = 'crypto-transparency-vectors/tlog-tiles-log';
  const binary = (path: string) => Buffer.from(referenceText(`${folder}/${path}`, 'latin1') ?? '', 'latin1');
  const newest = referenceText(`${folder}/checkpoint`);
  if (newest === undefined) return skip();
  const size = Number(newest.split('\n')[1]);
  const bundle = binary(`tile/entries/000.p/${size}`);
  const entries: string[] = [];
  for (let at = 0; at < bundle.length; ) {
    const end = at + 2 + bundle.readUInt16BE(at);
    entries.push(bundle.subarray(at + 2, end).toString('utf8'));
    at = end;
  }
  expect(entries).toHaveLength(size);
  const nodes = new Map<string, Buffer>();
  const hashOf = ({ level, index }: Place) => nodes.get(`${level}/${index}`)!;
  let frontier: Buffer[] = [];
  for (let at = 0; at < size; at++) {
    const leaf = leafHash(Buffer.from(entries[at]!));
    for (const { level, index, hash } of completedBy(frontier, at, leaf)) nodes.set(`${level}/${index}`, hash);
    frontier = appendLeaf(frontier, at, leaf);
    for (const tile of changedTiles(at, at + 1).written) {
      const ours =
        tile.of === 'entries' ? bundled(entries.slice(tile.start, tile.start + tile.count)) : Buffer.concat(placesOf(tile).map(hashOf));
      expect(ours.equals(binary(tile.path)), tile.path).toBe(true);
    }
    const [, theirSize, root] = referenceText(`${folder}/checkpoint.${at + 1}`)!.split('\n');
    expect([theirSize, root]).toEqual([`${at + 1}`, rootOf(frontier).toString('base64')]);
  }
});
