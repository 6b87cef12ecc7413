import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Instant } from '../../base/instant.ts';
import { decideHome, houseLabel, type Member, type Vulnerability } from './duplicate.ts';
import { type Compared, decideSame } from './same.ts';

const state = 'parse_string\nparse_value\ncJSON_Parse\n';
const replayed = (over: Partial<Compared> = {}): Compared => ({
  package: 'pkg:deb/debian/cjson',
  cwe: null,
  symbol: null,
  verdict: 'reproduced',
  crashState: state,
  recipeId: 'one',
  ...over,
});
const claimed = (over: Partial<Compared> = {}): Compared => replayed({ verdict: null, crashState: null, recipeId: null, ...over });
const symbol = (file: string | null, name: string | null = 'parse_string') => ({ file, function: name, line: null });

test('same crash and same verdict is one flaw', () => {
  expect(decideSame(replayed(), replayed())).toMatchObject({ decision: 'same', score: 1 });
  expect(decideSame(replayed(), replayed({ crashState: 'parse_string\nparse_value\nmain\n' })).decision).toBe('same');
});

test('another recipe or another crash is another flaw', () => {
  expect(decideSame(replayed(), replayed({ recipeId: 'two' })).decision).toBe('distinct');
  expect(decideSame(replayed({ recipeId: null }), replayed({ recipeId: null, crashState: 'print_number\nprint\nx\n' })).decision).toBe(
    'distinct',
  );
  expect(decideSame(replayed(), replayed({ package: 'pkg:npm/x' })).decision).toBe('distinct');
});

test('one fix that stops both, at two places, is for people', () => {
  expect(decideSame(replayed(), replayed({ crashState: 'print_number\nprint\nx\n' })).decision).toBe('unsure');
  expect(decideSame(replayed(), replayed({ verdict: 'reproduced-fix-incomplete' })).decision).toBe('unsure');
});

test('same function and weakness is one flaw while our runs do not say otherwise', () => {
  const a = claimed({ cwe: 'CWE-787', symbol: symbol('src/cJSON.c') });
  expect(decideSame(a, claimed({ cwe: 'CWE-787', symbol: symbol('./cJSON.c') })).decision).toBe('same');
  expect(decideSame(a, claimed({ cwe: 'CWE-787', symbol: symbol('src/other_cJSON.c') })).decision).toBe('unsure');
  expect(decideSame(a, claimed({ cwe: 'CWE-125', symbol: symbol('src/cJSON.c') })).decision).toBe('unsure');
  expect(
    decideSame(
      replayed({ ...a, verdict: 'reproduced', crashState: state, recipeId: 'one' }),
      replayed({ ...a, verdict: 'reproduced', crashState: state, recipeId: 'two' }),
    ).decision,
  ).toBe('distinct');
});

const anything = fc.record<Compared>({
  package: fc.constant('p'),
  cwe: fc.option(fc.constantFrom('CWE-1', 'CWE-2')),
  symbol: fc.option(
    fc.record({
      file: fc.option(fc.constantFrom('a.c', 'src/a.c', '')),
      function: fc.option(fc.constantFrom('f', 'g', '')),
      line: fc.constant(null),
    }),
  ),
  verdict: fc.option(fc.constantFrom('reproduced', 'reproduced-fix-incomplete', 'not-reproduced', 'flaky', 'could-not-tell')),
  crashState: fc.option(fc.constantFrom(state, 'x\ny\nz\n', 'NULL', '', ' ')),
  recipeId: fc.option(fc.constantFrom('one', 'two')),
});

test('property: the order does not matter, and the unresolved is never distinct', () => {
  fc.assert(
    fc.property(anything, anything, (a, b) => {
      const decided = decideSame(a, b);
      expect(decideSame(b, a)).toEqual(decided);
      expect(decided.score).toBeGreaterThanOrEqual(0);
      expect(decided.score).toBeLessThanOrEqual(1);
      const unresolved = [a, b].some((f) => !f.verdict?.startsWith('reproduced') || !f.crashState?.trim() || f.crashState === 'NULL');
      if (unresolved) expect(decided.decision).not.toBe('distinct');
    }),
  );
});

test('DISTINCT vetoes a group; unsure alone opens no door', () => {
  const member = (findingId: Member['findingId']): Member => ({
    findingId,
    orgId: 'org_a',
    reporterId: 'psn_a',
    receivedAt: '' as Instant,
    joinedAt: '' as Instant,
    leftAt: null,
    because: '',
  });
  const group = (id: Vulnerability['id'], ...ids: Member['findingId'][]): Vulnerability => ({
    id,
    package: 'p',
    state: 'open',
    members: ids.map(member),
    label: houseLabel,
    openedAt: '' as Instant,
  });
  const open = [group('vul_1', 'fnd_1', 'fnd_2'), group('vul_2', 'fnd_3'), group('vul_3', 'fnd_4')];
  const decided: Record<string, 'same' | 'distinct' | 'unsure'> = { fnd_1: 'same', fnd_2: 'distinct', fnd_3: 'unsure', fnd_4: 'same' };
  expect(decideHome(open, (id) => decided[id])?.id).toBe('vul_3');
  expect(decideHome(open.slice(0, 2), (id) => decided[id])).toBeUndefined();
});
