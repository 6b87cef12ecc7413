import { expect, test } from 'vitest';
import { instantOf } from './hour.tsx';

test('a day and hour are read where the browser is; what is none goes out as it is, for the hub to refuse', () => {
  const given = '2026-12-01T09:30';
  expect(instantOf(given)).toBe(new Date(2026, 11, 1, 9, 30).toISOString());
  expect([instantOf('tomorrow'), instantOf(''), instantOf(undefined)]).toEqual(['tomorrow', '', undefined]);
});
