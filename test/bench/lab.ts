import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildDoors } from '../../src/app/build.ts';
import { readConfig } from '../../src/app/config.ts';
import { benchPatch } from './patch.ts';
import { benchRuns } from './runs.ts';
import { benchVerdict } from './verdict.ts';

// What hangs on boxes and nothing else of the whole: short enough to be measured between other work; all of it, or what is named.
const dir = mkdtempSync(join(tmpdir(), 'bw-bench-'));
const { doors } = await buildDoors(readConfig({ ...process.env, BREAKWATER_DATA: dir }));
const load = () => readFileSync('/proc/loadavg', 'utf8').split(' ')[0];
const parts = { verdict: () => benchVerdict(doors, dir), patch: () => benchPatch(doors), runs: () => benchRuns(doors) };
const named = process.argv.slice(2);
for (const [name, measure] of Object.entries(parts))
  if (named.length === 0 || named.includes(name)) process.stdout.write(`${await measure()}\nload ${load()}\n`);
await doors.db.close();
rmSync(dir, { recursive: true, force: true });
