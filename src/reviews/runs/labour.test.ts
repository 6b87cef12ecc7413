import { expect, test } from 'vitest';
import type { TreeId } from '../../base/doors.ts';
import { noTokens } from '../../base/model-door.ts';
import { refuse } from '../../base/refusal.ts';
import { rehearsedBox, uneventful } from '../../io/boxes/rehearsed.ts';
import { exampleRecipe } from '../../lab/recipe.example.ts';
import type { WorkDoors } from '../../trust/labour.ts';
import { type RunSpec, workRun } from './labour.ts';
import { cellsOf } from './run.ts';

const spec: RunSpec = {
  ...{ id: 'run_a', attempt: 1, solver: 'bare', prices: null, seed: 11, harness: null, rehearsal: null, journal: [] },
  briefing: { skill: 'reproduce', prompt: 'crash it', turns: 2, tokens: 1000, nonce: 'n' },
  endpoint: { url: 'https://models.example/v1', model: 'm', protocol: 'chat-completions' },
  stage: { level: 0, recipe: exampleRecipe as never, crash: null },
  ...{ transcriptId: 'blb_a', handedInId: 'blb_b', windowMs: 1000_000 },
};

function doorsOf(over: object) {
  const kept = new Set<string>();
  const tree = `tree_${'a'.repeat(64)}` as TreeId;
  const doors = {
    box: rehearsedBox(() => ({ ...uneventful, kept: tree })),
    sources: { fetch: async () => ({ tree, archives: [] }) },
    blobs: { put: async (id: string) => void kept.add(id), get: async () => refuse('not_found', 'nothing') },
    ...over,
  } as unknown as WorkDoors;
  return { doors, kept };
}
const watching = (signal: AbortSignal) => ({ say() {}, tell: async () => ({}), signal });

test('a run that is stopped while its place is set up was not run, and its record says so', async () => {
  const stop = new AbortController();
  const fetch = (_: unknown, signal: AbortSignal) =>
    new Promise((resolve) => {
      signal.addEventListener('abort', () => resolve(refuse('unavailable', 'the download was stopped')));
      stop.abort();
    });
  const { doors, kept } = doorsOf({ sources: { fetch } });
  expect(await workRun(spec, doors, watching(stop.signal))).toMatchObject({ ended: 'not-run', because: 'the run was stopped', turns: 0 });
  expect([...kept]).toEqual(['blb_a']);
  // By itself the same refusal is a failure of ours.
  const gone = doorsOf({ sources: { fetch: async () => refuse('unavailable', 'gone') } });
  expect(await workRun(spec, gone.doors, watching(new AbortController().signal))).toMatchObject({
    ended: 'infra-error',
    because: 'the task cannot be set up: gone',
  });
});

test('the seed of the run goes with each of its calls; a run without one asks for none', async () => {
  const seeds: unknown[] = [];
  const models = {
    async chat(...[, , , , watch]: [unknown, unknown, unknown, unknown, { seed?: number }]) {
      seeds.push(watch.seed);
      const call = { id: `c${seeds.length}`, name: 'note', arguments: '{"text":"a"}' };
      return { message: { role: 'assistant', content: '', toolCalls: [call] }, stop: 'tools', use: noTokens };
    },
  };
  for (const seed of [11, 0, null]) await workRun({ ...spec, seed }, doorsOf({ models }).doors);
  expect(seeds).toEqual([11, 11, 0, 0, undefined, undefined]);
});

test('each epoch has its seed, the same for every task and budget; too few go round', () => {
  const tasks = ['a', 'b'].map((id) => ({ id, recipeId: 'r' }));
  const budgets = [1, 2].map((turns) => ({ turns, tokens: 1 }));
  const cells = cellsOf({ tasks, budgets, epochs: 3, seeds: [5, 6], solver: { name: 'bare' } } as never);
  const seedsOf = (taskId: string, budget: number) =>
    cells.filter((cell) => cell.taskId === taskId && cell.budget === budget).map(({ epoch, seed }) => [epoch, seed]);
  for (const id of ['a', 'b']) for (const budget of [0, 1]) expect(seedsOf(id, budget).join(' ')).toBe('0,5 1,6 2,5');
  expect(cellsOf({ tasks, budgets, epochs: 1, seeds: [], solver: { name: 'bare' } } as never).map(({ seed }) => seed)).toEqual(
    Array(4).fill(null),
  );
});
