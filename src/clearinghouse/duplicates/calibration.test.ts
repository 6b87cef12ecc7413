import { describe, expect, test } from 'vitest';
import { crashSet, dataDigest } from '../../../test/calibration/data.ts';
import { fitLogistic } from '../../../test/calibration/fit.ts';
import { learnCrashes } from '../../../test/calibration/learn.ts';
import { bCubed, calibrationError, ratesOf } from '../../../test/calibration/measure.ts';
import { calibration } from './calibration.ts';
import { crashFeatures } from './crash-features.ts';
import { probability } from './model.ts';
import { textTraitsOf } from './text.ts';
import { textFeatures } from './text-features.ts';
import { traitsOfRecord } from './traits.ts';

const digest = dataDigest();

describe.skipIf(digest === undefined)('what is committed is what `npm run calibrate` writes', () => {
  test('it was fitted to the data at hand', () => expect(calibration.data).toBe(digest));

  test('the crash model is that of a fit on all of it', () => {
    const { intercept, weights } = learnCrashes(crashSet(), () => true);
    expect(calibration.crash.intercept).toBeCloseTo(intercept, 3);
    expect(Object.keys(calibration.crash.weights)).toEqual(Object.keys(weights));
    for (const [name, weight] of Object.entries(weights)) expect(calibration.crash.weights[name]).toBeCloseTo(weight, 3);
  });
});

test('each model knows the features it is asked with, and no other', () => {
  const crash = traitsOfRecord({ crashState: 'a', fuzzTarget: 'f', reportedAt: 1.6e9 });
  expect(Object.keys(calibration.crash.weights)).toEqual(Object.keys(crashFeatures(crash, crash)));
  expect(Object.keys(calibration.text.weights)).toEqual(Object.keys(textFeatures(textTraitsOf('a'), textTraitsOf('a'))));
});

test('the fit finds the odds that made the data, and leaves a feature without news alone', () => {
  const examples = Array.from({ length: 400 }, (_, i) => ({
    features: { told: i % 2, noise: Math.floor(i / 8) % 2 },
    // Three of four where it is told, one of four where not.
    positive: i % 2 === 1 ? i % 8 !== 7 : i % 8 === 0,
    weight: 1,
  }));
  const model = fitLogistic(examples, 0.001);
  expect(probability(model, { told: 1, noise: 0.5 })).toBeCloseTo(0.75, 1);
  expect(probability(model, { told: 0, noise: 0.5 })).toBeCloseTo(0.25, 1);
  const shrunk = fitLogistic(examples, 1e6);
  expect(Math.abs(shrunk.weights.told!)).toBeLessThan(0.01);
});

test('rates, B-cubed and calibration error by hand', () => {
  const pairs = [
    { decision: 'same', same: true },
    { decision: 'same', same: false },
    { decision: 'unsure', same: true },
    { decision: 'distinct', same: false },
  ] as const;
  expect(ratesOf(pairs)).toEqual({ precision: 0.5, recall: 0.5, f1: 0.5, abstain: 0.25 });
  const split = bCubed(['x', 'x', 'y'], ['1', '1', '1']);
  expect(split.precision).toBeCloseTo(1);
  expect(split.recall).toBeCloseTo((2 / 3 + 2 / 3 + 1 / 3) / 3);
  const lumped = bCubed(['x', 'x', 'x'], ['1', '1', '2']);
  expect(lumped.precision).toBeCloseTo((2 / 3 + 2 / 3 + 1 / 3) / 3);
  expect(lumped.recall).toBeCloseTo(1);
  expect(
    calibrationError([
      { score: 0.75, same: true },
      { score: 0.75, same: false },
    ]),
  ).toBeCloseTo(0.25);
});
