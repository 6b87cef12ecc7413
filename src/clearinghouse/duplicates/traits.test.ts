import { expect, test } from 'vitest';
import { limits } from '../../base/limits.ts';
import { hunksOf } from './hunks.ts';
import { keysOf } from './keys.ts';
import { textTraitsOf } from './text.ts';
import { traitsOfFinding, traitsOfRecord } from './traits.ts';

test('a record’s log gives its crash; what the record says itself goes before', () => {
  const log =
    '==1==ERROR: AddressSanitizer: heap-use-after-free on address 0x61 at pc 0x1\nREAD of size 1 at 0x61 thread T0\n    #0 0x1 in foo /a.c:1:2\n';
  expect(traitsOfRecord({ log }).crash).toEqual({ sanitizer: 'asan', type: 'Heap-use-after-free READ 1', state: ['foo'], from: 'claim' });
  expect(traitsOfRecord({ log, crashState: ['bar', 'baz'], sanitizer: 'MSan' }).crash).toMatchObject({
    sanitizer: 'msan',
    state: ['bar', 'baz'],
  });
  expect(traitsOfRecord({ log: 'all is well' }).crash).toBeNull();
});

test('fields of another type are as if they were not there', () => {
  expect(traitsOfRecord({ title: 1, text: ['a'], purl: {}, crashState: 5, reportedAt: 'soon', cwe: -1, fixedCommit: 'HEAD' })).toEqual(
    traitsOfRecord({}),
  );
});

test('times are read from seconds, milliseconds and texts', () => {
  const of = (reportedAt: unknown) => traitsOfRecord({ reportedAt }).reportedAtMs;
  expect([of(1_487_109_587), of(1_487_109_587_000), of('2017-02-14T21:59:47Z')]).toEqual(Array(3).fill(1_487_109_587_000));
});

test('a finding: its verdict’s crash goes before the log it brought', () => {
  const finding = {
    title: 'a',
    text: 'b',
    purl: 'pkg:npm/a@1',
    package: 'pkg:npm/a',
    references: ['https://www.github.com/A/b.git'],
    upstreamIds: [],
  };
  const of = (over: object) =>
    traitsOfFinding({ ...finding, ...over } as unknown as Parameters<typeof traitsOfFinding>[0], { logs: [], patches: [] }, 5);
  expect(of({ crashState: 'x\ny\n' })).toMatchObject({
    repository: 'github.com/a/b',
    crash: { state: ['x', 'y'], from: 'verdict' },
    reportedAtMs: 5,
  });
  expect(of({ crashState: null }).crash).toBeNull();
});

test('a hunk is what it changes, not where', () => {
  const patch = (at: number, indent: string) =>
    `--- a/src/x.c\n+++ b/src/x.c\n@@ -${at},2 +${at},2 @@ f\n ctx\n-${indent}a = 1;\n+${indent}a = 2;\n`;
  expect(hunksOf(patch(1, ''))).toEqual(hunksOf(patch(90, '\t')));
  expect(hunksOf(patch(1, ''))[0]).toMatch(/^x\.c:[0-9a-f]{16}$/);
  expect(hunksOf('tea')).toEqual([]);
  const many = (n: number) => `+++ b/x.c\n${Array.from({ length: n }, (_, i) => `@@\n+${i}\n`).join('')}`;
  expect([limits.traitHunks, limits.traitHunks + 1].map((n) => hunksOf(many(n)).length)).toEqual([limits.traitHunks, limits.traitHunks]);
});

test('words and keys are bounded', () => {
  const text = (n: number) => Array.from({ length: n }, (_, i) => `word${i}`).join(' ');
  expect([limits.traitWords, limits.traitWords + 1].map((n) => textTraitsOf(text(n)).words.length)).toEqual([
    limits.traitWords,
    limits.traitWords,
  ]);
  const traits = traitsOfRecord({
    text: text(500),
    purl: 'pkg:generic/a',
    function: 'f',
    file: 'a.c',
    crashState: 'a\nb\nc',
    fixedCommit: 'abcdef1',
  });
  const full = {
    ...traits,
    upstreamIds: Array.from({ length: 8 }, (_, i) => `CVE-2020-${1000 + i}`),
    hunks: Array.from({ length: 20 }, (_, i) => `h${i}`),
  };
  expect(keysOf(full).length).toBe(limits.keysPerFinding);
  expect(keysOf(full).every((key) => /^[a-z]+:[0-9a-f]{24}$/.test(key) && key.length <= 40)).toBe(true);
});
