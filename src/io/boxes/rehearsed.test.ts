import { expect, test } from 'vitest';
import type { BoxSpec } from '../../base/doors.ts';
import { rehearsedBox, uneventful } from './rehearsed.ts';

test('a rehearsed box answers from its script and remembers builds', async () => {
  const box = rehearsedBox((spec) => ({ ...uneventful, exit: spec.argv.length }));
  const limits = { wallMs: 1, cpuSec: 1, memoryBytes: 1, pids: 1, cpus: 1, fileBytes: 1, openFiles: 1, tmpBytes: 1, outputBytes: 1 };
  const spec: BoxSpec = { argv: ['a', 'b'], cwd: '/', env: {}, trees: [], files: [], profile: 'poc', limits };
  expect(await box.run(spec)).toMatchObject({ end: 'exited', exit: 2 });
  await box.remember('k', `tree_${'1'.repeat(64)}`);
  expect(await box.cached('k')).toBe(`tree_${'1'.repeat(64)}`);
});
