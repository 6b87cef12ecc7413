import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildLab } from '../../src/app/build.ts';
import { readConfig } from '../../src/app/config.ts';
import { readTargets } from '../targets/library.ts';
import { failures } from '../targets/table.ts';
import { tryTarget } from '../targets/trial.ts';

/** A few that build in seconds, of each way of seeing; `npm run targets` tries them all. */
const sample = [
  'yajl-CVE-2023-33460',
  'giflib-CVE-2026-23868',
  'jq-CVE-2025-48060',
  'tinyxml-CVE-2021-42260',
  'trim-CVE-2020-7753',
  'dns-sync-CVE-2014-9682',
  'underscore-CVE-2021-23358',
  'send-CVE-2014-6394',
  'adm-zip-CVE-2018-1002204',
];
const dir = mkdtempSync(join(tmpdir(), 'targets-'));
const doors = buildLab(readConfig({ ...process.env, BREAKWATER_DATA: dir }));
const { targets } = readTargets(doors.recipes.all());
let missing = '';

beforeAll(async () => {
  const probe = await doors.box.probe();
  if (!probe.usable) missing = probe.missing.join('; ');
}, 120_000);
afterAll(() => rmSync(dir, { recursive: true, force: true }));

describe('a sample of the target library is as its recipes say', () => {
  test.each(sample)('%s', async (id) => {
    if (missing) return void console.warn(`${id} skipped: ${missing}`);
    const target = targets.find((each) => each.id === id)!;
    const trial = await tryTarget(target, doors, AbortSignal.timeout(500_000));
    const unreachable = [...trial.pocs.map(({ because }) => because), trial.refused ?? ''].find((because) =>
      /cannot be reached/.test(because),
    );
    if (unreachable) return void console.warn(`${id} skipped: ${unreachable}`);
    expect(failures([trial])).toEqual([]);
    expect(trial.pocs.length).toBe(target.recipe.pocs.length);
  });
});
