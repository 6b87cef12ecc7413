import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Doors } from '../base/doors.ts';
import { treeOf } from '../clearinghouse/releases/actions.ts';
import { headOf } from '../clearinghouse/releases/store.ts';
import { repeat, type Worker } from './jobs.ts';
import { writeRepository } from './repository-files.ts';

const everyMs = 500;
/** Written after everything they speak of, so that a reader in between finds the older state whole. */
const last = ['feed.json', 'checkpoint', 'index.html'];

/** Keeps the public tree on disk in step with the releases: whatever serves or mirrors it needs neither database nor key. */
export function startPublishing(doors: Doors, dir: string, log: (problem: string, error: unknown) => void): Worker {
  let written = -1;
  return repeat(everyMs, log, async () => {
    await writeRepository(doors, {
      read: (path) => readFile(join(dir, path)).catch(() => undefined),
      put: (path, bytes) => replace(join(dir, path), bytes),
    });
    const signer = doors.keys.signer('releases');
    // Reads nothing but what is public: the tree cannot hold what it could not see.
    const found = await doors.db.transaction([], async (tx) => {
      const { size } = await headOf(tx);
      return size === written ? undefined : { size, tree: await treeOf(tx, signer) };
    });
    if (!found) return;
    const paths = [...found.tree.keys()].sort((a, b) => last.indexOf(a) - last.indexOf(b) || (a < b ? -1 : 1));
    for (const path of paths) await replace(join(dir, path), found.tree.get(path)!);
    written = found.size;
  });
}

async function replace(path: string, bytes: Uint8Array): Promise<void> {
  const before = await readFile(path).catch(() => undefined);
  if (before && Buffer.compare(before, bytes) === 0) return;
  await mkdir(dirname(path), { recursive: true });
  await writeFile(`${path}.new`, bytes);
  await rename(`${path}.new`, path);
}
