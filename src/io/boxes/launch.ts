import { existsSync } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256 } from '../../base/canonical.ts';
import type { BoxSpec } from '../../base/doors.ts';
import { asRoot, type Beginning } from './runtime.ts';
import { seccompFilter } from './seccomp/filter.ts';

let sequence = 0;

/** What the launcher (native/sbxlaunch.c) sets before it becomes the runtime; undefined: as it is. */
interface Launching {
  readonly uid: number;
  readonly isMapped?: boolean;
  /** Beside what it is shown the runtime sees /usr, /proc and a few devices, and nothing else of the host. Only root can have it so. */
  readonly hasOwnRoot?: boolean;
  readonly cpuSec: number | undefined;
  readonly fileBytes: number | undefined;
  readonly openFiles: number;
  readonly processes: number | undefined;
  /** Paths of the host that the runtime must reach. */
  readonly shown: readonly string[];
}

/** Where the runtime finds the paths it is shown: as root under names of their own, otherwise where they lie. */
export function seenAs(shown: readonly string[]): readonly string[] {
  return asRoot ? shown.map((_, i) => `/tmp/${i}`) : shown;
}

export function launcherArguments({ programs, parentPid, group }: Beginning, how: Launching, program: readonly string[]): string[] {
  const joined = group?.procs ?? [];
  const staged = asRoot ? how.shown : [];
  const numbers = [
    parentPid,
    asRoot ? how.uid : 0,
    how.isMapped ? 1 : 0,
    asRoot && how.hasOwnRoot ? 1 : 0,
    how.cpuSec,
    how.fileBytes,
    how.openFiles,
    how.processes,
  ];
  const words = [...numbers.map((n) => n ?? '-'), joined.length, ...joined, staged.length, ...staged].map(String);
  return [programs.launch, ...words, '--', ...program];
}

/** A file and not a pipe: a target that never reads cannot hold us up. */
export async function inputFile({ slot, spec }: Beginning): Promise<string | undefined> {
  if (!spec.stdin) return undefined;
  const path = join(slot.dir, 'stdin');
  await writeFile(path, spec.stdin, { mode: 0o444 });
  return path;
}

export function filterOf(profile: BoxSpec['profile']): Buffer {
  const filter = seccompFilter(process.arch, { debuggers: profile !== 'poc' });
  if (!filter) throw new Error(`no system-call filter was written for ${process.arch}`);
  return filter;
}

/** The filter as a file. */
export async function filterFile({ programs, spec }: Beginning): Promise<string> {
  const filter = filterOf(spec.profile);
  // Named by what is in it and put there at once: bwrap would take half a filter for a whole one.
  const file = join(programs.dir, `${sha256(filter)}.bpf`);
  if (existsSync(file)) return file;
  const fresh = `${file}.${process.pid}-${sequence++}`;
  try {
    await writeFile(fresh, filter);
    await rename(fresh, file);
  } catch (cause) {
    await rm(fresh, { force: true });
    throw cause;
  }
  return file;
}
