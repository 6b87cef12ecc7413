import { expect, test } from 'vitest';
import { normalOf, simulatedResponses } from '../../../test/simulated.ts';
import { insist } from '../../base/refusal.ts';
import { studentQuantile } from '../../base/special-functions.ts';
import { correctedMean } from './clusters.ts';
import { estimateHorizons } from './horizons/horizons.ts';
import { gatherStudy } from './horizons/study.ts';
import { bootstrapInterval, tInterval } from './intervals-of-means.ts';
import { generalizedAccuracy } from './latent/generalized.ts';
import { fitIrt, pointsPerLogit } from './latent/irt.ts';
import { powerOf } from './power.ts';
import { type Random, randomFrom } from './random.ts';
import { oneSided } from './shares.ts';
import { clopperPearson, clusteredMean, wilson } from './statistics.ts';
import { decideStop } from './stopping.ts';

/** How often `holds` was so in `times` trials. */
function shareOf(times: number, seed: number, holds: (random: Random, trial: number) => boolean): number {
  const random = randomFrom(seed);
  let count = 0;
  for (let trial = 0; trial < times; trial++) if (holds(random, trial)) count++;
  return count / times;
}
/** Four standard errors of a share that is counted in so many trials: one sound rule in 16,000 would be taken for broken. */
const give = (share: number, times: number) => 4 * Math.sqrt((share * (1 - share)) / times);
const count = (random: Random, n: number, p: number) => {
  let k = 0;
  for (let i = 0; i < n; i++) if (random.share() < p) k++;
  return k;
};
const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
const holds = ({ low, high }: { low: number; high: number }, truth: number) => low <= truth && truth <= high;

test.each([0.05, 0.3, 0.5, 0.9])('share %f: Clopper–Pearson never covers too little, Wilson about what it says', (p) => {
  const times = 4000;
  for (const n of [12, 60]) {
    const exact = shareOf(times, 1, (random) => holds(insist(clopperPearson({ k: count(random, n, p), n, confidence: 0.95 })), p));
    expect(exact).toBeGreaterThan(0.95 - give(0.95, times));
    const score = shareOf(times, 2, (random) => holds(insist(wilson({ k: count(random, n, p), n, confidence: 0.95 })), p));
    // Wilson holds on the average of p; at one p the steps of k move it (Brown, Cai and DasGupta 2001: 0.83 at worst near 0).
    expect(score).toBeGreaterThan(0.9 - give(0.9, times));
    expect(score).toBeLessThanOrEqual(1);
  }
});

test.each([
  [5, 8, 0.7],
  [5, 8, 0.3],
  [10, 8, 0.7],
  [20, 4, 0.5],
  [30, 8, 0.9],
  [40, 2, 0.8],
])(
  '%i tasks of %i runs, unlike each other, %f solved: a one-sided bound is exceeded no more often than it says',
  (tasks, epochs, truth) => {
    const times = 2000;
    const alpha = 0.05;
    const exceeded = shareOf(times, 20, (random) => {
      const shots = Array.from({ length: tasks }, (_, task) => {
        // Some tasks are nearly always solved, some nearly never; their mean is the truth.
        const chance = random.share() < 0.5 ? truth : random.share() < truth ? 0.95 + 0.05 * truth : 0.05 * truth;
        return Array.from({ length: epochs }, () => ({ task: `t${task}`, isSolved: random.share() < chance }));
      }).flat();
      return oneSided(shots, alpha).low > truth;
    });
    expect(exceeded).toBeLessThan(alpha + give(alpha, times));
  },
);

test('t of normal values covers exactly; the bootstrap of 30 skewed ones nearly, BCa closer than percentile', () => {
  const times = 3000;
  const drawn = (random: Random, n: number, of: (z: number) => number) => Array.from({ length: n }, () => of(normalOf(random)));
  const t = shareOf(times, 3, (random) => holds(insist(tInterval({ values: drawn(random, 8, (z) => 5 + 2 * z), confidence: 0.95 })), 5));
  expect(Math.abs(t - 0.95)).toBeLessThan(give(0.95, times));
  const skewed = (method: 'percentile' | 'bca') =>
    shareOf(1000, 4, (random, seed) => {
      const values = drawn(random, 30, (z) => Math.exp(0.7 * z));
      return holds(insist(bootstrapInterval({ values, confidence: 0.95, method, draws: 999, seed })), Math.exp(0.7 ** 2 / 2));
    });
  const [percentile, bca] = [skewed('percentile'), skewed('bca')];
  expect(percentile).toBeGreaterThan(0.86);
  expect(bca).toBeGreaterThan(0.88);
});

test('eight clusters: corrected, with t of 7 degrees of freedom, covers; uncorrected and normal covers too little', () => {
  const times = 3000;
  const drawn = (random: Random) => {
    const [values, clusters]: [number[], number[]] = [[], []];
    for (let cluster = 0; cluster < 8; cluster++) {
      const common = normalOf(random);
      for (let i = 0; i < 5; i++) {
        values.push(common + normalOf(random));
        clusters.push(cluster);
      }
    }
    return { values, clusters };
  };
  const corrected = shareOf(times, 5, (random) => {
    const { mean, se, df } = insist(correctedMean(drawn(random)));
    return Math.abs(mean) <= studentQuantile(0.05, df) * se;
  });
  expect(Math.abs(corrected - 0.95)).toBeLessThan(give(0.95, times) + 0.005);
  const plain = shareOf(times, 5, (random) => {
    const { mean, se } = insist(clusteredMean(drawn(random)));
    return Math.abs(mean) <= 1.959964 * se;
  });
  expect(plain).toBeLessThan(0.93);
});

test('power is how often the difference is found', () => {
  const times = 4000;
  const design = { design: 'paired', n: 60, between: 0.09, withinA: 0.04, withinB: 0.04, epochsA: 2, epochsB: 2, alpha: 0.05 } as const;
  const said = insist(powerOf({ ...design, effect: 0.12 })).power;
  const found = shareOf(times, 6, (random) => {
    let sum = 0;
    for (let i = 0; i < 60; i++) {
      sum += 0.12 + 0.3 * normalOf(random);
      for (let epoch = 0; epoch < 2; epoch++) sum += (0.2 * normalOf(random) - 0.2 * normalOf(random)) / 2;
    }
    return Math.abs(sum / 60) > 1.959964 * Math.sqrt((0.09 + 0.04) / 60);
  });
  expect(Math.abs(found - said)).toBeLessThan(give(said, times));
});

test.each([0.1, 0.3, 0.7])(
  'stopping at a threshold of %f that is the truth: wrong in no more than alpha of all sequences, looked at after every trial',
  (p) => {
    const times = 800;
    const rule = { threshold: p, alpha: 0.05, mostTrials: 400 };
    const wrong = shareOf(times, 7, (random) => {
      let k = 0;
      for (let n = 1; n <= rule.mostTrials; n++) {
        if (random.share() < p) k++;
        const { low, high, stop } = insist(decideStop(rule, { k, n }));
        // At the threshold itself only leaving the truth out counts; "does not exceed" is then right.
        if (low > p || high < p) return true;
        if (stop === 'could-not-tell') return false;
      }
      return false;
    });
    expect(wrong).toBeLessThan(0.05 + give(0.05, times));
    // And it does stop: well above the threshold long before the end.
    const random = randomFrom(8);
    const truth = Math.min(0.95, p + 0.25);
    let [k, n] = [0, 0];
    for (; n < rule.mostTrials; ) {
      n++;
      if (random.share() < truth) k++;
      if (insist(decideStop(rule, { k, n })).stop !== 'go-on') break;
    }
    expect(insist(decideStop(rule, { k, n })).stop).toBe('exceeds');
    expect(n).toBeLessThan(200);
  },
);

test('generalized accuracy covers the share of all tasks, of which forty were chosen', () => {
  const times = 300;
  let truth = 0;
  for (let z = -6; z <= 6; z += 0.01) truth += (0.01 * Math.exp((-z * z) / 2) * sigmoid(0.5 - 1.5 * z)) / Math.sqrt(2 * Math.PI);
  const covered = shareOf(times, 9, (random) => {
    const tasks = Array.from({ length: 40 }, () => ({ runs: 4, solved: count(random, 4, sigmoid(0.5 - 1.5 * normalOf(random))) }));
    return holds(insist(generalizedAccuracy({ tasks, confidence: 0.95 })).interval, truth);
  });
  expect(Math.abs(covered - 0.95)).toBeLessThan(give(0.95, times));
});

test('item response model: the differences between models lie within 1.96 of their errors as often as they should', () => {
  const [times, abilities] = [60, [-1, 0, 1.5]];
  let [inside, all] = [0, 0];
  for (let seed = 0; seed < times; seed++) {
    const { models } = insist(fitIrt({ responses: simulatedResponses(abilities, 100, 1.5, 0, 100 + seed), parameters: 1 }));
    const best = models.findIndex((model) => model.behind === 0);
    for (const [m, { behind, behindSe }] of models.entries()) {
      if (m === best) continue;
      all++;
      if (Math.abs(behind - (abilities[best]! - abilities[m]!) * pointsPerLogit) <= 1.959964 * behindSe) inside++;
    }
  }
  expect(inside / all).toBeGreaterThan(0.95 - give(0.95, all));
});

test('horizons: the hierarchical interval holds the true p50 where families differ too', () => {
  const times = 120;
  const [coefficient, p50] = [-0.8, 40];
  const covered = shareOf(times, 10, (random, seed) => {
    const gathering = gatherStudy();
    for (let family = 0; family < 12; family++) {
      const common = 0.5 * normalOf(random);
      for (let task = 0; task < 10; task++) {
        const minutes = 2 ** (random.share() * 11);
        const chance = sigmoid(coefficient * (Math.log2(minutes) - Math.log2(p50)) + common);
        for (let run = 0; run < 2; run++)
          gathering.take(
            {
              alias: 'm',
              task_family: `f${family}`,
              task_id: `t${family}.${task}`,
              human_minutes: minutes,
              score_binarized: random.share() < chance ? 1 : 0,
            },
            1,
          );
      }
    }
    const [model] = insist(estimateHorizons(insist(gathering.end()), { draws: 300, seed })).models;
    const [low, high] = model!.p50.cautious!;
    return low! <= p50 && p50 <= (high ?? Number.POSITIVE_INFINITY);
  });
  // It takes chance at three levels into account one after the other, and so is wide rather than narrow.
  expect(covered).toBeGreaterThan(0.95 - give(0.95, times));
});
