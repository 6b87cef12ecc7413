import { copyFileSync, linkSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { BoxSpec } from '../../base/doors.ts';
import { limits } from '../../base/limits.ts';
import { type Bind, environment, reportBytes, sharedMemoryBytes } from './command.ts';

/** An OCI runtime bundle as runsc takes it (opencontainers/runtime-spec 1.0.2, config.json). */
interface Mount {
  readonly destination: string;
  readonly type: string;
  readonly source: string;
  readonly options?: readonly string[];
}

interface Bundled {
  readonly spec: BoxSpec;
  /** Mounts of the host; a file outside of them and of ours lies in the root itself. */
  readonly mounts: readonly Bind[];
  /** Where runsc sees the directory with `filter` and `said`. */
  readonly box: string;
}

/** What sbxguest needs to set the stage; the target has none of it. */
const capabilities = ['SYS_ADMIN', 'CHOWN', 'DAC_OVERRIDE', 'KILL'].map((name) => `CAP_${name}`);
const links = { lib: 'usr/lib', lib64: 'usr/lib64', bin: 'usr/bin', sbin: 'usr/sbin' } as const;
const hostsOwn: readonly Bind[] = [
  { from: '/usr', at: '/usr', writable: false },
  // Debian's cc and c++ are links into it.
  { from: '/etc/alternatives', at: '/etc/alternatives', writable: false },
];

export function configOf({ spec, mounts, box }: Bundled): object {
  const { cpuSec, fileBytes, openFiles, pids, tmpBytes } = spec.limits;
  const collect = spec.collect ?? '-';
  const guest = ['/.sbxguest', '/.box', spec.cwd, cpuSec, pids, collect, limits.reportFiles, limits.reportFileBytes].map(String);
  const limit = (name: string, most: number) => ({ type: `RLIMIT_${name}`, soft: most, hard: most });
  return {
    ociVersion: '1.0.2',
    hostname: 'sandbox',
    root: { path: 'rootfs', readonly: true },
    process: {
      user: { uid: 0, gid: 0 },
      args: [...guest, ...spec.argv],
      env: Object.entries({ ...environment, ...spec.env }).map(([name, value]) => `${name}=${value}`),
      cwd: '/',
      noNewPrivileges: true,
      capabilities: { bounding: capabilities, effective: capabilities, permitted: capabilities },
      rlimits: [limit('FSIZE', fileBytes), limit('NOFILE', openFiles), limit('CORE', 0), limit('MEMLOCK', 65536), limit('MSGQUEUE', 0)],
    },
    mounts: [
      { destination: '/proc', type: 'proc', source: 'proc' },
      { destination: '/dev', type: 'tmpfs', source: 'tmpfs' },
      memory('/dev/shm', sharedMemoryBytes, '1777'),
      ...hostsOwn.map(bound),
      bound({ from: box, at: '/.box', writable: true }),
      memory('/tmp', tmpBytes, '1777'),
      ...mounts.map(bound),
      ...(spec.collect ? [memory(spec.collect, reportBytes, '0700')] : []),
    ],
    linux: { namespaces: ['pid', 'network', 'ipc', 'uts', 'mount'].map((type) => ({ type })) },
  };
}

function memory(destination: string, bytes: number, mode: string): Mount {
  return { destination, type: 'tmpfs', source: 'tmpfs', options: [`size=${bytes}`, `mode=${mode}`, 'nodev', 'nosuid'] };
}

function bound({ from, at, writable }: Bind): Mount {
  return { destination: at, type: 'bind', source: from, options: ['bind', writable ? 'rw' : 'ro', 'nodev', 'nosuid'] };
}

/** Files that nothing is mounted over or around can lie in the root, which costs no mount. */
export function liesInRoot(bind: Bind, all: readonly Bind[]): boolean {
  const within = (at: string) => bind.at === at || bind.at.startsWith(`${at}/`);
  return bind.isFile === true && !within('/tmp') && !all.some((other) => other !== bind && within(other.at));
}

/** The root directory: links into /usr, our own program, files of the box, and a place for each mount. */
export function makeRoot(at: string, guest: string, files: readonly Bind[], places: readonly Bind[]): void {
  mkdirSync(at, { mode: 0o755 });
  const directory = (path: string) => mkdirSync(join(at, path), { recursive: true, mode: 0o755 });
  for (const path of ['proc', 'dev', 'tmp', 'etc', '.box']) directory(path);
  for (const [name, to] of Object.entries(links)) symlinkSync(to, join(at, name));
  linkSync(guest, join(at, '.sbxguest'));
  copyFileSync('/etc/ld.so.cache', join(at, 'etc/ld.so.cache'));
  for (const file of files) {
    directory(dirname(file.at));
    linkOrCopy(file.from, join(at, file.at));
  }
  for (const place of [...hostsOwn, ...places]) {
    directory(place.isFile ? dirname(place.at) : place.at);
    if (place.isFile) writeFileSync(join(at, place.at), '', { mode: 0o644, flag: 'a' });
  }
}

function linkOrCopy(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch {
    copyFileSync(from, to);
  }
}
