import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { isRefusal } from '../../src/base/refusal.ts';
import { assist } from '../../src/clearinghouse/advisories/assistance/actions.ts';
import * as cases from '../../src/clearinghouse/cases/actions.ts';
import * as findings from '../../src/clearinghouse/findings/actions.ts';
import { comparePackageVersions } from '../../src/clearinghouse/inventories/versions/compare.ts';
import { bubblewrapBox } from '../../src/io/boxes/bubblewrap.ts';
import { treeStore } from '../../src/io/boxes/trees.ts';
import { diskRecipes } from '../../src/io/recipes/disk.ts';
import { registrySources } from '../../src/io/sources/registry.ts';
import { parseRecipe, sourceOf } from '../../src/lab/recipe.ts';
import { main } from '../equipment/command.ts';
import { filesInZip } from '../equipment/zip.ts';
import { upToCases } from '../flows/cases-stage.ts';
import { openHub } from '../hub.ts';

/** A real flaw of a real package, replayed from the bundle alone by the very words of its README: real registry, real boxes. */
const dir = mkdtempSync(join(tmpdir(), 'assistance-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

test('what a maintainer unpacks can be replayed elsewhere, and comes out the same', async ({ skip }) => {
  if (!existsSync('/usr/bin/bwrap')) skip('bubblewrap is missing: `apt-get install -y bubblewrap`');
  const trees = treeStore(join(dir, 'trees'));
  const sources = registrySources({ dir: join(dir, 'sources'), trees, compare: comparePackageVersions });
  const recipes = diskRecipes(join(import.meta.dirname, '../../recipes'));
  const found = recipes.all().find((r) => r.id === 'minimist-CVE-2021-44906')!;
  const recipe = parseRecipe(found.text);
  if (isRefusal(recipe)) throw new Error(recipe.because);
  const fetched = await sources.fetch(sourceOf(recipe, 'vulnerable')!);
  if (isRefusal(fetched)) skip(fetched.because);
  const hub = await openHub({ box: bubblewrapBox({ dir, trees }), sources, recipes });
  try {
    const finder = await hub.join('North Lab', 'finder');
    const data = Buffer.from(found.files[recipe.pocs[0]!]!).toString('base64');
    const attachments = [{ filename: 'poc.json', contentType: 'application/octet-stream', type: 'exploit-proof-of-concept', data }];
    const report = { title: 'Pollution', text: 'As attached.', purl: recipe.target.purl, attachments };
    await hub.do(finder, findings.submit, report);
    await hub.settle(upToCases);
    const desk = await hub.join('Clearinghouse', 'coordinator');
    const { items } = await hub.do<{ items: { id: string }[] }>(desk, cases.list, {});
    const taken = await hub.do<{ data: string }>(desk, assist, { id: items[0]!.id });
    const at = join(dir, 'unpacked');
    for (const [name, bytes] of filesInZip(Buffer.from(taken.data, 'base64'))) {
      mkdirSync(dirname(join(at, name)), { recursive: true });
      writeFileSync(join(at, name), bytes);
    }
    const folder = join(at, `breakwater-${items[0]!.id}`);
    const readme = Buffer.from(filesInZip(Buffer.from(taken.data, 'base64')).get(`breakwater-${items[0]!.id}/README.txt`)!).toString();
    const [words] = readme.match(/(?<=^ {2}breakwater )lab replay .*$/m)!;
    const ended = await new Promise<{ code: number | null; out: string; err: string }>((resolve) => {
      const child = spawn(process.execPath, [main, ...words.split(' ')], {
        cwd: folder,
        env: { ...process.env, BREAKWATER_DATA: join(dir, 'elsewhere') },
      });
      let [out, err] = ['', ''];
      child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
      child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
      child.on('close', (code) => resolve({ code, out, err }));
    });
    expect(ended).toMatchObject({ code: 0, out: expect.stringMatching(/^same/) });
  } finally {
    await hub.close();
  }
});
