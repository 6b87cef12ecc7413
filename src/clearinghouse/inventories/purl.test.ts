import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { referenceText } from '../../../test/reference-data.ts';
import { limits } from '../../base/limits.ts';
import { insist, isRefusal } from '../../base/refusal.ts';
import { buildPurl, canonicalPurl, type PurlParts, parsePurl } from './purl.ts';
import { purlTypes } from './purl-types.ts';

interface Case {
  readonly description: string;
  readonly test_type: 'parse' | 'build' | 'validate';
  readonly input: unknown;
  readonly expected_output: unknown;
  readonly expected_failure: boolean;
}

const files = ['spec/specification', ...Object.keys(purlTypes).map((type) => `types/${type}`)];

describe('the suite of package-url/purl-spec', () => {
  const given = referenceText('purl-vers-suite/purl/tests/spec/specification-test.json');
  test.skipIf(given === undefined).each(files)('%s', (file) => {
    // The part of the suite at hand leaves some types out.
    const text = referenceText(`purl-vers-suite/purl/tests/${file}-test.json`);
    const { tests } = JSON.parse(text ?? '{"tests":[]}') as { tests: Case[] };
    for (const one of tests) {
      const output = run(one);
      if (one.expected_failure) expect.soft(isRefusal(output), one.description).toBe(true);
      else expect.soft(output, one.description).toEqual(one.expected_output);
    }
  });
});

function run({ test_type, input }: Case): unknown {
  if (test_type === 'build') return buildPurl(input as PurlParts);
  return test_type === 'parse' ? parsePurl(input as string) : canonicalPurl(input as string);
}

test('reads the components', () => {
  expect(parsePurl('pkg:npm/%40angular/animation@12.3.1?vcs_url=git:%2F%2Fa#src//./x')).toEqual({
    type: 'npm',
    namespace: '@angular',
    name: 'animation',
    version: '12.3.1',
    qualifiers: { vcs_url: 'git://a' },
    subpath: 'src/x',
  });
});

test.each([
  '',
  'npm/a',
  'pkg:npm',
  'pkg:npm/',
  'pkg:3npm/a',
  'pkg:npm/a%',
  'pkg:npm/a?B=1',
  'pkg:npm/a?b=1&b=2',
  'pkg:swift/a',
  'pkg:cargo/a/b',
  '\ud800',
])('refuses %j', (text) => expect(parsePurl(text)).toMatchObject({ refused: true, code: 'malformed' }));

test('one package is written in one way', () => {
  expect(canonicalPurl('PKG://PyPI/Django_allauth@1.0?b=2&a=1')).toBe('pkg:pypi/django-allauth@1.0?a=1&b=2');
  expect(canonicalPurl(`pkg:npm/${'a'.repeat(10_000)}`)).toMatchObject({ code: 'too_large' });
});

const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }).filter((t) => t.isWellFormed());
const segment = text.filter((t) => !t.includes('/'));

test('what is built is read back', () => {
  const parts = fc.record({
    type: fc.constantFrom('npm', 'generic', 'github', 'pypi', 'maven', 'git'),
    namespace: fc.option(fc.array(segment, { minLength: 1, maxLength: 3 }).map((list) => list.join('/'))),
    name: segment,
    version: fc.option(text),
    qualifiers: fc.option(fc.dictionary(fc.stringMatching(/^[a-z][a-z0-9._-]{0,5}$/), text, { maxKeys: 3, noNullPrototype: true })),
    subpath: fc.option(fc.array(segment, { maxLength: 3 }).map((list) => list.join('/'))),
  });
  fc.assert(
    fc.property(parts, (given) => {
      const built = buildPurl(given);
      if (isRefusal(built)) return;
      const read = insist(parsePurl(built));
      expect(buildPurl(read)).toBe(built);
      expect(canonicalPurl(built)).toBe(built);
      if (given.type === 'generic' || given.type === 'npm') {
        expect(read.name).toBe(given.name);
        expect(read.version).toBe(given.version);
      }
    }),
  );
});

test('no text makes it throw', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (any) => void canonicalPurl(`pkg:${any}`)));
});

test('a package URL of the longest length is read, one character more is not', () => {
  const purl = `pkg:npm/${'a'.repeat(limits.purlReadChars - 'pkg:npm/'.length)}`;
  expect(parsePurl(purl)).toMatchObject({ type: 'npm' });
  expect(parsePurl(`${purl}a`)).toMatchObject({ code: 'too_large' });
});
