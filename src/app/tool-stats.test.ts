import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isRefusal } from '../base/refusal.ts';
import { answer } from './tool.ts';

const ops = {
  wilson: { k: 3, n: 9, confidence: 0.95 },
  'clopper-pearson': { k: 3, n: 9, confidence: 0.95 },
  'mcnemar-exact': { b: 2, c: 7 },
  'pass@k': { n: 5, c: 2, k: 3 },
  'pass^k': { n: 5, c: 2, k: 2 },
  mean: { values: [1, 2, 4] },
  'clustered-mean': { values: [1, 2, 4], clusters: ['a', 'a', 'b'] },
  'clustered-mean-corrected': { values: [1, 2, 4], clusters: ['a', 'a', 'b'] },
  'paired-difference': { a: [1, 0], b: [0, 0] },
  'paired-difference-clustered': { a: [1, 0, 1], b: [0, 0, 1], clusters: [1, 1, 2] },
  't-interval': { values: [1, 2, 4], range: [0, 9], confidence: 0.9 },
  'bootstrap-interval': { values: [1, 2, 4], range: [0, 9], confidence: 0.9, method: 'bca', draws: 100, seed: 3 },
  'budget-curve': { runs: [{ task: 't', solved: 1, used: 5 }], budgets: [5], confidence: 0.9 },
  'minimum-detectable-effect': { n: 50, design: 'paired', between: 0.1, alpha: 0.05, power: 0.8 },
  power: { n: 50, design: 'paired', between: 0.1, alpha: 0.05, effect: 0.1 },
  'questions-needed': { design: 'unpaired', between: 0.5, alpha: 0.05, power: 0.8, effect: 0.1 },
  'confidence-sequence': { k: 1, n: 4, confidence: 0.95 },
  stop: { rule: { threshold: 0.5, alpha: 0.05, mostTrials: 9 }, k: 1, n: 4 },
  irt: {
    responses: [
      { model: 'm', item: 'a', solved: 1 },
      { model: 'm', item: 'b', solved: 0 },
    ],
    parameters: 1,
  },
  'generalized-accuracy': {
    tasks: [
      { runs: 2, solved: 1 },
      { runs: 2, solved: 2 },
    ],
    confidence: 0.9,
  },
} as const satisfies Record<string, object>;

test('stats answers every one of its operations in JSON, and names them where none is meant', () => {
  for (const [op, request] of Object.entries(ops)) {
    const reply = answer('stats', { op, ...request });
    expect(isRefusal(reply), op).toBe(false);
    expect(JSON.stringify(reply), op).not.toMatch(/null|NaN/);
  }
  const refusal = answer('stats', { op: 'none' }) as { because: string };
  expect(refusal.because.split('one of ')[1]!.split(', ').sort()).toEqual(Object.keys(ops).sort());
  for (const op of ['toString', '__proto__', 5, null, undefined])
    expect(answer('stats', { op })).toMatchObject({ code: 'unsupported', at: 'op' });
});

test('a significance so small that one less it is one has an answer', () => {
  for (const alpha of [1e-17, 1e-82, 1e-300, 5e-324])
    for (const op of ['power', 'minimum-detectable-effect', 'questions-needed'] as const) {
      const reply = answer('stats', { op, ...ops[op], alpha });
      expect(isRefusal(reply), op).toBe(false);
      expect(JSON.stringify(reply), op).not.toMatch(/null|NaN/);
    }
});

test('what no number can be made of is refused in every field', () => {
  for (const [op, request] of Object.entries(ops))
    for (const field of Object.keys(request))
      for (const by of [{ toString: 0 }, Object.create(null), 10n, Symbol.iterator, [Symbol.iterator]])
        expect(answer('stats', { op, ...request, [field]: by }), `${op} ${field}`).toMatchObject({
          refused: true,
          because: expect.not.stringContaining('could not be worked out'),
        });
});

test('property: any field replaced by anything is answered or refused, and never breaks the rule', () => {
  const given = fc.constantFrom(...Object.entries(ops)).chain(([op, request]) =>
    fc.record({
      op: fc.constant(op),
      request: fc.constant(request),
      field: fc.constantFrom(...Object.keys(request)),
      by: fc.anything({ maxDepth: 2 }),
    }),
  );
  fc.assert(
    fc.property(given, ({ op, request, field, by }) => {
      const reply = answer('stats', { op, ...request, [field]: by });
      // The tool's own word for a rule that broke.
      if (isRefusal(reply)) expect(reply).not.toMatchObject({ because: 'this request could not be worked out' });
    }),
    { numRuns: 2000 },
  );
});
