import { expect, test } from 'vitest';
import { zipOf } from '../../test/equipment/zip.ts';
import { limits } from '../base/limits.ts';
import { isRefusal } from '../base/refusal.ts';
import { type BulkEntry, entriesOfLines, entriesOfZip } from './bulk-entries.ts';

async function* inChunks(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
async function all(entries: AsyncIterable<BulkEntry>) {
  const found: (readonly [number, string])[] = [];
  for await (const { n, given } of entries) found.push([n, isRefusal(given) ? given.code : Buffer.from(given).toString()]);
  return found;
}
const mib = Buffer.alloc(1024 * 1024, 'x');

test('lines are numbered as they stand in the file, wherever it is cut into chunks', async () => {
  const text = Buffer.from('{"a":1}\n\n  \r\n{"b":"ü"}\r\n{"c":3}');
  for (let size = 1; size <= text.length; size++)
    expect(await all(entriesOfLines(inChunks(text, size), 5))).toEqual([
      [5, '{"a":1}'],
      [8, '{"b":"ü"}\r'],
      [9, '{"c":3}'],
    ]);
});

test('a line at the limit is read, a longer one is left out, and what follows it is read', async () => {
  const line = (bytes: number) => Buffer.alloc(bytes, 'x');
  const text = Buffer.concat([line(limits.importBytes), Buffer.from('\n'), line(limits.importBytes + 1), Buffer.from('\nlast\n')]);
  const found = await all(entriesOfLines(inChunks(text, 65_536), 1));
  expect(found.map(([n, given]) => [n, given.length > 20 ? given.length : given])).toEqual([
    [1, limits.importBytes],
    [2, 'too_large'],
    [3, 'last'],
  ]);
});

test('a request ends at its limit, with nothing held of a line without an end', async () => {
  let peak = 0;
  async function* endless(bytes: number) {
    for (let sent = 0; sent < bytes; sent += mib.length) {
      peak = Math.max(peak, process.memoryUsage().arrayBuffers);
      yield sent + mib.length > bytes ? mib.subarray(0, bytes - sent) : mib;
    }
  }
  const before = process.memoryUsage().arrayBuffers;
  expect(await all(entriesOfLines(endless(limits.bulkBytes), 1))).toEqual([[1, 'too_large']]);
  const over: BulkEntry[] = [];
  for await (const entry of entriesOfLines(endless(limits.bulkBytes + 1), 1)) over.push(entry);
  expect(over).toMatchObject([
    { n: 1, isLast: true, given: { code: 'too_large', because: expect.stringContaining(String(limits.bulkBytes)) } },
  ]);
  expect(peak - before).toBeLessThan(4 * limits.importBytes);
}, 60_000);

test('an archive is read while it comes, and ends at what cannot be read', async () => {
  const entry = (name: string, text: string, more: object = {}) => ({ name, bytes: Buffer.from(text), ...more });
  const zip = zipOf([
    entry('a.json', '{"a":1}'),
    entry('d/', '', { stored: true }),
    entry('d/b.json', 'b'.repeat(3000), { describedAfter: true }),
  ]);
  for (const size of [1, 7, 64, 10_000])
    expect(await all(entriesOfZip(inChunks(zip, size)))).toEqual([
      [1, '{"a":1}'],
      [3, 'b'.repeat(3000)],
    ]);
  expect((await all(entriesOfZip(inChunks(zip.subarray(0, 60), 7)))).at(-1)![1]).toBe('malformed');
  const bad = zipOf([entry('a', 'x'), entry('b', 'x', { crc: 1 }), entry('c', 'x')]);
  expect(await all(entriesOfZip(inChunks(bad, 10)))).toEqual([
    [1, 'x'],
    [2, 'malformed'],
  ]);
  const bomb = zipOf([{ name: 'a', bytes: Buffer.alloc(limits.importBytes + 1), describedAfter: true }]);
  expect(await all(entriesOfZip(inChunks(bomb, 4096)))).toEqual([[1, 'too_large']]);
  const whole = zipOf([{ name: 'a', bytes: Buffer.alloc(limits.importBytes), describedAfter: true }]);
  expect((await all(entriesOfZip(inChunks(whole, 4096))))[0]![1]).toHaveLength(limits.importBytes);
});
