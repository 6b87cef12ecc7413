import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { expect, test } from 'vitest';
import { referenceText } from '../../../test/reference-data.ts';
import type { Instant } from '../../base/instant.ts';
import type { Outcome } from '../grades/grade.ts';
import { everyEvalEver } from './every-eval-ever.ts';
import type { About, Counted } from './inspect/write.ts';

const about: About = {
  ...{ planId: 'pln_a', planDigest: 'a'.repeat(64), suiteDigest: 'b'.repeat(64), model: 'borealis-4', solver: 'bare', isWhole: true },
  ...{ epochs: 2, budgets: [{ turns: 3, tokens: 1000, minutes: 2 }], frozenAt: '2026-01-01T00:00:00.000Z', product: '1.0.0' },
};
const counted = (id: string, outcome: Outcome, budget = 1): Counted => ({
  ...{ id, metadata: { budget, outcome, run: `run_${id}` }, usage: {}, startedAt: undefined, isErrored: false },
  ...{ completedAt: '2026-01-02T00:00:00.000Z', value: { solved: 'C', 'not-solved': 'I' }[outcome as string] },
});
const record = (over: Partial<About>, ...runs: Counted[]) =>
  everyEvalEver({ ...about, ...over }, runs, '2026-01-03T00:00:00.000Z' as Instant);
const results = (of: ReturnType<typeof record>) => of.evaluation_results as { score_details: Record<string, unknown> }[];
const usual = [counted('one', 'solved'), counted('one', 'not-solved'), counted('two', 'solved'), counted('three', 'refused')];

/** Every place that holds a value; those of one list are one place. */
function placesIn(value: unknown, at = ''): string[] {
  if (Array.isArray(value)) return value.flatMap((one) => placesIn(one, `${at}[]`));
  if (typeof value !== 'object' || value === null) return [at];
  return Object.entries(value).flatMap(([name, one]) => placesIn(one, at === '' ? name : `${at}.${name}`));
}

test('the fields that are filled are those of the committed list, each with its source', () => {
  const listed = JSON.parse(
    readFileSync(new URL('../../../test/vectors/benchmarks/every-eval-ever-fields.json', import.meta.url), 'utf8'),
  ) as Record<string, string>;
  // Outcomes are named by what there was.
  const filled = placesIn(record({}, ...usual)).map((place) =>
    place.replace(/(score_details\.details)\.(?:solved|not-solved|refused)$/, '$1.<outcome>'),
  );
  expect(Object.keys(listed).sort()).toEqual([...new Set(filled)].sort());
  for (const source of Object.values(listed)) expect(source.length).toBeGreaterThan(10);
});

test('what has no clear answer takes no part in the score, and stands beside it both ways', () => {
  const [result] = results(record({}, ...usual));
  expect(result!.score_details).toMatchObject({
    score: 0.75,
    details: { solved: '2', 'not-solved': '1', refused: '1', share_if_unclear_failed: '0.5', share_if_unclear_solved: '0.75' },
    uncertainty: { num_samples: 2 },
  });
  expect(results(record({}, counted('one', 'refused')))).toEqual([]);
});

test('one task has no spread, so none is told', () => {
  const [result] = results(record({}, counted('one', 'solved'), counted('one', 'solved')));
  expect(result!.score_details).toMatchObject({ score: 1 });
  expect(result!.score_details).not.toHaveProperty('uncertainty');
});

const schema = referenceText('every-eval-ever/eval.schema.json');
test.skipIf(schema === undefined)('each is valid by the schema of Every Eval Ever', () => {
  const parsed = JSON.parse(schema!) as { version: string };
  const validate = new Ajv({ strict: false, allErrors: true }).compile(parsed);
  const two = { budgets: [about.budgets[0]!, { turns: 9, tokens: 5000 }] };
  const records = [
    record({}),
    record({}, ...usual),
    record(two, ...usual, counted('two', 'solved', 2)),
    record({}, counted('one', 'solved')),
  ];
  for (const one of records) expect([validate(one), validate.errors]).toEqual([true, null]);
  expect(records[0]!.schema_version).toBe(parsed.version);
  expect(validate({ ...records[0], unknown: 1 })).toBe(false);
});
