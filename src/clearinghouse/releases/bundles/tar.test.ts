import fc from 'fast-check';
import { expect, test } from 'vitest';
import { limits } from '../../../base/limits.ts';
import { isRefusal } from '../../../base/refusal.ts';
import { readTar, tarEnd, tarHeader, tarPadding } from './tar.ts';

const bounds: { files: number; bytes: number; fileBytes: number } = {
  files: limits.bundleFiles,
  bytes: limits.bundleBytes,
  fileBytes: limits.publicFileBytes,
};
const packed = (path: string, bytes: Uint8Array) => Buffer.concat([tarHeader(path, bytes.length), bytes, tarPadding(bytes.length)]);
const archive = (...files: [string, string][]) => Buffer.concat([...files.map(([path, text]) => packed(path, Buffer.from(text))), tarEnd]);

async function read(bytes: Uint8Array, within = bounds, piece = 100) {
  const chunks = async function* () {
    for (let at = 0; at < bytes.length; at += piece) yield bytes.subarray(at, at + piece);
  };
  const found: unknown[] = [];
  for await (const one of readTar(chunks(), within)) found.push(isRefusal(one) ? one.code : [one.path, one.bytes.toString()]);
  return found;
}

test('what is packed is read, in pieces of any size', async () => {
  const long = `${'d'.repeat(90)}/${'e'.repeat(60)}/${'f'.repeat(90)}`;
  const files: [string, string][] = [
    ['a', ''],
    ['b/c.json', 'x'.repeat(512)],
    [long, 'y'.repeat(513)],
  ];
  for (const piece of [1, 511, 512, 513, 10_000]) expect(await read(archive(...files), bounds, piece)).toEqual(files);
  expect(() => tarHeader('x'.repeat(101), 0)).toThrow(RangeError);
});

test('each limit is kept: files, a file, all of them', async () => {
  const files = archive(['a', 'xx'], ['b', 'x']);
  expect(await read(files, { ...bounds, files: 2 })).toHaveLength(2);
  expect(await read(files, { ...bounds, files: 1 })).toEqual([['a', 'xx'], 'too_many']);
  expect(await read(files, { ...bounds, fileBytes: 2 })).toHaveLength(2);
  expect(await read(files, { ...bounds, fileBytes: 1 })).toEqual(['too_large']);
  expect(await read(files, { ...bounds, bytes: files.length })).toHaveLength(2);
  expect((await read(files, { ...bounds, bytes: files.length - 1 })).at(-1)).toBe('malformed');
  expect((await read(files, { ...bounds, bytes: 1024 })).at(-1)).toBe('too_large');
});

test.each(['../x', '/etc/passwd', 'a/../b', 'a//b', './a', 'a/', 'a\\b'])('a path that leads elsewhere: %s', async (path) => {
  expect(await read(archive([path, 'x']))).toEqual(['malformed']);
});

test.each(['1', '2', '3', '5', '6', 'x', 'g', 'L', 'S', '7'])('type %s is no plain file', async (type) => {
  const bytes = archive(['a', '']);
  bytes.write(type, 156);
  const sum = bytes.subarray(0, 512).reduce((n, byte, i) => n + (i >= 148 && i < 156 ? 32 : byte), 0);
  bytes.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  expect(await read(bytes)).toEqual(['malformed']);
});

test('a file and a folder of one name', async () => {
  expect(await read(archive(['a', 'x'], ['a/b', 'y']))).toEqual([['a', 'x'], 'malformed']);
  expect(await read(archive(['a/b/c', 'x'], ['a', 'y']))).toEqual([['a/b/c', 'x'], 'malformed']);
});

test('twice the same, cut off, more behind the end', async () => {
  expect(await read(archive(['a', 'x'], ['a', 'y']))).toEqual([['a', 'x'], 'malformed']);
  const whole = archive(['a', 'x']);
  for (const length of [100, 512, 700, 1024, 1536]) expect((await read(whole.subarray(0, length))).at(-1), `${length}`).toBe('malformed');
  expect((await read(Buffer.concat([whole, Buffer.alloc(512)]))).at(-1)).toBe('malformed');
});

test('whatever comes, it is read or refused', async () => {
  const valid = archive(['a/b', 'hello'], ['c', 'world']);
  const altered = fc.array(fc.tuple(fc.nat(valid.length - 1), fc.nat(255)), { maxLength: 8 }).map((changes) => {
    const bytes = Buffer.from(valid);
    for (const [at, byte] of changes) bytes[at] = byte;
    return bytes;
  });
  await fc.assert(
    fc.asyncProperty(fc.oneof(altered, fc.uint8Array({ maxLength: 3000 })), async (bytes) => void (await read(bytes))),
    { numRuns: 500 },
  );
});
