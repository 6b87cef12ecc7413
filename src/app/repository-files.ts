import { z } from 'zod';
import type { Doors } from '../base/doors.ts';
import { limits } from '../base/limits.ts';
import { isRefusal } from '../base/refusal.ts';
import { filesAfter, lastSeqOf } from '../clearinghouse/releases/repository/store.ts';

/** The part of a public tree that this needs. `put` shows a file whole or not at all. */
interface Files {
  read(path: string): Promise<Uint8Array | undefined>;
  put(path: string, bytes: Uint8Array): Promise<void>;
}

/** How far the tree is complete. A dot file: the tree's own, not served. */
const markerPath = 'tuf/.complete.json';
const markerShape = z.object({ seq: z.number().int().min(0) });

/**
 * Brings `tuf/` of a public tree up to the database, in the order of publication: targets, then roles, snapshot, and the timestamp last.
 * Killed at any write, what lies there is what clients already trusted, or that and files which nothing names yet; the next round goes on.
 */
export async function writeRepository(doors: Pick<Doors, 'db' | 'blobs'>, to: Files): Promise<void> {
  let seq = await markerIn(to);
  // Reads nothing but what is public.
  const last = await doors.db.transaction([], lastSeqOf);
  // A tree of another database, or of a later state of this one.
  if (last < seq) seq = 0;
  for (let from = seq; from < last; from = seq) {
    const files = await doors.db.transaction([], (tx) => filesAfter(tx, from, limits.tufFilesAtOnce));
    for (const { path, text, blobId } of files) {
      const bytes = blobId === null ? Buffer.from(text ?? '') : await doors.blobs.get(blobId);
      if (isRefusal(bytes)) throw new Error(`${path} is lost: ${bytes.because}`);
      await to.put(path, bytes);
    }
    seq = files.at(-1)?.seq ?? last;
    await to.put(markerPath, Buffer.from(JSON.stringify({ seq })));
  }
}

async function markerIn(to: Files): Promise<number> {
  const bytes = await to.read(markerPath);
  try {
    return bytes ? markerShape.parse(JSON.parse(Buffer.from(bytes).toString())).seq : 0;
  } catch {
    return 0;
  }
}
