import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { zipOf } from '../../../../test/equipment/zip.ts';
import { limits } from '../../../base/limits.ts';
import { insist, isRefusal } from '../../../base/refusal.ts';
import { readEntry, readZip } from './zip.ts';

const text = (of: string) => Buffer.from(of);
const named = (name: string) => zipOf([{ name, bytes: text('x') }]);

test('stored, deflated, and written by a stream', () => {
  const files = [
    { name: 'a', bytes: text('a'.repeat(500)) },
    { name: 'b/', bytes: text(''), stored: true },
    { name: 'b/c', bytes: text('c'), stored: true },
    { name: 'b/d', bytes: text('d'.repeat(900)), describedAfter: true },
  ];
  const read = insist(readZip(zipOf(files)));
  expect(read.map((f) => [f.name, Buffer.from(f.bytes).toString()])).toEqual(
    files.filter((f) => f.name !== 'b/').map((f) => [f.name, f.bytes.toString()]),
  );
});

test('archives that others wrote', () => {
  const dir = mkdtempSync(join(tmpdir(), 'bw-zip-'));
  const script = `
import sys, zipfile
with zipfile.ZipFile(sys.argv[1], 'w', zipfile.ZIP_DEFLATED) as z:
    z.writestr('povs/one', 'x' * 10000)
    with z.open('povs/two', 'w', force_zip64=True) as f: f.write(b'y' * 10000)
class Pipe:
    def __init__(self, f): self.f = f
    def write(self, b): return self.f.write(b)
    def flush(self): self.f.flush()
with open(sys.argv[2], 'wb') as f, zipfile.ZipFile(Pipe(f), 'w', zipfile.ZIP_DEFLATED) as z:
    z.writestr('povs/one', 'x' * 10000)
`;
  writeFileSync(join(dir, 'w.py'), script);
  const ran = spawnSync('python3', [join(dir, 'w.py'), join(dir, 'seekable.zip'), join(dir, 'piped.zip')]);
  if (ran.status !== 0) {
    process.stderr.write('skipped: no python3 to write archives with\n');
    return;
  }
  const read = (name: string) => insist(readZip(readFileSync(join(dir, name)))).map((f) => [f.name, f.bytes.length]);
  expect(read('seekable.zip')).toEqual([
    ['povs/one', 10_000],
    ['povs/two', 10_000],
  ]);
  expect(read('piped.zip')).toEqual([['povs/one', 10_000]]);
  rmSync(dir, { recursive: true });
});

test('bombs, tricks and damage are refused', () => {
  const bomb = zipOf([{ name: 'bomb', bytes: Buffer.alloc(limits.zipBytes) }]);
  expect(readZip(bomb)).toMatchObject({ code: 'too_large' });
  expect(readZip(zipOf([{ name: 'bomb', bytes: Buffer.alloc(limits.zipBytes), describedAfter: true }]))).toMatchObject({
    code: 'too_large',
  });
  for (const name of ['../x', 'a/../../x', '/x', 'c:/x', 'a\\b', 'a\u0000', 'a\u202eb', '..'])
    expect(readZip(named(name))).toMatchObject({ code: 'malformed' });
  expect(readZip(zipOf([{ name: 'x', bytes: text('x'), flags: 1 }]))).toMatchObject({ code: 'unsupported' });
  expect(readZip(zipOf([{ name: 'x', bytes: text('x'), crc: 1 }]))).toMatchObject({ code: 'malformed' });
  const whole = zipOf([{ name: 'x', bytes: text('x'.repeat(100)), describedAfter: true }]);
  for (let cut = 4; cut < whole.length; cut++) {
    const read = readZip(whole.subarray(0, cut));
    // What is cut off the directory at the end is not missed: it is not read.
    expect(isRefusal(read) || read.length === 1).toBe(true);
  }
});

test('an entry whose end has not come yet is waited for', () => {
  for (const describedAfter of [false, true]) {
    const bytes = zipOf([{ name: 'x', bytes: text('hello'.repeat(50)), describedAfter }]);
    const results = Array.from({ length: bytes.length }, (_, cut) => readEntry(bytes.subarray(0, cut), 0, false, 1000));
    const first = results.findIndex((r) => r !== 'more');
    expect(first).toBeGreaterThan(40);
    expect(results[first]).toMatchObject({ entry: { name: 'x' } });
  }
});

test('limits: so many files, so much in all, so far inflated, and no more', () => {
  const many = (n: number) => zipOf(Array.from({ length: n }, (_, i) => ({ name: `f${i}`, bytes: text('x'), stored: true })));
  expect(insist(readZip(many(limits.zipEntries)))).toHaveLength(limits.zipEntries);
  expect(readZip(many(limits.zipEntries + 1))).toMatchObject({ code: 'too_many' });
  const stored = (bytes: number) =>
    zipOf([
      { name: 'a', bytes: Buffer.alloc(bytes - 1), stored: true },
      { name: 'b', bytes: text('b'), stored: true },
    ]);
  expect(insist(readZip(stored(limits.zipBytes)))).toHaveLength(2);
  expect(readZip(stored(limits.zipBytes + 1))).toMatchObject({ code: 'too_large' });
  // Zeros deflate a thousandfold.
  expect(readZip(zipOf([{ name: 'z', bytes: Buffer.alloc(limits.zipRatio * 1024) }]))).toHaveLength(1);
  expect(readZip(zipOf([{ name: 'z', bytes: Buffer.alloc(limits.zipRatio * 1024 * 3) }]))).toMatchObject({ code: 'too_large' });
});
