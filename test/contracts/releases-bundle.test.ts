import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { applyBundle, makeBundle } from '../../src/app/bundling.ts';
import { mirrorIn } from '../../src/app/mirror.ts';
import { sha256 } from '../../src/base/canonical.ts';
import { day, plusMs } from '../../src/base/instant.ts';
import { limits } from '../../src/base/limits.ts';
import { insist } from '../../src/base/refusal.ts';
import { tarEnd, tarHeader, tarPadding } from '../../src/clearinghouse/releases/bundles/tar.ts';
import type { Trust } from '../../src/clearinghouse/releases/verifying/head.ts';
import { verifyTree } from '../../src/clearinghouse/releases/verifying/verify.ts';
import { makeSigner, now, policyOf, publicLog, witnessSigner } from '../equipment/public-log.ts';

// A site without a network: files come in by hand, and nothing else.
const root = mkdtempSync(join(tmpdir(), 'bw-bundle-'));
const trust: Trust = { policy: policyOf(1), now, maxAgeMs: null };
const whole = { sample: undefined, document: undefined, remembered: undefined };
let n = 0;
let dir = '';
const at = (name: string) => join(dir, name);
const source = (size: number, more: Parameters<typeof publicLog>[1] = {}) => {
  const to = at(`source-${size}-${++n}`);
  for (const [path, bytes] of publicLog(size, { witnesses: [witnessSigner], ...more })) {
    mkdirSync(dirname(join(to, path)), { recursive: true });
    writeFileSync(join(to, path), bytes);
  }
  return to;
};
const bundleOf = async (size: number, since?: Parameters<typeof makeBundle>[1], more?: Parameters<typeof source>[1]) => {
  const to = at(`${size}-${++n}.tar.gz`);
  insist(await makeBundle(mirrorIn(source(size, more)), since, to, trust));
  return to;
};
const state = (of: string) =>
  (existsSync(of)
    ? readdirSync(of, { recursive: true, withFileTypes: true })
        .filter((e) => e.isFile())
        .map((e) => join(e.parentPath, e.name))
        .sort()
    : []
  ).map((path) => `${path.slice(of.length)} ${sha256(readFileSync(path))}`);

beforeEach(() => {
  dir = mkdtempSync(join(root, 't-'));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

test('whole, then what was released since: the mirror verifies after each, and holds what the source holds', async () => {
  const mirror = at('mirror');
  const first = await bundleOf(20);
  expect(await applyBundle(first, mirror, trust)).toMatchObject({ size: 20, base: null });
  expect(await verifyTree(mirrorIn(mirror), { trust, ...whole })).toMatchObject({ size: 20, documents: 20, proofs: 20 });
  const second = await bundleOf(30, { size: 20 });
  expect(readFileSync(second).length).toBeLessThan(readFileSync(await bundleOf(30)).length);
  expect(await applyBundle(second, mirror, trust)).toMatchObject({ size: 30, base: { size: 20 } });
  const third = await bundleOf(300, { file: second });
  expect(await applyBundle(third, mirror, trust)).toMatchObject({ size: 300, base: { size: 30 } });
  expect(await verifyTree(mirrorIn(mirror), { trust, ...whole })).toMatchObject({ size: 300, documents: 300, proofs: 300 });
  expect(readdirSync(dir).filter((name) => /incoming|outgoing|new/.test(name))).toEqual([]);
});

test('the same tree gives the same bytes, whoever packs it', async () => {
  const of = source(5);
  for (const name of ['a', 'b']) insist(await makeBundle(mirrorIn(of), undefined, at(name), trust));
  expect(readFileSync(at('a')).equals(readFileSync(at('b')))).toBe(true);
});

test('refused, and the mirror stays as it was: another base, an older tree, a fork, a stranger\u2019s key, too few witnesses, out of date', async () => {
  const mirror = at('mirror');
  const delta = await bundleOf(30, { size: 20 });
  expect(await applyBundle(delta, mirror, trust)).toMatchObject({ code: 'wrong_state' });
  expect(existsSync(mirror)).toBe(false);
  insist(await applyBundle(await bundleOf(25), mirror, trust));
  const before = state(mirror);
  const fork = { entryOf: (seq: number) => JSON.stringify({ seq, id: 'X', version: 1, documents: [] }) };
  for (const [file, given, code] of [
    [delta, trust, 'wrong_state'],
    [await bundleOf(24), trust, 'untrusted'],
    [await bundleOf(30, undefined, fork), trust, 'untrusted'],
    [await bundleOf(30, { size: 25 }, fork), trust, 'wrong_state'],
    [await bundleOf(30), { ...trust, policy: policyOf(1, [witnessSigner], makeSigner('hub.example/releases')) }, 'untrusted'],
    [await bundleOf(30), { ...trust, policy: policyOf(2, [witnessSigner, makeSigner('w')]) }, 'unavailable'],
    [await bundleOf(30), { ...trust, now: plusMs(now, limits.freshDays * day) }, 'expired'],
    [at('absent'), trust, 'not_found'],
  ] as const)
    expect(await applyBundle(file, mirror, given), `${file} ${code}`).toMatchObject({ code });
  expect(state(mirror)).toEqual(before);
  insist(await applyBundle(await bundleOf(30, { size: 25 }), mirror, trust));
});

test('a source without the log\u2019s word on freshness makes no bundle', async () => {
  expect(await makeBundle(mirrorIn(source(3, { isFresh: false })), undefined, at('x'), trust)).toMatchObject({ code: 'not_found' });
  expect(await makeBundle(mirrorIn(source(3)), { size: 4 }, at('x'), trust)).toMatchObject({ code: 'stale' });
  expect(existsSync(at('x'))).toBe(false);
});

test('whatever is altered, added, left out or cut off, nothing is written', async () => {
  const good = gunzipSync(readFileSync(await bundleOf(3)));
  const mirror = at('mirror');
  const hostile = at('hostile.tar.gz');
  const added = (path: string, text: string) =>
    Buffer.concat([good.subarray(0, -1024), tarHeader(path, text.length), Buffer.from(text), tarPadding(text.length), tarEnd]);
  const cases: Buffer[] = [
    gzipSync(added('index.html', '<script>')),
    gzipSync(added('checkpoint', 'x')),
    gzipSync(added('checkpoint/x', 'x')),
    gzipSync(added('osv', 'x')),
    gzipSync(added('../escaped', 'x')),
    gzipSync(added('tile/0/001', 'x')),
    gzipSync(good.subarray(0, good.length - 2048)),
    gzipSync(good.subarray(1024)),
    gzipSync(good).subarray(0, -20),
    good,
    Buffer.alloc(0),
  ];
  for (let i = 0; i < 40; i++) {
    const bytes = Buffer.from(good);
    // Inside contents or headers, anywhere but in the padding.
    const at = (Math.floor((bytes.length - 1024) / 40) * i) & ~511;
    bytes[at]! ^= 1;
    cases.push(gzipSync(bytes));
  }
  for (const [i, bytes] of cases.entries()) {
    writeFileSync(hostile, bytes);
    expect(await applyBundle(hostile, mirror, trust), `case ${i}`).toMatchObject({ refused: true });
    expect(existsSync(mirror)).toBe(false);
    expect(existsSync(at('escaped'))).toBe(false);
  }
});

test('a death between the two names of the mirror: the next bundle finds the old one in its place', async () => {
  const mirror = at('mirror');
  insist(await applyBundle(await bundleOf(3), mirror, trust));
  renameSync(mirror, `${mirror}.outgoing`);
  mkdirSync(`${mirror}.incoming`);
  expect(await applyBundle(await bundleOf(5, { size: 3 }), mirror, trust)).toMatchObject({ size: 5 });
  expect(await verifyTree(mirrorIn(mirror), { trust, ...whole })).toMatchObject({ size: 5 });
  expect(readdirSync(dir).filter((name) => /incoming|outgoing/.test(name))).toEqual([]);
});
