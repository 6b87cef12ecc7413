import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { normalOf } from '../../../test/simulated.ts';
import { insist } from '../../base/refusal.ts';
import { studentQuantile } from '../../base/special-functions.ts';
import type { Plan } from '../plans/plan.ts';
import { correctedMean } from './clusters.ts';
import { furtherOf } from './further.ts';
import { estimateHorizons } from './horizons/horizons.ts';
import { gatherStudy } from './horizons/study.ts';
import { bootstrapInterval, tInterval } from './intervals-of-means.ts';
import { generalizedAccuracy } from './latent/generalized.ts';
import { type Random, randomFrom } from './random.ts';
import { oneSided, shareOf } from './shares.ts';
import { type Bounds, clopperPearson, wilson } from './statistics.ts';

/**
 * How often each interval that says 95 % holds the truth where there is little to go by: of 5, 10 and 20 values or tasks. The table in
 * docs/BENCHMARKS.md is what this prints; it fails where that says anything else.
 */
const confidence = 0.95;
const sizes = [5, 10, 20];
const shares = [0.05, 0.2, 0.5, 0.8, 0.95];
const range = [0, 1] as const;
const runsOfTask = 4;

type Draw<T> = (random: Random, n: number, truth: number) => T;
type Interval<T> = (drawn: T, seed: number) => Bounds;

const list = <T>(n: number, of: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => of(i));
const holds = ({ low, high }: Bounds, truth: number) => low <= truth + 1e-12 && truth <= high + 1e-12;

/** Of each size, the lowest share of intervals that held the truth over the truths tried, and the mean over them. */
function covered<T>(draw: Draw<T>, of: Interval<T>, times: number, truths: readonly number[] = shares): string {
  const cells = sizes.map((n) => {
    const rates = truths.map((truth) => {
      const random = randomFrom(n + Math.round(1000 * truth));
      let count = 0;
      for (let i = 0; i < times; i++) if (holds(of(draw(random, n, truth), i), truth)) count++;
      return count / times;
    });
    return `${Math.min(...rates).toFixed(2)} / ${(rates.reduce((sum, rate) => sum + rate, 0) / rates.length).toFixed(2)}`;
  });
  return cells.join(' | ');
}

const bits: Draw<number[]> = (random, n, p) => list(n, () => (random.share() < p ? 1 : 0));
const countOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);
const shareBy =
  (interval: typeof wilson): Interval<number[]> =>
  (values) =>
    insist(interval({ k: countOf(values), n: values.length, confidence }));
const t: Interval<number[]> = (values) => insist(tInterval({ values, range, confidence }));
const bootstrap =
  (method: 'percentile' | 'bca'): Interval<number[]> =>
  (values, seed) =>
    insist(bootstrapInterval({ values, range, confidence, method, draws: 499, seed }));

/** Scores between 0 and 1 with a long tail; the mean of u^a is 1/(a + 1). */
const scores: Draw<number[]> = (random, n, truth) => list(n, () => random.share() ** (1 / truth - 1));
const normal: Draw<number[]> = (random, n, truth) => list(n, () => truth + normalOf(random));

interface Shot {
  readonly task: string;
  readonly isSolved: boolean;
}
/** Tasks as unlike each other as those scores, each run four times. */
const tasks: Draw<Shot[]> = (random, n, truth) =>
  scores(random, n, truth).flatMap((chance, task) => list(runsOfTask, () => ({ task: `t${task}`, isSolved: random.share() < chance })));
const valuesOf = (shots: readonly Shot[]) => ({ values: shots.map((s) => (s.isSolved ? 1 : 0)), clusters: shots.map((s) => s.task) });

const corrected: Interval<Shot[]> = (shots) => {
  const { mean, se, df } = insist(correctedMean(valuesOf(shots)));
  const half = studentQuantile(1 - confidence, df) * se;
  return { low: mean - half, high: mean + half };
};
const generalized = (shots: readonly Shot[]) => {
  const byTask = [...Map.groupBy(shots, (shot) => shot.task).values()];
  const counted = byTask.map((of) => ({ runs: of.length, solved: of.filter((shot) => shot.isSolved).length }));
  return insist(generalizedAccuracy({ tasks: counted, confidence })).interval;
};

/** A quarter of the tasks is solved for certain with the larger budget, and the others as with the smaller one; or nothing is gained at all. */
const stepped: Draw<Bounds> = (random, n, gain) => {
  const ran = list(n, (task) => {
    const before = random.share() ** 4;
    const chances = [before, random.share() < gain / 0.8 ? 1 : before];
    return chances.flatMap((chance, budget) =>
      list(runsOfTask, (epoch) => {
        const outcome = random.share() < chance ? ('solved' as const) : ('not-solved' as const);
        return { taskId: `t${task}`, epoch, budget, outcome, tokensUsed: 1 };
      }),
    );
  }).flat();
  const plan = { tasks: [], epochs: 1, budgets: [{}, {}], rule: { alpha: 0.05, measure: 'solved', threshold: 0.5, also: [] } };
  return furtherOf(plan as unknown as Plan, ran, null).steps[0]!.interval!;
};

/** As many families as there are, of four tasks, each run twice; log2 of the horizon is the truth. */
const horizon: Draw<Bounds> = (random, families, log2Minutes) => {
  const gathering = gatherStudy();
  for (let family = 0; family < families; family++) {
    const common = 0.5 * normalOf(random);
    for (let task = 0; task < 4; task++) {
      const minutes = 2 ** (random.share() * 11);
      const chance = 1 / (1 + Math.exp(0.8 * (Math.log2(minutes) - log2Minutes) - common));
      for (let run = 0; run < 2; run++)
        gathering.take(
          {
            ...{ alias: 'm', task_family: `f${family}`, task_id: `t${family}.${task}`, human_minutes: minutes },
            score_binarized: random.share() < chance ? 1 : 0,
          },
          1,
        );
    }
  }
  const [model] = insist(estimateHorizons(insist(gathering.end()), { draws: 200, seed: 1 })).models;
  const [low, high] = model!.p50.cautious ?? [null, null];
  return {
    low: low === null ? Number.NEGATIVE_INFINITY : Math.log2(low),
    high: high === null ? Number.POSITIVE_INFINITY : Math.log2(high),
  };
};
const asDrawn: Interval<Bounds> = (bounds) => bounds;

const rows: readonly (readonly [name: string, work: () => string])[] = [
  ['Wilson, of runs that are independent', () => covered(bits, shareBy(wilson), 4000)],
  ['Clopper-Pearson, the same', () => covered(bits, shareBy(clopperPearson), 4000)],
  ['t of ones and noughts, with their range', () => covered(bits, t, 1000)],
  ['t of scores with a long tail, with their range', () => covered(scores, t, 1000)],
  ['t of normal values', () => covered(normal, (values) => insist(tInterval({ values, confidence })), 4000, [0])],
  ['bootstrap, percentile, of ones and noughts', () => covered(bits, bootstrap('percentile'), 500)],
  ['bootstrap, percentile, of scores', () => covered(scores, bootstrap('percentile'), 500)],
  ['bootstrap, BCa, of scores', () => covered(scores, bootstrap('bca'), 500)],
  ['Wilson over runs as if independent (not used here)', () => covered(tasks, (shots) => shareBy(wilson)(valuesOf(shots).values, 0), 2000)],
  ['the share of answered runs: Wilson by tasks', () => covered(tasks, (shots) => shareOf(shots, confidence).interval, 2000)],
  ['the bounds a rule hangs on, both sides', () => covered(tasks, (shots) => oneSided(shots, (1 - confidence) / 2), 2000)],
  ['t of the clustered mean, corrected', () => covered(tasks, corrected, 2000)],
  [
    'bootstrap of whole clusters, percentile',
    () =>
      covered(
        tasks,
        (shots, seed) => insist(bootstrapInterval({ ...valuesOf(shots), range, confidence, method: 'percentile', draws: 499, seed })),
        500,
      ),
  ],
  ['generalized accuracy', () => covered(tasks, generalized, 500)],
  ['the step from one budget to the next', () => covered(stepped, asDrawn, 1000, [0, 0.2])],
  ['time horizon, of so many families', () => covered(horizon, asDrawn, 100, [5])],
];

const document = readFileSync(join(import.meta.dirname, '../../../docs/BENCHMARKS.md'), 'utf8');

test.each(rows)('%s', { timeout: 300_000 }, (name, work) => {
  const row = `| ${name} | ${work()} |`;
  process.stdout.write(`${row}\n`);
  expect(document.split('\n').find((line) => line.startsWith(`| ${name} |`))).toBe(row);
});
