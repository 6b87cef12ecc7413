import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Box, BoxSpec } from '../../src/base/doors.ts';
import { insist } from '../../src/base/refusal.ts';
import { bubblewrapBox } from '../../src/io/boxes/bubblewrap.ts';
import { gvisorBox } from '../../src/io/boxes/gvisor.ts';
import { treeStore } from '../../src/io/boxes/trees.ts';
import { median } from './measure.ts';

// `npm run bench -- boxes`: what a box costs, beside the same program without one. In turn, because these machines drift; nothing is asserted.
const mib = 1 << 20;
const rounds = Number(process.env.BENCH_ROUNDS ?? 40);
const dir = mkdtempSync(join(tmpdir(), 'bw-boxes-'));
const source = `#include <stdlib.h>
int main(int argc, char **argv) { volatile char *p = malloc(7); p[0] = argv[0][0]; return p[argc > 1 ? 7 : 0] == 0 ? 1 : 0; }
`;
const asan = 'detect_leaks=0:exitcode=86:symbolize=0:log_path=/reports/san';
const limits = {
  ...{ wallMs: 60_000, cpuSec: 10, memoryBytes: 512 * mib, pids: 64, cpus: 2 },
  ...{ fileBytes: 8 * mib, openFiles: 64, tmpBytes: 8 * mib, outputBytes: mib },
};
const say = (text: string) => process.stdout.write(`${text}\n`);
const load = () => readFileSync('/proc/loadavg', 'utf8').split(' ').slice(0, 2).join(' ');

mkdirSync(join(dir, 'src'));
writeFileSync(join(dir, 'src/a.c'), source);
execFileSync('clang', ['-O1', '-fsanitize=address', '-o', join(dir, 'src/asan'), join(dir, 'src/a.c')]);
execFileSync('clang', ['-O1', '-static', '-o', join(dir, 'src/plain'), join(dir, 'src/a.c')]);
execFileSync('clang', ['-O1', '-static', '-o', join(dir, 'src/hostile'), join(import.meta.dirname, '../box/hostile.c')]);
const trees = treeStore(join(dir, 'trees'));
const tree = insist(await trees.add(join(dir, 'src')));
const spec = (argv: readonly string[], more: Partial<BoxSpec> = {}): BoxSpec => ({
  ...{ argv, cwd: '/tmp', env: { ASAN_OPTIONS: asan }, trees: [{ tree, at: '/src' }], files: [], profile: 'poc', limits, ...more },
});
const bare = (program: string, ...words: string[]) =>
  new Promise<void>((done) => {
    const env = { ASAN_OPTIONS: asan.replace('/reports', dir) };
    spawn(join(dir, 'src', program), words, { stdio: ['ignore', 'pipe', 'pipe'], env }).on('close', () => done());
  });

const boxes: readonly Box[] = [bubblewrapBox({ dir: join(dir, 'b'), trees }), gvisorBox({ dir: join(dir, 'g'), trees, ...runsc() })];
say(`${process.version}, ${process.arch}, ${spawnSync('nproc').stdout.toString().trim()} processors, load ${load()}`);
for (const other of ['podman']) if (spawnSync(other, ['--version']).error) say(`${other}: not installed, not measured`);
for (const box of boxes) {
  const probe = await box.probe();
  if (probe.usable) await benchOf(box);
  else say(`${box.id}: could-not-tell: ${probe.missing.join('; ')}`);
}
await beside(400);
say(`load at the end ${load()}`);
rmSync(dir, { recursive: true, force: true });

async function benchOf(box: Box): Promise<void> {
  const few = box.id === 'gvisor' ? Math.ceil(rounds / 4) : rounds;
  await overhead(box, few, 'plain static program', ['/src/plain'], () => bare('plain'));
  await overhead(box, few, 'ASan, clean', ['/src/asan'], () => bare('asan'));
  await overhead(box, few, 'ASan, crash, unsymbolised', ['/src/asan', 'x'], () => bare('asan', 'x'), { collect: '/reports' });
  for (const width of [2, 4]) {
    const clean = await perSecond(few * 3, width, () => box.run(spec(['/src/asan'])));
    const crash = await perSecond(few * 3, width, () => box.run(spec(['/src/asan', 'x'], { collect: '/reports' })));
    const without = await perSecond(few * 3, width, () => bare('asan'));
    say(
      `${box.id}: ${width} at once: ${clean} clean ASan runs/s, ${crash} crashes triaged/s; bare ${without} clean runs/s (load ${load()})`,
    );
  }
  const gone: number[] = [];
  for (let i = 0; i < Math.min(few, 12); i++) gone.push(await killedIn(box));
  gone.sort((a, b) => a - b);
  say(
    `${box.id}: killed fork bomb gone, group and place removed: median ${median(gone).toFixed(0)} ms, longest ${gone.at(-1)!.toFixed(0)} ms`,
  );
}

async function overhead(box: Box, n: number, name: string, argv: string[], without: () => Promise<void>, more: Partial<BoxSpec> = {}) {
  const [ours, theirs]: [number[], number[]] = [[], []];
  for (let i = 0; i < 3; i++) await box.run(spec(argv, more));
  for (let i = 0; i < n; i++) {
    ours.push(await timed(() => box.run(spec(argv, more))));
    theirs.push(await timed(without));
  }
  const tenth = (all: number[]) => [...all].sort((a, b) => a - b)[Math.floor(all.length / 10)]!;
  const over = ours.map((ms, i) => ms - theirs[i]!);
  const told = (all: number[]) => `${median(all).toFixed(1)} (${tenth(all).toFixed(1)})`;
  say(`${box.id}: ${name}: ${told(ours)} ms, bare ${told(theirs)}, overhead ${told(over)} ms: median (tenth) of ${n}, load ${load()}`);
}

/** What starts a box must not grow with what the worker holds. Last: all that is measured after it would be too. */
async function beside(held: number): Promise<void> {
  const ballast = Array.from({ length: held }, () => Buffer.alloc(mib, 1));
  await overhead(boxes[0]!, rounds, `plain static program, with ${ballast.length} MiB held by who asks`, ['/src/plain'], () =>
    bare('plain'),
  );
}

async function perSecond(n: number, width: number, run: () => Promise<unknown>): Promise<string> {
  let left = n;
  const lane = async () => {
    while (left-- > 0) await run();
  };
  const ms = await timed(() => Promise.all(Array.from({ length: width }, lane)));
  return ((n * 1000) / ms).toFixed(0);
}

/** From the order to kill until nothing is left: `run` answers no earlier. */
async function killedIn(box: Box): Promise<number> {
  const stop = new AbortController();
  const over = box.run(spec(['/src/hostile', 'fork-bomb']), stop.signal);
  await wait(box.id === 'gvisor' ? 1500 : 300);
  const startedAt = performance.now();
  stop.abort();
  await over;
  return performance.now() - startedAt;
}

async function timed(run: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await run();
  return performance.now() - startedAt;
}

function runsc() {
  return process.env.BREAKWATER_RUNSC ? { runsc: process.env.BREAKWATER_RUNSC } : {};
}
