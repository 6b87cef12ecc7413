import { expect, test } from 'vitest';
import { sharedFlushes } from './flush.ts';

/** Flushes that end when they are told to. */
function byHand() {
  const begun: { thing: string; end: () => void; fail: () => void }[] = [];
  const flush = sharedFlushes((thing) => new Promise((end, no) => begun.push({ thing, end, fail: () => no(new Error('disk')) })));
  return { begun, flush };
}
const turn = () => new Promise((done) => setImmediate(done));

test('whoever asks while a flush runs waits for the next, all of them for the same', async () => {
  const { begun, flush } = byHand();
  const ended: string[] = [];
  const first = flush('a').then(() => ended.push('first'));
  const late = ['second', 'third'].map((name) => flush('a').then(() => ended.push(name)));
  expect(begun).toHaveLength(1);
  begun[0]!.end();
  await first;
  await turn();
  expect([ended, begun.length]).toEqual([['first'], 2]);
  const later = flush('a').then(() => ended.push('fourth'));
  begun[1]!.end();
  await Promise.all(late);
  await turn();
  expect([ended.length, begun.length]).toEqual([3, 3]);
  begun[2]!.end();
  await later;
});

test('two things do not wait for one another', async () => {
  const { begun, flush } = byHand();
  const both = [flush('a'), flush('b')];
  expect(begun.map((f) => f.thing)).toEqual(['a', 'b']);
  begun[1]!.end();
  await both[1];
  begun[0]!.end();
  await both[0];
});

test('one that fails fails for all who waited for it, and the next is tried', async () => {
  const { begun, flush } = byHand();
  const first = flush('a');
  const second = flush('a');
  begun[0]!.fail();
  await expect(first).rejects.toThrow('disk');
  await turn();
  begun[1]!.end();
  await second;
  const third = flush('a');
  begun[2]!.end();
  await third;
});
