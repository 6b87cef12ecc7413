import { expect, test } from 'vitest';
import { referenceText } from '../../../test/reference-data.ts';
import { compareDebianVersions, parseDebianVersion } from './debian-version.ts';

function compare(a: string, b: string): string {
  const [x, y] = [parseDebianVersion(a), parseDebianVersion(b)];
  if (!x || !y) throw new Error(`not a Debian version: ${x ? b : a}`);
  const difference = compareDebianVersions(x, y);
  return difference < 0 ? '<' : difference > 0 ? '>' : '=';
}

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
  expect(compare(a, b)).toBe(order);
  expect(compare(b, a)).toBe({ '<': '>', '>': '<', '=': '=' }[order]);
});

test.each(['', ':1', 'a:1', '1:', '1.0-', '-1', '1_0', '1 0', '1.0-1:2', '99999999999:1', '1.0\n'])('%j is not a version', (text) => {
  expect(parseDebianVersion(text)).toBeUndefined();
});

// `A < B` a line, made from real versions by others.
const texts = ['debian-versions.txt', 'debian-versions-generated.txt'].map((name) => referenceText(`osv-version-fixtures/${name}`));
test.skipIf(texts.includes(undefined))('the order of many real versions', () => {
  const lines = texts.flatMap((text) => text!.split('\n')).filter((l) => /^[^#/\s]/.test(l));
  const wrong = lines.filter((line) => {
    const [a, order, b] = line.split(' ') as [string, string, string];
    const mirrored = { '<': '>', '>': '<', '=': '=' }[order];
    return compare(a, b) !== order || compare(b, a) !== mirrored;
  });
  expect(lines.length).toBeGreaterThan(1000);
  expect(wrong).toEqual([]);
});
