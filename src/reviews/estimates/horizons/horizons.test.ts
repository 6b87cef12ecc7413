import { describe, expect, test } from 'vitest';
import { referenceText } from '../../../../test/reference-data.ts';
import { limits } from '../../../base/limits.ts';
import { insist, isRefusal } from '../../../base/refusal.ts';
import { horizonsText, presentHorizons } from './answer.ts';
import { fitCurve, horizonAt } from './fit.ts';
import { estimateHorizons } from './horizons.ts';
import { knownReleases } from './release-days.ts';
import { type Beside, gatherStudy, type Study } from './study.ts';
import { frontierOf, lineThrough } from './trend.ts';

type Row = Readonly<Record<string, unknown>>;
const row = (over: Row = {}): Row => ({
  ...{ task_id: 't', task_family: 'f', run_id: null, alias: 'm', score_binarized: 1, human_minutes: 10, release_date: '2026-01-01' },
  ...over,
});
const take = (rows: readonly unknown[], beside?: Beside) => {
  const gathering = gatherStudy(beside);
  for (const [i, given] of rows.entries()) {
    const refusal = gathering.take(given, i + 1);
    if (refusal) return refusal;
  }
  return gathering.end();
};
const study = (rows: readonly Row[], beside?: Beside): Study => insist(take(rows, beside));
/** Solved and not solved, at these minutes. */
const mixed = (alias: string, minutes: readonly number[], solves: (at: number) => boolean, over: Row = {}): Row[] =>
  minutes.map((at) =>
    row({ alias, task_id: `t${at}`, task_family: at < 30 ? 'a' : 'b', human_minutes: at, score_binarized: solves(at) ? 1 : 0, ...over }),
  );
const lengths = [1, 2, 4, 8, 15, 30, 60, 120, 240, 480, 960, 1440];
const wanted = { draws: 200, seed: 1 };

describe('the fit', () => {
  test('is that of scipy on the same loss', () => {
    // scipy 1.17.1, minimize(BFGS, then Nelder-Mead to 1e-13) of sum(w·(n·log(1+exp(η)) − k·η)) + 1e-5/2·a².
    const solved = [4, 4, 3, 4, 3, 3, 2, 1, 2, 0, 1, 0];
    const rows = lengths.flatMap((minutes, i) =>
      Array.from({ length: 4 }, (_, n) =>
        row({ task_id: `${i}`, task_family: i < 4 ? 'a' : 'b', human_minutes: minutes, score_binarized: n < solved[i]! ? 1 : 0 }),
      ),
    );
    const [model] = insist(estimateHorizons(study(rows), wanted)).models;
    expect(model!.curve!.coefficient).toBeCloseTo(-0.590998747418251, 6);
    expect(model!.curve!.intercept).toBeCloseTo(3.6712633460087045, 6);
    expect(model!.p50.minutes).toBeCloseTo(74.12892485, 3);
    expect(model!.p80.minutes).toBeCloseTo(14.58369078, 3);
  });

  test('separated outcomes have a finite fit between them, thanks to the ridge; one outcome alone has none', () => {
    const at = (solved: readonly number[]) =>
      fitCurve({ x: Float64Array.of(0, 1, 8, 9), weight: new Float64Array(4).fill(0.25), runs: [1, 1, 1, 1], solved });
    const separated = at([1, 1, 0, 0]);
    expect(typeof separated).toBe('object');
    expect(horizonAt(separated as never, 0.5)).toBeCloseTo(4.5, 6);
    expect([at([0, 0, 0, 0]), at([1, 1, 1, 1])]).toEqual(['none-solved', 'all-solved']);
    expect(fitCurve({ x: new Float64Array(0), weight: new Float64Array(0), runs: [], solved: [] })).toBe('nothing');
    expect(horizonAt(at([0, 0, 1, 1]) as never, 0.5)).toBeUndefined();
  });

  const runs = referenceText('eval-outcomes/model_runs.jsonl');
  const difficulties = referenceText('eval-outcomes/task_difficulties.jsonl');
  test.skipIf(!runs || !difficulties)('all 32 published horizons of the reference data within 0.15 %, and the trend', () => {
    const rows = runs!
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    for (const field of ['best_available_minutes', 'model_estimate_minutes'] as const) {
      const minutes = new Map(
        difficulties!
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line))
          .map((task) => [task.task_id, task[field]]),
      );
      const found = insist(estimateHorizons(study(rows, { minutes, knownReleases }), { draws: 1, seed: 1 }));
      expect(found.models).toHaveLength(16);
      for (const { model, p50 } of found.models) {
        const ratio = p50.minutes! / published[model]![field === 'best_available_minutes' ? 0 : 1]!;
        expect(Math.abs(ratio - 1), `${model} by ${field}`).toBeLessThan(0.0015);
      }
      if (field === 'model_estimate_minutes') continue;
      expect(found.runs).toBe(4257);
      // analysis/figures/data/trendline_params_human_2M.json: 281.7 days, r² 0.9308, ten models.
      expect(found.trend.doublingTimeDays).toBeCloseTo(281.7, 0);
      expect(found.trend.line!.rSquared).toBeCloseTo(0.9308, 3);
      expect(found.trend.frontier).toHaveLength(10);
    }
  });
});

/** Lyptus Research 2026, cyber-task-horizons-data 178c0da, analysis/figures/data/model_summaries_{human,runs}_2M.parquet: p50 in minutes. */
const published: Readonly<Record<string, readonly [number, number]>> = {
  'GPT-2': [0.4794014209266185, 0.04616804536769003],
  'GPT-3': [0.7170073274277043, 0.14923874525267022],
  'GPT-3.5': [1.9895919682946328, 0.9807123104513767],
  'Claude 3 Opus': [6.327974572424118, 3.543515117561155],
  'GPT-4o': [6.124781409796681, 4.4624750440661165],
  o3: [29.634698941285368, 22.866960891634783],
  'Opus 4': [36.232026013677526, 25.912881591076147],
  'Gemini 2.5 Pro': [22.265856895171154, 15.276903783728176],
  'DeepSeek V3.1': [11.028538019056263, 6.087100355527478],
  'GPT-5.1 Codex Max': [51.013727697390664, 43.43625119701856],
  'GPT-5.2 Codex': [56.94773457812957, 48.691696514522796],
  'GPT-5.3 Codex': [186.04877722378953, 260.31801145075696],
  'Opus 4.6': [190.24532474157454, 273.58648467298025],
  'GLM-5': [51.70311445913824, 42.56826557017205],
  'Sonnet 4.6': [120.27367455094205, 112.98618969117288],
  'GPT-5.5': [304.0286233625522, 613.7846630751044],
};

describe('what a file of runs may hold', () => {
  test('rows that cannot be meant are refused with their line', () => {
    const bad: readonly [unknown, string | undefined][] = [
      [undefined, undefined],
      [[], undefined],
      [null, undefined],
      [row({ alias: 7 }), 'alias'],
      [{ ...row(), alias: undefined }, 'alias'],
      [row({ task_id: '' }), 'task_id'],
      [row({ task_family: null }), 'task_family'],
      [row({ run_id: {} }), 'run_id'],
      [row({ score_binarized: 0.5 }), 'score_binarized'],
      [row({ score_binarized: '1' }), 'score_binarized'],
      [row({ human_minutes: 0 }), 'human_minutes'],
      [row({ human_minutes: -1 }), 'human_minutes'],
      [row({ human_minutes: 1e300 }), 'human_minutes'],
      [row({ human_minutes: '5' }), 'human_minutes'],
      [row({ release_date: '2026-02-30' }), 'release_date'],
      [row({ release_date: 'yesterday' }), 'release_date'],
      [row({ release_date: 20260101 }), 'release_date'],
    ];
    for (const [given, at] of bad) {
      const refusal = take([row(), given]);
      expect(refusal).toMatchObject({ refused: true, code: 'malformed', because: expect.stringMatching(/^line 2: /) });
      expect((refusal as { at?: string }).at).toBe(at);
    }
    expect(take([])).toMatchObject({ code: 'malformed' });
    expect(take([row({ score_binarized: null }), row({ human_minutes: null })])).toMatchObject({ code: 'malformed' });
  });

  test('a model has one release day', () => {
    expect(take([row(), row({ release_date: '2026-01-02' })])).toMatchObject({ code: 'conflict', at: 'release_date' });
    expect(study([row({ release_date: null }), row({ release_date: '2026-01-02T00:00:00.000' })]).models[0]).toMatchObject({
      releasedOn: '2026-01-02',
    });
  });

  test('runs without minutes or without a score are left out and counted; a run id that comes twice is said', () => {
    const found = study([row(), row({ human_minutes: null }), row({ score_binarized: null }), row({ run_id: 'r' }), row({ run_id: 'r' })]);
    expect(found).toMatchObject({
      runs: 3,
      left: { withoutMinutes: 1, withoutScore: 1 },
      problems: [expect.stringContaining('1 rows repeat')],
    });
  });

  test('minutes and days come from beside the rows where they are given', () => {
    const beside = {
      minutes: new Map([['t', 7]]),
      releases: new Map([['m', '2025-01-01']]),
      knownReleases: new Map([['m', '2024-01-01']]),
    };
    const found = study(
      [row({ human_minutes: undefined, release_date: undefined }), row({ task_id: 'unknown', release_date: null })],
      beside,
    );
    expect(found.models[0]).toMatchObject({ releasedOn: '2025-01-01', cells: [{ minutes: 7, runs: 1 }] });
    expect(found.left.withoutMinutes).toBe(1);
    const known = study([row({ release_date: null })], { knownReleases: beside.knownReleases });
    expect(known).toMatchObject({ models: [{ releasedOn: '2024-01-01' }], problems: [expect.stringContaining('our own list')] });
  });

  test('limits: taken at the limit, refused beyond', () => {
    const name = 'n'.repeat(limits.horizonNameChars);
    expect(isRefusal(take([row({ alias: name, task_id: name, task_family: name, run_id: name })]))).toBe(false);
    for (const field of ['alias', 'task_id', 'task_family', 'run_id'])
      expect(take([row({ [field]: `${name}n` })])).toMatchObject({ at: field });
    const models = Array.from({ length: limits.horizonModels }, (_, i) => row({ alias: `m${i}` }));
    expect(isRefusal(take(models))).toBe(false);
    expect(take([...models, row({ alias: 'one more' })])).toMatchObject({ code: 'too_many', at: 'alias' });
    const gathering = gatherStudy();
    const same = row({ release_date: null });
    for (let i = 1; i <= limits.horizonRuns; i++) gathering.take(same, i);
    expect(insist(gathering.end()).runs).toBe(limits.horizonRuns);
    expect(gathering.take(same, limits.horizonRuns + 1)).toMatchObject({ code: 'too_many' });
    const small = study([row(), row({ score_binarized: 0 })]);
    expect(isRefusal(estimateHorizons(small, { draws: limits.horizonDraws, seed: 1 }))).toBe(false);
    for (const draws of [0, 1.5, Number.NaN, limits.horizonDraws + 1])
      expect(estimateHorizons(small, { draws, seed: 1 })).toMatchObject({ code: 'malformed', at: 'draws' });
    for (const seed of [-1, 0.5, Number.NaN]) expect(estimateHorizons(small, { draws: 1, seed })).toMatchObject({ at: 'seed' });
    const cells = limits.horizonCellDraws / limits.horizonDraws;
    const wide = study(Array.from({ length: cells + 1 }, (_, i) => row({ task_id: `t${i}` })));
    expect(estimateHorizons(wide, { draws: limits.horizonDraws, seed: 1 })).toMatchObject({ code: 'too_large' });
  });
});

describe('horizons', () => {
  test('the same seed gives the same answer, and the answer is JSON', () => {
    const rows = [
      ...mixed('m', lengths, (at) => at < 50 || at === 240),
      ...mixed('k', lengths, (at) => at < 5, { release_date: '2025-01-01' }),
    ];
    const answer = (seed: number) => presentHorizons(insist(estimateHorizons(study(rows), { draws: 200, seed })));
    expect(answer(3)).toEqual(answer(3));
    expect(answer(3)).not.toEqual(answer(4));
    expect(JSON.parse(JSON.stringify(answer(3)))).toEqual(answer(3));
  });

  test('a run weighs 1/√ of the tasks of its family; more runs at a task change no weight', () => {
    const rows = mixed('m', lengths, (at) => at < 100);
    const twice = [...rows, ...rows];
    const p50 = (of: readonly Row[]) => insist(estimateHorizons(study(of), { draws: 1, seed: 1 })).models[0]!.p50.minutes!;
    expect(p50(twice)).toBeCloseTo(p50(rows), 6);
  });

  test('who solved nothing or everything has no horizon, and it is said on which side it lies', () => {
    const rows = [...mixed('none', lengths, () => false), ...mixed('all', lengths, () => true)];
    const models = insist(estimateHorizons(study(rows), wanted)).models;
    expect(models.find((m) => m.model === 'none')).toMatchObject({
      p50: { minutes: null, interval: null, cautious: null },
      because: 'it solved nothing: the horizon lies below the shortest task, 1 minutes',
      lost: { noneSolved: 200 },
    });
    expect(models.find((m) => m.model === 'all')).toMatchObject({
      p50: { minutes: null, interval: null, cautious: null },
      because: expect.stringContaining('above the longest task'),
    });
  });

  test('beyond the measured lengths it is extrapolated; where longer tasks are solved more often there is none', () => {
    const weak = insist(estimateHorizons(study(mixed('m', lengths, (at) => at === 1440)), wanted)).models[0]!;
    expect(weak).toMatchObject({ p50: { minutes: null }, because: expect.stringContaining('longer tasks were not solved less often') });
    const strong = insist(estimateHorizons(study(mixed('m', lengths, (at) => at !== 480)), wanted)).models[0]!;
    expect(strong).toMatchObject({ extrapolated: 'above', because: expect.stringContaining('the longest task takes 1440 minutes') });
  });

  test('draws without a horizon widen the cautious interval and are counted', () => {
    const rows = mixed('m', lengths, (at) => at === 1);
    const { p50, lost } = insist(estimateHorizons(study(rows), wanted)).models[0]!;
    expect(lost.noneSolved).toBeGreaterThan(50);
    expect(p50.interval![0]).toBeGreaterThan(0);
    expect(p50.cautious![0]).toBe(0);
  });
});

describe('the trend', () => {
  test('on the frontier are those whom nobody exceeds who came before or on the same day', () => {
    const points = [
      { on: 10, height: 2 },
      { on: 5, height: 1 },
      { on: 10, height: 3 },
      { on: 20, height: 2.5 },
      { on: 20, height: 3 },
    ];
    expect(frontierOf(points)).toEqual([1, 2, 4]);
  });

  test('least squares by hand; one day has no line', () => {
    const line = lineThrough([
      { on: 0, height: 1 },
      { on: 1, height: 2 },
      { on: 2, height: 2 },
    ])!;
    expect(line.perDay).toBeCloseTo(0.5, 12);
    expect(line.intercept).toBeCloseTo(7 / 6, 12);
    expect(line.rSquared).toBeCloseTo(0.75, 12);
    expect(
      lineThrough([
        { on: 3, height: 1 },
        { on: 3, height: 2 },
      ]),
    ).toBeUndefined();
    expect(lineThrough([])).toBeUndefined();
  });

  test('doubling every hundred days is found; without two days, or without a rise, there is none', () => {
    const at = (day: string, reach: number, alias = day) => mixed(alias, lengths, (minutes) => minutes <= reach, { release_date: day });
    const found = insist(estimateHorizons(study([...at('2025-01-01', 2), ...at('2025-04-11', 4), ...at('2025-07-20', 8)]), wanted)).trend;
    expect(found.frontier).toHaveLength(3);
    expect(found.doublingTimeDays).toBeGreaterThan(80);
    expect(found.doublingTimeDays).toBeLessThan(125);
    const oneDay = insist(estimateHorizons(study([...at('2025-01-01', 2), ...at('2025-01-01', 8, 'b')]), wanted)).trend;
    expect(oneDay).toMatchObject({ doublingTimeDays: null, because: expect.stringContaining('two release days') });
    const level = insist(estimateHorizons(study([...at('2025-01-01', 8), ...at('2026-01-01', 8, 'b')]), wanted)).trend;
    expect(level).toMatchObject({ doublingTimeDays: null, because: 'the frontier does not rise' });
    const undated = insist(estimateHorizons(study(mixed('m', lengths, (m) => m < 9, { release_date: null })), wanted));
    expect(undated.trend.because).toContain('two release days');
    expect(horizonsText(undated)).toContain('trend: none');
  });

  test('a draw in which a model of the frontier has no horizon is counted, and widens the end of the trend that it may widen', () => {
    const at = (day: string, reach: number) => mixed(day, lengths, (minutes) => minutes <= reach, { release_date: day });
    const trend = (...reach: number[]) =>
      insist(estimateHorizons(study(reach.flatMap((r, i) => at(`2025-0${i + 1}-01`, r))), wanted)).trend;
    // The first: where it solves nothing, the rise is steeper than any. The last, where it solves everything, likewise.
    for (const reached of [trend(1, 8, 60), trend(4, 8, 960)]) {
      expect(reached.lost).toBeGreaterThan(wanted.draws / 20);
      expect(reached.cautious![0]).toBe(0);
      expect(reached.interval![0]).toBeGreaterThan(0);
      // null: it may never double.
      const slowest = ([, days]: readonly [number | null, number | null]) => days ?? Number.POSITIVE_INFINITY;
      expect(slowest(reached.cautious!)).toBeGreaterThanOrEqual(slowest(reached.interval!));
    }
    const family = (day: string, reach: number) =>
      mixed(day, lengths, (minutes) => minutes <= reach, { release_date: day, task_family: 'one' });
    const whole = insist(estimateHorizons(study([...family('2025-01-01', 15), ...family('2025-02-01', 60)]), wanted)).trend;
    expect(whole.lost).toBeLessThan(wanted.draws / 20);
    const text = horizonsText(insist(estimateHorizons(study([...at('2025-01-01', 1), ...at('2025-02-01', 60)]), wanted)));
    expect(text).toMatch(/95 %: 0 to .* in \d+ of 200 draws one of them had no horizon/);
  });
});
