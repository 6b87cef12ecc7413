import { expect, test } from 'vitest';
import { traffic } from './traffic.ts';

test('work gives way while something is handed in, in proportion to itself, and never altogether', async () => {
  const { enter, giveWay } = traffic();
  const waits = async (workedMs: number) => {
    let waited = true;
    const done = giveWay(workedMs).then(() => (waited = false));
    await new Promise((resolve) => setImmediate(resolve));
    const before = waited;
    await done;
    return before;
  };
  expect(await waits(20)).toBe(false);
  const [one, two] = [enter(), enter()];
  expect(await waits(20)).toBe(true);
  one();
  one();
  expect(await waits(20)).toBe(true);
  two();
  expect(await waits(20)).toBe(false);
});
