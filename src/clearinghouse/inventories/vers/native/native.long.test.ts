import fc from 'fast-check';
import { expect, test } from 'vitest';
import { limits } from '../../../../base/limits.ts';
import { isRefusal } from '../../../../base/refusal.ts';
import { everything } from '../constraint.ts';
import { canonicalRange, containsVersion } from '../range.ts';
import { conanAlternatives } from './conan.ts';
import { intervalAlternatives } from './interval.ts';
import { rangeFromNative } from './native.ts';
import { npmAlternatives } from './npm.ts';
import { operatorAlternatives } from './operators.ts';
import { nginxAlternatives, opensslAlternatives } from './projects.ts';

test.each([
  ['npm', '', '*'],
  ['npm', '1.2.3 - 2.3', '>=1.2.3|<2.4.0'],
  ['npm', '1.2.3 - 2.3.4 || 3.x', '>=1.2.3|<=2.3.4|>=3.0.0|<4.0.0'],
  ['npm', '>=1.2.x <2', '>=1.2.0|<2.0.0'],
  ['npm', '<= 1.2.x', '<1.3.0'],
  ['npm', '>1.x', '>=2.0.0'],
  ['npm', '^0.x || ^0.0.3 || ^0.2.3', '>=0.0.0|>=0.0.3|<0.0.4|>=0.2.3|<0.3.0|<1.0.0'],
  ['npm', '~1 || ~ 2.3', '>=1.0.0|<2.0.0|>=2.3.0|<2.4.0'],
  ['npm', '~1.2.3-beta.2', '>=1.2.3-beta.2|>=1.2.3|<1.2.4|<1.3.0'],
  ['npm', '1.x || *', '*'],
  ['npm', '= 1.2.3.4', '1.2.3+4'],
  ['npm', '<1.99.9 >=v1.0.0beta', '>=1.0.0-beta|<1.99.9'],
  ['conan', '^0.0', '>=0.0|<0.1-'],
  ['conan', '> 1.0 <2.0-, include_prerelease', '>1.0|<2.0'],
  ['maven', '(,1.0],[1.2,)', '<=1.0|>=1.2'],
  ['maven', '[1.0]', '1.0'],
  ['maven', '1.0', '1.0'],
  ['maven', '(,)', '*'],
  ['nuget', '1.0', '>=1.0'],
  ['nuget', '(1.0, 2.0-beta]', '>1.0|<=2.0-beta'],
  ['nginx', '1.1.4-1.2.8, 1.3.9-1.4.0', '>=1.1.4|<=1.2.8|>=1.3.9|<=1.4.0'],
  ['nginx', '1.21.0+, 1.20.1+', '>=1.20.1|<1.21.0|>=1.21.0'],
  ['nginx', 'nginx/Windows 0.7.52-1.3.0', '>=0.7.52|<=1.3.0'],
  ['nginx', 'all', '*'],
  ['openssl', '3.0.0, 1.0.1B', '1.0.1b|3.0.0'],
  ['gem', '(>= 1.0.1, ~> 1.0.a, != 1.3)', '>=1.0.a|>=1.0.1|!=1.3|<2'],
  ['gem', '~> 2', '>=2|<3'],
  ['pypi', '>=1.0.RC1, !=1.3.*, <2', '>=1.0rc1|<1.3.dev0|>=1.4.dev0|<2'],
  ['pypi', '~=2.2.post3', '>=2.2.post3|<3.dev0'],
  ['pypi', '==1.*', '>=1.dev0|<2.dev0'],
  ['cargo', '1.2.3', '>=1.2.3|<2.0.0'],
  ['cargo', '0.0', '>=0.0.0|<0.1.0'],
  ['cargo', '~1.2, =1.2.9', '>=1.2.0|1.2.9|<1.3.0'],
  ['cargo', '1.*', '>=1.0.0|<2.0.0'],
  ['composer', '^1.2.3 || ~2.3', '>=1.2.3|<2|>=2.3|<3'],
  ['composer', '>=v1.0@beta,<1.5|1.9.*', '>=1.0|<1.5|>=1.9|<1.10'],
  ['hex', '~> 2.0.1 and != 2.0.4 or == 3.0.0', '>=2.0.1|!=2.0.4|<2.1.0|3.0.0'],
  ['golang', '>=v1.2.0, <1.2.9 || =1.4.0', '>=1.2.0|<1.2.9|1.4.0'],
  ['deb', ['(>> 2:1.1.24~)', '(<< 3:1.1.25~)'], '>2:1.1.24~|<3:1.1.25~'],
  ['rpm', '>= 2.8.16, <> 2.8.17', '>=2.8.16|!=2.8.17'],
  ['hackage', '>=1.2 && <1.3 || ^>=2.0.1', '>=1.2|<1.3|>=2.0.1|<2.1'],
  ['pub', '^1.2.3', '>=1.2.3|<2'],
  ['cran', '>= 1.0-2, < 2.0', '>=1.0-2|<2.0'],
  ['intdot', '>= 1.2, < 10', '>=1.2|<10'],
])('%s: %j is %s', (scheme, native, range) => {
  expect(rangeFromNative(scheme, native)).toBe(`vers:${scheme}/${range}`);
});

test.each([
  ['npm', 'latest'],
  ['npm', '>='],
  ['npm', '1.0.0 - 2.0.0 - 3.0.0'],
  ['npm', '=>1.0.0'],
  ['conan', '~a'],
  ['conan', '>'],
  ['maven', '[1.0'],
  ['maven', '(1.0)'],
  ['maven', '[1.0,2.0,3.0]'],
  ['maven', '[1.0],'],
  ['nuget', '[a,b)'],
  ['nginx', 'none'],
  ['openssl', '1.0.1a,'],
  ['pypi', '1.0; python_version < "3"'],
  ['pypi', '~=1'],
  ['pypi', '===1.0'],
  ['pypi', 'latest'],
  ['deb', '~2.3'],
  ['deb', ''],
  ['gem', '>= 1.0 ,, ~> '],
  ['npm', {}],
  ['npm', []],
  ['npm', undefined],
])('%s: %j is refused', (scheme, native) => {
  expect(rangeFromNative(scheme, native)).toMatchObject({ code: 'malformed', at: 'native_range' });
});

test('a range at the limit is read, one character more is too large; a type nobody knows is unsupported', () => {
  expect(rangeFromNative('npm', '1'.repeat(limits.versChars))).toMatch(/^vers:npm/);
  expect(rangeFromNative('npm', '1'.repeat(limits.versChars + 1))).toMatchObject({ code: 'too_large' });
  expect(rangeFromNative('constructor', '1')).toMatchObject({ code: 'unsupported' });
});

const schemes = 'npm conan maven nuget nginx openssl gem pypi cargo composer hex golang deb rpm hackage pub cran generic'.split(' ');

test.each(schemes)('%s: whatever comes in, what comes out can be asked', (scheme) => {
  const piece = fc.constantFrom(
    ...'1 2.0 0.9.1 1.x * , || | ( [ ) ] > < = ! ~ ^ - -beta + a and or all && ; %'.split(' '),
    ' ',
    ' - ',
    '.',
  );
  const hostile = fc.oneof(
    fc.array(piece, { maxLength: 9 }).map((parts) => parts.join('')),
    fc.string({ unit: 'binary-ascii' }),
  );
  fc.assert(
    fc.property(hostile, (text) => {
      const range = rangeFromNative(scheme, text);
      if (isRefusal(range)) return;
      expect(containsVersion(range, '1.0.0')).toBeTypeOf('boolean');
      // Alternatives that overlap are kept, as the suite has them; only then it is not canonical.
      const isCanonical = !isRefusal(canonicalRange(range));
      expect(isCanonical || /\|/.test(range)).toBe(true);
    }),
    { numRuns: 500 },
  );
});

test('no notation takes a time that grows with the square of the text', () => {
  const units = [' ', ', ', '1', '9', '1.', '>= ', '^', '(', '[1,', '*.', '1-', ' - ', '|', 'and ', '.x', '~1 ', '+', '@a'];
  const readers = [npmAlternatives, conanAlternatives, nginxAlternatives, opensslAlternatives, bareless];
  for (const scheme of ['cargo', 'composer', 'deb', 'hex', 'pypi']) readers.push((text) => operatorAlternatives(scheme, text));
  // Longer than the door lets in: there a square would not show.
  for (const read of readers) for (const unit of units) for (const end of ['1', ';']) read(`1${unit.repeat(100_000 / unit.length)}${end}`);
});

const bareless = (text: string) => intervalAlternatives(text, () => everything);
