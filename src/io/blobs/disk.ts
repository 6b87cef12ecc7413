import { type KeyObject, randomBytes } from 'node:crypto';
import { mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Blobs } from '../../base/doors.ts';
import { refuse } from '../../base/refusal.ts';
import { opened, sealed } from './envelope.ts';
import { sharedFlushes } from './flush.ts';

/** Of the ten characters of an id that say its time, those that change every 17 minutes. */
const timeOf = (id: string) => id.slice(4, 11);
const directoriesKnown = 100;

/** One file per blob. A crash in the middle leaves a part of a file which nothing names yet, and which opens as nothing. */
export function diskBlobs(root: string, wrapping: KeyObject): Blobs {
  const dir = resolve(root);
  const flush = sharedFlushes(syncDirectory);
  const ready = durableDirectories(dir, flush);
  // Those of one time lie together, so that all who write meanwhile wait for one flush of one directory.
  const pathOf = (id: string) => join(dir, timeOf(id), id);
  const pathsOf = (id: string) => [pathOf(id), join(dir, id.slice(-2), id)]; // the second is where releases before this one kept it
  return {
    async put(id, bytes) {
      const path = pathOf(id);
      await ready(dirname(path));
      await writeDurable(path, sealed(wrapping, id, bytes));
      await flush(dirname(path));
    },
    async get(id) {
      for (const path of pathsOf(id)) {
        const file = await readFile(path).catch(absent);
        if (file) return opened(wrapping, id, file);
      }
      return refuse('not_found', 'no such blob');
    },
    async erase(id) {
      for (const path of pathsOf(id)) {
        const isGone = await rm(path).then(() => true, absent);
        if (isGone) await flush(dirname(path));
      }
    },
  };
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}

async function writeDurable(path: string, bytes: Buffer): Promise<void> {
  const asNew = { flag: 'wx', mode: 0o600, flush: true };
  try {
    return await writeFile(path, bytes, asNew);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  // A labour that a crash cut short writes again what it wrote, or a part of which it wrote: all of the one or all of the other.
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  await writeFile(draft, bytes, asNew);
  await rename(draft, path);
}

/** Makes directories under `root`. A new one is a name in its parent, which a power cut may undo as well: nobody writes in it before that is flushed. */
function durableDirectories(root: string, flush: (dir: string) => Promise<void>): (path: string) => Promise<void> {
  const known = new Map<string, Promise<void>>();
  const make = async (path: string) => {
    const topmost = await mkdir(path, { recursive: true, mode: 0o700 });
    // One that is there already may have been made just before a crash.
    const above = dirname(topmost ?? path);
    for (let parent = root; ; parent = dirname(parent)) {
      await flush(parent);
      if (parent === above) return;
    }
  };
  return (path) => {
    const before = known.get(path);
    if (before) return before;
    if (known.size >= directoriesKnown) known.clear();
    const made = make(path);
    known.set(path, made);
    made.catch(() => known.delete(path));
    return made;
  };
}

/** Without it a name may be undone by a power cut although the file's content is safe. */
async function syncDirectory(path: string): Promise<void> {
  const dir = await open(path, 'r');
  try {
    await dir.sync();
  } finally {
    await dir.close();
  }
}
