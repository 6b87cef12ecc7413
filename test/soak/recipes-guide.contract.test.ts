import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { insist, isRefusal } from '../../src/base/refusal.ts';
import { comparePackageVersions } from '../../src/clearinghouse/inventories/versions/compare.ts';
import { bubblewrapBox } from '../../src/io/boxes/bubblewrap.ts';
import { treeStore } from '../../src/io/boxes/trees.ts';
import { diskRecipes } from '../../src/io/recipes/disk.ts';
import { registrySources } from '../../src/io/sources/registry.ts';
import { conclude } from '../../src/lab/conclude.ts';
import { prepare } from '../../src/lab/experiment.ts';
import { filesOf, parseRecipe, sourceOf } from '../../src/lab/recipe.ts';
import { runExperiment } from '../../src/lab/run.ts';

/** What docs/RECIPES.md shows is what works: every recipe in it, from the registry to the verdict. */
const root = join(import.meta.dirname, '../..');
const dir = mkdtempSync(join(tmpdir(), 'recipes-guide-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));
const guide = readFileSync(join(root, 'docs/RECIPES.md'), 'utf8');
const recipes = [...guide.matchAll(/^```yaml\n(.*?)^```$/gms)].map((match) => insist(parseRecipe(match[1]!)));
const observers = diskRecipes(join(root, 'recipes')).observers();

test('there is one for Node, one for C, one for Python', () => {
  expect(recipes.map(({ id }) => id)).toEqual(['minimist-guide', 'cjson-guide', 'sqlparse-guide']);
});

describe.each(recipes.map((recipe) => [recipe.id, recipe] as const))('%s', (_, recipe) => {
  test('is reproduced on the vulnerable build and refuted on the fixed', { timeout: 600_000 }, async ({ skip }) => {
    if (!existsSync('/usr/bin/bwrap')) skip('bubblewrap is missing: `apt-get install -y bubblewrap clang`');
    const trees = treeStore(join(dir, 'trees'));
    const doors = {
      box: bubblewrapBox({ dir, trees }),
      sources: registrySources({ dir: join(dir, 'sources'), trees, compare: comparePackageVersions }),
    };
    const fetched = await doors.sources.fetch(sourceOf(recipe, 'vulnerable')!);
    if (isRefusal(fetched) && fetched.code !== 'malformed') skip(`${recipe.id}: ${fetched.because}`);
    const [poc] = recipe.pocs;
    const spec = insist(prepare(recipe, insist(filesOf(recipe, {}))[poc!]!, { files: {}, observers, runs: 1 }));
    const { verdict, because } = conclude(spec, await runExperiment(spec, doors));
    expect([verdict, because]).toEqual(['reproduced', expect.stringContaining('0 of 1 on the fixed')]);
  });
});
