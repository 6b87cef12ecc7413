import { expect, test } from 'vitest';
import { limits } from '../../../../base/limits.ts';
import { isRefusal } from '../../../../base/refusal.ts';
import { prefixesOf, resolverOf } from './bases.ts';
import { problemsOf } from './problem.ts';
import { reportOnSarif } from './report.ts';
import { brokenAt } from './syntax.ts';
import { readUri } from './uri.ts';

test.each([
  ['a/b.c', false, '', true],
  ['', false, '', true],
  ['/a', false, '', true],
  ['a:b/c', true, 'aa', false],
  ['src\\a.c', false, '', false],
  ['a b', false, '', false],
  ['a%2', false, '', false],
  ['a#b', false, '', false],
  ['ht%tp://x/y', false, '', false],
  ['C:\\a\\b.c', true, 'file', false],
  ['c:/a', true, 'file', false],
  ['\\\\server\\share', true, 'file', false],
  ['file:///c:/a b', true, 'file', true],
  ['http://example.com/a?b=c#d', true, 'http', true],
  ['http://example.com/a b', true, 'http', false],
  ['http://', false, '', false],
  ['http:a', false, '', false],
  ['urn:a:b', true, 'urn', true],
  ['https://[::1]/a', true, 'https', true],
  ['https://example.com/a[1]', true, 'https', false],
] as const)('URI reference %j', (text, absolute, scheme, wellFormed) => {
  if (text === 'a:b/c') expect(readUri(text)).toMatchObject({ absolute: false, wellFormed: false });
  else expect(readUri(text)).toEqual({ text, absolute, scheme, wellFormed });
});

test('bases rest on bases; a circle, a hole and a way out lead nowhere', () => {
  const resolve = resolverOf({
    originalUriBaseIds: {
      ROOT: { uri: 'file:///r' },
      SRC: { uri: 'src/', uriBaseId: 'ROOT' },
      A: { uri: 'a/', uriBaseId: 'B' },
      B: { uri: 'b/', uriBaseId: 'A' },
    },
  });
  expect(resolve({ uri: 'x.c', uriBaseId: 'SRC' })).toBe('file:///r/src/x.c');
  expect(resolve({ uri: 'x.c', uriBaseId: 'A' })).toBeUndefined();
  expect(resolve({ uri: 'x.c', uriBaseId: 'NONE' })).toBeUndefined();
  expect(resolve({ uri: '../../x.c', uriBaseId: 'SRC' })).toBeUndefined();
});

test('as many steps of bases as the limit, and one more', () => {
  const bases = (n: number) => ({
    originalUriBaseIds: {
      b0: { uri: 'file:///r/' },
      ...Object.fromEntries(Array.from({ length: n - 1 }, (_, i) => [`b${i + 1}`, { uri: 'x/', uriBaseId: `b${i}` }])),
    },
  });
  const from = (n: number) => resolverOf(bases(n))({ uri: 'a', uriBaseId: `b${n - 1}` });
  expect(from(limits.sarifBaseSteps)).toBe(`file:///r/${'x/'.repeat(limits.sarifBaseSteps - 1)}a`);
  expect(from(limits.sarifBaseSteps + 1)).toBeUndefined();
});

test('a reference as long as the limit is resolved, a longer one is not', () => {
  const resolve = resolverOf({});
  const uri = (length: number) => `file:///${'x'.repeat(length - 8)}`;
  expect(resolve({ uri: uri(limits.sarifUriChars) })).toBe(uri(limits.sarifUriChars));
  expect(resolve({ uri: uri(limits.sarifUriChars + 1) })).toBeUndefined();
});

test('prefixes', () => {
  const has = prefixesOf(['/b/', '/a/', '/a/c/', '/a0']);
  expect(['/a/x', '/a/c/x', '/b/', '/a0z', '/a', '/', '/c/'].map(has)).toEqual([true, true, true, true, false, false, false]);
  expect(prefixesOf([''])('x') && !prefixesOf([])('x')).toBe(true);
});

test('nesting at the limit is read, one deeper is not', () => {
  const nested = (depth: number) => {
    let bag: unknown = {};
    for (let i = 2; i < depth; i++) bag = { a: bag };
    return { version: '2.1.0', runs: [], properties: bag };
  };
  expect(isRefusal(reportOnSarif(nested(limits.sarifDepth)))).toBe(false);
  expect(isRefusal(reportOnSarif(nested(limits.sarifDepth + 1)))).toBe(true);
});

test('problems at the limit are all, one more is not', () => {
  const fixed = problemsOf({ version: '2.1.0', runs: [], a0: 1 }).problems.length - 1;
  const broken = (n: number) => ({ version: '2.1.0', runs: [], ...Object.fromEntries(Array.from({ length: n }, (_, i) => [`a${i}`, 1])) });
  const room = limits.sarifProblems - fixed;
  expect(problemsOf(broken(room))).toMatchObject({ complete: true, problems: { length: limits.sarifProblems } });
  expect(problemsOf(broken(room + 1))).toMatchObject({ complete: false, problems: { length: limits.sarifProblems } });
});

test.each([
  ['{"a": 1, , "b": 2}', '/a'],
  ['{"a": [1, {"b/c": tru}]}', '/a/1/b~1c'],
  ['[1, 2', '/1'],
  ['{"a": "x\ny"}', '/a'],
  ['', ''],
  ['nul', ''],
  ['{} {}', ''],
])('what is not JSON: %j', (text, pointer) => {
  expect(brokenAt(text)).toBe(pointer);
  expect(reportOnSarif(text)).toMatchObject({ findings: [], problems: [{ rule: 'JSON0001', pointer }] });
});

test('the place of what is not JSON is followed as deep as a log may nest', () => {
  expect(brokenAt('['.repeat(limits.sarifDepth))).toBe('/0'.repeat(limits.sarifDepth));
  expect(brokenAt('['.repeat(1_000_000))).toBe('/0'.repeat(limits.sarifDepth + 1));
});

test('the report: every result is told of, a log that breaks the schema is read, one that is no log is refused', () => {
  const run = { tool: { driver: { name: 't', rules: [{ id: 'a', shortDescription: { text: 'A rule.' } }] } } };
  const results = [{ ruleId: 'a', odd: 1 }, { message: { text: 'm' }, kind: 'pass' }, 7];
  expect(reportOnSarif({ version: '2.1.0', runs: [{ ...run, results }] })).toMatchObject({
    findings: [
      { pointer: '/runs/0/results/0', ruleId: 'a', level: 'warning', message: 'A rule.', skipped: null },
      { pointer: '/runs/0/results/1', level: 'none', kind: 'pass', skipped: 'pass' },
    ],
  });
  const older = reportOnSarif({ version: '2.0.0', runs: [] });
  expect(isRefusal(older) || [older.findings, older.problems[0]]).toMatchObject([[], { rule: 'JSON1019', pointer: '/version' }]);
  expect(reportOnSarif(7)).toMatchObject({ code: 'malformed', at: 'document' });
});
