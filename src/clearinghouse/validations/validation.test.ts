import { describe, expect, test } from 'vitest';
import { judge } from './judgement.ts';
import { decisiveTrial, isEnough, type Trial } from './validation.ts';

describe('which trial speaks for all', () => {
  test.each([
    [['not-reproduced', 'could-not-tell', 'reproduced'], 2],
    [['not-reproduced', 'reproduced-fix-incomplete'], 1],
    [['reproduced-fix-incomplete', 'reproduced'], 1],
    [['could-not-tell', 'reproduced-fix-incomplete'], 1],
    [['not-reproduced', 'flaky', 'could-not-tell'], 2],
    [['not-reproduced', 'flaky'], 1],
    [['not-reproduced', 'not-reproduced'], 0],
    [[], -1],
  ] as const)('%j → %i', (outcomes, at) => expect(decisiveTrial(outcomes)).toBe(at));

  test('only after one that reproduced may the rest be left out', () => {
    expect(isEnough(3, ['not-reproduced', 'reproduced'])).toBe(true);
    expect(isEnough(3, ['not-reproduced'])).toBe(false);
    expect(isEnough(3, ['reproduced-fix-incomplete'])).toBe(false);
    expect(isEnough(2, ['not-reproduced', 'flaky'])).toBe(true);
    expect(isEnough(1, [])).toBe(false);
  });
});

describe('evidence of a validation', () => {
  const trial: Trial = { recipeId: 'r', pocId: 'blb_1', pocSha256: 'a', experiment: null, outcome: null };
  const gone = { refused: true, code: 'not_found', because: 'the recipe is gone' } as const;
  const enforced = { memory: true, pids: true, cpu: true, disk: true, net: true, seccomp: true };
  const probe = { usable: true, isolation: 'process', enforced, missing: [] } as const;
  const say = (evidence: Parameters<typeof judge>[2]) => judge([trial], [gone], evidence);

  test.each([
    ['malformed', undefined, /malformed/],
    ['no usable box', { probe: { ...probe, usable: false, missing: ['no cgroups'] }, trials: [] }, /no cgroups/],
    ['too many trials', { probe, trials: [null, null] }, /more trials/],
    ['too few trials', { probe, trials: [] }, /fewer trials/],
    ['a recipe that is gone', { probe, trials: [{}] }, /the recipe is gone/],
  ] as const)('could not tell: %s', (_, evidence, because) => {
    const judged = say(evidence as never);
    expect(judged.verdict).toBe('could-not-tell');
    expect(judged.because).toMatch(because);
    expect(judged.seal).toBeUndefined();
  });
});
