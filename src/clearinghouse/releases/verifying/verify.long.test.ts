import fc from 'fast-check';
import { expect, test } from 'vitest';
import { logSigner, makeSigner, now, policyOf, publicLog, witnessSigner } from '../../../../test/equipment/public-log.ts';
import { documentText, entryText } from '../../../../test/equipment/published.ts';
import { referenceText } from '../../../../test/reference-data.ts';
import { canonical, sha256 } from '../../../base/canonical.ts';
import { day, hour, plusMs } from '../../../base/instant.ts';
import { limits } from '../../../base/limits.ts';
import { cosign, parseNote, parseTreeHead } from '../../../base/note.ts';
import { insist, isRefusal, refuse } from '../../../base/refusal.ts';
import type { Trust } from './head.ts';
import { isPlainPath, type Read } from './reading.ts';
import { treeOf } from './tiles.ts';
import { type Remembered, verifyDocument, verifyTree } from './verify.ts';

type Files = Map<string, Uint8Array>;
const readerOf =
  (files: Files): Read =>
  async (path, maxBytes) => {
    const found = files.get(path);
    if (!found) return refuse('not_found', 'is not there', path);
    return found.length > maxBytes ? refuse('too_large', 'is too large', path) : found;
  };
const trust: Trust = { policy: policyOf(), now, maxAgeMs: null };
const verify = (
  files: Files,
  more: { trust?: Trust; remembered?: Remembered; sample?: { releases: number; chance: () => number }; document?: string } = {},
) => verifyTree(readerOf(files), { trust, remembered: undefined, sample: undefined, document: undefined, ...more });
const remember = (files: Files): Remembered => {
  const { origin, size, root } = parseTreeHead(parseNote(Buffer.from(files.get('checkpoint')!).toString())!.text)!;
  return { origin, size, root: root.toString('base64') };
};
const with_ = (files: Files, path: string, bytes: Uint8Array | string | undefined): Files => {
  const changed = new Map(files);
  if (bytes === undefined) changed.delete(path);
  else changed.set(path, Buffer.from(bytes));
  return changed;
};
const whole = publicLog(600);

test.each([0, 1, 2, 255, 256, 257, 511, 512, 513, 600])('a tree of %i releases verifies', async (size) => {
  expect(await verify(publicLog(size))).toMatchObject({
    size,
    releases: size,
    documents: size,
    proofs: size,
    checked: 'all',
    freshness: 'fresh',
  });
});

test('a tree of a level more verifies: 65,537 entries, all of one document', async () => {
  const [bytes, one] = [documentText(1), 'osv/npm/x_1.json'];
  const entryOf = (seq: number) => canonical({ seq, id: 'X', version: seq, documents: [{ path: one, sha256: sha256(bytes) }] });
  const files = publicLog(65_537, { entryOf, documentOf: () => bytes });
  expect(await verify(files)).toMatchObject({ size: 65_537, documents: 1, proofs: 1 });
  expect(await verify(with_(files, 'tile/1/000', files.get('tile/0/000')!))).toMatchObject({ code: 'untrusted' });
});

test('whichever byte of whichever file is altered, it is seen', async () => {
  const files = publicLog(20);
  const paths = [...files.keys()];
  await fc.assert(
    fc.asyncProperty(fc.nat(paths.length - 1), fc.nat(), fc.integer({ min: 1, max: 255 }), async (which, at, flip) => {
      const path = paths[which]!;
      const bytes = Buffer.from(files.get(path)!);
      bytes[at % bytes.length]! ^= flip;
      expect(isRefusal(await verify(with_(files, path, bytes))), path).toBe(true);
    }),
    { numRuns: 400 },
  );
});

test('what is missing is named', async () => {
  for (const path of ['checkpoint', 'tile/0/000', 'tile/0/002.p/88', 'tile/1/000.p/2', 'tile/entries/001', 'osv/npm/x_300.json']) {
    const refused = await verify(with_(whole, path, undefined));
    expect(refused, path).toMatchObject({ refused: true, at: path });
  }
});

test('a partial file that was let go is read from the full one, and a tree of then verifies beside what came after', async () => {
  const then = publicLog(300);
  const files = new Map([...whole, ...['checkpoint', 'freshness'].map((path) => [path, then.get(path)!] as const)]);
  for (const [path, bytes] of then) if (path.endsWith('.json')) files.set(path, bytes);
  for (const [path, bytes] of then) if (path.endsWith('.tlog-proof')) files.set(path, bytes);
  files.set('tile/1/000.p/1', then.get('tile/1/000.p/1')!);
  expect(await verify(files)).toMatchObject({ size: 300 });
});

test('a log that was set back, or aside, is found out by who remembers; one that went on is followed', async () => {
  expect(await verify(whole, { remembered: remember(publicLog(257)) })).toMatchObject({ size: 600, continues: 257 });
  expect(await verify(whole, { remembered: remember(whole) })).toMatchObject({ continues: 600 });
  expect(await verify(publicLog(599), { remembered: remember(whole) })).toMatchObject({
    code: 'untrusted',
    because: expect.stringContaining('set back'),
  });
  const other = (n: number, size: number) =>
    publicLog(size, { entryOf: (seq) => (seq === n ? entryText(seq).replace('A flaw', 'No flaw') : entryText(seq)) });
  for (const size of [300, 600])
    expect(await verify(other(7, size), { remembered: remember(publicLog(300)) })).toMatchObject({
      because: expect.stringContaining('two histories'),
    });
  expect(await verify(other(301, 600), { remembered: remember(publicLog(300)) })).toMatchObject({ continues: 300 });
  expect(await verify(publicLog(9, { signer: makeSigner('other.example') }), { remembered: remember(whole) })).toMatchObject({
    code: 'untrusted',
  });
});

test('from tiles alone: a follower sees a fork without a single document', async () => {
  const read = readerOf(new Map([...whole].filter(([path]) => path.startsWith('tile/') && !path.startsWith('tile/entries/'))));
  const head = { ...remember(whole), root: Buffer.from(remember(whole).root, 'base64'), note: '', cosignatures: [] };
  const tree = await treeOf(read, head);
  for (let size = 1; size <= 600; size += 37) expect((await tree.rootAt(size)).toString('base64')).toBe(remember(publicLog(size)).root);
});

test('a real log of others, read by tiles: every one of its roots', async ({ skip }) => {
  const folder = 'crypto-transparency-vectors/tlog-tiles-log';
  const checkpoint = referenceText(`${folder}/checkpoint`);
  if (checkpoint === undefined) return skip();
  const head = { ...parseTreeHead(parseNote(checkpoint)!.text)!, note: checkpoint, cosignatures: [] };
  const read: Read = async (path) => {
    const text = referenceText(`${folder}/${path}`, 'latin1');
    return text === undefined ? refuse('not_found', '', path) : Buffer.from(text, 'latin1');
  };
  const tree = await treeOf(read, head);
  for (let size = 0; size <= head.size; size++) {
    const { root } = parseTreeHead(parseNote(referenceText(`${folder}/checkpoint.${size}`)!)!.text)!;
    expect((await tree.rootAt(size)).equals(root)).toBe(true);
  }
  expect((await tree.entries(0)).slice(0, 3)).toEqual(['one', 'two', 'three']);
});

test('a stranger\u2019s key, a forged line, another log\u2019s name', async () => {
  const of = (signer = logSigner): Trust => ({ ...trust, policy: policyOf(0, [witnessSigner], signer) });
  expect(await verify(whole, { trust: of(makeSigner('hub.example/releases')) })).toMatchObject({
    because: expect.stringContaining('not signed'),
  });
  expect(await verify(whole, { trust: of(makeSigner('other.example')) })).toMatchObject({
    because: expect.stringContaining('is of the log'),
  });
  const note = Buffer.from(whole.get('checkpoint')!).toString();
  const forged = cosign(witnessSigner, 'another text\n', 1);
  expect(await verify(with_(whole, 'checkpoint', note + forged))).toMatchObject({
    because: expect.stringContaining('witness.example does not verify'),
  });
});

test('so many witnesses as were asked for', async () => {
  const [a, b, c] = [makeSigner('a'), makeSigner('b'), makeSigner('c')];
  const asked = (quorum: number): Trust => ({ ...trust, policy: policyOf(quorum, [a, b, c]) });
  const files = publicLog(3, { witnesses: [a, c, makeSigner('b')] });
  expect(await verify(files, { trust: asked(2) })).toMatchObject({ cosignatures: [{ name: 'a', at: now }, { name: 'c' }] });
  expect(await verify(files, { trust: asked(3) })).toMatchObject({
    code: 'unavailable',
    because: expect.stringContaining('could not tell'),
  });
  const ahead = publicLog(3, { witnesses: [a], at: plusMs(now, limits.clockSkewMs + 1000) });
  expect(await verify(ahead, { trust: asked(1) })).toMatchObject({ code: 'unavailable' });
});

test('a tree that is kept as it was is found out: by the log\u2019s own word, by the witnesses, and by the age one asks for', async () => {
  const later = (ms: number, maxAgeMs: number | null = null, quorum = 0): Trust => ({
    policy: policyOf(quorum),
    now: plusMs(now, ms),
    maxAgeMs,
  });
  const files = publicLog(3, { witnesses: [witnessSigner] });
  expect(await verify(files, { trust: later(limits.freshDays * day - 1) })).toMatchObject({ freshness: 'fresh' });
  expect(await verify(files, { trust: later(limits.freshDays * day) })).toMatchObject({ code: 'expired' });
  expect(await verify(files, { trust: later(hour, hour, 1) })).toMatchObject({ freshness: 'fresh' });
  expect(await verify(files, { trust: later(hour + 1000, hour, 1) })).toMatchObject({ code: 'expired' });
  const silent = with_(files, 'freshness', undefined);
  expect(await verify(silent, { trust: later(hour, 2 * hour, 1) })).toMatchObject({ freshness: 'fresh' });
  expect(await verify(silent, { trust: later(3 * hour, 2 * hour, 1) })).toMatchObject({ code: 'expired' });
  expect(await verify(publicLog(3, { isFresh: false }), { trust: later(0) })).toMatchObject({ freshness: 'could-not-tell' });
  expect(await verify(publicLog(3, { isFresh: false }), { trust: later(0, hour) })).toMatchObject({ code: 'unavailable' });
});

test('a checkpoint of yesterday beside the log\u2019s word of today is a rollback', async () => {
  const files = with_(publicLog(3), 'freshness', publicLog(4).get('freshness')!);
  expect(await verify(files)).toMatchObject({ code: 'untrusted', because: expect.stringContaining('an old one') });
});

test('a later version takes the place; the earlier one is still in the log', async () => {
  const one = 'osv/npm/x_1.json';
  const entryOf = (seq: number) => canonical({ seq, id: 'X', version: seq, documents: [{ path: one, sha256: sha256(documentText(seq)) }] });
  const files = publicLog(300, { entryOf });
  expect(await verify(files)).toMatchObject({ documents: 1, proofs: 1 });
  expect(await verify(files, { document: sha256(documentText(7)) })).toMatchObject({ document: { id: 'X', version: 7, isReplaced: true } });
  expect(await verify(files, { document: sha256(documentText(300)) })).toMatchObject({ document: { isReplaced: false } });
  expect(await verify(files, { document: sha256('another') })).toMatchObject({ code: 'untrusted' });
  expect(await verify(with_(files, one, documentText(299)))).toMatchObject({ code: 'untrusted', at: one });
});

test('a sample looks at the newest always, at others by chance, and a replaced document of one is told by its proof', async () => {
  const sample = { releases: 1, chance: () => 0 };
  expect(await verify(whole, { sample })).toMatchObject({ checked: 'a sample', releases: 88 });
  expect(await verify(whole, { sample: { ...sample, releases: 257 } })).toMatchObject({ releases: 88 + 256 });
  expect(await verify(with_(whole, 'osv/npm/x_600.json', 'x'), { sample })).toMatchObject({ code: 'untrusted' });
  expect(await verify(with_(whole, 'osv/npm/x_1.json', 'x'), { sample })).toMatchObject({ size: 600 });
  const entryOf = (seq: number) =>
    seq <= 512
      ? entryText(seq)
      : entryText(seq)
          .replace(/x_\d+/, `x_${seq - 512}`)
          .replace(/BW-2026-\d+/, `BW-2026-${seq - 512}`);
  const replaced = publicLog(600, { entryOf });
  expect(await verify(replaced, { sample: { releases: 600, chance: () => 0 } })).toMatchObject({ releases: 600 });
  expect(await verify(replaced, { sample, document: sha256('nowhere') })).toMatchObject({ code: 'unavailable' });
});

test('one document with its proof, offline; any byte of either altered, and it is none', async () => {
  const files = publicLog(300, { witnesses: [witnessSigner] });
  const [document, proof] = ['osv/npm/x_77.json', 'osv/npm/x_77.json.tlog-proof'].map((path) => Buffer.from(files.get(path)!)) as [
    Buffer,
    Buffer,
  ];
  const asked: Trust = { ...trust, policy: policyOf(1) };
  expect(insist(await verifyDocument(document, proof.toString(), asked))).toEqual({
    path: 'osv/npm/x_77.json',
    id: 'BW-2026-77',
    version: 1,
    size: 300,
  });
  await fc.assert(
    fc.asyncProperty(fc.boolean(), fc.nat(), fc.integer({ min: 1, max: 127 }), async (ofDocument, at, flip) => {
      const [d, p] = [Buffer.from(document), Buffer.from(proof)];
      const bytes = ofDocument ? d : p;
      bytes[at % bytes.length]! ^= flip;
      expect(isRefusal(await verifyDocument(d, p.toString('latin1'), asked))).toBe(true);
    }),
  );
});

test.each([
  '/etc/passwd',
  '../x',
  'a/../b',
  'a//b',
  '.git/config',
  'a/.x',
  '',
  'a/',
  'a\\b',
  'C:',
  'a\u0000',
  'é',
  'a. ',
  'x'.repeat(257),
  `${'a/'.repeat(512)}a`,
])('a log that names %j is not believed', async (path) => {
  expect(isPlainPath(path)).toBe(false);
  const entryOf = (seq: number) => canonical({ seq, id: 'X', version: 1, documents: [{ path, sha256: sha256(documentText(seq)) }] });
  expect(await verify(publicLog(1, { entryOf }))).toMatchObject({ code: 'untrusted', because: expect.stringContaining('leads elsewhere') });
});

test('paths that releases have are plain; a path, a file, a checkpoint and a proof have their limits', async () => {
  for (const path of ['osv/Rocky Linux/x_BW-1.json', 'osv/Debian:12/x.json', 'csaf/white/2026/bw-2026-0001.json', 'vex/2026/a+b~c@d.json'])
    expect(isPlainPath(path), path).toBe(true);
  const long = (n: number) => `${'a/'.repeat(400)}${'b'.repeat(n - 800)}`;
  expect([isPlainPath(long(limits.publicPathChars)), isPlainPath(long(limits.publicPathChars + 1))]).toEqual([true, false]);
  for (const [path, most] of [
    ['checkpoint', limits.checkpointBytes],
    ['osv/npm/x_1.json.tlog-proof', limits.proofBytes],
    ['osv/npm/x_1.json', limits.publicFileBytes],
  ] as const) {
    expect(await verify(with_(whole, path, Buffer.alloc(most + 1)))).toMatchObject({ code: 'too_large' });
    expect(await verify(with_(whole, path, Buffer.alloc(most)))).toMatchObject({ code: 'untrusted' });
  }
});
