import fc from 'fast-check';
import { expect, test } from 'vitest';
import { limits } from '../../../base/limits.ts';
import { insist, isRefusal } from '../../../base/refusal.ts';
import { canonicalRange, containsVersion, parseRange } from './range.ts';
import { equalVersions, sortVersions } from './sort.ts';

const list = (text: string) => insist(parseRange(text)).constraints.map(({ comparator, version }) => comparator + version);

test('constraints in the order of versions; what has a meaning is percent-encoded', () => {
  expect(list('vers:npm/1.2.3|>=2.0.0|<5.0.0')).toEqual(['=1.2.3', '>=2.0.0', '<5.0.0']);
  expect(list('vers:conan/>=1.0%2A|<2.0')).toEqual(['>=1.0*', '<2.0']);
  expect(list('vers:lexicographic/%C3%A9')).toEqual(['=é']);
  expect(list('vers:deb/*')).toEqual(['*']);
  expect(list('vers:all/*')).toEqual(['*']);
  expect(list('vers:datetime/>=2024-01-01T00:00:00+02:00|<2024-01-01T00:00:00Z')).toHaveLength(2);
});

test.each([
  'npm/1.0.0',
  'VERS:npm/1.0.0',
  'vers:NPM/1.0.0',
  'vers:npm',
  'vers:npm/',
  'vers:1npm/1.0.0',
  'vers:npm/ 1.0.0',
  'vers:npm/1.0.0\n',
  'vers:npm/1.0.0|',
  'vers:npm/|1.0.0',
  'vers:npm/1.0.0||2.0.0',
  'vers:npm/*|1.0.0',
  'vers:npm/*1.0.0',
  'vers:npm/>=',
  'vers:npm/=1.0.0',
  'vers:npm/=>1.0.0',
  'vers:npm/latest',
  'vers:npm/2.0.0|1.0.0',
  'vers:npm/1.0|1.0.0',
  'vers:npm/>=1.0.0|<1.0.0',
  'vers:npm/1.0.0-%61',
  'vers:npm/1.0.0-a%',
  'vers:conan/1.0%2a',
  'vers:lexicographic/%E9',
  'vers:lexicographic/é',
  'vers:all/1.0',
  'vers:none/>1',
  'vers:datetime/2024-02-30T00:00:00Z',
  'vers:atari/1',
  'vers:constructor/1',
])('%j is not canonical', (text) => {
  expect(parseRange(text)).toMatchObject({ refused: true });
  expect(canonicalRange(text)).toMatchObject({ refused: true });
});

test.each([
  ['vers:npm/1.0.0|<2.0.0', false],
  ['vers:npm/>1.0.0|>2.0.0', false],
  ['vers:npm/<1.0.0|!=1.5.0|<=2.0.0', false],
  ['vers:npm/<1.0.0|1.5.0|>2.0.0|!=2.1.0|<3.0.0', true],
  ['vers:npm/>1.0.0|!=1.1.0|1.2.0|>=1.3.0', false],
  ['vers:npm/!=1.0.0|!=2.0.0', true],
])('%s: comparators in turn', (text, isRight) => {
  expect(isRefusal(parseRange(text))).toBe(!isRight);
});

test.each([
  ['vers:npm/>=1.0.0|<2.0.0', '1.0.0 1.9.9 2.0.0-rc.1', '0.9.9 2.0.0 2.0.1'],
  ['vers:npm/1.2.3|>=2.0.0|<5.0.0', '1.2.3 2.0.0 4.9.9', '1.2.2 1.3.0 5.0.0'],
  ['vers:deb/<1.0-1|>=2:0', '1.0~rc1-1 2:0 3:0', '1.0-1 1:9'],
  ['vers:pypi/!=5', '4 5.1', '5 5.0'],
  ['vers:pypi/!=5|6', '6', '4 5'],
  ['vers:gem/>=2.2.0|!=2.2.1|<2.3.0', '2.2.0 2.2.2', '2.2.1 2.3.0 3'],
  // Out of order, as they stand in the wild.
  ['vers:gem/<2.3.0|>=2.2.0', '2.2.0 2.2.9', '2.3.0 2.1'],
  ['vers:all/*', 'anything 1', ''],
  ['vers:none/*', '', 'anything 1'],
])('%s holds %s, not %s', (range, inside, outside) => {
  const held = (versions: string) =>
    versions
      .split(' ')
      .filter(Boolean)
      .map((version) => containsVersion(range, version));
  expect(held(inside).every((answer) => answer === true)).toBe(true);
  expect(held(outside).every((answer) => answer === false)).toBe(true);
});

test('what cannot be compared is refused, not outside', () => {
  expect(containsVersion('vers:npm/<2.0.0', 'latest')).toMatchObject({ code: 'malformed', at: 'version' });
  expect(containsVersion('vers:npm/<soon', '1.0.0')).toMatchObject({ code: 'malformed' });
  expect(containsVersion('vers:atari/<2', '1')).toMatchObject({ code: 'unsupported' });
});

test('sorted and equal', () => {
  expect(sortVersions('nuget', ['1.0.0-BETA+A', '1.0-alpha', '1.0.0.1'])).toEqual(['1.0.0-alpha', '1.0.0-beta+A', '1.0.0.1']);
  expect(sortVersions('generic', ['1.0', '1.0patch1', '1.0alpha1', '1.0a', '1.0.1'])).toEqual([
    '1.0alpha1',
    '1.0',
    '1.0patch1',
    '1.0.1',
    '1.0a',
  ]);
  expect(sortVersions('npm', [])).toEqual([]);
  expect(equalVersions('pypi', ['1.0', '1', '1.0.0'])).toBe(true);
  expect(equalVersions('pypi', ['1.0', '1', '1.0.post0'])).toBe(false);
  expect(equalVersions('datetime', ['2024-03-01T00:00:00Z', '2024-02-29T23:59:60Z'])).toBe(true);
  expect(sortVersions('atari', ['1'])).toMatchObject({ code: 'unsupported' });
  expect(sortVersions('npm', ['1', 'x'])).toMatchObject({ code: 'malformed' });
});

test('limits: taken at the limit, refused one above', () => {
  const range = (length: number) => `vers:lexicographic/${'a'.repeat(length - 19)}`;
  expect(range(limits.versChars)).toHaveLength(limits.versChars);
  expect(canonicalRange(range(limits.versChars))).toBe(range(limits.versChars));
  expect(canonicalRange(range(limits.versChars + 1))).toMatchObject({ code: 'too_large' });
  expect(containsVersion('vers:npm/<2', '1'.repeat(limits.versionChars))).toBe(false);
  expect(containsVersion('vers:npm/<2', '1'.repeat(limits.versionChars + 1))).toMatchObject({ code: 'too_large' });
  expect(equalVersions('npm', ['1'.repeat(limits.versionChars + 1)])).toMatchObject({ code: 'too_large' });
  const many = (count: number) => Array.from({ length: count }, () => '1');
  expect(equalVersions('npm', many(limits.versionsPerSort))).toBe(true);
  expect(equalVersions('npm', many(limits.versionsPerSort + 1))).toMatchObject({ code: 'too_many' });
});

test('whatever comes in, a range that is read is the text itself', () => {
  const piece = fc.constantFrom(
    ...'vers: npm / deb pypi maven conan datetime * | || > < = ! >= <= != 1 2.0 a %25 %2A %2a %zz ~ - é :'.split(' '),
  );
  const hostile = fc.oneof(
    fc.array(piece, { maxLength: 9 }).map((parts) => parts.join('')),
    fc.string({ unit: 'binary-ascii' }),
  );
  fc.assert(
    fc.property(hostile, hostile, (text, version) => {
      for (const range of [text, `vers:npm/${text}`, `vers:conan/${text}`]) {
        const canonical = canonicalRange(range);
        if (!isRefusal(canonical)) expect(canonical).toBe(range);
        expect(['boolean', 'object']).toContain(typeof containsVersion(range, version));
      }
    }),
    { numRuns: 1000 },
  );
});
