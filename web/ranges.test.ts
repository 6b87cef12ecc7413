import { expect, test } from 'vitest';
import { linesOfRanges, rangesOfLines } from './parts/ranges.ts';

const ofCase = 'pkg:npm/a';

test('what is spelled is read back', () => {
  const ranges = [
    { introduced: null, fixed: null },
    { introduced: '1.0.0', fixed: null },
    { introduced: null, fixed: '1.4.2' },
    { package: 'pkg:deb/debian/b', introduced: '1:1.0-1', fixed: '1:1.2-3' },
  ];
  expect(rangesOfLines(linesOfRanges(ranges), ofCase)).toEqual(ranges);
});

test('the package of the case need not be said, and empty lines are nothing', () => {
  expect(rangesOfLines('\n  pkg:npm/a from 1.0.0  \n\n', ofCase)).toEqual([{ introduced: '1.0.0', fixed: null }]);
});

test('what cannot be read is left for the hub to refuse', () => {
  expect(rangesOfLines('1.0 to 1.4', ofCase)).toEqual([{ package: '1.0 to 1.4', introduced: null, fixed: null }]);
});
