import { expect, test } from 'vitest';
import { stepsOf, totalsOf } from './steps.ts';

const entries = [
  { said: 'to-model', messages: [], ms: 0 },
  { said: 'asked', ms: 10 },
  { said: 'broken', ms: 400 },
  { said: 'by-model', stop: 'tools', ms: 1000 },
  { said: 'by-tool', tool: 'shell\u202e', answer: '', ms: 3000 },
  { said: 'by-tool', tool: 'submit', submitted: {}, ms: 3500 },
  { said: 'by-model', stop: 'end', ms: 4000 },
  { said: 'end', ended: 'done', because: '', ms: 4000 },
];

test('a turn lasts from its call to its answer, a tool from there to its own', () => {
  expect(stepsOf(entries).map(({ lane, fromMs, toMs, turn, text }) => [lane, fromMs, toMs, turn, text])).toEqual([
    ['mishaps', 10, 400, 0, 'an answer that did not come whole'],
    ['model', 400, 1000, 1, 'turn 1, ended tools'],
    ['tools', 1000, 3000, 1, 'shell\ufffd'],
    ['tools', 3000, 3500, 1, 'submit, handed in'],
    ['model', 3500, 4000, 2, 'turn 2, ended end'],
    ['end', 4000, 4000, 2, 'done'],
  ]);
  expect(totalsOf(stepsOf(entries))).toEqual([
    { lane: 'model', count: 2, ms: 1100 },
    { lane: 'tools', count: 2, ms: 2500 },
    { lane: 'mishaps', count: 1, ms: 390 },
  ]);
});

test('what has no time, or one that runs backwards, is guessed nowhere', () => {
  expect(stepsOf([{ said: 'by-model' }, null, { said: 'by-tool', ms: -1 }, { said: 'end', ms: Number.NaN }])).toEqual([]);
  expect(
    stepsOf([
      { said: 'by-model', ms: 50 },
      { said: 'by-tool', ms: 20 },
    ]).every(({ fromMs, toMs }) => fromMs <= toMs),
  ).toBe(true);
});
