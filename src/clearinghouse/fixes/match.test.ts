import { expect, test } from 'vitest';
import { matchVersion } from './match.ts';

const before = (fixed: string) => [{ introduced: null, fixed }];
const verdict = (of: string, version: string | null, ranges: Parameters<typeof matchVersion>[2]) =>
  matchVersion(of, version, ranges).verdict;

test('npm: half-open, pre-releases before their release, build metadata without weight', () => {
  const npm = (version: string | null) => verdict('pkg:npm/a', version, [{ introduced: '1.0.0', fixed: '2.0.1' }]);
  expect(['0.9.9', '1.0.0', '1.9.10', '2.0.0', '2.0.1-rc.1', '2.0.1', '2.0.1+build', '10.0.0'].map(npm)).toEqual([
    'not-affected',
    'affected',
    'affected',
    'affected',
    'affected',
    'not-affected',
    'not-affected',
    'not-affected',
  ]);
});

test('Debian: the order of dpkg, not of text', () => {
  const deb = (version: string) => verdict('pkg:deb/debian/cjson', version, before('1.7.15-1+deb12u4'));
  expect(['1.7.9-1', '1.7.15-1+deb12u3', '1.7.15-1+deb12u4', '1.7.15-1+deb12u10', '1:1.0'].map(deb)).toEqual([
    'affected',
    'affected',
    'not-affected',
    'not-affected',
    'not-affected',
  ]);
});

test.each([
  ['pkg:pypi/a', ['1.0rc1', '1.0.post1', '2!0.1'], ['affected', 'not-affected', 'not-affected'], '1.0'],
  ['pkg:maven/g/a', ['2.0-rc1', '2.0.RELEASE', '2.0-sp1'], ['affected', 'not-affected', 'not-affected'], '2.0'],
  ['pkg:rpm/redhat/a', ['1.0~rc1-1', '1.0-1.el9_2', '1:0.1-1'], ['affected', 'not-affected', 'not-affected'], '1.0-1.el9'],
  ['pkg:composer/v/a', ['v1.0-beta2', 'v1.0', '1.0.1', 'main'], ['affected', 'not-affected', 'not-affected', 'could-not-tell'], '1.0'],
])('%s: the order of its ecosystem', (of, versions, verdicts, fixed) => {
  expect(versions.map((version) => verdict(of, version, before(fixed)))).toEqual(verdicts);
});

test('several ranges are a union', () => {
  const ranges = [
    { introduced: null, fixed: '1.3.2' },
    { introduced: '2.0.0', fixed: '2.0.1' },
  ];
  expect(['1.3.1', '1.3.2', '2.0.0', '2.0.1'].map((v) => verdict('pkg:npm/a', v, ranges))).toEqual([
    'affected',
    'not-affected',
    'affected',
    'not-affected',
  ]);
});

test('without a fix, everything from the first affected version on', () => {
  expect(verdict('pkg:npm/a', '99.0.0', [{ introduced: '1.0.0', fixed: null }])).toBe('affected');
  expect(verdict('pkg:pypi/a', 'whatever', [{ introduced: null, fixed: null }])).toBe('affected');
  expect(verdict('pkg:pypi/a', null, [{ introduced: null, fixed: null }])).toBe('affected');
});

test.each([
  ['an ecosystem without an order here', 'pkg:docker/a', '1.0', before('2.0')],
  ['no version', 'pkg:npm/a', null, before('2.0.0')],
  ['no version of that ecosystem', 'pkg:npm/a', 'latest', before('2.0.0')],
  ['the advisory has no version of that ecosystem', 'pkg:npm/a', '1.0.0', before('2.x')],
  ['a range that runs backwards', 'pkg:npm/a', '1.5.0', [{ introduced: '2.0.0', fixed: '1.0.0' }]],
  ['one range that cannot be compared beside one that does not hold', 'pkg:npm/a', '3.0.0', [...before('2.0.0'), ...before('soon')]],
])('%s: could-not-tell, never not-affected', (_why, of, version, ranges) => {
  const match = matchVersion(of, version, ranges);
  expect(match.verdict).toBe('could-not-tell');
  expect(match.because).not.toBe('');
});

test('one bound may decide alone', () => {
  expect(verdict('pkg:npm/a', '0.1.0', [{ introduced: '1.0.0', fixed: 'soon' }])).toBe('not-affected');
});

test('a component is affected when one range says so, whatever the others', () => {
  expect(verdict('pkg:npm/a', '1.0.0', [...before('soon'), ...before('2.0.0')])).toBe('affected');
});
