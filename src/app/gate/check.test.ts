import { expect, test } from 'vitest';
import type { TreeId } from '../../base/doors.ts';
import { insist, refuse } from '../../base/refusal.ts';
import { rehearsedBox, uneventful } from '../../io/boxes/rehearsed.ts';
import { pretendDoors, pretendTree, type Rule } from '../../lab/pretend.example.ts';
import { exampleFiles, exampleRecipe } from '../../lab/recipe.example.ts';
import { parseRecipe } from '../../lab/recipe.ts';
import type { LabDoors } from '../../lab/run.ts';
import { exampleTask } from '../../reviews/suites/suite.example.ts';
import type { Level } from '../../reviews/suites/suite.ts';
import { checkTask } from './check.ts';

test('what a hub could not set up is quarantined, by the words of the hub', async () => {
  const text = JSON.stringify({ ...exampleRecipe, pocs: ['poc.txt', 'other.txt'] });
  const files = { ...exampleFiles, 'other.txt': Buffer.from('bang') };
  const found = { recipe: insist(parseRecipe(text)), text, beside: { files } };
  const subject = { found, files, fix: null, touched: [], unlike: [] };
  const box = rehearsedBox(() => ({ ...uneventful, stdout: Buffer.from('looked\n'), kept: `tree_${'a'.repeat(64)}` as TreeId }));
  const doors = { box, sources: { fetch: async () => ({ tree: `tree_${'b'.repeat(64)}`, archives: [] }) } } as unknown as LabDoors;
  const options = { others: [], elapsed: () => 0, say: () => {}, secret: 's', signal: new AbortController().signal };
  const place = async (level: Level, ...pocs: string[]) => {
    const gated = await checkTask(exampleTask({ level, hidden: { pocs, answer: null } }), async () => subject, doors, options);
    return gated.checks.find(({ name }) => name === 'place');
  };
  expect(await place(1, 'other.txt')).toMatchObject({ held: true });
  // Nothing crashes in this box.
  expect(await place(2, 'other.txt')).toMatchObject({ held: false, because: expect.stringContaining('it cannot be set up: ') });
  expect(await place(2, 'poc.txt', 'other.txt')).toMatchObject({
    held: false,
    because: expect.stringContaining('no input that may be shown'),
  });
});

test('a check that is stopped half-way says nothing, and the task has not passed', async () => {
  const files = exampleFiles;
  const found = { recipe: insist(parseRecipe(JSON.stringify(exampleRecipe))), text: JSON.stringify(exampleRecipe), beside: { files } };
  const stop = new AbortController();
  const box = rehearsedBox(() => {
    stop.abort();
    return { ...uneventful, end: 'killed', exit: null };
  });
  const doors = { box, sources: { fetch: async () => ({ tree: `tree_${'b'.repeat(64)}`, archives: [] }) } } as unknown as LabDoors;
  const options = { others: [], elapsed: () => 0, say: () => {}, secret: 's', signal: stop.signal };
  const task = exampleTask({ hidden: { pocs: ['poc.txt'], answer: null } });
  const subject = { found, files, fix: null, touched: [], unlike: [] };
  const gated = await checkTask(task, async () => subject, doors, options);
  expect(gated).toMatchObject({ state: 'could-not-tell', because: ['build: it was stopped'] });
  expect(gated.checks.map(({ name }) => name)).toEqual(['build', 'fits', 'build']);
  const unreached = await checkTask(task, async () => subject, doors, options);
  expect(unreached).toMatchObject({ state: 'could-not-tell', checks: [{ because: 'it was stopped' }] });
});

test('a source that is not to be had could not be told; a recipe that does not build is no task', async () => {
  const options = { others: [], elapsed: () => 0, say: () => {}, secret: 's', signal: new AbortController().signal };
  const state = async (at: string) =>
    (await checkTask(exampleTask(), async () => refuse('unavailable', 'why', at), {} as LabDoors, options)).state;
  expect(await state('fetch')).toBe('could-not-tell');
  expect(await state('box')).toBe('could-not-tell');
  expect(await state('clock')).toBe('could-not-tell');
  expect(await state('build')).toBe('quarantined');
});

test('one input of many others that solves it is enough, and named; one that could not be tried is no pass', async () => {
  const text = JSON.stringify(exampleRecipe);
  const found = { recipe: insist(parseRecipe(text)), text, beside: { files: exampleFiles } };
  const subject = { found, files: exampleFiles, fix: null, touched: [], unlike: [] };
  const others = ['silent', 'lost', 'solves'].map((word) => ({
    recipe: { ...found.recipe, id: word, target: { ...found.recipe.target, purl: `pkg:deb/debian/${word}` } },
    poc: Buffer.from(word),
  }));
  const old = pretendTree('1');
  const rule: Rule = ({ tree, input }) =>
    input === 'lost' ? { end: 'box-failed', exit: null } : tree === old && /boom|solves/.test(input) ? 'parse' : '';
  const check = async (of: typeof others) => {
    const options = {
      others: of,
      only: 'another-tasks-poc',
      elapsed: () => 0,
      say: () => {},
      secret: 's',
      signal: new AbortController().signal,
    };
    const gated = await checkTask(
      exampleTask({ hidden: { pocs: ['poc.txt'], answer: null } }),
      async () => subject,
      pretendDoors(rule),
      options,
    );
    return gated.checks.find(({ name }) => name === 'attack another-tasks-poc')!;
  };
  expect(await check(others.slice(0, 1))).toMatchObject({ held: true, because: expect.stringMatching(/^silent: not-solved/) });
  expect(await check(others.slice(0, 2))).toMatchObject({
    held: 'could-not-tell',
    because: expect.stringMatching(/^lost: could not be tried/),
  });
  expect(await check(others)).toMatchObject({ held: false, because: expect.stringMatching(/^solves: solved/) });
  expect(await check([])).toMatchObject({ held: 'inapplicable' });
});
