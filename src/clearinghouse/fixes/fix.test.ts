import fc from 'fast-check';
import { expect, test } from 'vitest';
import { limits } from '../../base/limits.ts';
import { isRefusal } from '../../base/refusal.ts';
import { move } from '../../base/states.ts';
import { decideExposure, decideRollup, fixMoves, fixStates, rollupStates, worstOf } from './fix.ts';

const left = 'pkg:npm/left';
const held = (...versions: (string | null)[]) => versions.map((version) => ({ purl: `${left}@${version}`, version }));
const ranges = [{ introduced: null, fixed: '2.0.0' }];
const counts = (exposed: number, doubt = 0, claimed = 0, observed = 0) => ({
  exposed,
  'could-not-tell': doubt,
  'fix-claimed': claimed,
  observed,
});

test('one affected version among several exposes; what could not be told stays listed beside it', () => {
  const exposure = decideExposure(left, held('3.0.0', '1.0.0', 'latest'), ranges);
  expect(exposure).toMatchObject({ verdict: 'affected', components: ['pkg:npm/left@1.0.0', 'pkg:npm/left@latest'] });
});

test('a doubt among safe versions is a doubt', () => {
  expect(decideExposure(left, held('3.0.0', null), ranges)).toMatchObject({ verdict: 'could-not-tell', components: ['pkg:npm/left@null'] });
});

test('not affected only when every version that is held was compared', () => {
  expect(decideExposure(left, held('3.0.0', '2.0.0'), ranges)).toMatchObject({ verdict: 'not-affected', components: [] });
  expect(decideExposure(left, [], ranges)).toMatchObject({ verdict: 'not-affected', because: 'the inventory does not hold this package' });
});

test('only an inventory makes a fix observed, whatever the state; a claim never does', () => {
  for (const from of fixStates) {
    expect(move(fixMoves, from, 'claim')).not.toBe('observed');
    expect(move(fixMoves, from, 'doubt')).not.toBe('observed');
    expect(move(fixMoves, from, 'find')).toBe('exposed');
  }
  expect(isRefusal(move(fixMoves, 'observed', 'claim'))).toBe(true);
});

test('an operator stands where its worst inventory stands', () => {
  expect(worstOf(['observed', 'exposed', 'fix-claimed'])).toBe('exposed');
  expect(worstOf(['observed', 'could-not-tell'])).toBe('could-not-tell');
  expect(worstOf(['not-affected'])).toBeUndefined();
});

test('at the threshold there is a roll-up, below it nothing', () => {
  const n = limits.rollupOperators;
  expect(decideRollup(counts(n), n)).toEqual({ operators: n, states: counts(n) });
  expect(decideRollup(counts(n - 1), n).operators).toBeNull();
  expect(Object.values(decideRollup(counts(n - 1), n).states)).toEqual([null, null, null, null]);
});

test('a hidden count does not follow from the total', () => {
  expect(decideRollup(counts(20, 0, 0, 1), 5)).toEqual({
    operators: 21,
    states: { exposed: null, 'could-not-tell': 0, 'fix-claimed': 0, observed: null },
  });
  // Two hidden ones that add up to two would both be one.
  expect(decideRollup(counts(20, 1, 1, 0), 5).states).toMatchObject({ exposed: null, 'could-not-tell': null, 'fix-claimed': null });
});

test('whatever the counts: no shown cell is small, and no hidden one can be computed', () => {
  const small = fc.integer({ min: 0, max: 12 });
  fc.assert(
    fc.property(small, small, small, small, (a, b, c, d) => {
      const of = counts(a, b, c, d);
      const { operators, states } = decideRollup(of, 5);
      for (const s of rollupStates) expect(states[s] === null || states[s] === 0 || states[s] >= 5).toBe(true);
      const hidden = rollupStates.filter((s) => states[s] === null);
      if (operators === null || hidden.length === 0) return;
      const sum = hidden.reduce((n, s) => n + of[s], 0);
      expect(hidden.length).toBeGreaterThan(1);
      expect(sum).toBeGreaterThanOrEqual(5);
    }),
  );
});
