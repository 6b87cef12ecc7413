import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import type { Source } from '../../base/doors.ts';
import { limits } from '../../base/limits.ts';
import { insist } from '../../base/refusal.ts';
import { pretendDoors, pretendTree, type Rule } from '../pretend.example.ts';
import { exampleFiles, exampleRecipe } from '../recipe.example.ts';
import { parseRecipe } from '../recipe.ts';
import { prepareBisect } from './bisect.ts';
import { concludeBisect } from './conclude.ts';
import { runBisect } from './run.ts';

const npm = (version: string) => ({ kind: 'npm', package: 'example', version }) as const;
const recipe = insist(parseRecipe(stringify({ ...exampleRecipe, variants: { vulnerable: npm('7') } })));
const poc = exampleFiles['poc.txt'];
/** Sixteen versions, each a tree of its own. */
const digits = '0123456789abcdef'.split('');
const bisect = async (
  rule: (version: number) => ReturnType<Rule>,
  options: { all?: boolean; tests?: (version: number) => boolean; gone?: number } = {},
) => {
  const plan = insist(prepareBisect(recipe, poc, { files: exampleFiles, all: options.all ?? false }));
  const version = (tree: string) => Number.parseInt(tree[5]!, 16);
  const doors = pretendDoors(
    ({ tree, input, argv }) => {
      if (argv[1] === 'test') return options.tests?.(version(tree)) === false ? { exit: 1 } : '';
      return input === 'boom' ? rule(version(tree)) : '';
    },
    {
      history: async () => digits.map((_digit, i): Source => npm(String(i))),
      fetch: async (source) =>
        options.gone === Number((source as { version: string }).version)
          ? { refused: true, code: 'not_found', because: 'gone' }
          : { tree: pretendTree(digits[Number((source as { version: string }).version)]!), archives: [] },
    },
  );
  const evidence = await runBisect(plan, doors);
  return { plan, evidence, found: concludeBisect(plan, evidence) };
};
const within = (from: number, to: number) => (version: number) => (version >= from && version < to ? 'parse' : '');

test('both boundaries are found, and what was not tried is said to be interpolated', async () => {
  const { found } = await bisect(within(3, 11));
  expect(found).toMatchObject({ outcome: 'found', family: 'Heap-buffer-overflow READ in parse' });
  expect(found.ranges).toEqual([
    { introduced: { after: '2', by: '3', exact: true }, lastKnownAffected: '10', fixed: { after: '10', by: '11', exact: true } },
  ]);
  expect(found.measured).toBeLessThan(13);
  expect(found.measured + found.interpolated).toBe(16);
  expect(found.points.filter((point) => !point.measured).every((point) => point.because === 'not tried')).toBe(true);
});

test('with all, every version is measured', async () => {
  const { found } = await bisect(within(3, 11), { all: true });
  expect(found).toMatchObject({ measured: 16, interpolated: 0 });
});

test('a version that cannot be had is skipped, and the boundary stays as wide as that', async () => {
  const { found } = await bisect(within(3, 11), { all: true, gone: 11 });
  expect(found.ranges[0]?.fixed).toEqual({ after: '10', by: '12', exact: false });
  expect(found.points[11]).toMatchObject({ told: 'skipped', because: 'fetch failed: vulnerable: gone' });
});

test('silence of a version whose tests fail, a crash elsewhere, a crash now and then: no answers', async () => {
  const untested = await bisect(within(3, 11), { all: true, tests: (version) => version > 2 });
  expect(untested.found.ranges[0]?.introduced).toEqual({ after: null, by: '3', exact: false });
  const elsewhere = await bisect((version) => (version === 3 ? 'other' : within(3, 11)(version)), { all: true });
  expect(elsewhere.found.points[3]).toMatchObject({ told: 'could-not-tell', because: expect.stringContaining('elsewhere') });
  expect(elsewhere.found.ranges[0]?.introduced).toEqual({ after: '2', by: '4', exact: false });
  let runs = 0;
  const flaky = await bisect((version) => (version === 5 && runs++ % 2 ? '' : within(3, 11)(version)), { all: true });
  expect(flaky.found.points[5]?.told).toBe('could-not-tell');
  expect(flaky.found.outcome).toBe('found');
});

test('affected, mended and affected again is not made one range', async () => {
  const again = (from: number, to: number) => (version: number) => within(2, 9)(version) || within(from, to)(version);
  const { found } = await bisect(again(14, 16));
  expect(found.outcome).toBe('non-monotone');
  // Probes are no proof: a short stretch between two of them is found by trying every point.
  expect((await bisect(again(12, 15))).found.outcome).toBe('found');
  expect((await bisect(again(12, 15), { all: true })).found.outcome).toBe('non-monotone');
  expect(found.ranges.map((range) => [range.introduced.by, range.lastKnownAffected])).toEqual([
    ['2', '8'],
    ['14', '15'],
  ]);
});

test('a recipe whose own version does not crash finds nothing', async () => {
  const { found } = await bisect(() => '');
  expect(found).toMatchObject({ outcome: 'could-not-tell', because: expect.stringContaining('which the recipe calls vulnerable') });
});

test('evidence that left a point out, changed one or came in another order is worth nothing', async () => {
  const { plan, evidence } = await bisect(within(3, 11));
  const swapped = [evidence.tried[1]!, evidence.tried[0]!, ...evidence.tried.slice(2)];
  const tampered: unknown[] = [
    { ...evidence, bisectDigest: '0'.repeat(64) },
    { ...evidence, tried: evidence.tried.slice(0, -1) },
    { ...evidence, tried: swapped },
    { ...evidence, points: evidence.points.toReversed() },
    { ...evidence, tried: evidence.tried.map((tried) => ({ ...tried, experiment: evidence.tried[0]!.experiment })) },
    { ...evidence, failure: 'it was stopped' },
    undefined,
  ];
  for (const bad of tampered) expect(concludeBisect(plan, bad).outcome).toBe('could-not-tell');
  expect(concludeBisect({ ...plan, tries: 3 }, evidence).because).toContain('altered');
});

test('so many points as the limit are tried, and no more are asked for', () => {
  const asked = (tries: number) => prepareBisect(recipe, poc, { files: exampleFiles, tries });
  expect([asked(limits.bisectTries), asked(limits.bisectTries + 1)]).toMatchObject([{ tries: limits.bisectTries }, { at: 'tries' }]);
});
