import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { sweep, withFresh } from './fresh.ts';
import { startOf } from './slots.ts';

const dir = mkdtempSync(join(tmpdir(), 'fresh-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

test('a directory lasts as long as its use, also when that fails', async () => {
  await withFresh(dir, async (at) => expect(readdirSync(dir).map((name) => join(dir, name))).toEqual([at]));
  await expect(withFresh(dir, () => Promise.reject(new Error('x')))).rejects.toThrow('x');
  expect(readdirSync(dir)).toEqual([]);
});

test('what a killed process left is swept; what is in use, or somebody else’s, stays', async () => {
  const mine = `.new-${process.pid}-${startOf(process.pid)}-abc`;
  const dead = [`.new-${process.pid}-1-abc`, '.new-4194304-99-abc', '.new-12-0'];
  for (const name of [mine, 'tree_x', ...dead]) mkdirSync(join(dir, name));
  await sweep(dir);
  expect(readdirSync(dir)).toHaveLength(5);
  await sweep(dir, 0);
  expect(readdirSync(dir).sort()).toEqual([mine, 'tree_x']);
});
