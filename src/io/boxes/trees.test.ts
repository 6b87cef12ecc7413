import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { limits } from '../../base/limits.ts';
import { insist, isRefusal } from '../../base/refusal.ts';
import { treeBounds, treeStore } from './trees.ts';

const dir = mkdtempSync(join(tmpdir(), 'trees-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));
let made = 0;
const fresh = () => {
  const at = join(dir, `from-${made++}`);
  mkdirSync(at);
  return at;
};
const codeOf = (value: unknown) => (isRefusal(value) ? value.code : 'kept');
const small = treeStore(join(dir, 'store'), { files: 3, fileBytes: 10, bytes: 15, depth: 2 });

test('the bounds are those of the house', () => {
  expect(treeBounds).toEqual({
    files: limits.treeFiles,
    fileBytes: limits.treeFileBytes,
    bytes: limits.treeBytes,
    depth: limits.treeDepth,
  });
});

test('as many files as allowed, and one more', async () => {
  const from = fresh();
  for (const name of ['a', 'b', 'c']) writeFileSync(join(from, name), '');
  expect(codeOf(await small.add(from))).toBe('kept');
  writeFileSync(join(from, 'd'), '');
  expect(codeOf(await small.add(from))).toBe('too_many');
});

test('a file and a tree as large as allowed, and one byte more', async () => {
  const from = fresh();
  writeFileSync(join(from, 'a'), 'x'.repeat(10));
  writeFileSync(join(from, 'b'), 'x'.repeat(5));
  expect(codeOf(await small.add(from))).toBe('kept');
  writeFileSync(join(from, 'b'), 'x'.repeat(6));
  expect(codeOf(await small.add(from))).toBe('too_large');
  writeFileSync(join(from, 'b'), '');
  writeFileSync(join(from, 'a'), 'x'.repeat(11));
  expect(codeOf(await small.add(from))).toBe('too_large');
});

test('as deep as allowed, and one deeper', async () => {
  const from = fresh();
  mkdirSync(join(from, 'a', 'b'), { recursive: true });
  expect(codeOf(await small.add(from))).toBe('kept');
  mkdirSync(join(from, 'a', 'b', 'c'));
  expect(codeOf(await small.add(from))).toBe('too_large');
});

test('a file is shown up to the limit', async () => {
  const trees = treeStore(join(dir, 'store'));
  const from = fresh();
  for (const [name, bytes] of [
    ['fits', limits.reportFileBytes],
    ['not', limits.reportFileBytes + 1],
  ] as const) {
    writeFileSync(join(from, name), '');
    truncateSync(join(from, name), bytes);
  }
  const tree = insist(await trees.add(from));
  expect(insist(await trees.read(tree, 'fits')).length).toBe(limits.reportFileBytes);
  expect(codeOf(await trees.read(tree, 'not'))).toBe('too_large');
});
