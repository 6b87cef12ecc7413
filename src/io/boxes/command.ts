import { posix } from 'node:path';
import type { BoxSpec } from '../../base/doors.ts';
import { limits } from '../../base/limits.ts';
import { type Refusal, refuse } from '../../base/refusal.ts';

/** Something of the host that the box sees. */
export interface Bind {
  readonly from: string;
  readonly at: string;
  readonly writable: boolean;
  readonly isFile?: boolean;
}

const ours = [
  '/usr',
  '/lib',
  '/lib64',
  '/bin',
  '/sbin',
  '/etc',
  '/proc',
  '/dev',
  '/sys',
  '/.sbxinit',
  '/.sbxguest',
  '/.sbxbridge',
  '/.box',
];
export const sharedMemoryBytes = 8 << 20;
export const reportBytes = limits.reportFiles * limits.reportFileBytes;
/** Of every box; the spec's own come after. */
export const environment = { PATH: '/usr/bin:/bin', HOME: '/tmp', LC_ALL: 'C.UTF-8' } as const;
const isAt = (path: string) => posix.isAbsolute(path) && posix.normalize(path) === path && path !== '/' && !path.endsWith('/');
const isWithin = (path: string, parent: string) => path === parent || path.startsWith(`${parent}/`);

/** What of a spec cannot be asked of any box. */
export function checkSpec(spec: BoxSpec): Refusal | undefined {
  const mounts = [...spec.trees.map((t) => t.at), ...spec.files.map((f) => f.at), ...(spec.workspace ? [spec.workspace.at] : [])];
  const all = [...mounts, ...(spec.collect ? [spec.collect] : []), ...(spec.door ? [spec.door.at] : [])];
  const bad = all.find((at) => !isAt(at) || ours.some((own) => isWithin(at, own)));
  if (bad !== undefined) return refuse('malformed', `nothing may be mounted at ${bad}`);
  if (new Set(all).size !== all.length) return refuse('malformed', 'two things are mounted at the same place');
  const { collect, keep } = spec;
  if (collect && mounts.some((at) => isWithin(collect, at) || isWithin(at, collect)))
    return refuse('malformed', 'the reports must lie outside every mount', 'collect');
  if (keep && !spec.trees.some((t) => t.at === keep && t.writable)) return refuse('malformed', 'only a writable tree can be kept', 'keep');
  if (spec.door && !isDoor(spec.door)) return refuse('malformed', 'a door has a port from 1024 on', 'door');
  if (spec.argv.length === 0) return refuse('malformed', 'no command', 'argv');
  const words = [...spec.argv, ...Object.values(spec.env), spec.cwd, ...all];
  if (words.some((word) => word.includes('\0'))) return refuse('malformed', 'a NUL in a word of the command');
  const name = Object.keys(spec.env).find((n) => !/^[A-Za-z_][A-Za-z0-9_]*$/.test(n));
  return name === undefined ? undefined : refuse('malformed', `not the name of a variable: ${name}`, 'env');
}

const isDoor = ({ port }: NonNullable<BoxSpec['door']>) => Number.isInteger(port) && port >= 1024 && port <= 65_535;

interface Bwrap {
  readonly init: string;
  /** Read to its end: a fresh one for each run. */
  readonly seccompFd: number;
  /** Without a user namespace: bwrap stays root and init makes the target this user. Otherwise 0. */
  readonly asTarget: number;
  /** The launcher put all the devices that a box may have where bwrap sees /dev, and nobody can write there. */
  readonly hasStagedDevices: boolean;
}

/** bwrap's own arguments, up to and including the target. */
export function bwrapArguments(spec: BoxSpec, binds: readonly Bind[], { init, seccompFd, asTarget, hasStagedDevices }: Bwrap): string[] {
  const { collect } = spec;
  const args = [
    ...(asTarget ? rootsOwn : usersOwn),
    ...isolation,
    ...Object.entries({ ...environment, ...spec.env }).flatMap(([name, value]) => ['--setenv', name, value]),
    ...root,
    ...(hasStagedDevices && spec.profile === 'poc' ? ['--dev-bind', '/dev', '/dev', ...sharedMemory] : ownDevices),
    ...['--size', String(spec.limits.tmpBytes), '--perms', '1777', '--tmpfs', '/tmp'],
    ...binds.flatMap(({ from, at, writable }) => [writable ? '--bind' : '--ro-bind', from, at]),
    ...(collect ? ['--size', String(reportBytes), '--perms', asTarget ? '1777' : '0700', '--tmpfs', collect] : []),
    ...['--ro-bind', init, '/.sbxinit', '--remount-ro', '/', '--chdir', spec.cwd, '--seccomp', String(seccompFd), '--'],
    ...['/.sbxinit', String(asTarget), collect ?? '-', String(limits.reportFiles), String(limits.reportFileBytes)],
  ];
  return [...args, ...spec.argv];
}

const sharedMemory = ['--size', String(sharedMemoryBytes), '--perms', '1777', '--tmpfs', '/dev/shm'];
/** A quarter of what a short run costs; but only so are there terminals, which what is built or works long may want. */
const ownDevices = ['--dev', '/dev', ...sharedMemory, '--remount-ro', '/dev'];
const usersOwn = ['--unshare-all', '--unshare-user', '--disable-userns', '--uid', '65534', '--gid', '65534'];
/** What init needs to make the target somebody else, and to end whatever it leaves; the target has none of it. */
// biome-ignore format: one option a line
const rootsOwn = [
  '--unshare-ipc', '--unshare-pid', '--unshare-net', '--unshare-uts', '--unshare-cgroup-try',
  '--cap-drop', 'ALL',
  '--cap-add', 'CAP_SETUID', '--cap-add', 'CAP_SETGID', '--cap-add', 'CAP_SETPCAP', '--cap-add', 'CAP_KILL',
];

// biome-ignore format: one option a line
const isolation = [
  // Without it the first process waits for every daemon the target leaves behind, and survives a dead worker.
  '--die-with-parent',
  '--new-session',
  '--clearenv',
  '--hostname', 'sandbox',
];

// biome-ignore format: one option a line
const root = [
  '--ro-bind', '/usr', '/usr',
  '--symlink', 'usr/lib', '/lib',
  '--symlink', 'usr/lib64', '/lib64',
  '--symlink', 'usr/bin', '/bin',
  '--symlink', 'usr/sbin', '/sbin',
  '--dir', '/etc',
  // Debian's cc and c++ are links into it.
  '--ro-bind-try', '/etc/alternatives', '/etc/alternatives',
  '--ro-bind-try', '/etc/ld.so.cache', '/etc/ld.so.cache',
  '--proc', '/proc',
  // The host's boot parameters may hold secrets.
  '--ro-bind-try', '/dev/null', '/proc/cmdline',
];
