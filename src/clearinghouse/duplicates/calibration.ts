import type { Calibration } from './model.ts';

/** Written by `npm run calibrate`; `data` is the digest of what it was fitted to. */
export const calibration: Calibration = {
  data: '0fc2261d3d0ca87dca9cef744b3183666586defc1d185ec6bd79e7e474a2f650',
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
    intercept: 1.2649,
    weights: {
      missing: -1.3425,
      sharedRare: 0.9073,
      cosine: -2.3233,
      contained: 1.0029,
      sentence: -4.1691,
      sentencePart: 3.4906,
      sentenceWeight: -0.2037,
      versionsShared: -0.7827,
      versionsDiffer: -1.7323,
      objectsShared: 1.4879,
      objectsDiffer: 0.5684,
      topicsShared: 0.8707,
    },
  },
};
