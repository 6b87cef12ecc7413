import { readFile } from 'node:fs/promises';
import type { BoxResult, BoxSpec, Probe } from '../../base/doors.ts';
import { limits } from '../../base/limits.ts';
import type { Unproven } from './runtime.ts';
import { diskIsBounded } from './storage.ts';

const mib = 1 << 20;
const bounds = {
  // A bound that a busy machine had no time to show would count as missing.
  wallMs: 60_000,
  cpuSec: 5,
  memoryBytes: 64 * mib,
  pids: 16,
  cpus: 1,
  fileBytes: 64 * mib,
  openFiles: 64,
  tmpBytes: 4 * mib,
  outputBytes: 64 * 1024,
};

/** What the kernel charges although the group is full, because it cannot fail there: a page or a few. */
const forcedBytes = 256 * 1024;

const mend = 'run it as root, or in a control group of its own: systemd-run --user --scope -p Delegate=yes <command>';
const remedies: Record<keyof Probe['enforced'], string> = {
  memory: `memory is not limited: ${mend}`,
  pids: `the number of processes is not limited: ${mend}`,
  cpu: 'CPU time is not limited: `ulimit -t` must be allowed to be lowered',
  disk: 'disk is not limited for writable trees and workspaces: run the worker as root, so that each is a tmpfs of a fixed size',
  net: 'a network can be reached from inside: `apt-get install -y bubblewrap` (0.8 or later) on a kernel with network namespaces',
  seccomp: 'system calls are not filtered: use a kernel with CONFIG_SECCOMP_FILTER on x86-64 or aarch64',
};

/** Breaks each limit on purpose in a box of its own, and believes only what then happens. */
export async function probeWith(box: Unproven): Promise<Probe> {
  const none = { memory: false, pids: false, cpu: false, disk: false, net: false, seccomp: false };
  const nothing = (missing: readonly string[]): Probe => ({ usable: false, isolation: 'none', enforced: none, missing });
  const { runtime } = box;
  const absent = await runtime.missing();
  if (absent.length > 0) return nothing(absent);
  const program = await box.programs().catch((cause: Error) => cause);
  if (program instanceof Error) return nothing([`${program.message}: \`apt-get install -y clang libc6-dev\``]);
  const bytes = await readFile(program.probe);
  const attempt = (...words: string[]) => box.run(attemptOf(bytes, words));
  const first = await firstThatBegins(box, () => attempt('seccomp'));
  if (first.end === 'box-failed') return nothing([runtime.whyNot(first.because ?? '')]);
  const [memory, pids, cpu, tmp, shm, net, told] = await Promise.all([
    attempt('memory', '512'),
    attempt('pids', String(bounds.pids), String(runtime.slackPids)),
    box.run({ ...attemptOf(bytes, ['cpu']), limits: { ...bounds, cpuSec: 1 } }),
    attempt('disk', '8'),
    attempt('disk', '16', '/dev/shm/fill'),
    attempt('net'),
    box.run(toolsBox),
  ]);
  const held = (r: BoxResult) => r.end === 'exited' && r.exit === 0;
  const enforced = {
    memory: memory.end === 'oom' && memory.peakBytes <= bounds.memoryBytes + runtime.overhead.memoryBytes + forcedBytes,
    pids: held(pids),
    cpu: cpu.end === 'cpu-limit',
    disk: held(tmp) && held(shm) && diskIsBounded,
    net: held(net),
    seccomp: held(first),
  };
  const missing = Object.entries(remedies).flatMap(([name, remedy]) => (enforced[name as keyof typeof enforced] ? [] : [remedy]));
  return { usable: true, isolation: runtime.isolation, enforced, missing, tools: toolsIn(told) };
}

/** A build is other bytes with another compiler, and a package does other things with another Node. */
const tools = ['cc', 'clang', 'ld', 'make', 'cmake', 'ldd', 'python3', '/tools/node'];
const asks = 'for tool; do said="$("$tool" --version 2>/dev/null | head -n 1)"; printf "%s\\t%s\\n" "$(basename "$tool")" "$said"; done';
const toolsBox: BoxSpec = {
  ...{ argv: ['sh', '-c', asks, 'tools', ...tools], cwd: '/tmp', env: { LC_ALL: 'C' }, trees: [], files: [], tools: ['node'] },
  ...{ profile: 'build', limits: { ...bounds, memoryBytes: 1024 * mib, pids: 64 } },
};

function toolsIn({ end, stdout }: BoxResult): Probe['tools'] {
  if (end !== 'exited') return undefined;
  const lines = Buffer.from(stdout).toString('utf8').split('\n');
  const said = lines.map((line) => line.split('\t', 2)).filter(([, version]) => version);
  return Object.fromEntries(said.map(([tool, version]) => [tool!, version!.slice(0, limits.nameChars)]));
}

/** Why untrusted code may not run here, if it may not. Disk and CPU have a second bound in time, the others have none. */
export function unenforced(probe: Probe): string | undefined {
  if (!probe.usable) return probe.missing.join('; ');
  const needed = (['memory', 'pids', 'net', 'seccomp'] as const).filter((name) => !probe.enforced[name]);
  return needed.length === 0 ? undefined : needed.map((name) => remedies[name]).join('; ');
}

function attemptOf(program: Uint8Array, words: readonly string[]): BoxSpec {
  const files = [{ at: '/probe', bytes: program, executable: true }];
  return { argv: ['/probe', ...words], cwd: '/tmp', env: {}, trees: [], files, profile: 'poc', limits: bounds };
}

/** Leaves the engine in the first way that works, or in the one to be preferred. */
async function firstThatBegins(box: Unproven, attempt: () => Promise<BoxResult>): Promise<BoxResult> {
  const failures: BoxResult[] = [];
  for (const way of Object.keys(box.runtime.ways)) {
    box.way = way;
    const result = await attempt();
    if (result.end !== 'box-failed') return result;
    failures.push(result);
  }
  box.way = Object.keys(box.runtime.ways)[0]!;
  return failures[0]!;
}
