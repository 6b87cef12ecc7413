import { expect, test } from 'vitest';
import { limits } from '../../base/limits.ts';
import { blindBecause, compareSight, readSight } from './sight.ts';

const read = (text: string) => readSight({ end: 'exited', exit: 0, stdout: Buffer.from(text) })!;
const before = read('1 0 40 parse\n1 0 30 print\n0 0 5 version\n0 1 90 __asan_memcpy\n0 0 3 __asan_default_options\n');
const because = (after: string) => blindBecause(compareSight(before, read(after)));
const runtime = '0 1 90 __asan_memcpy\n0 0 3 __asan_default_options\n';

test('a function that is watched as before, that is gone, or that touches no memory, is no matter', () => {
  expect(because(`1 0 44 parse\n0 0 9 print\n1 0 10 skip\n${runtime}`)).toBeUndefined();
});

test.each([
  [`0 1 40 parse\n1 0 30 print\n${runtime}`, /does not watch.*parse/],
  [`1 0 40 parse\n1 0 30 print\n0 1 20 parse_unseen\n${runtime}`, /does not watch.*parse_unseen/],
  ['1 0 40 parse\n0 1 90 __asan_memcpy\n0 0 4 __asan_default_options\n', /its own __asan_default_options/],
  ['', /names none of its functions/],
])('%#: silence says nothing', (after, expected) => expect(because(after)).toMatch(expected));

test('what could not be taken apart could not be told; what never was watched is not missed', () => {
  expect(compareSight(before, readSight({ end: 'output-limit', exit: null, stdout: Buffer.alloc(0) }))).toMatchObject({
    failure: expect.stringMatching(/taken apart/),
  });
  expect(blindBecause(compareSight(read('0 1 9 f\n'), read('0 1 9 f\n0 1 2 g\n')))).toBeUndefined();
  expect(limits.sightBytes).toBeGreaterThan(1024 * 1024);
});
