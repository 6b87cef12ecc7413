import fc from 'fast-check';
import { expect, test } from 'vitest';
import { day } from '../../base/instant.ts';
import { decidePair } from './score.ts';
import { type Traits, traitsOfRecord } from './traits.ts';

const state = ['parse_string', 'parse_value', 'cJSON_Parse'];
const record = (over: Readonly<Record<string, unknown>> = {}) => traitsOfRecord({ purl: 'pkg:deb/debian/cjson@1', ...over });
const replayed = (over: Partial<Traits> = {}, frames: readonly string[] = state): Traits => ({
  ...record(),
  verdict: 'reproduced',
  recipeId: 'one',
  crash: { sanitizer: 'asan', type: null, state: frames, from: 'verdict' },
  ...over,
});
const decision = (a: Traits, b: Traits) => decidePair(a, b).decision;

test('what our re-runs showed: same crash and verdict is one flaw, another recipe or crash is another', () => {
  expect(decidePair(replayed(), replayed())).toMatchObject({ decision: 'same', score: 1 });
  expect(decision(replayed(), replayed({}, ['parse_string', 'parse_value', 'main']))).toBe('same');
  expect(decision(replayed(), replayed({ recipeId: 'two' }))).toBe('distinct');
  expect(decision(replayed({ recipeId: null }), replayed({ recipeId: null }, ['print_number', 'print', 'x']))).toBe('distinct');
  expect(decision(replayed(), replayed({}, ['print_number', 'print', 'x']))).toBe('unsure');
  expect(decision(replayed(), replayed({ verdict: 'reproduced-fix-incomplete' }))).toBe('unsure');
});

test('what our re-runs showed goes before what finders say', () => {
  const alike = { function: 'f', weakness: 'CWE-787', fixedCommit: 'abcdef1' };
  expect(decision(replayed({ ...alike }), replayed({ ...alike, recipeId: 'two' }))).toBe('distinct');
});

test('another package is another flaw, unless the sources lie in one repository', () => {
  expect(decision(record(), record({ purl: 'pkg:npm/x' }))).toBe('distinct');
  const repository = 'https://github.com/DaveGamble/cJSON.git';
  expect(decision(record({ repository }), record({ purl: 'pkg:npm/x', repository: 'git@github.com:davegamble/cjson' }))).not.toBe(
    'distinct',
  );
});

test('one fix, one identifier, one patch', () => {
  const patch = '+++ b/a.c\n@@ -1 +1 @@\n-x\n+y\n';
  expect(decision(record({ fixedCommit: 'ABCDEF1234' }), record({ fixedCommit: 'abcdef1' }))).toBe('same');
  expect(decision(record({ text: 'like cve-2020-1234' }), record({ text: 'CVE-2020-1234' }))).toBe('same');
  expect(decision(record({ patch }), record({ patch: patch.replace('-1 +1', '-9 +9') }))).toBe('same');
});

test('a text that names two identifiers is of neither', () => {
  expect(record({ text: 'an incomplete fix of CVE-2020-1234, see CVE-2021-1234' }).upstreamIds).toEqual([]);
});

test('claimed: one crash state of one kind, or one function with one weakness; nothing claimed is distinct within a package', () => {
  const crash = (crashState: readonly string[], crashType = 'Heap-buffer-overflow READ 4') => record({ crashState, crashType });
  expect(decision(crash(state), crash(state, 'Heap-buffer-overflow READ 1'))).toBe('same');
  expect(decision(crash(state), crash(state, 'Use-of-uninitialized-value'))).toBe('unsure');
  expect(decision(crash(state), crash(['a', 'b', 'c']))).toBe('unsure');
  const symbol = (file: string, cwe = 'CWE-787') => record({ file, cwe, function: 'parse_string' });
  expect(decision(symbol('src/cJSON.c'), symbol('./cJSON.c'))).toBe('same');
  expect(decision(symbol('src/cJSON.c'), symbol('src/other_cJSON.c'))).toBe('unsure');
  expect(decision(symbol('src/cJSON.c'), symbol('src/cJSON.c', 'CWE-122'))).toBe('same');
  expect(decision(symbol('src/cJSON.c'), symbol('src/cJSON.c', 'CWE-79'))).toBe('unsure');
});

test('a fuzzing service: what comes up at one time is likely one flaw, what comes back after months is not', () => {
  const report = (days: number, over: object = {}) =>
    record({
      crashState: state,
      crashType: 'Heap-buffer-overflow READ 4',
      fuzzTarget: 'cjson_read_fuzzer',
      reportedAt: 1.6e12 + days * day,
      ...over,
    });
  expect(decision(report(0), report(0.1))).toBe('same');
  expect(decision(report(0), report(300, { crashState: ['print_number', 'print', 'x'] }))).toBe('distinct');
  expect(decidePair(report(0), report(300)).reasons).toContain('reported 300 days apart');
});

test('texts: the same told twice is one flaw; another product’s is not', () => {
  const text = (name: string, parameter: string) =>
    traitsOfRecord({
      text: `${name} before 2.3.1 allows SQL injection. A remote attacker can run SQL through the ${parameter} parameter of ${name}'s listing page.`,
    });
  expect(decision(text('Quuxboard', 'zlorp_order'), text('Quuxboard', 'zlorp_order'))).toBe('same');
  expect(
    decision(
      text('Quuxboard', 'zlorp_order'),
      traitsOfRecord({ text: 'A race between two threads of the frobnicator frees a blorb twice.' }),
    ),
  ).not.toBe('same');
});

const some = fc.record({
  purl: fc.constantFrom(undefined, 'pkg:npm/a', 'pkg:npm/b'),
  text: fc.constantFrom(
    '',
    'Heap overflow in read_chunk of libfoo 1.2',
    'libfoo 1.3 frees a chunk twice in drop_chunk',
    'see CVE-2020-1111',
  ),
  cwe: fc.constantFrom(undefined, 'CWE-787', 'CWE-122', 'CWE-79'),
  function: fc.constantFrom(undefined, 'f', 'g'),
  file: fc.constantFrom(undefined, 'src/a.c', 'a.c', ''),
  crashState: fc.constantFrom(undefined, 'x\ny\nz', 'x\ny\nw', 'NULL', ' '),
  crashType: fc.constantFrom(undefined, 'Heap-buffer-overflow READ 1', 'UNKNOWN'),
  fuzzTarget: fc.constantFrom(undefined, 'a_fuzzer', 'b_fuzzer'),
  reportedAt: fc.constantFrom(undefined, 1.6e9, 1.6e9 + 100),
  fixedCommit: fc.constantFrom(undefined, 'abcdef12', 'abcdef1', '1234567'),
  patch: fc.constantFrom(undefined, '+++ b/x\n@@\n+1\n'),
});
const rerun = fc.record({
  verdict: fc.constantFrom<Traits['verdict']>(null, 'reproduced', 'reproduced-fix-incomplete', 'not-reproduced', 'flaky', 'could-not-tell'),
  recipeId: fc.constantFrom(null, 'one', 'two'),
});
const anything = fc.tuple(some, rerun, fc.boolean()).map(([given, run, proved]): Traits => {
  const traits = traitsOfRecord(given);
  return { ...traits, ...run, crash: traits.crash && proved ? { ...traits.crash, from: 'verdict' } : traits.crash };
});

test('property: symmetric, a probability, with reasons; the unresolved is never distinct within its package', () => {
  fc.assert(
    fc.property(anything, anything, (a, b) => {
      const decided = decidePair(a, b);
      expect(decidePair(b, a)).toEqual(decided);
      expect(decided.score).toBeGreaterThanOrEqual(0);
      expect(decided.score).toBeLessThanOrEqual(1);
      expect(decided.reasons.length).toBeGreaterThan(0);
      const unresolved = [a, b].some(
        (t) => !t.verdict?.startsWith('reproduced') || t.crash?.from !== 'verdict' || t.crash.state.length === 0,
      );
      const fuzzed = [a, b].every((t) => t.fuzzTarget && t.reportedAtMs && t.crash);
      if (unresolved && !fuzzed && a.package !== null && a.package === b.package) expect(decided.decision).not.toBe('distinct');
    }),
    { numRuns: 500 },
  );
});
