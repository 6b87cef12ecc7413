import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import type { BoxResult, BoxSpec, Sources, TreeId } from '../../base/doors.ts';
import { limits } from '../../base/limits.ts';
import { insist, refuse } from '../../base/refusal.ts';
import { rehearsedBox, uneventful } from '../../io/boxes/rehearsed.ts';
import { exampleFiles, exampleRecipe } from '../recipe.example.ts';
import { parseRecipe } from '../recipe.ts';
import { concludeMatrix } from './conclude.ts';
import { arbitrate, type Matrix } from './matrix.ts';
import { type Asked, cellsOf, columnsOf, prepareMatrix } from './plan.ts';
import { runMatrix } from './run.ts';

const recipe = insist(parseRecipe(stringify({ ...exampleRecipe, selfCheck: ['/src/target', 'check'] })));
const recipes = [{ recipe, files: exampleFiles }];
/** A patch whose added words say what it is: which inputs it stops, and what else it does. */
const patch = (words: string) => Buffer.from(`--- a/x.c\n+++ b/x.c\n@@ -1 +1 @@\n-a\n+${words}\n`);
const poc = (of: string, text: string, at = 0) => ({ of, recipe: at, bytes: Buffer.from(text) });
const fix = (of: string, words: string | null, at = 0) => ({ of: [...of], recipe: at, patch: words === null ? null : patch(words) });
const asked = (...fixes: Asked['fixes']): Asked => ({ recipes, pocs: [poc('A', 'one'), poc('B', 'two')], fixes, runs: 2 });

const textAt = (spec: BoxSpec, at: string) => Buffer.from(spec.files.find((f) => f.at === at)?.bytes ?? []).toString();
/** A tree is named by its words, so that builds of the same change are the same tree. */
const treeOf = (words: string): TreeId => `tree_${Buffer.from(words).toString('hex').padEnd(64, '0').slice(0, 64)}`;
const wordsOf = (tree: TreeId) => Buffer.from(tree.slice(5), 'hex').toString().replaceAll('\0', '');
const log = (where: string) =>
  `==2==ERROR: AddressSanitizer: heap-buffer-overflow on address 0x1 at pc 0x2 bp 0x3 sp 0x4\nREAD of size 1 at 0x1 thread T0\n    #0 0x2 in ${where} /src/x.c:1:1\n`;
const crash = (where: string): BoxResult => ({ ...uneventful, exit: 86, reports: [{ name: 'san.2', bytes: Buffer.from(log(where)) }] });

const box = rehearsedBox((spec) => {
  const words = wordsOf(spec.trees[0]!.tree);
  if (spec.argv[0] === 'patch') {
    const added = /^\+([^+].*)$/m.exec(textAt(spec, '/input/patch'))![1]!;
    return added.includes('misfit') ? { ...uneventful, exit: 1 } : { ...uneventful, kept: treeOf(added) };
  }
  if (spec.keep) return words.includes('broken') ? { ...uneventful, exit: 1 } : { ...uneventful, kept: spec.trees[0]!.tree };
  if (spec.argv[1] === 'check') return words.includes('blind') ? uneventful : crash('check');
  if (spec.argv[1] === 'test') return { ...uneventful, exit: words.includes('off') ? 1 : 0, stdout: Buffer.from('ok\n') };
  const input = textAt(spec, '/input/poc');
  if (input === 'one' || input === 'two') return words.includes(input) || words.includes('off') ? uneventful : crash(input);
  return uneventful;
});
const sources: Sources = {
  fetch: async (source) => {
    if (source.kind !== 'debian' || source.version === 'gone') return refuse('not_found', 'no such version');
    return { tree: treeOf(source.including ? 'one' : 'plain'), archives: [] };
  },
  history: async () => [],
  read: async () => refuse('not_found', 'nothing'),
};
async function decided(given: Asked) {
  const plan = insist(prepareMatrix(given));
  const matrix = concludeMatrix(plan, await runMatrix(plan, { box, sources }));
  if (typeof matrix === 'string') throw new Error(matrix);
  return { matrix, ...arbitrate(matrix, 'A', 'B') };
}
const shown = ({ columns }: Matrix) => columns.map((c) => `${c.cells.map((cell) => `${cell.saw} ${cell.crashes}/${cell.of}`).join(', ')}`);

describe('a matrix, from what is asked to what is decided', () => {
  test('two flaws', async () => {
    const { matrix, relation, because } = await decided(asked(fix('A', null), fix('B', 'two')));
    expect(shown(matrix)).toEqual(['crash 2/2, crash 2/2', 'quiet 0/2, crash 2/2', 'crash 2/2, quiet 0/2']);
    expect(matrix.columns[0]!.cells[0]!.because).toBe('Heap-buffer-overflow in one');
    expect(relation).toBe('separate');
    expect(because).toMatch(/^fixed example-1 stops only A, patch [0-9a-f]{12} stops only B$/);
  });

  test('one flaw', async () => {
    expect((await decided(asked(fix('A', 'one two'), fix('B', 'two one')))).relation).toBe('equivalent');
  });

  test('the same change from both is one fix', async () => {
    expect((await decided(asked(fix('A', 'one two'), fix('B', 'one two')))).relation).toBe('could-not-tell');
  });

  test.each([
    ['switches the feature off', 'one two off', /the test "works" fails: exited with 1/],
    ['puts the oracle to sleep', 'one two blind', /the oracle does not see its own self-check/],
    ['does not apply', 'misfit', /the patch does not apply/],
    ['does not build', 'broken', /exited with 1/],
    ['is not applied at all', '__asan_default_options', /speaks to the sanitizer/],
  ])('a patch that %s is no evidence', async (_, words, why) => {
    const { matrix, relation } = await decided(asked(fix('A', 'one two'), fix('B', words)));
    expect(matrix.columns[2]!.void).toMatch(why);
    expect(relation).toBe('could-not-tell');
  });

  test('without functional tests nothing is evidence', async () => {
    const untested = { recipe: { ...recipe, tests: [] }, files: exampleFiles };
    const { matrix, relation } = await decided({ ...asked(fix('A', 'one two'), fix('B', 'two one')), recipes: [untested] });
    expect(matrix.columns[1]!.void).toMatch(/no functional tests/);
    expect(relation).toBe('could-not-tell');
  });

  test('two recipes: each input as its own says, each build under both; a base apiece where the sources differ', async () => {
    const gone = { ...recipe, id: 'other', variants: { vulnerable: { ...recipe.variants.vulnerable, version: 'gone' } } } as typeof recipe;
    const alike = { ...recipe, id: 'alike' };
    const two = (other: typeof recipe) => ({
      recipes: [...recipes, { recipe: other, files: exampleFiles }],
      pocs: [poc('A', 'one'), poc('B', 'two', 1)],
      fixes: [fix('A', 'one'), fix('B', 'two', 1)],
    });
    const shared = await decided(two(alike));
    expect(shared.matrix.columns.map((c) => c.base)).toEqual([null, 0, 0]);
    expect(shared.relation).toBe('separate');
    const apart = await decided(two(gone));
    expect(apart.matrix.columns.map((c) => c.base)).toEqual([null, null, 0, 1]);
    expect(apart.matrix.columns[3]!.void).toMatch(/no such version/);
    expect(apart.relation).toBe('separate');
  });

  test('at most so many inputs and fixes; each recipe has an input', () => {
    const pocs = (n: number) => Array.from({ length: n }, (_, i) => poc('A', `${i}`));
    const fixes = (n: number) => Array.from({ length: n }, (_, i) => fix('A', `${i}`));
    const under = (of: Partial<Asked>) => prepareMatrix({ ...asked(), ...of });
    expect(under({ pocs: pocs(limits.matrixPocs) })).toHaveProperty('digest');
    expect(under({ pocs: pocs(limits.matrixPocs + 1) })).toMatchObject({ code: 'too_many' });
    expect(under({ fixes: fixes(limits.matrixFixes) })).toHaveProperty('digest');
    expect(under({ fixes: fixes(limits.matrixFixes + 1) })).toMatchObject({ code: 'too_many' });
    expect(under({ recipes: [...recipes, ...recipes] })).toMatchObject({ code: 'malformed' });
    expect(under({ runs: limits.experimentRuns + 1 })).toMatchObject({ code: 'malformed' });
  });

  test('another byte anywhere is another matrix', () => {
    const digests = [
      asked(fix('A', 'one')),
      asked(fix('A', 'two')),
      asked(fix('A', null)),
      asked(fix('B', 'one')),
      { ...asked(fix('A', 'one')), runs: 3 },
      { ...asked(fix('A', 'one')), pocs: [poc('A', 'one'), poc('B', 'three')] },
      { ...asked(fix('A', 'one')), pocs: [poc('B', 'one'), poc('B', 'two')] },
    ].map((of) => insist(prepareMatrix(of)).digest);
    expect(new Set(digests).size).toBe(digests.length);
  });
});

describe('hostile evidence', () => {
  const plan = insist(prepareMatrix(asked(fix('A', 'one'), fix('B', 'two'))));
  const good = async () => structuredClone(await runMatrix(plan, { box, sources }));
  type Evidence = Awaited<ReturnType<typeof good>>;
  const rows = (evidence: Evidence) => evidence.runs.filter((run) => run.row !== null);

  test.each<[string, (evidence: Evidence) => unknown, RegExp]>([
    ['another shape', () => ({ all: 'fine' }), /malformed/],
    ['another matrix', (e) => ({ ...e, matrixDigest: 'a'.repeat(64) }), /of another matrix/],
    ['an unlucky run left out', (e) => ({ ...e, runs: e.runs.filter((run) => run !== rows(e)[0]) }), /exactly the planned/],
    ['a lucky run added', (e) => ({ ...e, runs: [...e.runs, { ...rows(e)[0]!, index: 7 }] }), /exactly the planned/],
    [
      'one run twice in place of another',
      (e) => ({ ...e, runs: e.runs.map((run) => (run.index === 1 ? { ...run, index: 0 } : run)) }),
      /exactly/,
    ],
    ['a column left out', (e) => ({ ...e, columns: e.columns.slice(1) }), /exactly the planned/],
    ['a build left out', (e) => ({ ...e, columns: e.columns.map((c) => ({ ...c, builds: [] })) }), /exactly the planned/],
    ['a symbolised run of nothing planned', (e) => ({ ...e, runs: [...e.runs, { ...rows(e)[0]!, symbolized: true, row: 9 }] }), /exactly/],
  ])('%s', async (_, change, why) => {
    expect(concludeMatrix(plan, change(await good()))).toMatch(why);
  });

  test('the plan is read again, not believed', async () => {
    const [row, ...others] = plan.rows;
    const swapped = { ...row!.spec, poc: { ...row!.spec.poc, bytes: Buffer.from('two') } };
    expect(concludeMatrix({ ...plan, rows: [{ ...row!, spec: swapped }, ...others] }, await good())).toMatch(/was altered/);
    expect(concludeMatrix({ ...plan, fixes: plan.fixes.slice(1) }, await good())).toMatch(/was altered/);
  });

  test('runs that end at different places, or only sometimes, or with a box that failed, cannot be told', async () => {
    const evidence = await good();
    const [first, second] = evidence.runs.filter((run) => run.row === 0 && run.column === 0 && !run.symbolized);
    const cell = (change: Partial<Evidence['runs'][number]>) => {
      const matrix = concludeMatrix(plan, {
        ...evidence,
        runs: evidence.runs.map((run) => (run === second ? { ...run, ...change } : run)),
      });
      return typeof matrix === 'string' ? matrix : matrix.columns[0]!.cells[0]!;
    };
    expect(cell({})).toMatchObject({ saw: 'crash', crashes: 2, of: 2 });
    expect(cell({ exit: 0, reports: [] })).toMatchObject({ saw: 'could-not-tell', crashes: 1, of: 2, because: 'only some runs crash' });
    expect(cell({ end: 'box-failed', because: 'x\0y\ud800', reports: [] })).toMatchObject({ because: 'the box failed: xy\ufffd' });
    expect(cell({ end: 'box-failed', exit: null, reports: [] })).toMatchObject({
      saw: 'could-not-tell',
      because: expect.stringMatching(/^the box failed/),
    });
    const elsewhere = first!.reports.map((report) => ({ ...report, text: report.text.replace('#0 0x2', '#0 0x9') }));
    expect(cell({ reports: elsewhere })).toMatchObject({ saw: 'could-not-tell', because: 'the runs end at different places' });
  });

  test('no two runs share a nonce, whatever the build', async () => {
    const nonces: string[] = [];
    const run = async (spec: BoxSpec) => {
      nonces.push(textAt(spec, '/input/nonce'));
      return box.run(spec);
    };
    await runMatrix(plan, { box: { ...box, run }, sources });
    const given = nonces.filter(Boolean);
    const runs = columnsOf(plan).flatMap((_, column) => cellsOf(plan, column, 0));
    // Symbolised repeats are of the run they repeat.
    expect(new Set(given).size).toBe(runs.length);
  });
});
