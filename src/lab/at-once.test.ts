import { expect, test } from 'vitest';
import { limits } from '../base/limits.ts';
import { atOnce } from './at-once.ts';

const soon = (ticks: number) => new Promise<void>((done) => (ticks === 0 ? done() : setImmediate(() => soon(ticks - 1).then(done))));

test('results stand in the order of the items, and never more are under way than allowed', async () => {
  let [underWay, most] = [0, 0];
  const seen = await atOnce([5, 1, 3, 0, 2, 4], limits.boxesAtOnce, async (ticks, index) => {
    most = Math.max(most, ++underWay);
    await soon(ticks);
    underWay--;
    return `${index}:${ticks}`;
  });
  expect(seen).toEqual(['0:5', '1:1', '2:3', '3:0', '4:2', '5:4']);
  expect(most).toBe(limits.boxesAtOnce);
});

test('after a failure none is begun, and it fails only when those under way have ended', async () => {
  const begun: number[] = [];
  let ended = false;
  const work = async (n: number) => {
    begun.push(n);
    if (n === 1) throw new Error('the first');
    await soon(5);
    ended = true;
  };
  await expect(atOnce([0, 1, 2, 3], 2, work)).rejects.toThrow('the first');
  expect([begun, ended]).toEqual([[0, 1], true]);
});
