import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildLab } from '../../src/app/build.ts';
import { readConfig } from '../../src/app/config.ts';
import { atOnce } from '../../src/lab/at-once.ts';
import { readTargets, type Target } from './library.ts';
import { failures, markdown, plainTable } from './table.ts';
import { type Trial, tryTarget, tryTests } from './trial.ts';

// Every recipe of the library, with each of its PoCs, through the real lab. Exits 1 when one is not as it says, 69 when there is no box.
const help = `npm run targets -- [--only PATTERN] [--tests] [--fresh] [--json] [--write]
  --only PATTERN  only targets whose id matches this regular expression
  --tests         their functional tests alone
  --fresh         fetch and build everything anew, in a directory of its own
  --json          the trials as JSON on standard output
  --write         write docs/TARGETS.md (all targets, all as they say)`;
const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    tests: { type: 'boolean' },
    fresh: { type: 'boolean' },
    json: { type: 'boolean' },
    write: { type: 'boolean' },
    help: { type: 'boolean' },
  },
});
if (values.help) {
  console.log(help);
  process.exit(0);
}
if (values.write && (values.only || values.tests)) throw new Error('--write takes all targets, and all of them');

const root = join(import.meta.dirname, '../..');
/** Of one target with all its builds: the largest takes minutes on a busy machine. */
const targetMs = 20 * 60 * 1000;
const fresh = values.fresh ? mkdtempSync(join(tmpdir(), 'bw-targets-')) : undefined;
const doors = buildLab(
  readConfig({ ...process.env, BREAKWATER_DATA: fresh ?? process.env.BREAKWATER_DATA ?? join(root, '.build/targets') }),
);
const say = (text: string) => void process.stderr.write(`${text}\n`);
try {
  process.exitCode = await main();
} finally {
  if (fresh) rmSync(fresh, { recursive: true, force: true });
}

async function main(): Promise<number> {
  const probe = await doors.box.probe();
  if (!probe.usable) {
    say(`the box is not usable: ${probe.missing.join('; ')}`);
    return 69;
  }
  const pattern = new RegExp(values.only ?? '');
  const { targets, refused } = readTargets(doors.recipes.all().filter(({ id }) => pattern.test(id)));
  const startedAt = performance.now();
  const trials: Trial[] = refused.map(({ id, because }) => ({ id, pocs: [], failedTests: [], tests: 0, refused: because }));
  // Two at once, and those of one package one after the other: what the first of them built, the next has.
  await atOnce(byPackage(targets), 2, async (group) => {
    for (const target of group) trials.push(await told(target));
  });
  trials.sort((a, b) => (a.id < b.id ? -1 : 1));
  return ended(targets, trials, (performance.now() - startedAt) / 1000);
}

function byPackage(targets: readonly Target[]): Target[][] {
  const groups = Map.groupBy(targets, ({ recipe }) => recipe.target.purl);
  return [...groups.values()].sort((a, b) => b.length - a.length);
}

async function told(target: Target): Promise<Trial> {
  const trial = await (values.tests ? tryTests : tryTarget)(target, doors, AbortSignal.timeout(targetMs));
  const [wrong] = failures([trial]);
  say(`${wrong ? 'NOT  ' : 'as it says  '} ${target.id}`);
  return trial;
}

function ended(targets: readonly Target[], trials: readonly Trial[], tookSec: number): number {
  const wrong = failures(trials);
  const [load] = loadavg();
  const measured = `${trials.length} targets in ${Math.round(tookSec)} s on ${availableParallelism()} cores, load ${load!.toFixed(1)}${fresh ? ', everything fetched and built anew' : ''}`;
  if (values.json) console.log(JSON.stringify(trials, null, 1));
  else console.log(`${plainTable(targets, trials)}\n\n${measured}`);
  for (const line of wrong) say(line);
  if (wrong.length > 0 || trials.length === 0) return 1;
  if (values.write) writeFileSync(join(root, 'docs/TARGETS.md'), markdown(targets, trials, `Last run: ${measured}.`));
  return 0;
}
