import type { Calibration } from './model.ts';

/** Written by `npm run calibrate`; `data` is the digest of what it was fitted to. */
export const calibration: Calibration = {
  data: '06a14177eabc9b43dffc0fec8ee6afc5f0035e9e6255abcafa2cc7c8eaea76a2',
  crash: {
    intercept: 0.7475,
    weights: {
      daysApart: -0.815,
      target: 1.1635,
      sameType: 0.4377,
      sameTypeFamily: 0.2059,
      sameAccess: 0.3707,
      topFrameMet: 0.8393,
      anyFrame: 0.0107,
      twoFrames: -3.3223,
      sameState: -0.7565,
      anyFrameSameDay: -0.2309,
      names: -1.1453,
      bestName: 1.1611,
    },
  },
  text: {
    intercept: 1.2695,
    weights: {
      missing: -1.3445,
      sharedRare: 0.9073,
      cosine: -2.3301,
      contained: 1.003,
      sentence: -4.1771,
      sentencePart: 3.4923,
      sentenceWeight: -0.2045,
      versionsShared: -0.7818,
      versionsDiffer: -1.7355,
      objectsShared: 1.5036,
      objectsDiffer: 0.5721,
      topicsShared: 0.8709,
    },
  },
};
