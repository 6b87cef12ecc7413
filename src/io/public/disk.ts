import { execFile } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { PublicTree } from '../../base/doors.ts';

/** Drafts lie here until they are shown: on the same file system, so that showing one is a rename. */
const drafts = '.drafts';

/** The public tree as a directory; beside it, while one is begun, the next one. Of a tree that is `unseen` nothing is flushed by itself. */
export function diskTree(dir: string, unseen = false): PublicTree {
  const [next, old] = [`${dir}.next`, `${dir}.old`];
  const touched = new Set<string>();
  const at = (path: string) => join(dir, path);
  const draftAt = (path: string) => join(dir, drafts, path.replaceAll('/', '!'));
  return {
    read: (path) => unlessMissing(readFile(at(path))),
    size: async (path) => (await unlessMissing(stat(at(path))))?.size,
    async *chunks(path, from = 0, to = Number.POSITIVE_INFINITY) {
      if (to <= from) return;
      yield* createReadStream(at(path), { start: from, end: to - 1, highWaterMark: 256 * 1024 }) as AsyncIterable<Buffer>;
    },
    async draft(path) {
      const file = await openNew(draftAt(path));
      return {
        write: async (bytes) => void (await file.writeFile(bytes)),
        async finish() {
          if (!unseen) await file.datasync();
          await file.close();
        },
        abandon: () => file.close(),
      };
    },
    async show(path) {
      const [from, to] = [draftAt(path), at(path)];
      try {
        await rename(from, to);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
        const made = await mkdir(dirname(to), { recursive: true });
        if (made) touched.add(dirname(made));
        await rename(from, to);
      }
      touched.add(dirname(to));
    },
    async remove(path) {
      await rm(at(path), { recursive: true, force: true });
      touched.add(dirname(at(path)));
    },
    async settle() {
      for (const directory of touched) await flushDirectory(directory);
      touched.clear();
    },
    async begin() {
      await rm(next, { recursive: true, force: true });
      await mkdir(next, { recursive: true });
      return diskTree(next, true);
    },
    async adopt() {
      await flushFileSystem(next);
      await rm(old, { recursive: true, force: true });
      await unlessMissing(rename(dir, old));
      await rename(next, dir);
      await flushDirectory(dirname(dir));
      await rm(old, { recursive: true, force: true });
    },
  };
}

async function openNew(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'w', 0o644);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    await mkdir(dirname(path), { recursive: true });
    return open(path, 'w', 0o644);
  }
}

/** One flush for a tree of a hundred thousand files; Node has no syncfs(2). */
async function flushFileSystem(path: string): Promise<void> {
  await promisify(execFile)('sync', ['-f', path]);
}

async function flushDirectory(path: string): Promise<void> {
  const directory = await unlessMissing(open(path, 'r'));
  await directory?.sync().finally(() => directory.close());
}

async function unlessMissing<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}
