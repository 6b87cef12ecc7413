import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { insist } from '../base/refusal.ts';
import { rehearsedBox, uneventful } from '../io/boxes/rehearsed.ts';
import { prepare } from './experiment.ts';
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
