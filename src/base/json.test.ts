import { expect, test } from 'vitest';
import { hasMoreValues } from './json.ts';

test.each([
  ['[]', 1],
  ['{}', 1],
  ['[1,2]', 3],
  ['{"a":{"b":[1,"x"]}}', 4],
  ['["[,{\\"[,{\\\\",2]', 3],
])('%s has no more than %i, counted from its punctuation', (text, most) => {
  const padded = text + ' '.repeat(8);
  expect(hasMoreValues(padded, most + 1)).toBe(false);
  expect(hasMoreValues(padded, most - 1)).toBe(true);
});

test('what is shorter than the limit is not even looked at', () => {
  expect(hasMoreValues('[[[[', 4)).toBe(false);
  expect(hasMoreValues('[[[[', 3)).toBe(true);
});
