import { posix } from 'node:path';
import type { BoxSpec } from '../../base/doors.ts';
import { limits } from '../../base/limits.ts';
import { type Refusal, refuse } from '../../base/refusal.ts';

/** Something of the host that the box sees. */
export interface Bind {
  readonly from: string;
  readonly at: string;
  readonly writable: boolean;
}

const ours = ['/usr', '/lib', '/lib64', '/bin', '/sbin', '/etc', '/proc', '/dev', '/sys', '/.sbxinit'];
const sharedMemoryBytes = 8 << 20;
const isAt = (path: string) => posix.isAbsolute(path) && posix.normalize(path) === path && path !== '/' && !path.endsWith('/');
const isWithin = (path: string, parent: string) => path === parent || path.startsWith(`${parent}/`);

/** What of a spec cannot be asked of any box. */
export function checkSpec(spec: BoxSpec): Refusal | undefined {
  const mounts = [...spec.trees.map((t) => t.at), ...spec.files.map((f) => f.at), ...(spec.workspace ? [spec.workspace.at] : [])];
  const all = spec.collect ? [...mounts, spec.collect] : mounts;
  const bad = all.find((at) => !isAt(at) || ours.some((own) => isWithin(at, own)));
  if (bad !== undefined) return refuse('malformed', `nothing may be mounted at ${bad}`);
  if (new Set(all).size !== all.length) return refuse('malformed', 'two things are mounted at the same place');
  const { collect, keep } = spec;
  if (collect && mounts.some((at) => isWithin(collect, at) || isWithin(at, collect)))
    return refuse('malformed', 'the reports must lie outside every mount', 'collect');
  if (keep && !spec.trees.some((t) => t.at === keep && t.writable)) return refuse('malformed', 'only a writable tree can be kept', 'keep');
  if (spec.argv.length === 0) return refuse('malformed', 'no command', 'argv');
  const words = [...spec.argv, ...Object.values(spec.env), spec.cwd, ...all];
  if (words.some((word) => word.includes('\0'))) return refuse('malformed', 'a NUL in a word of the command');
  const name = Object.keys(spec.env).find((n) => !/^[A-Za-z_][A-Za-z0-9_]*$/.test(n));
  return name === undefined ? undefined : refuse('malformed', `not the name of a variable: ${name}`, 'env');
}

/** bwrap's own arguments, up to and including the target. `seccompFd` is read to its end: a fresh one for each run. */
export function bwrapArguments(spec: BoxSpec, binds: readonly Bind[], init: string, seccompFd: number): string[] {
  const { collect } = spec;
  const args = [
    ...isolation,
    ...Object.entries(spec.env).flatMap(([name, value]) => ['--setenv', name, value]),
    ...root,
    ...['--size', String(sharedMemoryBytes), '--perms', '1777', '--tmpfs', '/dev/shm', '--remount-ro', '/dev'],
    ...['--size', String(spec.limits.tmpBytes), '--perms', '1777', '--tmpfs', '/tmp'],
    ...binds.flatMap(({ from, at, writable }) => [writable ? '--bind' : '--ro-bind', from, at]),
    ...(collect ? ['--size', String(limits.reportFiles * limits.reportFileBytes), '--perms', '0700', '--tmpfs', collect] : []),
    ...['--ro-bind', init, '/.sbxinit', '--remount-ro', '/', '--chdir', spec.cwd, '--seccomp', String(seccompFd), '--'],
    ...['/.sbxinit', collect ?? '-', String(limits.reportFiles), String(limits.reportFileBytes)],
  ];
  return [...args, ...spec.argv];
}

// biome-ignore format: one option a line
const isolation = [
  '--unshare-all',
  '--unshare-user', '--disable-userns',
  // Without it the first process waits for every daemon the target leaves behind, and survives a dead worker.
  '--die-with-parent',
  '--new-session',
  '--clearenv',
  '--setenv', 'PATH', '/usr/bin:/bin',
  '--setenv', 'HOME', '/tmp',
  '--setenv', 'LC_ALL', 'C.UTF-8',
  '--uid', '65534', '--gid', '65534',
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
  '--dev', '/dev',
];
