import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { referenceText } from '../../../../test/reference-data.ts';
import { limits } from '../../../base/limits.ts';
import { compareVersions, orderOfScheme } from './compare.ts';

/** `A < B` a line, made and found by others (google/osv-scalibr). */
const files: [file: string, ecosystem: string][] = [
  ['alpine-versions', 'Alpine'],
  ['alpine-versions-generated', 'Alpine'],
  ['cran-versions', 'CRAN'],
  ['cran-versions-generated', 'CRAN'],
  ['debian-versions', 'Debian'],
  ['debian-versions-generated', 'Debian'],
  ['hackage-versions', 'Hackage'],
  ['maven-versions', 'Maven'],
  ['maven-versions-generated', 'Maven'],
  ['nuget-versions', 'NuGet'],
  ['packagist-versions', 'Packagist'],
  ['packagist-versions-generated', 'Packagist'],
  ['pub-versions', 'Pub'],
  ['pypi-versions', 'PyPI'],
  ['pypi-versions-generated', 'PyPI'],
  ['redhat-versions', 'Red Hat'],
  ['rubygems-versions', 'RubyGems'],
  ['rubygems-versions-generated', 'RubyGems'],
  ['semver-versions', 'npm'],
  ['semver-versions', 'crates.io'],
  ['semver-versions', 'Go'],
];

test.each(files)('%s, as versions of %s', (file, ecosystem) => {
  const text = referenceText(`osv-version-fixtures/${file}.txt`);
  if (text === undefined) return;
  const lines = text.split('\n').filter((line) => line.trim() !== '' && !/^(#|\/\/) /.test(line));
  const wrong = lines.filter((line) => {
    const [a, order, b] = line.trim().split(' ') as [string, '<' | '=' | '>', string];
    const sign = { '<': -1, '=': 0, '>': 1 }[order];
    return compareVersions(ecosystem, a, b) !== sign || compareVersions(ecosystem, b, a) !== (sign === 0 ? 0 : -sign);
  });
  expect(lines.length).toBeGreaterThan(5);
  expect(wrong).toEqual([]);
});

test('an ecosystem by its OSV name, with or without a release', () => {
  expect(compareVersions('Debian:13', '1.0~rc1', '1.0')).toBe(-1);
  expect(compareVersions('Ubuntu:24.04:LTS', '1.0-1ubuntu2', '1.0-1ubuntu10')).toBe(-1);
  expect(compareVersions('Rocky Linux:9', '1.0-1.el9', '1.0-1.el9_2')).toBe(-1);
  expect(compareVersions('Go', 'v0.0.0-20240101000000-abcdefabcdef', '0.0.1')).toBe(-1);
  expect(compareVersions('debian', '1', '2')).toMatchObject({ code: 'unsupported', at: 'ecosystem' });
  expect(compareVersions('constructor', '1', '2')).toMatchObject({ code: 'unsupported' });
});

test.each([
  ['npm', 'latest'],
  ['npm', '2.x'],
  ['PyPI', 'latest'],
  ['Maven', 'LATEST'],
  ['Alpine', 'edge'],
  ['RubyGems', ''],
  ['NuGet', '1.0.0.0.0'],
  ['Packagist', 'main'],
  ['Hackage', '1..0'],
])('%s: %j is no version, and nobody is told that it is older', (ecosystem, text) => {
  expect(compareVersions(ecosystem, text, '1.0')).toMatchObject({ code: 'malformed', at: 'a' });
  expect(compareVersions(ecosystem, '1.0', text)).toMatchObject({ code: 'malformed', at: 'b' });
});

test('a version at the limit is compared, one character more is too large', () => {
  expect(compareVersions('npm', '1'.repeat(limits.versionChars), '2')).toBe(1);
  expect(compareVersions('npm', '2', '1'.repeat(limits.versionChars + 1))).toMatchObject({ code: 'too_large', at: 'b' });
});

const schemes =
  'alpm apk cargo composer conan cran datetime deb gem generic gentoo hackage intdot lexicographic maven npm nuget openssl pub pypi rpm'.split(
    ' ',
  );

/** Strings in which the marks that mean something are common. */
const piece = fc.constantFrom(
  ...'0 1 2 09 10 a b p rc alpha beta post dev pre final SNAPSHOT x . . . - _ + ~ ^ : ! 1.0 -1 -r1 .0'.split(' '),
);
const hostile = fc.oneof(
  { weight: 6, arbitrary: fc.array(piece, { maxLength: 7 }).map((parts) => parts.join('')) },
  fc.string({ unit: 'binary-ascii' }),
);

/** A release of Arch Linux counts only if both versions have one; Conan compares a number with letters as text. */
const circles: Readonly<Record<string, readonly (readonly [a: string, b: string, is: number])[]>> = {
  alpm: [
    ['1-1', '1', 0],
    ['1', '1-2', 0],
    ['1-1', '1-2', -1],
  ],
  conan: [
    ['9', '10', -1],
    ['10', '2a', -1],
    ['2a', '9', -1],
  ],
};

describe.each(schemes)('%s: an order', (scheme) => {
  const order = orderOfScheme(scheme)!;
  const sign = (a: string, b: string) => {
    const difference = order(a, b);
    expect(difference).not.toBeNaN();
    return difference === undefined ? undefined : Math.sign(difference);
  };

  test('of every version with itself, and the same from both sides', () => {
    fc.assert(
      fc.property(hostile, hostile, (a, b) => {
        const there = sign(a, b);
        expect(sign(b, a)).toBe(there === undefined ? undefined : 0 - there);
        expect([undefined, 0]).toContain(sign(a, a));
      }),
      { numRuns: 500 },
    );
  });

  test(scheme in circles ? 'that by its own rules runs in a circle' : 'that does not run in a circle', () => {
    const circle = circles[scheme];
    if (circle) return expect(circle.map(([a, b]) => sign(a, b))).toEqual(circle.map(([, , is]) => is));
    return fc.assert(
      fc.property(hostile, hostile, hostile, (a, b, c) => {
        const [ab, bc, ac] = [sign(a, b), sign(b, c), sign(a, c)];
        if (ab === undefined || bc === undefined || ab > 0 || bc > 0) return;
        expect(ac).toBe(Math.min(ab, bc));
      }),
      { numRuns: 1500 },
    );
  });

  test('found in time that grows with the text, not with its square', () => {
    for (const unit of ['1', '0', '.', '.0', '-', '1a', '_p', '~', '-1', '0.', '1-', 'a.', '+a', '._', '1!', 'ga'])
      for (const [head, tail] of [
        ['', ''],
        ['1', ' '],
        ['1.0', '!x'],
      ] as const)
        sign(head + unit.repeat(20_000) + tail, `${head}${unit.repeat(20_000)}${tail}x`);
  });
});
