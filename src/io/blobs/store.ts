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
    put: (id, bytes, tx) => (bytes.length <= limits.blobRowBytes ? rows : files).put(id, bytes, tx),
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
