import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import type { BoxResult } from '../base/doors.ts';
import { insist, isRefusal } from '../base/refusal.ts';
import { rehearsedBox, uneventful } from '../io/boxes/rehearsed.ts';
import { buildKey, prepare } from './experiment.ts';
import { parseRecipe } from './recipe.ts';
import { build } from './run.ts';

const recipe = insist(
  parseRecipe(
    stringify({
      ...{ id: 'a', title: 'a', target: { ecosystem: 'npm', purl: 'pkg:npm/a' }, vulnerability: { id: 'none', weaknesses: ['CWE-835'] } },
      ...{ variants: { vulnerable: { kind: 'npm', package: 'a', version: '1.0.0' } }, build: { steps: [['make']] } },
      ...{ run: { argv: ['/src/a', '{poc}'] }, oracle: { kind: 'hang' }, control: 'control.txt' },
    }),
  ),
);
const spec = insist(prepare(recipe, Buffer.from('poc'), { files: { 'control.txt': Buffer.from('fine') } }));
const [source, made] = [`tree_${'1'.repeat(64)}`, `tree_${'2'.repeat(64)}`] as const;

/** A box whose builds wait until they are let go. */
function heldBox() {
  const waiting: ((ends: 'made' | 'failed') => void)[] = [];
  const box = rehearsedBox(
    () =>
      new Promise((done) => {
        waiting.push((ends) => done(ends === 'made' ? { ...uneventful, kept: made } : { ...uneventful, exit: 2 }));
      }),
  );
  const begun = (count: number) => expect.poll(() => waiting.length).toBe(count);
  return { box, waiting, begun };
}

test('who asks for a build that is under way waits for it', async () => {
  const { box, waiting, begun } = heldBox();
  const both = Promise.all([build(spec, source, box), build(spec, source, box)]);
  await begun(1);
  waiting[0]!('made');
  expect((await both).map((built) => insist(built))).toMatchObject([
    { tree: made, cached: false },
    { tree: made, cached: true },
  ]);
  expect(waiting).toHaveLength(1);
});

test('what fails for one is tried again by the next', async () => {
  const { box, waiting, begun } = heldBox();
  const both = Promise.all([build(spec, source, box), build(spec, source, box)]);
  await begun(1);
  waiting[0]!('failed');
  await begun(2);
  waiting[1]!('made');
  expect(await both).toMatchObject([{ code: 'unavailable' }, { tree: made, cached: false }]);
});

test('a build made by other tools is another build; where there is nothing to build, tools are nothing', () => {
  const [old, updated] = [{ tools: { cc: 'cc 14' } }, { tools: { cc: 'cc 15' } }];
  expect(buildKey(spec, source, old)).not.toBe(buildKey(spec, source, updated));
  expect(buildKey(spec, source, old)).toBe(buildKey(spec, source, { tools: { cc: 'cc 14' } }));
  const asItIs = { ...spec, recipe: { ...recipe, build: { ...recipe.build, steps: [] } } };
  expect(buildKey(asItIs, source, old)).toBe(buildKey(asItIs, source, updated));
});

test('where it was refused says whose failure it is: the box, the clock, or what is built', async () => {
  const refusedAt = async (over: Partial<BoxResult>) => {
    const built = await build(
      spec,
      source,
      rehearsedBox(() => ({ ...uneventful, ...over })),
    );
    return isRefusal(built) && built.at;
  };
  expect(await refusedAt({ end: 'box-failed' })).toBe('box');
  expect(await refusedAt({ end: 'killed' })).toBe('box');
  expect(await refusedAt({ end: 'timeout' })).toBe('clock');
  expect(await refusedAt({ exit: 2 })).toBe('build');
  expect(await refusedAt({ end: 'cpu-limit' })).toBe('build');
});
