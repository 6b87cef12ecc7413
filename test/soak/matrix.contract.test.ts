import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Box, Sources } from '../../src/base/doors.ts';
import { insist, isRefusal } from '../../src/base/refusal.ts';
import { comparePackageVersions } from '../../src/clearinghouse/inventories/versions/compare.ts';
import { bubblewrapBox } from '../../src/io/boxes/bubblewrap.ts';
import { treeStore } from '../../src/io/boxes/trees.ts';
import { diskRecipes } from '../../src/io/recipes/disk.ts';
import { registrySources } from '../../src/io/sources/registry.ts';
import { concludeMatrix } from '../../src/lab/matrix/conclude.ts';
import { arbitrate } from '../../src/lab/matrix/matrix.ts';
import { type Asked, prepareMatrix } from '../../src/lab/matrix/plan.ts';
import { runMatrix } from '../../src/lab/matrix/run.ts';
import { parseRecipe, sourceOf } from '../../src/lab/recipe.ts';

/** One library, two flaws (CVE-2023-53154, CVE-2024-31755), the maintainer's fixes and ours: real sources, real compiler, real boxes. */
const dir = mkdtempSync(join(tmpdir(), 'matrix-contract-'));
const shelf = new Map(
  diskRecipes(join(import.meta.dirname, '../../recipes'))
    .all()
    .map(({ id, text, files }) => [id, { recipe: insist(parseRecipe(text)), files }]),
);
const comma = shelf.get('cjson-CVE-2023-53154')!;
const text = shelf.get('cjson-CVE-2024-31755')!;
let box: Box;
let sources: Sources;
let commaFix: Uint8Array;
let missing = existsSync('/usr/bin/bwrap') ? '' : 'bubblewrap is missing: `apt-get install -y bubblewrap clang`';

beforeAll(async () => {
  if (missing) return;
  const trees = treeStore(join(dir, 'trees'));
  box = bubblewrapBox({ dir: join(dir, 'boxes'), trees });
  sources = registrySources({ dir: join(dir, 'sources'), trees, compare: comparePackageVersions });
  const probe = await box.probe();
  if (!probe.usable) missing = `the box is not usable: ${probe.missing.join('; ')}`;
  const fetched = missing ? undefined : await sources.fetch(sourceOf(comma.recipe, 'fixed')!);
  if (isRefusal(fetched)) missing = fetched.because;
  else if (fetched) commaFix = insist(await sources.read(fetched.tree, 'debian/patches/0002-Fix-heap-buffer-overflow.patch'));
  if (missing) console.warn(`matrix contract skipped: ${missing}`);
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const hunk = (at: number, before: string, from: string, to: string, after: string) =>
  Buffer.from(`--- a/cJSON.c\n+++ b/cJSON.c\n@@ -${at},3 +${at},3 @@\n ${before}\n-${from}\n+${to}\n ${after}\n`);
/** The same flaw mended elsewhere than the maintainer did: where the text is read, not where the comma is. */
const ownCommaFix = hunk(
  808,
  '    /* not a string */',
  `    if (buffer_at_offset(input_buffer)[0] != '\\"')`,
  `    if (cannot_access_at_index(input_buffer, 0) || (buffer_at_offset(input_buffer)[0] != '\\"'))`,
  '    {',
);
/** Stops everything, by parsing nothing any more. */
const switchedOff = hunk(
  1209,
  '{',
  '    return cJSON_ParseWithLengthOpts(value, buffer_length, 0, 0);',
  '    (void)value; (void)buffer_length; return NULL;',
  '}',
);
/** Stops one input of the flaw, by its length. */
const tooNarrow = hunk(
  1209,
  '{',
  '    return cJSON_ParseWithLengthOpts(value, buffer_length, 0, 0);',
  '    return buffer_length == 7 ? NULL : cJSON_ParseWithLengthOpts(value, buffer_length, 0, 0);',
  '}',
);

async function matrixOf(asked: Asked) {
  const plan = insist(prepareMatrix(asked));
  const matrix = concludeMatrix(plan, await runMatrix(plan, { box, sources }));
  if (typeof matrix === 'string') throw new Error(matrix);
  return { ...matrix, saw: matrix.columns.map((column) => column.cells.map((cell) => `${cell.saw} ${cell.crashes}/${cell.of}`)) };
}
const [crash, quiet] = ['crash 3/3', 'quiet 0/3'];
const commaPoc = comma.files['poc-after-comma.json']!;
const nestedPoc = comma.files['poc-nested.json']!;
const nullPoc = text.files['poc-to-null.json']!;
const numberPoc = text.files['poc-number-has-no-text.json']!;

test('two reports of one flaw: the fix of each stops both', { timeout: 240_000 }, async ({ skip }) => {
  if (missing) skip(missing);
  const matrix = await matrixOf({
    recipes: [comma],
    pocs: [
      { of: 'A', recipe: 0, bytes: commaPoc },
      { of: 'B', recipe: 0, bytes: nestedPoc },
    ],
    fixes: [
      { of: ['A', 'B'], recipe: 0, patch: null },
      { of: ['A'], recipe: 0, patch: ownCommaFix },
      { of: ['B'], recipe: 0, patch: switchedOff },
    ],
  });
  expect(matrix.saw).toEqual([
    [crash, crash],
    [quiet, quiet],
    [quiet, quiet],
    [quiet, quiet],
  ]);
  expect(matrix.columns.map((column) => column.void?.split(':')[0] ?? null)).toEqual([
    null,
    null,
    null,
    'the test "a document survives parsing and printing" fails',
  ]);
  expect(arbitrate(matrix, 'A', 'B').relation).toBe('equivalent');
});

test('two flaws: a patch that switches parsing off silences both and merges nothing', { timeout: 240_000 }, async ({ skip }) => {
  if (missing) skip(missing);
  const matrix = await matrixOf({
    recipes: [text],
    pocs: [
      { of: 'A', recipe: 0, bytes: nullPoc },
      { of: 'A', recipe: 0, bytes: numberPoc },
      { of: 'B', recipe: 0, bytes: commaPoc },
    ],
    fixes: [
      { of: ['A'], recipe: 0, patch: null },
      { of: ['B'], recipe: 0, patch: commaFix },
      { of: ['A'], recipe: 0, patch: switchedOff },
      { of: ['B'], recipe: 0, patch: Buffer.from(switchedOff.toString().replace('return NULL;', 'return (void *)0;')) },
    ],
  });
  expect(matrix.saw).toEqual([
    [crash, crash, crash],
    [quiet, quiet, crash],
    [crash, crash, quiet],
    [quiet, quiet, quiet],
    [quiet, quiet, quiet],
  ]);
  expect(matrix.columns.map((column) => column.void !== null)).toEqual([false, false, false, true, true]);
  expect(arbitrate(matrix, 'A', 'B')).toMatchObject({ relation: 'separate' });
  // With nothing but silence to go by, the two would be taken for one.
  expect(arbitrate({ ...matrix, columns: [matrix.columns[0]!, ...matrix.columns.slice(3)] }, 'A', 'B')).toMatchObject({
    relation: 'could-not-tell',
    because: expect.stringContaining('the test "a text becomes another" fails'),
  });
});

test('two recipes, one of whose sources holds the other’s fix already: each fix against its own base', { timeout: 240_000 }, async ({
  skip,
}) => {
  if (missing) skip(missing);
  const matrix = await matrixOf({
    recipes: [text, comma],
    pocs: [
      { of: 'A', recipe: 0, bytes: nullPoc },
      { of: 'B', recipe: 1, bytes: commaPoc },
    ],
    fixes: [
      { of: ['A'], recipe: 0, patch: null },
      { of: ['B'], recipe: 1, patch: null },
    ],
  });
  expect(matrix.columns.map((column) => column.name)).toEqual([
    'unpatched cjson-CVE-2024-31755',
    'unpatched cjson-CVE-2023-53154',
    'fixed cjson-CVE-2024-31755',
    'fixed cjson-CVE-2023-53154',
  ]);
  expect(matrix.saw).toEqual([
    [crash, crash],
    [quiet, crash],
    [quiet, crash],
    [quiet, quiet],
  ]);
  // The last build is silent on both, but A's input was silent before that fix as well.
  expect(arbitrate(matrix, 'A', 'B')).toMatchObject({ relation: 'separate', because: 'fixed cjson-CVE-2024-31755 stops only A' });
});

test('a fix too narrow for its own flaw does not pass for another flaw’s', { timeout: 240_000 }, async ({ skip }) => {
  if (missing) skip(missing);
  const matrix = await matrixOf({
    recipes: [comma],
    pocs: [
      { of: 'A', recipe: 0, bytes: commaPoc },
      { of: 'B', recipe: 0, bytes: nestedPoc },
    ],
    fixes: [
      { of: ['A', 'B'], recipe: 0, patch: null },
      { of: ['A'], recipe: 0, patch: tooNarrow },
    ],
  });
  expect(matrix.saw[2]).toEqual([quiet, crash]);
  expect(arbitrate(matrix, 'A', 'B')).toMatchObject({ relation: 'subsumes', container: 'B' });
});

test('the same from the command line, without a hub', { timeout: 240_000 }, ({ skip }) => {
  if (missing) skip(missing);
  const at = (name: string, bytes: Uint8Array) => {
    writeFileSync(join(dir, name), bytes);
    return join(dir, name);
  };
  const main = join(import.meta.dirname, '../../src/app/main.ts');
  const matrix = (...args: string[]) =>
    spawnSync(process.execPath, [main, 'lab', 'matrix', comma.recipe.id, ...args], { env: { ...process.env, BREAKWATER_DATA: dir } });
  const [a, b] = [at('a.json', commaPoc), at('b.json', nestedPoc)];
  const patches = [at('own.patch', ownCommaFix), at('off.patch', switchedOff)].flatMap((path) => ['--patch', path]);
  const told = matrix('--poc', a, '--poc', b, ...patches);
  expect(told.status).toBe(0);
  const text = told.stdout.toString();
  expect(text).toMatch(/^unpatched +CRASH 3\/3 +CRASH 3\/3$/m);
  expect(text).toMatch(/^patch [0-9a-f]{12} +quiet 0\/3 +quiet 0\/3 +no evidence: the test "a document survives/m);
  expect(text).toMatch(/^patch [0-9a-f]{12}: off\.patch$/m);
  expect(text).toMatch(/^a\.json – b\.json: equivalent \(/m);
  const untold = matrix('--poc', a, '--poc', b, '--runs', '1', '--json');
  expect(untold.status).toBe(69);
  expect(JSON.parse(untold.stdout.toString()).pairs).toMatchObject([{ a: 'a.json', b: 'b.json', relation: 'could-not-tell' }]);
  expect(matrix('--poc', a).status).toBe(65);
});
