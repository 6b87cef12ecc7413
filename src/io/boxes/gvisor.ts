import { accessSync, chownSync, constants, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { configOf, liesInRoot, makeRoot } from './bundle.ts';
import { type BoxOptions, type Driver, driverOf } from './engine.ts';
import { filterOf, inputFile, launcherArguments, seenAs } from './launch.ts';
import { asRoot, type Beginning, type Runtime } from './runtime.ts';
import { tool } from './tool.ts';

interface GvisorOptions extends BoxOptions {
  /** Where runsc lies; otherwise it is looked for on PATH. */
  readonly runsc?: string;
}

const mib = 1 << 20;
const install = '`apt-get install -y runsc`, or BREAKWATER_RUNSC=/path/to/runsc';
const shared = asRoot ? 'each box is a user of the host that nobody else is' : 'the worker is not root: all boxes share its user';

/**
 * Launcher → runsc → sbxguest → target: a kernel of its own in user space (gVisor), without rights on the host. The launcher makes
 * runsc root of a user namespace in which nobody else is; root worker or not, runsc never has a right.
 */
export function gvisorBox(options: GvisorOptions): Driver {
  const runsc = options.runsc ?? found('runsc');
  const runtime: Runtime = {
    id: 'gvisor',
    isolation: 'userspace-kernel',
    ways: { systrap: `system calls are caught by seccomp; ${shared}`, ptrace: `system calls are caught by ptrace; ${shared}` },
    // Sentry and gofer; and threads of the host for what are processes inside.
    overhead: { pids: 1024, memoryBytes: 96 * mib },
    slackPids: 64,
    missing: async () => (runsc && isProgram(runsc) ? [] : [`runsc (gVisor) is missing: ${install}`]),
    whyNot: (because) => `runsc does not start (${because}): ${install}`,
    begin: (box) => begin(runsc!, box),
    version: async () => (await tool(runsc!, ['--version'])).stdout.split('\n')[0]!.trim(),
  };
  return driverOf(runtime, options);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function found(program: string): string | undefined {
  const dirs = (process.env.PATH ?? '').split(delimiter).filter((dir) => dir.startsWith('/'));
  return dirs.map((dir) => join(dir, program)).find(isProgram);
}

async function begin(runsc: string, box: Beginning) {
  const { slot, spec, programs, uid } = box;
  const [bundle, mailbox, state] = ['bundle', 'box', 'state'].map((name) => join(slot.dir, name)) as [string, string, string];
  const files = box.binds.filter((bind) => liesInRoot(bind, box.binds));
  const mounts = box.binds.filter((bind) => !files.includes(bind));
  for (const dir of [bundle, mailbox, state]) mkdirSync(dir, { mode: 0o755 });
  makeRoot(join(bundle, 'rootfs'), programs.guest, files, mounts);
  writeFileSync(join(mailbox, 'filter'), filterOf(spec.profile), { mode: 0o444 });
  const said = join(mailbox, 'said');
  writeFileSync(said, '', { mode: 0o600 });
  if (asRoot) for (const path of [mailbox, state, said]) chownSync(path, uid, uid);
  const shown = [runsc, bundle, mailbox, state, ...mounts.map((bind) => bind.from)];
  const [program, bundleSeen, boxSeen, stateSeen, ...seen] = seenAs(shown) as [string, string, string, string, ...string[]];
  const config = configOf({ spec, mounts: mounts.map((bind, i) => ({ ...bind, from: seen[i]! })), box: boxSeen });
  writeFileSync(join(bundle, 'config.json'), JSON.stringify(config), { mode: 0o444 });
  // The sentry's memory is one file, and the limits of the target are its own to keep.
  const how = { uid, isMapped: true, cpuSec: undefined, fileBytes: undefined, openFiles: 4096, processes: undefined, shown };
  const flags = [
    `--root=${stateSeen}`,
    `--platform=${box.way}`,
    '--rootless',
    '--network=none',
    '--ignore-cgroups',
    ...(spec.door ? ['--host-uds=open'] : []),
  ];
  const argv = launcherArguments(box, how, [program, ...flags, 'run', `--bundle=${bundleSeen}`, slot.name]);
  return { argv, stdin: await inputFile(box), said, hidesKills: true };
}
