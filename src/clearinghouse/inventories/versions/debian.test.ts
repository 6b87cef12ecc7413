import { expect, test } from 'vitest';
import { debian } from './debian.ts';

test.each([
  // deb-version(7), "Sorting algorithm", and its example of the tilde.
  ['~~', '<', '~~a'],
  ['1~~a', '<', '1~'],
  ['1~', '<', '1'],
  ['1', '<', '1a'],
  ['1a', '<', '1+'],
  ['1.0~beta1~svc2', '<', '1.0~beta1'],
  ['1.0~beta1', '<', '1.0'],
  ['1.9', '<', '1.10'],
  ['9.9', '<', '1:0'],
  ['1.0', '=', '0:1.0-0'],
  ['1.0-1', '<', '1.0-1+deb12u1'],
  ['1.0-1+deb12u9', '<', '1.0-1+deb12u10'],
  ['1.0-1~bpo12+1', '<', '1.0-1'],
  ['1.0-rc-1', '>', '1.0-1'],
  ['001.02', '=', '1.2'],
  ['20261121000000000001', '<', '20261121000000000002'],
])('%s %s %s, and the other way round', (a, order, b) => {
  // A version may not begin with a tilde for dpkg's packages, but its order is defined.
  const sign = { '<': -1, '>': 1, '=': 0 }[order]!;
  expect([Math.sign(debian(a, b)!), Math.sign(debian(b, a)!)]).toEqual([sign, sign === 0 ? 0 : -sign]);
});

test.each(['', ':1', 'a:1', '1:', '1.0-', '-1', '1_0', '1 0', '1.0-1:2', '99999999999:1', '1.0\n'])('%j is not a version', (text) => {
  expect(debian(text, '1')).toBeUndefined();
});
