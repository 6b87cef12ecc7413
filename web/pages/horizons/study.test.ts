import { expect, test } from 'vitest';
import { readStudy } from './study.ts';

const model = {
  ...{ model: 'a\u202eb', releasedOn: '2025-02-24', p50: 12, cautiousInterval: [1, null], p80: null, p80CautiousInterval: null },
  ...{ tasks: 4, runs: 40, because: null, onFrontier: true, unknown: {} },
};
const study = (over: object = {}) =>
  JSON.stringify({
    models: [model],
    trend: { doublingTimeDays: 200, interval: [120, 300], cautiousInterval: [100, null], because: null },
    runs: 40,
    draws: 1000,
    ...over,
  });

test('an answer of the command is read; what would turn text around is made visible', () => {
  expect(readStudy(study())).toMatchObject({
    models: [{ model: 'a\ufffdb', on: '2025-02-24', p50: { minutes: 12, interval: [1, null] }, p80: { minutes: null }, onFrontier: true }],
    trend: { doublingTimeDays: 200, interval: [100, null] },
  });
});

test.each([
  ['{', 'it is not JSON'],
  ['[]', 'the file is no object'],
  [study({ models: {} }), 'models is no list of at most 200'],
  [study({ models: Array.from({ length: 201 }, () => model) }), 'models is no list of at most 200'],
  [study({ models: [{ ...model, p50: 'x' }] }), 'p50 of model 1 is no number'],
  [study({ models: [{ ...model, p50: -1 }] }), 'p50 of model 1 is no number'],
  [study({ models: [{ ...model, releasedOn: '2025-02-31x' }] }), 'releasedOn of model 1 is no day'],
  [study({ models: [{ ...model, cautiousInterval: [1] }] }), 'cautiousInterval of model 1 is no interval'],
  [study({ trend: { cautiousInterval: 3 } }), 'cautiousInterval of the trend is no interval'],
  [study({ trend: null }), 'trend is no object'],
])('not read: %#', (json, because) => expect(readStudy(json)).toBe(because));
