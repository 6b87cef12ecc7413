import { sql } from 'kysely';
import type { Tx } from '../../../base/doors.ts';
import type { Instant } from '../../../base/instant.ts';
import { labelColumns, publicLabel, type Tlp } from '../../../base/label.ts';
import type { OsvKept } from './record.ts';

type Tables = {
  osv_records: OsvKept & { seq: number; kept_at: Instant; tlp: Tlp; compartments: string[] };
  osv_keys: { key: string; record_id: string };
  osv_head: { single: boolean; seq: number; filled: boolean };
};
const osv = (tx: Tx) => tx.withTables<Tables>();
const columns = ['id', 'source', 'modified', 'withdrawn', 'text'] as const;

/** Number of the latest change: what was read after it holds at least as much. */
export async function osvSeq(tx: Tx): Promise<number> {
  return (await osv(tx).selectFrom('osv_head').select('seq').executeTakeFirstOrThrow()).seq;
}

/** Whoever holds it changes records; the order of changes is the order of commits. */
export async function lockOsv(tx: Tx): Promise<{ seq: number; filled: boolean }> {
  return osv(tx).selectFrom('osv_head').select(['seq', 'filled']).forUpdate().executeTakeFirstOrThrow();
}

export async function osvFilled(tx: Tx): Promise<void> {
  await osv(tx).updateTable('osv_head').set({ filled: true }).execute();
}

export async function osvHeads(tx: Tx, ids: readonly string[]): Promise<Pick<OsvKept, 'id' | 'source' | 'modified'>[]> {
  if (ids.length === 0) return [];
  return osv(tx)
    .selectFrom('osv_records')
    .select(['id', 'source', 'modified'])
    .where(sql<boolean>`id = ANY(${sql.val([...ids])}::text[])`)
    .execute();
}

/** In the place of what was there under these ids. The caller holds the lock and found it at `seq`. */
export async function saveOsv(
  tx: Tx,
  records: readonly (OsvKept & { readonly keys: readonly string[] })[],
  seq: number,
  at: Instant,
): Promise<void> {
  if (records.length === 0) return;
  const ids = records.map((r) => r.id);
  const rows = records.map(({ keys: _, ...record }, i) => ({ ...record, seq: seq + i + 1, kept_at: at, ...labelColumns(publicLabel) }));
  await osv(tx)
    .insertInto('osv_records')
    .values(rows)
    .onConflict((on) =>
      on.column('id').doUpdateSet((e) => ({
        source: e.ref('excluded.source'),
        modified: e.ref('excluded.modified'),
        withdrawn: e.ref('excluded.withdrawn'),
        text: e.ref('excluded.text'),
        seq: e.ref('excluded.seq'),
        kept_at: e.ref('excluded.kept_at'),
      })),
    )
    .execute();
  await osv(tx)
    .deleteFrom('osv_keys')
    .where(sql<boolean>`record_id = ANY(${sql.val(ids)}::text[])`)
    .execute();
  const keys = records.flatMap((r) => r.keys.map((key) => [key, r.id] as const));
  await sql`INSERT INTO osv_keys (key, record_id)
    SELECT * FROM unnest(${sql.val(keys.map(([key]) => key))}::text[], ${sql.val(keys.map(([, id]) => id))}::text[])`.execute(tx);
  await osv(tx)
    .updateTable('osv_head')
    .set({ seq: seq + records.length })
    .execute();
}

interface OsvPlace {
  readonly key: string;
  readonly record_id: string;
}

/** Which records are found by each of the keys. */
export async function osvPlaces(tx: Tx, keys: readonly string[]): Promise<OsvPlace[]> {
  return osv(tx)
    .selectFrom('osv_keys')
    .select(['key', 'record_id'])
    .where(sql<boolean>`key = ANY(${sql.val([...keys])}::text[])`)
    .execute();
}

export async function osvByIds(tx: Tx, ids: readonly string[]): Promise<OsvKept[]> {
  if (ids.length === 0) return [];
  return osv(tx)
    .selectFrom('osv_records')
    .select(columns)
    .where(sql<boolean>`id = ANY(${sql.val([...ids])}::text[])`)
    .execute();
}

/** Keys in their order, each once, after this one. */
export async function osvKeysAfter(tx: Tx, after: string, limit: number): Promise<string[]> {
  const rows = await osv(tx).selectFrom('osv_keys').select('key').distinct().where('key', '>', after).orderBy('key').limit(limit).execute();
  return rows.map((r) => r.key);
}

/** Records changed after `seq`, at most `limit`, and what they are found by now: at least all up to `to`. */
export async function osvChanges(tx: Tx, seq: number, limit: number): Promise<{ to: number; ids: string[]; keys: string[] }> {
  const to = await osvSeq(tx);
  const changed = await osv(tx).selectFrom('osv_records').select('id').where('seq', '>', seq).limit(limit).execute();
  const ids = changed.map((r) => r.id);
  if (ids.length === 0) return { to, ids, keys: [] };
  const places = await osv(tx)
    .selectFrom('osv_keys')
    .select('key')
    .where(sql<boolean>`record_id = ANY(${sql.val(ids)}::text[])`)
    .execute();
  return { to, ids, keys: places.map((p) => p.key) };
}
