import { createHash, generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';
import type { Instant } from '../../base/instant.ts';
import { appendLeaf, leafHash, rootOf, verifyInclusion } from '../../base/merkle.ts';
import { openNote, signerOf } from '../../base/signature.ts';
import type { Bulletin } from '../advisories/bulletin.ts';
import type { AdvisoryText } from '../advisories/text.ts';
import { checkpointOf, documentsOf, publish } from './feed.ts';
import { tilePath, tilesOf } from './tiles.ts';
import { type Published, publicTree } from './tree.ts';

const signer = signerOf('hub.example/releases', generateKeyPairSync('ed25519').privateKey);
const text: AdvisoryText = {
  title: '<script>alert("x")</script> & more',
  summary: 'A flaw.',
  package: 'pkg:npm/a',
  affected: [
    { package: 'pkg:npm/a', introduced: null, fixed: '1.0.1' },
    { package: 'pkg:deb/debian/a', introduced: null, fixed: '1.0.1-1' },
  ],
  cve: null,
  cwe: null,
  credits: [],
  cvss: null,
  ssvc: null,
  references: [],
  publisher: 'Example Clearinghouse',
  change: 'First version.',
};
const at = (day: number) => `2026-11-${day}T16:00:00.000Z` as Instant;

function published(seq: number, over: Partial<Bulletin> = {}): Published {
  const bulletin: Bulletin = {
    trackingId: `BW-2026-000${seq}`,
    status: 'final',
    text,
    origin: 'hub.example',
    versions: [{ number: 1, at: at(10 + seq), change: 'First version.' }],
    ...over,
  };
  const documents = documentsOf(bulletin);
  return { ...publish({ id: `rel_${seq}` }, seq, bulletin, documents), documents };
}
const second = {
  trackingId: 'BW-2026-0001',
  versions: [1, 2].map((number) => ({ number, at: at(10 + 2 * number), change: `Version ${number}.` })),
};
const three = [published(1), published(2), published(3, second)];

function treeOf(of: readonly Published[]): Map<string, string> {
  const frontier = of.reduce<Buffer[]>((f, p, i) => appendLeaf(f, i, Buffer.from(p.leaf, 'hex')), []);
  const files = publicTree(of, checkpointOf(signer, of.length, frontier));
  return new Map([...files].map(([path, bytes]) => [path, Buffer.from(bytes).toString('utf8')]));
}

test('every document lies where the feed says, with the digest that the feed says', () => {
  const tree = treeOf(three.slice(0, 2));
  const feed = JSON.parse(tree.get('feed.json')!);
  for (const item of feed.items)
    for (const { path, sha256 } of item.documents) expect(createHash('sha256').update(tree.get(path)!).digest('hex')).toBe(sha256);
  expect([...tree.keys()].sort()).toEqual([
    'checkpoint',
    'csaf/provider-metadata.json',
    'csaf/white/2026/bw-2026-0001.json',
    'csaf/white/2026/bw-2026-0001.json.sha256',
    'csaf/white/2026/bw-2026-0002.json',
    'csaf/white/2026/bw-2026-0002.json.sha256',
    'csaf/white/changes.csv',
    'csaf/white/index.txt',
    'feed.json',
    'index.html',
    'osv/Debian/x_BW-2026-0001.json',
    'osv/Debian/x_BW-2026-0002.json',
    'osv/npm/x_BW-2026-0001.json',
    'osv/npm/x_BW-2026-0002.json',
    'tile/0/000.p/2',
    'tile/entries/000.p/2',
    'vex/2026/BW-2026-0001.openvex.json',
    'vex/2026/BW-2026-0002.openvex.json',
  ]);
});

test('the digest file is one that sha256sum checks', () => {
  const tree = treeOf(three);
  expect(tree.get('csaf/white/2026/bw-2026-0002.json.sha256')).toBe(`${three[1]!.documents[0]!.sha256}  bw-2026-0002.json\n`);
});

test('a later version takes the place of the earlier one; the feed has both', () => {
  const tree = treeOf(three);
  expect(JSON.parse(tree.get('csaf/white/2026/bw-2026-0001.json')!).document.tracking.version).toBe('2');
  expect(JSON.parse(tree.get('feed.json')!).items).toHaveLength(3);
  expect(tree.get('index.html')!.match(/BW-2026-0001/g)).toHaveLength(4); // one row: its number, two OSV addresses and one of OpenVEX
  expect(tree.get('csaf/white/changes.csv')).toBe(`"2026/bw-2026-0001.json","${at(14)}"\n"2026/bw-2026-0002.json","${at(12)}"\n`);
  expect(tree.get('csaf/white/index.txt')).toBe('2026/bw-2026-0001.json\n2026/bw-2026-0002.json\n');
});

test('a stranger with nothing but feed.json verifies every entry', () => {
  const feed = JSON.parse(treeOf(three).get('feed.json')!);
  const [origin, size, root] = openNote(feed.checkpoint, feed.key)!.split('\n');
  expect([origin, size]).toEqual(['hub.example/releases', '3']);
  for (const { entry, seq, proof } of feed.items) {
    const hashes = proof.map((h: string) => Buffer.from(h, 'base64'));
    expect(verifyInclusion(leafHash(Buffer.from(entry)), seq - 1, 3, hashes, Buffer.from(root!, 'base64'))).toBe(true);
  }
});

test('a checkpoint of another tree is not put beside it', () => {
  expect(() => publicTree(three, checkpointOf(signer, 2, []))).toThrow(RangeError);
});

test('the page shows what people wrote as text', () => {
  const page = treeOf(three).get('index.html')!;
  expect(page).not.toContain('<script');
  expect(page).toContain('&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; &amp; more');
  expect(treeOf([]).get('index.html')).toContain('Nothing has been published yet.');
});

test('tiles hold the same tree: entries, leaves, and complete subtrees only', () => {
  const entries = Array.from({ length: 600 }, (_, i) => `entry ${i}`);
  const files = tilesOf(entries);
  expect([...files.keys()].sort()).toEqual([
    'tile/0/000',
    'tile/0/001',
    'tile/0/002.p/88',
    'tile/1/000.p/2',
    'tile/entries/000',
    'tile/entries/001',
    'tile/entries/002.p/88',
  ]);
  const frontierOf = (some: string[]) => some.reduce<Buffer[]>((f, e, i) => appendLeaf(f, i, leafHash(Buffer.from(e))), []);
  const subtrees = Buffer.concat([rootOf(frontierOf(entries.slice(0, 256))), rootOf(frontierOf(entries.slice(256, 512)))]);
  expect(Buffer.from(files.get('tile/1/000.p/2')!).equals(subtrees)).toBe(true);
  expect(files.get('tile/0/000')).toHaveLength(256 * 32);
  expect(Buffer.from(files.get('tile/entries/002.p/88')!).subarray(0, 11).toString('latin1')).toBe('\u0000\u0009entry 512');
  expect([tilePath(0, 256), tilePath(1234067, 256), tilePath(1000, 7)]).toEqual(['000', 'x001/x234/067', 'x001/000.p/7']);
});

test('256 entries are one full tile and one node above it', () => {
  expect([...tilesOf(Array.from({ length: 256 }, (_, i) => `${i}`)).keys()].sort()).toEqual([
    'tile/0/000',
    'tile/1/000.p/1',
    'tile/entries/000',
  ]);
});
