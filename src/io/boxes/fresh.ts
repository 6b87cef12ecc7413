import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { startOf } from './slots.ts';

const prefix = '.new-';
/** Longer than any fetch or build takes: another machine may share the store, and its processes are not seen here. */
const sweepAfterMs = 60 * 60 * 1000;
const swept = new Set<string>();

/** A new directory within `dir`, for as long as `use` takes. What processes that were killed left behind goes, once a process and directory. */
export async function withFresh<T>(dir: string, use: (fresh: string) => Promise<T>): Promise<T> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  if (!swept.has(dir)) {
    swept.add(dir);
    await sweep(dir);
  }
  const fresh = await mkdtemp(join(dir, `${prefix}${process.pid}-${startOf(process.pid)}-`));
  try {
    return await use(fresh);
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
}

/** Removes what belongs to no process any more. */
export async function sweep(dir: string, afterMs: number = sweepAfterMs): Promise<void> {
  for (const name of await readdir(dir)) {
    const [, pid, start] = /^\.new-(\d+)-(\d+)-/.exec(name) ?? [];
    if (!name.startsWith(prefix) || (pid !== undefined && startOf(Number(pid)) === start)) continue;
    const is = await stat(join(dir, name)).catch(() => undefined);
    const ageMs = performance.timeOrigin + performance.now() - (is?.mtimeMs ?? 0);
    if (is && ageMs >= afterMs) await rm(join(dir, name), { recursive: true, force: true });
  }
}
