import { describe, expect, test } from 'vitest';
import type { Input } from './experiment.ts';
import type { Observation } from './oracle.ts';
import type { Variant } from './recipe.ts';
import { decideVerdict, type Seen } from './verdict.ts';

const quiet: Observation = { saw: 'quiet' };
const unsure: Observation = { saw: 'could-not-tell', because: 'out of memory' };
const crash = (fingerprint = 'a'): Observation => ({
  saw: 'crash',
  crash: { type: 'Heap-buffer-overflow', state: 'f', security: true, frames: [], fingerprint },
});
const seen = (variant: Variant, input: Input, ...observations: Observation[]): Seen[] =>
  observations.map((observation) => ({ variant, input, symbolized: false, observation }));
const runs = (poc: Observation[], fixed: Observation[], control: Observation[] = [quiet, quiet, quiet]) => [
  ...seen('vulnerable', 'poc', ...poc),
  ...seen('fixed', 'poc', ...fixed),
  ...seen('vulnerable', 'control', ...control),
];
const c = crash();
const q = quiet;
const u = unsure;

describe('verdicts', () => {
  test.each([
    ['reproduced', [c, c, c], [q, q, q], [q, q, q]],
    ['not-reproduced', [q, q, q], [q, q, q], [q, q, q]],
    ['not-reproduced', [q, q, q], [c, c, c], [q, q, q]],
    ['flaky', [c, q, c], [q, q, q], [q, q, q]],
    ['flaky', [c, crash('b'), c], [q, q, q], [q, q, q]],
    ['reproduced-fix-incomplete', [c, c, c], [q, q, c], [q, q, q]],
    ['could-not-tell', [c, c, c], [q, u, q], [q, q, q]],
    ['could-not-tell', [c, u, c], [q, q, q], [q, q, q]],
    ['could-not-tell', [q, u, q], [q, q, q], [q, q, q]],
    ['could-not-tell', [c, c, c], [q, q, q], [q, c, q]],
    ['could-not-tell', [c, c, c], [q, q, q], [q, u, q]],
    ['could-not-tell', [c, c, c], [], [q, q, q]],
    ['could-not-tell', [c, c, c], [q, q, q], []],
    ['could-not-tell', [], [], [q, q, q]],
  ])('%s', (verdict, poc, fixed, control) => {
    expect(decideVerdict(runs(poc, fixed, control), true).verdict).toBe(verdict);
  });

  test.each([
    ['reproduced', 2, [c, q, c]],
    ['flaky', 3, [c, q, c]],
    ['flaky', 2, [c, q, q]],
    ['flaky', 2, [c, q, crash('b')]],
    ['not-reproduced', 1, [q, q, q]],
  ])('%s where %i of 3 are enough', (verdict, needed, poc) => {
    expect(decideVerdict(runs(poc, [q, q, q]), true, needed).verdict).toBe(verdict);
  });

  test('without a fixed build it can still be reproduced, and says what it was not compared with', () => {
    expect(decideVerdict(runs([c, c, c], []), false)).toMatchObject({
      verdict: 'reproduced',
      because: expect.stringContaining('no fixed build'),
    });
  });

  test('a blind oracle closes the gate', () => {
    const blind = [...runs([c, c, c], [q, q, q]), ...seen('fixed', 'self-check', q)];
    expect(decideVerdict(blind, true)).toMatchObject({
      verdict: 'could-not-tell',
      because: expect.stringContaining('self-check on the fixed'),
    });
    expect(decideVerdict([...runs([c, c, c], [q, q, q]), ...seen('fixed', 'self-check', c)], true).verdict).toBe('reproduced');
  });

  test('a symbolised repeat has no vote, and lends names only for the same place', () => {
    const named = (fingerprint: string): Seen => ({
      variant: 'vulnerable',
      input: 'poc',
      symbolized: true,
      observation: { saw: 'crash', crash: { type: 't', state: 'named', security: true, frames: [], fingerprint } },
    });
    expect(decideVerdict([...runs([c, c, c], [q, q, q]), named('a')], true).crash?.state).toBe('named');
    expect(decideVerdict([...runs([c, c, c], [q, q, q]), named('z')], true).crash?.state).toBe('f');
    expect(decideVerdict([...runs([q, q, q], [q, q, q]), named('a')], true).verdict).toBe('not-reproduced');
  });
});
