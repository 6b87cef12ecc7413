import { accessSync, constants, existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { BoxLimits } from '../../base/doors.ts';

export interface Counters {
  readonly oomKills: number;
  readonly pidsRefused: number;
  readonly cpuUs: number;
  readonly peakBytes: number;
}

/** One control group per run, made before the launcher joins it. */
export interface Group {
  /** The files by which a process joins. */
  readonly procs: readonly string[];
  counters(): Counters;
  kill(): void;
  remove(): Promise<void>;
}

export interface Groups {
  readonly version: 'v2' | 'v1' | 'none';
  make(name: string, limits: BoxLimits): Group | undefined;
  /** Kills and removes what a dead worker left under this name. */
  reap(name: string): Promise<void>;
}

/** bwrap's two processes and our init live in the group as well and are not the target's. */
const ownProcesses = 3;
const controllers = ['memory', 'pids', 'cpu', 'cpuacct'] as const;

const read = (file: string): string => {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return '';
  }
};
const field = (text: string, name: string): number => Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1] ?? 0);
const tryWrite = (file: string, value: string): boolean => {
  try {
    writeFileSync(file, value);
    return true;
  } catch {
    return false;
  }
};

/** `root` is where the control groups are mounted and `own` the worker's own group within (v2), both given so that tests can invent them. */
export function controlGroups(root = '/sys/fs/cgroup', own = ownGroup()): Groups {
  if (read(join(root, 'cgroup.controllers')).includes('memory')) {
    const base = delegated(root, own);
    if (base)
      return { version: 'v2', make: (name, limits) => makeV2(join(base, name), limits), reap: (name) => retire([join(base, name)]) };
  }
  const bases = controllers.map((controller) => join(root, controller, 'breakwater'));
  // On a v2 machine making these directories would make groups of these names.
  const isV1 = existsSync(join(root, 'memory', 'memory.limit_in_bytes'));
  if (isV1 && bases.every((base) => tryMake(base)))
    return {
      version: 'v1',
      make: (name, limits) => makeV1(bases, name, limits),
      reap: (name) => retire(bases.map((base) => join(base, name))),
    };
  return { version: 'none', make: () => undefined, reap: async () => {} };
}

function ownGroup(): string {
  return /^0::(\/.*)$/m.exec(read('/proc/self/cgroup'))?.[1] ?? '/';
}

/** A group without processes of its own under which boxes may be made: v2 lets only such a group hand controllers down. */
function delegated(root: string, own: string): string | undefined {
  const mine = join(root, own);
  const boxes = join(mine, 'boxes');
  if (own !== '/') {
    const worker = join(mine, 'worker');
    if (!tryMake(worker)) return undefined;
    for (const pid of read(join(mine, 'cgroup.procs')).split('\n')) if (pid) tryWrite(join(worker, 'cgroup.procs'), pid);
  }
  handDown(mine);
  if (!tryMake(boxes)) return undefined;
  return handDown(boxes) ? boxes : undefined;
}

/** One by one: a session of systemd often has no cpu controller, and one that is missing would take the others with it. */
function handDown(dir: string): boolean {
  const control = join(dir, 'cgroup.subtree_control');
  tryWrite(control, '+cpu');
  return tryWrite(control, '+memory') && tryWrite(control, '+pids');
}

function tryMake(dir: string): boolean {
  try {
    mkdirSync(dir, { recursive: true });
    accessSync(dir, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function makeV2(dir: string, limits: BoxLimits): Group {
  mkdirSync(dir);
  writeFileSync(join(dir, 'memory.max'), String(limits.memoryBytes));
  tryWrite(join(dir, 'memory.swap.max'), '0');
  writeFileSync(join(dir, 'memory.oom.group'), '1');
  writeFileSync(join(dir, 'pids.max'), String(limits.pids + ownProcesses));
  tryWrite(join(dir, 'cpu.max'), `${Math.round(limits.cpus * 100_000)} 100000`);
  return {
    procs: [join(dir, 'cgroup.procs')],
    counters: () => ({
      oomKills: field(read(join(dir, 'memory.events')), 'oom_kill'),
      pidsRefused: field(read(join(dir, 'pids.events')), 'max'),
      cpuUs: field(read(join(dir, 'cpu.stat')), 'usage_usec'),
      peakBytes: Number(read(join(dir, 'memory.peak')) || 0),
    }),
    kill: () => killAll(dir),
    remove: () => retire([dir]),
  };
}

function makeV1(bases: readonly string[], name: string, limits: BoxLimits): Group {
  const dirs = bases.map((base) => join(base, name));
  for (const dir of dirs) mkdirSync(dir);
  const [memory, pids, cpu, cpuacct] = dirs as [string, string, string, string];
  writeFileSync(join(memory, 'memory.limit_in_bytes'), String(limits.memoryBytes));
  tryWrite(join(memory, 'memory.memsw.limit_in_bytes'), String(limits.memoryBytes));
  writeFileSync(join(pids, 'pids.max'), String(limits.pids + ownProcesses));
  writeFileSync(join(cpu, 'cpu.cfs_period_us'), '100000');
  writeFileSync(join(cpu, 'cpu.cfs_quota_us'), String(Math.round(limits.cpus * 100_000)));
  return {
    procs: dirs.map((dir) => join(dir, 'cgroup.procs')),
    counters: () => ({
      oomKills: field(read(join(memory, 'memory.oom_control')), 'oom_kill'),
      pidsRefused: field(read(join(pids, 'pids.events')), 'max'),
      cpuUs: Math.round(Number(read(join(cpuacct, 'cpuacct.usage')) || 0) / 1000),
      peakBytes: Number(read(join(memory, 'memory.max_usage_in_bytes')) || 0),
    }),
    kill: () => killMembers(pids),
    remove: () => retire(dirs),
  };
}

/** v2 kills all at once; v1 must be asked until nobody is left, for a fork bomb makes new ones meanwhile. */
function killAll(dir: string): void {
  if (!tryWrite(join(dir, 'cgroup.kill'), '1')) killMembers(dir);
}

function killMembers(dir: string): void {
  for (let round = 0; round < 100; round++) {
    const members = read(join(dir, 'cgroup.procs')).split('\n').filter(Boolean).map(Number);
    if (members.length === 0) return;
    for (const pid of members) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // already gone
      }
    }
  }
}

/** Removal says EBUSY while the kernel still frees what the dead held, e.g. millions of inodes in a tmpfs. */
async function retire(dirs: readonly string[]): Promise<void> {
  await Promise.all(dirs.map(retireOne));
}

async function retireOne(dir: string): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    try {
      return rmdirSync(dir);
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return;
      killAll(dir);
      await wait(attempt < 20 ? 1 : 25);
    }
  }
}
