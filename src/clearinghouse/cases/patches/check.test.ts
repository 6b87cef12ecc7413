import { describe, expect, test } from 'vitest';
import { limits } from '../../../base/limits.ts';
import { type CheckPlan, judgeCheck } from './check.ts';

const plan: CheckPlan = {
  recipeId: 'r',
  recipeSha256: 'r',
  patchSha256: 'p',
  pocs: [
    { id: 'blb_1', sha256: 'a' },
    { id: 'blb_2', sha256: 'b' },
  ],
  runs: 2,
  tests: 1,
  selfChecks: 1,
  series: ['p'],
  ownTests: 0,
  isSanitized: true,
  hasImmutable: true,
};
const quiet = { saw: 'quiet' };
const crash = { saw: 'crash', crash: {} };
const passed = { name: 't', passed: true, unsure: false, because: '' };
const poc = (sha256: string) => ({ sha256, before: crash, after: [quiet, quiet] });
const trials = (tried: number, tripped = tried) => ({ tried, tripped, ended: 'all', loud: [] });
const loud = (after: string | null, before: string | null = null) => ({
  sha256: 'c',
  poc: null,
  before,
  after,
  because: after && 'it hung',
});
const good = {
  patch: 'p',
  paths: ['x.c'],
  provider: 'box',
  pocs: [poc('a'), poc('b')],
  control: [quiet],
  selfCheck: [crash],
  testsBefore: [passed],
  testsAfter: [passed],
  families: ['Overflow in parse'],
  variants: trials(limits.patchVariants, 7),
  attacks: trials(limits.patchAttacks),
  steps: [],
  ownTests: [],
  immutable: { before: 'x', after: 'x' },
  sight: { watched: { before: 3, after: 3 }, lost: [], changed: [] },
};
const verdict = (over: object) => judgeCheck(plan, { ...good, ...over }).verdict;

describe('a patch check', () => {
  test('is verified when every PoC is silent and every test passes', () => expect(verdict({})).toBe('verified'));
  test('is incomplete when one PoC still trips it', () =>
    expect(verdict({ pocs: [poc('a'), { ...poc('b'), after: [quiet, crash] }] })).toBe('incomplete'));
  test('is incomplete when a variant of a PoC, or an input thrown at it, trips it at the same place', () => {
    for (const by of ['variants', 'attacks'] as const)
      expect(verdict({ [by]: { ...good[by], loud: [loud('Overflow in parse')] } })).toBe('incomplete');
  });
  test('has a crash of its own where the unpatched build has none, and none where it was there before', () => {
    expect(verdict({ attacks: { ...good.attacks, loud: [loud('Overflow in print')] } })).toBe('new-crash');
    expect(verdict({ attacks: { ...good.attacks, loud: [loud('Overflow in print', 'Overflow in print')] } })).toBe('verified');
  });
  test('says when it breaks the tests', () => expect(verdict({ testsAfter: [{ ...passed, passed: false }] })).toBe('breaks-tests'));

  test.each([
    ['a PoC left out', { pocs: [poc('a')] }],
    ['one PoC twice', { pocs: [poc('a'), poc('a')] }],
    ['a run left out', { pocs: [poc('a'), { ...poc('b'), after: [quiet] }] }],
    ['a test left out', { testsAfter: [] }],
    ['no control', { control: [] }],
    ['no self-check', { selfCheck: [] }],
    ['another patch', { patch: 'q' }],
    ['a blind oracle', { selfCheck: [quiet] }],
    ['a PoC that never worked', { pocs: [poc('a'), { ...poc('b'), before: quiet }] }],
    ['a failure', { failure: 'does not build' }],
    ['a variant that cannot be told', { variants: { ...good.variants, loud: [loud(null, 'Overflow in parse')] } }],
    ['variants left out', { variants: trials(limits.patchVariants - 1) }],
    ['thrown inputs left out', { attacks: trials(limits.patchAttacks - 1) }],
    ['more kept than the limit', { attacks: { ...good.attacks, loud: Array(limits.loudTrials + 1).fill(loud('x', 'x')) } }],
    ['what no patch may change changed', { immutable: { before: 'x', after: 'y' } }],
    ['what no patch may change not looked at', { immutable: null }],
    ['a sanitizer that was blinded', { sight: { ...good.sight, lost: ['parse'] } }],
    ['a sanitizer with options of its own', { sight: { ...good.sight, changed: ['__asan_default_options'] } }],
    ['a sanitizer that could not be looked at', { sight: { ...good.sight, failure: 'no symbols' } }],
    ['a sanitizer that was not looked at', { sight: null }],
    ['a test of its own too many', { ownTests: [passed] }],
    ['another series', { steps: [{ sha256: 'p', outcome: 'stops', tripped: 0, because: null }] }],
    ['another shape', { pocs: 'all fine' }],
  ])('could not tell: %s', (_, over) => expect(verdict(over)).toBe('could-not-tell'));

  test('could not tell without anything to check with', () => {
    expect(judgeCheck({ impossible: 'no recipe' }, good)).toEqual({ verdict: 'could-not-tell', because: 'no recipe' });
    expect(judgeCheck(plan, { refused: 'the patch is binary' })).toEqual({ verdict: 'could-not-tell', because: 'the patch is binary' });
  });

  test('of a series it keeps what each patch does, where it is of exactly that series', () => {
    const step = (sha256: string, outcome: string) => ({ sha256, outcome, tripped: outcome === 'trips' ? 1 : 0, because: null });
    const steps = [step('p1', 'trips'), step('p2', 'stops')];
    const asked = { ...plan, series: ['p1', 'p2'] };
    expect(judgeCheck(asked, { ...good, steps })).toMatchObject({ verdict: 'verified', steps });
    expect(judgeCheck(asked, { ...good, steps: steps.toReversed() })).toMatchObject({ verdict: 'could-not-tell' });
    expect(judgeCheck(asked, { ...good, steps, pocs: [], failure: 'patch 2 of 2 does not apply' })).toMatchObject({
      verdict: 'could-not-tell',
      steps,
    });
  });

  test('tests of its own count', () => {
    const own = { ...passed, name: 'own', passed: false, because: 'exited with 1' };
    expect(judgeCheck({ ...plan, ownTests: 1 }, { ...good, ownTests: [own] })).toMatchObject({
      verdict: 'breaks-tests',
      because: 'own: exited with 1',
    });
  });
});
