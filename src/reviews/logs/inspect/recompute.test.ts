import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { zipOf } from '../../../../test/equipment/zip.ts';
import { referenceText } from '../../../../test/reference-data.ts';
import { limits } from '../../../base/limits.ts';
import { insist, isRefusal } from '../../../base/refusal.ts';
import { bytesAtHand } from './archive.ts';
import { type LogBounds, logBounds, readEvalLog } from './eval-log.ts';
import { recompute } from './recompute.ts';

type Json = Record<string, unknown>;
const head = (more: Json = {}) => ({ version: 2, status: 'success', eval: { task: 't', model: 'm', config: {}, ...more } });
/** As Python writes it, with NaN. */
const python = (value: unknown) =>
  JSON.stringify(value, (_, v) => (typeof v === 'number' && Number.isNaN(v) ? '<NaN>' : v)).replaceAll('"<NaN>"', 'NaN');
const read = (log: Json, bounds?: LogBounds) => readEvalLog(bytesAtHand(Buffer.from(python(log))), bounds);
const worked = (log: Json) => recompute(insist(read(log)));
const samples = (values: readonly unknown[], epochs = 1) =>
  values.map((value, i) => ({
    id: Math.floor(i / epochs) + 1,
    epoch: (i % epochs) + 1,
    scores: { s: { value } },
    metadata: { c: `c${i >> 1}`, g: 'ab'[i % 2] },
  }));
const metric = (name: string, value: number, params: Json = {}, group?: string) => ({ name, value, params, ...(group ? { group } : {}) });
const results = (metrics: Json, more: Json = {}) => ({ results: { scores: [{ name: 's', scorer: 's', metrics, ...more }] } });
const letters = ['C', 'I', 'P', 'N', 'C', 'C'];
const three = [1, 0, 1, 0, 0, 1, 0.5, 1, 'C', 'I', 'I', 'P', Number.NaN, 1, 1, 0, 0, 0];

// The figures are those that inspect_ai 0.3.285 gave for the same scores.
test('metrics are those of Inspect', () => {
  const stated = {
    accuracy: metric('accuracy', 0.5833333333333334),
    stderr: metric('stderr', 0.20069324297987162),
    std: metric('std', 0.49159604012508756),
    var: metric('var', 0.2416666666666667),
    stderr2: metric('stderr', 0.2204792759220492, { cluster: 'c' }),
    lower: metric('lower', 0.0674349283943304, {}, 'ci'),
    upper: metric('upper', 1.0992317382723362, {}, 'ci'),
    lower2: metric('lower', -0.36531242506585504, { cluster: 'c' }, 'ci'),
    upper2: metric('upper', 1.5319790917325218, { cluster: 'c' }, 'ci'),
    lower3: metric('lower', 0.24107821098195248, {}, 'ci_wilson'),
    upper3: metric('upper', 0.8605327410343535, {}, 'ci_wilson'),
    a: metric('a', 0.8333333333333334, { metric: { name: 'accuracy', params: {} }, group_key: 'g' }, 'grouped'),
    all: metric('all', 0.25, { metric: { name: 'stderr', params: {} }, group_key: 'g', all: 'groups' }, 'grouped'),
    C: metric('C', 0.5, { categories: null, normalize: true }, 'frequency'),
  };
  const { problems, notRecomputed, metrics } = worked({ ...head(), ...results(stated), samples: samples(letters) });
  expect([problems, notRecomputed]).toEqual([[], []]);
  expect(metrics.s).toMatchObject({ accuracy: 0.5833333333333334, stderr: expect.closeTo(0.20069324297987162, 12) });
});

test.each([
  ['mean', 0.5, 0.16101529717988267],
  ['mode', 0.4166666666666667, 0.2006932429798716],
  ['max', 0.75, 0.17078251276599332],
  ['median', 0.5, 0.22360679774997896],
  ['at_least_2', 0.5, 0.22360679774997896],
  ['pass_at_2', 0.611111111111111, 0.2003084041924439],
  ['pass_k_2', 0.27777777777777773, 0.1590869007030706],
  ['majority', 0.4, 0.24494897427831783],
])('epochs reduced by %s', (reducer, accuracy, stderr) => {
  const { metrics } = worked({ ...head({ config: { epochs: 3, epochs_reducer: [reducer] } }), samples: samples(three, 3) });
  expect(metrics.s).toEqual({ accuracy: expect.closeTo(accuracy, 12), stderr: expect.closeTo(stderr, 12) });
});

test('values of several keys have their metrics each; lists, texts and truths count as Inspect counts them', () => {
  const keyed = samples(letters.map((a, i) => ({ a, b: (i + 1) / 2, z: i === 1 ? Number.NaN : 1 })));
  expect(worked({ ...head(), samples: keyed }).metrics).toMatchObject({
    a: { accuracy: 0.5833333333333334 },
    b: { accuracy: 1.75 },
    z: { accuracy: 1 },
  });
  expect(worked({ ...head(), samples: samples(['yes', 'no', '3.5', 'banana', 'C', 'TRUE']) }).metrics.s!.accuracy).toBeCloseTo(
    1.0833333333333333,
    12,
  );
  expect(worked({ ...head(), samples: samples([[1, 2], true, null]) }).metrics.s!.accuracy).toBeCloseTo(1 / 3, 12);
});

test('what the samples do not give is a problem: each number, each count, each repeated score', () => {
  const good = { ...head(), ...results({ accuracy: metric('accuracy', 0.5) }, { scored_samples: 2 }), samples: samples([1, 0]) };
  expect(worked(good).problems).toEqual([]);
  const said = (over: Json) => worked({ ...good, ...over }).problems.map((p) => [p.where, p.stated, p.recomputed]);
  expect(said(results({ accuracy: metric('accuracy', 0.500001) }))).toEqual([['/results/scores/0/metrics/accuracy', 0.500001, 0.5]]);
  expect(said(results({ accuracy: metric('accuracy', Number.NaN) }))).toEqual([['/results/scores/0/metrics/accuracy', Number.NaN, 0.5]]);
  expect(said(results({}, { scored_samples: 3 }))).toEqual([['/results/scores/0/scored_samples', 3, 2]]);
  expect(said({ samples: [] })).toEqual([['/results/scores/0/metrics/accuracy', 0.5, null]]);
  expect(said({ results: { scores: [], completed_samples: 3, total_samples: 1 } })).toHaveLength(2);
  expect(
    said({
      reductions: [
        {
          scorer: 's',
          samples: [
            { sample_id: 1, value: 0 },
            { sample_id: '2', value: 0 },
          ],
        },
      ],
    }),
  ).toEqual([['/reductions/0', 0, 1]]);
  expect(said({ samples: [...samples([1, 0]), ...samples([1])], ...results({}) })).toEqual([['/samples', null, null]]);
  const dangling = samples([1]).map((s) => ({ ...s, messages: [{ content: `attachment://${'0'.repeat(32)}` }], attachments: {} }));
  expect(said({ samples: dangling, ...results({}) })).toEqual([['/samples', null, null]]);
});

test('a clustered error whose clusters the samples do not say is told as such, and the plain one by a name of its own', () => {
  const clustered = { accuracy: metric('accuracy', 0.5), stderr: metric('stderr', 0.4, { cluster: 'repository' }) };
  const why = '"repository", and not every sample says its own';
  const lost = worked({ ...head(), ...results(clustered), samples: samples([1, 0, 1, 0]) });
  expect(lost.metrics.s).toEqual({ accuracy: 0.5, 'stderr (not clustered)': expect.closeTo(0.2886751345948129, 12) });
  expect([lost.problems, lost.notRecomputed]).toEqual([[], [`s stderr: it is clustered by ${why}`]]);
  // Where one sample alone does not say it, and where the plain error is stated as well.
  const some = samples([1, 0, 1, 0]).map((sample, i) => ({ ...sample, metadata: i === 2 ? {} : { repository: i >> 1 } }));
  const both = { stderr: metric('stderr', 0.2886751345948129), clustered: metric('stderr', 0.4, { cluster: 'repository' }) };
  const said = worked({ ...head(), ...results(both), samples: some });
  expect(Object.keys(said.metrics.s!).toSorted()).toEqual(['accuracy', 'stderr']);
  expect(said.notRecomputed).toEqual([`s clustered: it is clustered by ${why}`]);
  // A log that broke off has declared it and states nothing.
  const scorers = [{ name: 's', metrics: [{ name: 'stderr', options: { cluster: 'repository' } }] }];
  const broken = worked({ ...head({ scorers }), samples: samples([1, 0, 1, 0]) });
  expect(Object.keys(broken.metrics.s!)).toEqual(['accuracy', 'stderr (not clustered)']);
  expect(broken.notRecomputed).toEqual([`s stderr: it is clustered by ${why}`]);
  // With the clusters it is worked out.
  const whole = worked({
    ...head({ scorers }),
    samples: samples([1, 0, 1, 0]).map((s, i) => ({ ...s, metadata: { repository: i >> 1 } })),
  });
  expect([whole.metrics.s, whole.notRecomputed]).toEqual([{ accuracy: 0.5, stderr: 0 }, []]);
});

test('a metric of somebody’s own is named as not worked out, and is no problem', () => {
  const own = { mine: metric('pkg/mine', 7), accuracy: metric('accuracy', 9, { to_float: 'f' }), b: metric('bootstrap_stderr', 1) };
  expect(worked({ ...head(), ...results(own), samples: samples([1]) })).toMatchObject({
    problems: [],
    notRecomputed: ['s mine', 's accuracy', 's b'],
  });
});

test('the first version had one scorer and one score', () => {
  const log = {
    version: 1,
    status: 'success',
    eval: { task: 't', model: 'm' },
    results: { scorer: { name: 'match' }, metrics: { accuracy: { name: 'accuracy', value: 1 } } },
  };
  expect(worked({ ...log, samples: [{ id: 'a', epoch: 1, score: { value: 'C' } }] })).toMatchObject({
    metrics: { match: { accuracy: 1 } },
    problems: [],
  });
});

const entry = (name: string, value: unknown) => ({ name, bytes: Buffer.from(python(value)) });
const archived = (...entries: { name: string; bytes: Buffer }[]) =>
  readEvalLog(bytesAtHand(zipOf(entries.map((e) => ({ ...e, zstd: true })))));

test('an archive: whole samples and samples in chunks, a log that broke off, summaries that say otherwise', () => {
  const [one, two] = samples(['C', 'I']) as unknown as [Json, Json];
  const chunked = [
    entry('samples/2_epoch_1/sample.json', { ...two, metadata: undefined }),
    entry('samples/2_epoch_1/metadata.json', two.metadata),
    entry('samples/2_epoch_1/messages/0.json', [{}]),
  ];
  const grouped = metric('a', 1, { metric: { name: 'accuracy', params: {} }, group_key: 'g' }, 'grouped');
  const log = insist(
    archived(entry('header.json', { ...head(), ...results({ a: grouped }) }), entry('samples/1_epoch_1.json', one), ...chunked),
  );
  expect(recompute(log)).toMatchObject({ samples: 2, metrics: { s: { a: 1, accuracy: 0.5 } }, problems: [] });
  const broken = insist(
    archived(
      entry('_journal/start.json', { version: 3, eval: { task: 't' } }),
      entry('samples/1_epoch_1.json', one),
      entry('summaries.json', [{ id: 1, epoch: 1, scores: { s: { value: 'I' } } }]),
    ),
  );
  expect(recompute(broken)).toMatchObject({ metrics: { s: { accuracy: 1 } }, problems: [{ where: 'summaries.json' }] });
  expect(broken.stated.status).toBe('started');
  expect(isRefusal(archived(entry('samples/1_epoch_1.json', one)))).toBe(true);
});

test('limits.evalSamples, limits.evalHeaderBytes, limits.evalProblems and, for a log in JSON, limits.evalEntryBytes hold', () => {
  const log = { ...head(), samples: samples([1, 1, 1]) };
  expect([3, 2].map((most) => isRefusal(read(log, { ...logBounds, samples: most })))).toEqual([false, true]);
  const bytes = JSON.stringify(log.eval).length;
  expect([bytes, bytes - 1].map((headerBytes) => isRefusal(read(log, { ...logBounds, headerBytes })))).toEqual([false, true]);
  const size = python(log).length;
  expect([size, size - 1].map((entryBytes) => isRefusal(read(log, { ...logBounds, entryBytes })))).toEqual([false, true]);
  const many = Object.fromEntries(Array.from({ length: limits.evalProblems + 1 }, (_, i) => [`m${i}`, metric('accuracy', 9)]));
  expect(worked({ ...log, ...results(many) }).problems).toHaveLength(limits.evalProblems);
});

test('the scores of one sample have limits.evalScoreBytes, not one more', () => {
  const sample = (n: number) => ({ ...head(), samples: [{ id: 1, epoch: 1, scores: { s: { value: 1, explanation: 'x'.repeat(n) } } }] });
  const around = JSON.stringify(sample(0).samples[0]!.scores).length;
  expect([0, 1].map((more) => isRefusal(read(sample(limits.evalScoreBytes - around + more))))).toEqual([false, true]);
});

test('whatever is no log of Inspect’s is refused', () => {
  const refused = [[], 1, {}, { eval: 1 }, { ...head(), version: 4 }, { ...head(), samples: [{}] }, { ...head(), samples: [1] }].map(
    (log) => isRefusal(read(log as Json)),
  );
  expect(refused).toEqual(refused.map(() => true));
});

test('real logs: their stated results come out of their samples', () => {
  if (referenceText('inspect-logs/PROVENANCE.md') === undefined) return;
  const folder = join(import.meta.dirname, '..', '..', '..', '..', '..', 'shared', 'data', 'inspect-logs');
  const names = readdirSync(process.env.BREAKWATER_REFERENCE ? join(process.env.BREAKWATER_REFERENCE, 'inspect-logs') : folder).filter(
    (name) => /\.(json|eval)$/.test(name),
  );
  expect(names.length).toBeGreaterThan(10);
  const withProblems = names.filter((name) => {
    const bytes = Buffer.from(referenceText(`inspect-logs/${name}`, 'latin1')!, 'latin1');
    return recompute(insist(readEvalLog(bytesAtHand(bytes)))).problems.length > 0;
  });
  // One has no samples, of the other only one of four was kept.
  expect(withProblems).toEqual([expect.stringContaining('no-samples'), expect.stringContaining('tool_call_error')]);
});
