import { expect, test } from 'vitest';
import { indicatorIn, indicatorNote, isPattern } from './indicator.ts';

test.each([
  "[ipv4-addr:value = '198.51.100.1/32']",
  "[file:hashes.'SHA-256' = 'aec0']",
  "([a:b = 1] AND [a:b = 2]) FOLLOWEDBY [a:c IN ('x', ']')]",
  "[a:b = 'it\\'s ]'] START t'2026-01-01T00:00:00Z' STOP t'2026-02-01T00:00:00Z'",
  '[a:b[*].c > 5.5] REPEATS 5 TIMES WITHIN 1800.5 SECONDS',
  '[EXISTS a:b]',
])('has the form of a pattern: %s', (pattern) => {
  expect(isPattern(pattern)).toBe(true);
  const note = indicatorNote({ text: 'Seen.', pattern });
  expect(indicatorIn(note)).toEqual({ text: 'Seen.', pattern });
  expect(indicatorIn({ ...note, title: 'Something else' })).toBeUndefined();
});

test.each([
  '',
  'alert tcp any any',
  '[a:b = 1',
  "[a:b = '1]",
  ']a = 1[',
  '[]',
  '[a:b = 1] OTHERWISE [a:b = 2]',
  'rule x { condition: true }',
  '()',
])('has not: %s', (pattern) => {
  expect(isPattern(pattern)).toBe(false);
  expect(indicatorIn(indicatorNote({ text: 'Seen.', pattern }))).toBeUndefined();
});

test('words alone stay words', () => {
  expect(indicatorIn(indicatorNote({ text: 'Seen.', pattern: null }))).toBeUndefined();
});
