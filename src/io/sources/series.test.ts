import { expect, test } from 'vitest';
import { patchesUpTo } from './series.ts';

const series = '# top\n0001-a.patch\n\nb/0002-b.patch -p1 # why\n0003-c.patch\n';

test('stops before the patch, or after it', () => {
  expect(patchesUpTo(series, 'b/0002-b.patch', false)).toEqual(['0001-a.patch']);
  expect(patchesUpTo(series, 'b/0002-b.patch', true)).toEqual(['0001-a.patch', 'b/0002-b.patch']);
});

test('says which patches there are', () => {
  expect(patchesUpTo(series, 'x', true)).toMatchObject({ code: 'not_found', because: expect.stringContaining('0003-c.patch') });
});

test('does not follow a series out of the package', () => {
  expect(patchesUpTo('../../evil\n', '../../evil', true)).toMatchObject({ code: 'untrusted' });
});
