import { describe, expect, test } from 'vitest';
import { letters } from '../vfdpxa.ts';
import { allHistories, byChance, desired, met, replay, skillOf } from './history.ts';

const permutations = (of: readonly string[]): string[] =>
  of.length === 0 ? [''] : of.flatMap((letter) => permutations(of.filter((l) => l !== letter)).map((rest) => letter + rest));

describe('the histories', () => {
  const all = allHistories();

  test('are exactly 70, and their frequencies are one whole', () => {
    expect(new Set(all.map((h) => h.history.join(''))).size).toBe(70);
    expect(all).toHaveLength(70);
    expect(all.reduce((sum, h) => sum + h.frequency, 0)).toBeCloseTo(1, 12);
  });

  test('each replays to the end, and the other 650 orders of the six are refused', () => {
    const valid = new Set(all.map((h) => h.history.join('')));
    const accepted = permutations(letters).filter((order) => replay([...order]) === 'VFDPXA');
    expect(new Set(accepted)).toEqual(valid);
    expect(replay(['F'])).toBeUndefined();
    expect(replay(['P', 'F'])).toBeUndefined();
    expect(replay(['X', 'V'])).toBeUndefined();
    expect(replay(['V', 'V'])).toBeUndefined();
    expect(replay([])).toBe('vfdpxa');
  });

  test.each([
    ['AXPVFD', 0, 0.0833],
    ['XPVAFD', 3, 0.125],
    ['VAXPFD', 3, 0.0208],
    ['PVFXDA', 8, 0.0139],
    ['VFXPDA', 9, 0.0078],
    ['VFDXPA', 11, 0.0052],
    ['VFDPXA', 12, 0.0026],
  ])('%s meets %i of the twelve, and comes about by chance as often as the table of SR-021 says', (order, count, frequency) => {
    const { history, frequency: ours } = all.find((h) => h.history.join('') === order)!;
    expect(desired.filter((d) => met(history, d) === 'met')).toHaveLength(count);
    expect(ours).toBeCloseTo(frequency, 4);
  });
});

test.each([
  ['VP', 1 / 3],
  ['VX', 2 / 3],
  ['VA', 0.75],
  ['FP', 1 / 9],
  ['FX', 1 / 3],
  ['FA', 0.375],
  ['DP', 1 / 27],
  ['DX', 1 / 6],
  ['DA', 0.1875],
  ['PX', 0.5],
  ['PA', 2 / 3],
  ['XA', 0.5],
] as const)('%s comes about by chance with the frequency of SR-021', (ordering, frequency) => {
  expect(byChance(ordering)).toBeCloseTo(frequency, 9);
});

describe('skill', () => {
  const of = (order: string) => [...order] as never[];
  const measure = (orders: string[], ordering: string) => skillOf(orders.map(of)).find((s) => s.ordering === ordering)!;

  test('is 1 where it always was so, and below 0 where it was so more seldom than by chance', () => {
    expect(skillOf([of('VFDPXA')]).map((s) => s.skill)).toEqual(desired.map(() => 1));
    expect(measure(['AXPVFD'], 'VA').skill).toBeCloseTo(-3, 9);
    // SR-021: knowing about seven of ten before attacks is no better than chance.
    expect(measure([...Array(7).fill('VFDPXA'), ...Array(3).fill('AVFDPX')], 'VA').skill).toBeCloseTo(-0.2, 9);
  });

  test('what is still open is no trial, and what is decided before the end is one', () => {
    expect(measure(['V'], 'VP')).toMatchObject({ trials: 1, met: 1 });
    expect(measure(['PV'], 'VP')).toMatchObject({ trials: 1, met: 0 });
    expect(measure(['V'], 'PX')).toEqual({ ordering: 'PX', trials: 0, met: 0, byChance: 0.5, skill: null, credible: null });
  });

  test('of few trials little is known, and more of more', () => {
    const width = (n: number) => {
      const { credible } = measure(Array(n).fill('VFDPXA'), 'PX');
      return credible![1] - credible![0];
    };
    // Beta(2, 1): the frequency lies above the square root of 0.025; byChance is one half.
    const [from, to] = measure(['VFDPXA'], 'PX').credible!;
    expect([from, to]).toEqual([expect.closeTo(2 * Math.sqrt(0.025) - 1, 9), expect.closeTo(2 * Math.sqrt(0.975) - 1, 9)]);
    expect([width(10) > width(100), width(100) > width(1000)]).toEqual([true, true]);
  });
});
