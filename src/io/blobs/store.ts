import type { KeyObject } from 'node:crypto';
import type { Blobs } from '../../base/doors.ts';
import { limits } from '../../base/limits.ts';
import { isRefusal } from '../../base/refusal.ts';
import { diskBlobs } from './disk.ts';
import { type Apart, rowBlobs } from './rows.ts';

/** Small ones in the database, the others on disk below `root`. */
export function keptBlobs(root: string, db: Apart, wrapping: KeyObject): Blobs {
  const [rows, files] = [rowBlobs(db, wrapping), diskBlobs(root, wrapping)];
  return {
    async put(id, bytes, tx) {
      if (bytes.length <= limits.blobRowBytes) return rows.put(id, bytes, tx);
      await files.put(id, bytes);
      // A run hands in again what has grown: the row of what was small is what would be found.
      await rows.erase(id);
    },
    async get(id) {
      const row = await rows.get(id);
      return isRefusal(row) && row.code === 'not_found' ? files.get(id) : row;
    },
    async erase(id) {
      await rows.erase(id);
      await files.erase(id);
    },
  };
}
