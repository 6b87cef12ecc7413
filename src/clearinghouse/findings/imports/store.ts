import { sql } from 'kysely';
import type { Tx } from '../../../base/doors.ts';
import type { Id } from '../../../base/id.ts';
import type { Instant } from '../../../base/instant.ts';
import { labelColumns, labelOfRow, type Tlp } from '../../../base/label.ts';
import type { RefusalCode } from '../../../base/refusal.ts';
import type { Quarantined, Upload } from './import.ts';

type QuarantinedRow = {
  id: Id<'qrn'>;
  org_id: Id<'org'>;
  reporter_id: string;
  format: string | null;
  code: RefusalCode;
  because: string;
  place: string | null;
  upload: string | null;
  entry: number | null;
  blob_id: Id<'blb'>;
  sha256: string;
  bytes: number;
  tlp: Tlp;
  compartments: string[];
  quarantined_at: Instant;
};
type UploadRow = {
  actor_id: string;
  name: string;
  org_id: Id<'org'>;
  next_entry: number;
  received: number;
  quarantined: number;
  skipped: number;
  tlp: Tlp;
  compartments: string[];
  began_at: Instant;
  last_at: Instant;
};

const imports = (tx: Tx) => tx.withTables<{ findings_quarantine: QuarantinedRow; findings_uploads: UploadRow }>();

export async function insertQuarantined(tx: Tx, q: Quarantined): Promise<void> {
  const { id, format, code, because, upload, entry, sha256, bytes } = q;
  const names = { org_id: q.orgId, reporter_id: q.reporterId, place: q.at, blob_id: q.blobId, quarantined_at: q.quarantinedAt };
  await imports(tx)
    .insertInto('findings_quarantine')
    .values({ id, format, code, because, upload, entry, sha256, bytes, ...names, ...labelColumns(q.label) })
    .execute();
}

/** How much of an organisation's lies there; holds the answer until the transaction ends, so that two senders do not both fit. */
export async function quarantineOf(tx: Tx, orgId: string): Promise<{ count: number; bytes: number }> {
  await sql`SELECT pg_advisory_xact_lock(hashtextextended(${`quarantine ${orgId}`}, 0))`.execute(tx);
  const row = await imports(tx)
    .selectFrom('findings_quarantine')
    .select((e) => [e.fn.countAll<string>().as('count'), e.fn.sum<string | null>('bytes').as('bytes')])
    .where('org_id', '=', orgId as Id<'org'>)
    .executeTakeFirstOrThrow();
  return { count: Number(row.count), bytes: Number(row.bytes ?? 0) };
}

export async function listQuarantined(tx: Tx, after: string, limit: number): Promise<Quarantined[]> {
  const rows = await imports(tx)
    .selectFrom('findings_quarantine')
    .selectAll()
    .where('id', '>', after as Id<'qrn'>)
    .orderBy('id')
    .limit(limit)
    .execute();
  return rows.map(quarantinedOf);
}

export async function quarantinedById(tx: Tx, id: string): Promise<Quarantined | undefined> {
  const row = await imports(tx)
    .selectFrom('findings_quarantine')
    .selectAll()
    .where('id', '=', id as Id<'qrn'>)
    .executeTakeFirst();
  return row && quarantinedOf(row);
}

export async function deleteQuarantined(tx: Tx, id: Id<'qrn'>): Promise<void> {
  await imports(tx).deleteFrom('findings_quarantine').where('id', '=', id).execute();
}

export async function uploadNamed(tx: Tx, actorId: string, name: string): Promise<Upload | undefined> {
  const row = await imports(tx)
    .selectFrom('findings_uploads')
    .selectAll()
    .where('actor_id', '=', actorId)
    .where('name', '=', name)
    .executeTakeFirst();
  return row && uploadOf(row);
}

/** Adds what one more entry came to. */
export async function saveUpload(tx: Tx, u: Upload): Promise<void> {
  const { received, quarantined, skipped } = u;
  const names = { actor_id: u.actorId, name: u.name, org_id: u.orgId, next_entry: u.nextEntry, began_at: u.beganAt, last_at: u.lastAt };
  await imports(tx)
    .insertInto('findings_uploads')
    .values({ ...names, received, quarantined, skipped, ...labelColumns(u.label) })
    .onConflict((on) =>
      on.columns(['actor_id', 'name']).doUpdateSet((e) => ({
        next_entry: sql<number>`greatest(${e.ref('findings_uploads.next_entry')}, ${u.nextEntry})`,
        received: e('findings_uploads.received', '+', received),
        quarantined: e('findings_uploads.quarantined', '+', quarantined),
        skipped: e('findings_uploads.skipped', '+', skipped),
        last_at: u.lastAt,
      })),
    )
    .execute();
}

function quarantinedOf(r: QuarantinedRow): Quarantined {
  const { id, format, code, because, upload, entry, sha256, bytes } = r;
  const names = { orgId: r.org_id, reporterId: r.reporter_id, at: r.place, blobId: r.blob_id, quarantinedAt: r.quarantined_at };
  return { id, format, code, because, upload, entry, sha256, bytes, ...names, label: labelOfRow(r) };
}

function uploadOf(r: UploadRow): Upload {
  const { name, received, quarantined, skipped } = r;
  const names = { actorId: r.actor_id, orgId: r.org_id, nextEntry: r.next_entry, beganAt: r.began_at, lastAt: r.last_at };
  return { name, received, quarantined, skipped, ...names, label: labelOfRow(r) };
}
