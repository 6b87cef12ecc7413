import { expect, test } from 'vitest';
import { agreementOf, type Pair } from './agreement.ts';

const pairs = (counts: readonly (readonly [string, string, number])[]): Pair<string>[] =>
  counts.flatMap(([first, second, n]) => Array.from({ length: n }, (_, i) => ({ task: `${first} ${second} ${i}`, first, second })));
const two = { asked: 125, categories: ['yes', 'no'], confidence: 0.95 };

test('κ and AC1 of the example by which the paradox of κ is shown: 118, 5, 2 and 0 of 125', () => {
  const found = agreementOf(
    pairs([
      ['yes', 'yes', 118],
      ['yes', 'no', 5],
      ['no', 'yes', 2],
    ]),
    two,
  );
  expect(found.raw!.share).toBeCloseTo(0.944, 12);
  // By hand: (0.944 − 0.94528) / (1 − 0.94528), and (0.944 − 0.054432) / (1 − 0.054432).
  expect(found.kappa!.value).toBeCloseTo(-0.0233918, 6);
  expect(found.ac1!.value).toBeCloseTo(0.9407763, 6);
  expect(found.ac1!.interval.low).toBeLessThan(found.ac1!.value);
  expect(found.ac1!.interval.high).toBeGreaterThan(found.ac1!.value);
});

test('where all agree the interval is as wide as so few pairs make it; in one category κ says nothing', () => {
  const few = agreementOf(
    pairs([
      ['yes', 'yes', 3],
      ['no', 'no', 2],
    ]),
    two,
  );
  expect([few.kappa!.value, few.ac1!.value]).toEqual([1, 1]);
  expect(few.raw!.interval).toEqual({ low: expect.closeTo(0.4781762, 6), high: 1 });
  expect(few.kappa!.interval.low).toBeLessThan(0);
  const one = agreementOf(pairs([['yes', 'yes', 5]]), two);
  expect([one.kappa, one.ac1!.value]).toEqual([null, 1]);
});

test('pairs of one task are one trial; where none is given there is no figure', () => {
  const task = (name: string, n: number) => Array.from({ length: n }, () => ({ task: name, first: 'yes', second: 'yes' }));
  const found = agreementOf([...task('a', 50), ...task('b', 50)], two);
  expect(found).toMatchObject({ asked: 125, given: 100, tasks: 2 });
  expect(found.raw!.interval.low).toBeLessThan(0.2);
  expect(agreementOf([], two)).toEqual({
    ...{ asked: 125, given: 0, tasks: 0, agreed: 0, confidence: 0.95 },
    raw: null,
    kappa: null,
    ac1: null,
  });
});
