import type { KeyObject } from 'node:crypto';
import type { Blobs, Tx } from '../../base/doors.ts';
import { refuse } from '../../base/refusal.ts';
import { opened, sealed } from './envelope.ts';

/** Statements on a connection that no transaction holds: who waits for it inside of one waits for nobody who waits for them. */
export interface Apart {
  apart<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
}

const blobs = (tx: Tx) => tx.withTables<{ blobs: { id: string; sealed: Buffer } }>();

/** One row per blob, for small ones: what is handed in with them costs no write to the disk but that of its transaction (docs/decisions/0051). */
export function rowBlobs({ apart }: Apart, wrapping: KeyObject): Blobs {
  return {
    async put(id, bytes, tx) {
      const envelope = sealed(wrapping, id, bytes);
      const insert = (on: Tx) =>
        blobs(on)
          .insertInto('blobs')
          .values({ id, sealed: envelope })
          // A labour that a crash cut short writes again what it wrote.
          .onConflict((conflict) => conflict.column('id').doUpdateSet({ sealed: envelope }))
          .execute();
      await (tx ? insert(tx) : apart(insert));
    },
    async get(id) {
      const row = await apart((tx) => blobs(tx).selectFrom('blobs').select('sealed').where('id', '=', id).executeTakeFirst());
      return row ? opened(wrapping, id, row.sealed) : refuse('not_found', 'no such blob');
    },
    async erase(id) {
      await apart((tx) => blobs(tx).deleteFrom('blobs').where('id', '=', id).execute());
    },
  };
}
