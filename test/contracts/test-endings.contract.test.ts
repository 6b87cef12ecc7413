import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import type { TreeId } from '../../src/base/doors.ts';
import { insist } from '../../src/base/refusal.ts';
import { diskRecipes } from '../../src/io/recipes/disk.ts';
import { recordRun } from '../../src/lab/evidence.ts';
import { prepare } from '../../src/lab/experiment.ts';
import { judgeTest, testBox } from '../../src/lab/fix.ts';
import { exampleRecipe } from '../../src/lab/recipe.example.ts';
import { parseRecipe } from '../../src/lab/recipe.ts';
import { realLab } from '../equipment/real-lab.ts';

/** A functional test and a package in one process, in the real box: the package decides how that process ends, and not whether the test passes. */
const lab = realLab();
if (lab.missing) console.warn(`endings of tests skipped: ${lab.missing}`);
afterAll(() => lab.close());

const observers = diskRecipes(join(import.meta.dirname, '../../recipes')).observers();
/** What the package is for: it squares. No box holds it. */
const right = 7391 ** 2;

async function run(script: string, pack: string) {
  const recipe = insist(
    parseRecipe(
      stringify({
        ...exampleRecipe,
        files: ['test.cjs'],
        ...{ build: {}, run: { driver: 'drive.cjs' }, oracle: { kind: 'prototype-pollution' } },
        tests: [{ name: 'it squares', argv: ['/tools/node', '/harness/test.cjs'], stdout: `${right}\n` }],
      }),
    ),
  );
  const files = { 'test.cjs': script, 'drive.cjs': '', 'control.txt': 'fine' };
  const bytes = Object.fromEntries(Object.entries(files).map(([name, text]) => [name, Buffer.from(text)]));
  const spec = insist(prepare(recipe, Buffer.from('boom'), { files: bytes, observers }));
  const [squares] = recipe.tests;
  const box = testBox(spec, `tree_${'0'.repeat(64)}` as TreeId, squares!);
  const { collect: _, ...asked } = { ...box, trees: [], files: [...box.files, { at: '/src/pack.cjs', bytes: Buffer.from(pack) }] };
  const result = await lab.box.run(asked);
  const record = recordRun({ variant: 'fixed', input: 'control', index: 0 }, false, asked.argv, result);
  return { ...judgeTest(squares!, record), exit: result.exit, printed: Buffer.from(result.stdout).toString() };
}

const calls = `const tell = require('/observer/tell.cjs'); tell(require('/src/pack.cjs')(7391));`;
const waits = `const tell = require('/observer/tell.cjs'); require('/src/pack.cjs')(7391).then(tell);`;
const wrong = 'module.exports = () => 2;';

describe('a functional test', () => {
  test.for([
    ['that gets the right answer', calls, 'module.exports = (n) => n ** 2'],
    ['that waits for it', waits, 'module.exports = async (n) => n ** 2'],
    ['whose package talks to people', calls, `console.log('squaring'); module.exports = (n) => n ** 2`],
    ['whose package ends the process when all is said', calls, 'setTimeout(() => process.exit(0)); module.exports = (n) => n ** 2'],
  ] as const)('%s passes', { timeout: 60_000 }, async ([, script, pack], { skip }) => {
    if (lab.missing) skip(lab.missing);
    expect(await run(script, pack)).toMatchObject({ passed: true });
  });

  /** Each ends the process with 0, which is what a test judged by its status takes for passed. */
  const feigned: readonly [what: string, pack: string][] = [
    ['ends the process when loaded', 'process.exit(0)'],
    ['ends it when called', 'module.exports = () => process.reallyExit(0)'],
    ['becomes another program', `process.execve('/usr/bin/true', ['true'], {})`],
    [
      'ends it under the name of a file of the test',
      `require('vm').runInThisContext('(p) => p.exit(0)', { filename: '/harness/test.cjs' })(process)`,
    ],
    [
      'takes the handlers of uncaught errors away',
      `process.removeAllListeners('uncaughtException'); process.on('uncaughtException', () => {}); throw new Error('x')`,
    ],
    ['catches all there is', `process.setUncaughtExceptionCaptureCallback(() => {}); throw new Error('x')`],
    ['has no event reach anybody', `process.emit = () => true; process.on('uncaughtException', () => {}); ${wrong}`],
    ['has every assertion hold', `const assert = require('assert'); for (const how in assert) assert[how] = () => {}; ${wrong}`],
    ['tells of itself', `require.cache['/observer/tell.cjs'].exports('true'); ${wrong} process.exit(0)`],
    ['says that all is well', `require('fs').writeSync(1, 'ok\\nall tests passed\\n'); process.exit(0)`],
  ];
  test.for(feigned)('whose package %s ends well and fails', { timeout: 60_000 }, async ([, pack], { skip }) => {
    if (lab.missing) skip(lab.missing);
    expect(await run(calls, pack)).toMatchObject({ exit: 0, passed: false, because: 'printed something else' });
  });

  test('whose package never answers fails', { timeout: 60_000 }, async ({ skip }) => {
    if (lab.missing) skip(lab.missing);
    expect(await run(waits, 'module.exports = () => new Promise(() => {})')).toMatchObject({ passed: false });
    expect(await run(calls, 'module.exports = () => { throw new Error() }')).toMatchObject({ passed: false });
  });

  test('has nothing in its box that says what it must print', { timeout: 60_000 }, async ({ skip }) => {
    if (lab.missing) skip(lab.missing);
    // Of all it can read, whatever it can be read as: files of the test and of the lab, input, environment, its own memory.
    const searched = `
      const fs = require('fs');
      const held = [String(7300 + 91), String((7300 + 91) ** 2)];
      const seen = held.map(() => 0);
      const look = (bytes) => held.forEach((text, i) => { if (bytes.includes(text)) seen[i] += 1; });
      const walk = (at) => fs.statSync(at).isDirectory() ? fs.readdirSync(at).forEach((name) => walk(at + '/' + name)) : look(fs.readFileSync(at));
      for (const at of ['/harness', '/observer', '/input']) walk(at);
      look(JSON.stringify([process.env, process.argv, process.execArgv]));
      look(fs.readFileSync('/proc/self/cmdline'));
      look(fs.readFileSync(0));
      require('fs').writeSync(1, seen.map((n) => n > 0).join());`;
    // The question is there, the answer is not.
    expect((await run(calls, searched)).printed).toBe('true,false');
  });
});
