import { expect, test } from 'vitest';
import { kinship } from './weakness.ts';

test.each([
  ['CWE-787', 'CWE-787', 'same'],
  ['CWE-122', 'CWE-787', 'kin'],
  ['CWE-119', 'CWE-122', 'kin'],
  ['CWE-787', 'CWE-125', 'other'],
  ['CWE-787', 'CWE-664', 'other'],
  ['CWE-787', 'CWE-79', 'other'],
  ['CWE-99999', 'CWE-99998', 'other'],
] as const)('%s and %s: %s', (a, b, how) => {
  expect(kinship(a, b)).toBe(how);
  expect(kinship(b, a)).toBe(how);
});
