import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { expect } from 'vitest';
import { insist } from '../../src/base/refusal.ts';
import { treeStore } from '../../src/io/boxes/trees.ts';
import { type Kit, openBox, out, type Probe } from './kit.ts';
import { specOf } from './kit-specs.ts';

const roomIn = (dir: string) => {
  const { bavail, bsize } = statfsSync(dir);
  return bavail * bsize;
};
const numbered = (dir: string) => (existsSync(dir) ? readdirSync(dir).filter((name) => /^\d+$/.test(name)) : []);
/** What names a store in the names of its control groups is not ours to know: any group with one of its users. */
export function leftovers(store: string): string[] {
  const places = readdirSync(join(store, 'runs')).map((name) => `place ${name}`);
  const mounts = readFileSync('/proc/mounts', 'utf8')
    .split('\n')
    .filter((line) => line.includes(`${store}/runs`));
  // What starts our own boxes lives as long as we do.
  const ours = new RegExp(`/sbxspawn-[0-9a-f]+ ${process.pid} `);
  const processes = numbered('/proc').filter((pid) => commandOf(pid).includes(store) && !ours.test(commandOf(pid)));
  return [...places, ...mounts.map((line) => `mount ${line}`), ...processes.map((pid) => `process ${commandOf(pid)}`)];
}

/** The words of a process's command line; '' when it has ended. */
export function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trimEnd();
  } catch {
    return '';
  }
}

/** On gVisor the host does not see the target, but its runtime's command line has the same words. */
const sleepers = (mark: string) =>
  numbered('/proc').filter((pid) => commandOf(pid).includes(mark) && !commandOf(pid).includes('input-type'));
const grouped = () =>
  ['/sys/fs/cgroup/pids/breakwater', '/sys/fs/cgroup/memory/breakwater'].flatMap((dir) =>
    existsSync(dir)
      ? readdirSync(dir, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [join(dir, entry.name)] : []))
      : [],
  );

async function until(done: () => boolean, seconds: number): Promise<number> {
  const startedAt = performance.now();
  while (!done() && performance.now() - startedAt < seconds * 1000) await wait(5);
  return performance.now() - startedAt;
}

/** Boxes whose first process is in sight, by the control groups that hold one. */
const runningGroups = () => grouped().filter((dir) => readText(join(dir, 'cgroup.procs')).trim() !== '');
function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

const ownGroups = (kit: Kit, before: readonly string[]) => runningGroups().filter((dir) => !before.includes(dir) && kit.isRoot);

/** Who is killed by whom, and what is left. */
export const ending: readonly Probe[] = [
  {
    tries: 'leave a daemon and end',
    must: 'it dies with the box',
    happens: async ({ evil }) => {
      const result = await evil('daemon');
      expect([result.end, result.exit]).toEqual(['exited', 0]);
      expect(result.wallMs).toBeLessThan(10_000);
      return 'exited 0, at once';
    },
  },
  {
    tries: 'leave a grandchild in a session of its own that holds the output open',
    must: 'it dies with the box and does not keep it waiting',
    happens: async ({ evil }) => {
      const result = await evil('grandchild');
      expect([result.end, result.exit]).toEqual(['exited', 0]);
      expect(result.wallMs).toBeLessThan(10_000);
      return 'exited 0, at once';
    },
  },
  {
    tries: 'abort a run',
    must: 'killed at once',
    happens: async ({ run }) => {
      const stop = new AbortController();
      setTimeout(() => stop.abort(), 300);
      const result = await run(['/hostile', 'sleep'], {}, stop.signal);
      expect(result.end).toBe('killed');
      expect(result.wallMs).toBeLessThan(10_000);
      return 'killed';
    },
  },
  {
    tries: 'abort before it begins',
    must: 'killed',
    happens: async ({ run }) => {
      expect((await run(['/hostile', 'sleep'], {}, AbortSignal.abort())).end).toBe('killed');
      return 'killed';
    },
  },
  {
    tries: 'when a killed run is answered, look for its processes',
    must: 'gone already, with their control group',
    unless: ({ isRoot }) => !isRoot && 'no control group of our own to look into',
    happens: async (kit) => {
      const result = kit.evil('fork-bomb', { limits: { wallMs: 1200 } });
      await wait(900);
      const during = grouped().filter((dir) => readText(join(dir, 'cgroup.procs')).trim() !== '');
      await result;
      const after = during.filter(
        (dir) => existsSync(dir) && readText(join(dir, 'cgroup.procs')).trim() !== '' && readText(join(dir, 'cgroup.procs')) !== '',
      );
      expect(leftovers(join(kit.dir, 'store'))).toEqual([]);
      return `${during.length > after.length || during.length === 0 ? 'gone' : 'others run beside'}`;
    },
  },
  {
    tries: 'kill the worker with SIGKILL',
    must: 'its boxes die, its place is found and cleared by the next',
    happens: async (kit) => {
      const mark = `31.${process.pid}`;
      const worker = kit.workerOf(`await box.run({ ...spec, argv: ['/bin/sleep', '${mark}'] });`);
      const place = () => numbered(join(kit.dir, 'store', 'runs'));
      const before = runningGroups();
      await until(() => (kit.isShared ? sleepers(`/bin/sleep ${mark}`).length > 0 : ownGroups(kit, before).length > 0), 60);
      if (!kit.isShared) await wait(1500);
      // Where the driver is slow the worker may still be probing it.
      await until(() => place().length === 1, 60);
      expect(place()).toHaveLength(1);
      expect(await kit.box.reap()).toBe(0);
      worker.kill('SIGKILL');
      await once(worker, 'close');
      const ms = await until(() => sleepers(mark).length === 0, 10);
      expect(sleepers(mark)).toEqual([]);
      // What started them looks once more whether it left any, and then ends too.
      await until(() => !leftovers(join(kit.dir, 'store')).some((left) => left.startsWith('process')), 10);
      expect(await kit.box.reap()).toBe(1);
      expect(place()).toEqual([]);
      expect(leftovers(join(kit.dir, 'store'))).toEqual([]);
      return `gone ${ms.toFixed(0)} ms later, 1 place cleared`;
    },
  },
  {
    tries: 'run a box from a thread that ends meanwhile (PR_SET_PDEATHSIG is of the thread)',
    must: 'the box is gone, the place is cleared, the worker goes on',
    happens: async (kit) => {
      const driver = join(import.meta.dirname, `../../src/io/boxes/${kit.driver}.ts`);
      const mark = `32.${process.pid}`;
      const runsc = process.env.BREAKWATER_RUNSC;
      const script = `const { workerData } = require('node:worker_threads');
        import(workerData.driver).then(async (m) => {
          const box = m[workerData.name]({ dir: workerData.dir, acceptUnenforced: true, ...workerData.more });
          await box.probe();
          void box.run(workerData.spec);
          setTimeout(() => process.exit(), 2500);
        });`;
      const dir = join(kit.dir, 'threads');
      const more = kit.driver === 'gvisor' && runsc ? { runsc } : {};
      const workerData = { driver, name: `${kit.driver}Box`, dir, more, spec: specOf(kit.hostile, ['/bin/sleep', mark], {}) };
      const thread = new Worker(script, { eval: true, workerData });
      await once(thread, 'exit');
      await until(() => sleepers(mark).length === 0, 10);
      expect(sleepers(mark)).toEqual([]);
      const next = openBox(kit.driver, dir, kit.trees);
      await next.probe();
      expect((await next.run(specOf(kit.hostile, ['/hostile', 'exit', '4'], {}))).exit).toBe(4);
      return 'gone; the next exited 4';
    },
  },
  {
    tries: 'eight boxes at once, each writing its name to /tmp, /dev/shm and a shared tree',
    must: 'each sees its own alone',
    happens: async ({ sh, treeOf }) => {
      const tree = await treeOf({ a: 'x' });
      const script = (n: number) =>
        `echo ${n} > /tmp/n; echo ${n} > /dev/shm/n; echo ${n} > /src/n; sleep 0.3; cat /tmp/n /dev/shm/n /src/n`;
      const trees = [{ tree, at: '/src', writable: true }];
      const said = await Promise.all([1, 2, 3, 4, 5, 6, 7, 8].map(async (n) => out(await sh(script(n), { trees }))));
      expect(said).toEqual([1, 2, 3, 4, 5, 6, 7, 8].map((n) => `${n}\n${n}\n${n}\n`));
      return 'eight of eight';
    },
  },
  {
    tries: "run, and keep a tree, while the worker's own disk is full",
    must: 'a failure of the box, nothing kept, nothing left; well again with room',
    unless: ({ isRoot }) => !isRoot && 'only root can make a disk small enough',
    happens: async ({ driver, dir, hostile }) => {
      const small = join(dir, 'small');
      mkdirSync(small);
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'small', small]);
      try {
        const store = join(small, 'store');
        const trees = treeStore(join(store, 'trees'));
        const box = openBox(driver, store, trees);
        expect((await box.probe()).usable).toBe(true);
        mkdirSync(join(small, 'from'));
        const tree = insist(await trees.add(join(small, 'from')));
        const more = { trees: [{ tree, at: '/src', writable: true }], keep: '/src' };
        const fill = specOf(hostile, ['/bin/sh', '-c', 'head -c 3000000 /dev/zero > /src/big'], more);
        const before = readdirSync(join(store, 'trees'));
        writeFileSync(join(small, 'filler'), Buffer.alloc(roomIn(small) - 1_500_000));
        const unkept = await box.run(fill);
        expect([unkept.end, unkept.kept, unkept.because]).toEqual(['box-failed', undefined, expect.stringContaining('ENOSPC')]);
        writeFileSync(join(small, 'rest'), Buffer.alloc(Math.max(0, roomIn(small) - 4096)));
        const full = await box.run(specOf(hostile, ['/hostile', 'exit', '4'], {}));
        expect([full.end, full.because]).toEqual(['box-failed', expect.stringContaining('ENOSPC')]);
        expect(leftovers(store)).toEqual([]);
        expect(readdirSync(join(store, 'trees'))).toEqual(before);
        rmSync(join(small, 'filler'));
        expect(await box.run(specOf(hostile, ['/hostile', 'exit', '4'], {}))).toMatchObject({ end: 'exited', exit: 4 });
        return 'box-failed: ENOSPC, twice; then exited 4';
      } finally {
        execFileSync('umount', ['-l', small]);
      }
    },
  },
  {
    tries: 'look for what all of this left behind',
    must: 'no place, no mount, no process',
    happens: async ({ dir, box }) => {
      expect(await box.reap()).toBe(0);
      expect(leftovers(join(dir, 'store'))).toEqual([]);
      return 'nothing';
    },
  },
  {
    tries: 'a machine on which memory and processes are not limited',
    must: 'the lab refuses; only an operator can accept it',
    happens: async ({ driver, dir, trees, hostile }) => {
      const none = { version: 'none' as const, make: () => undefined, reap: async () => {} };
      const open = openBox(driver, join(dir, 'open'), trees, { groups: none });
      expect(await open.probe()).toMatchObject({ usable: false, enforced: { memory: false } });
      const refused = await open.run(specOf(hostile, ['/usr/bin/true'], {}));
      expect(refused).toMatchObject({ end: 'box-failed', because: expect.stringContaining('memory is not limited') });
      const accepted = openBox(driver, join(dir, 'open'), trees, { groups: none, acceptUnenforced: true });
      expect(await accepted.run(specOf(hostile, ['/usr/bin/true'], {}))).toMatchObject({ end: 'exited', exit: 0 });
      return 'box-failed: memory is not limited';
    },
  },
];
