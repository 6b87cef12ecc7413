import { expect, test } from 'vitest';
import type { Source } from '../../base/doors.ts';
import { limits } from '../../base/limits.ts';
import { refuse } from '../../base/refusal.ts';
import { between, inOrder } from './history.ts';

const npm = (version: string) => ({ kind: 'npm', package: 'p', version }) as const;
const byNumber = (_type: string, a: string, b: string) =>
  Number.isNaN(Number(a)) || Number.isNaN(Number(b)) ? refuse('malformed', 'no version') : Number(a) - Number(b);

test('versions come in their order, each once, without what is none; what is pinned takes its place', () => {
  const pinned = { ...npm('2'), integrity: 'sha512-x' };
  const line = inOrder(['10', '9', 'next', '2'].map(npm), [pinned, npm('11')], byNumber);
  expect(line).toEqual([pinned, npm('9'), npm('10'), npm('11')]);
});

test('a part of the line holds both its ends, and only in this order', () => {
  const line = ['1', '2', '3', '4'].map(npm);
  expect(between(line, npm('2'), npm('3'))).toEqual([npm('2'), npm('3')]);
  expect(between(line, npm('2'), npm('2'))).toEqual([npm('2')]);
  expect(between(line, npm('3'), npm('2'))).toMatchObject({ code: 'conflict' });
  expect(between(line, npm('2'), npm('7'))).toMatchObject({ code: 'not_found', at: 'until' });
});

test('a line has a length, at which it is taken and beyond which it is not', () => {
  const line: Source[] = Array.from({ length: limits.historyPoints + 1 }, (_, i) => npm(String(i)));
  const [first, last] = [line[0]!, line.at(-1)!];
  expect(between(line.slice(1), first, undefined)).toHaveLength(limits.historyPoints);
  expect(between(line, first, undefined)).toMatchObject({ code: 'too_many' });
  expect(between(line, first, last)).toMatchObject({ code: 'too_many' });
  expect(between(line, first, line.at(-2))).toHaveLength(limits.historyPoints);
});
