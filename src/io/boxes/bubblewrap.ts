import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { bwrapArguments } from './command.ts';
import { type BoxOptions, type Driver, driverOf } from './engine.ts';
import { filterFile, inputFile, launcherArguments, seenAs } from './launch.ts';
import { asRoot, type Beginning, type Runtime } from './runtime.ts';
import { tool } from './tool.ts';

const bwrap = '/usr/bin/bwrap';
const install = '`apt-get install -y bubblewrap clang`';

/** Launcher → bwrap → init → target, each in a control group, user, network and filter of its own. */
const bubblewrap: Runtime = {
  id: 'bubblewrap',
  isolation: 'process',
  ways: asRoot
    ? {
        'own-user': 'A: the worker is root; each box is a user of the host that nobody else is, and bwrap runs without rights',
        'no-user-namespace': 'C: the worker is root and user namespaces are forbidden; bwrap runs as root, the target as a user of its own',
      }
    : { 'shared-user': 'B: the worker is not root; all boxes share its user, and only namespaces and the filter keep them apart' },
  overhead: { pids: 0, memoryBytes: 0 },
  slackPids: 0,
  missing: async () => {
    if (process.platform !== 'linux') return ['boxes need Linux'];
    const there = await access(bwrap, constants.X_OK).then(
      () => true,
      () => false,
    );
    return there ? [] : [`bubblewrap is missing: ${install}`];
  },
  whyNot: (because) =>
    /namespace|user_ns|Operation not permitted|uid map/i.test(because)
      ? `user namespaces are forbidden here (${because}): \`sysctl -w kernel.apparmor_restrict_unprivileged_userns=0 kernel.unprivileged_userns_clone=1\``
      : `bubblewrap does not start (${because}): ${install}`,
  begin,
  version: async () => (await tool(bwrap, ['--version'])).stdout.trim(),
};

export function bubblewrapBox(options: BoxOptions): Driver {
  return driverOf(bubblewrap, options);
}

async function begin(box: Beginning) {
  const { spec, binds, programs, uid } = box;
  const { cpuSec, fileBytes, openFiles, pids } = spec.limits;
  const shown = [...binds.map((bind) => bind.from), programs.init];
  const seen = seenAs(shown);
  const asTarget = box.way === 'no-user-namespace' ? uid : 0;
  // RLIMIT_NPROC counts per uid: it only means something when the uid is the box's own.
  const how = { uid: asTarget ? 0 : uid, hasOwnRoot: true, cpuSec, fileBytes, openFiles, processes: asRoot ? pids + 8 : undefined, shown };
  const mounts = binds.map((bind, i) => ({ ...bind, from: seen[i]! }));
  const argv = launcherArguments(box, how, [
    bwrap,
    ...bwrapArguments(spec, mounts, { init: seen.at(-1)!, seccompFd: 3, asTarget, hasStagedDevices: asRoot }),
  ]);
  const [seccomp, stdin] = await Promise.all([filterFile(box), inputFile(box)]);
  return { argv, stdin, seccomp };
}
