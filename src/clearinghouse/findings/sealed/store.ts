import { sql } from 'kysely';
import type { Tx } from '../../../base/doors.ts';
import type { Id } from '../../../base/id.ts';
import type { Instant } from '../../../base/instant.ts';
import { labelColumns, labelOfRow, type Tlp } from '../../../base/label.ts';
import type { Recipient, Sealed } from './sealed.ts';

type RecipientRow = { person_id: string; org_id: Id<'org'>; recipient: string; offered_at: Instant; tlp: Tlp; compartments: string[] };
type SealedRow = {
  id: Id<'fnd'>;
  org_id: Id<'org'>;
  reporter_id: string;
  receipt: string;
  commitment: string;
  blob_id: Id<'blb'>;
  bytes: number;
  recipient_ids: string[];
  title: string | null;
  purl: string | null;
  exploited: boolean;
  state: Sealed['state'];
  state_because: string | null;
  state_by: string | null;
  received_at: Instant;
  state_at: Instant;
  tlp: Tlp;
  compartments: string[];
};

const tables = (tx: Tx) => tx.withTables<{ recipients: RecipientRow; sealed_findings: SealedRow }>();

export async function saveRecipient(tx: Tx, r: Recipient): Promise<void> {
  const said = { recipient: r.recipient, offered_at: r.offeredAt };
  await tables(tx)
    .insertInto('recipients')
    .values({ person_id: r.personId, org_id: r.orgId, ...said, ...labelColumns(r.label) })
    .onConflict((c) => c.column('person_id').doUpdateSet(said))
    .execute();
}

export async function removeRecipient(tx: Tx, personId: string): Promise<boolean> {
  const [gone] = await tables(tx).deleteFrom('recipients').where('person_id', '=', personId).execute();
  return (gone?.numDeletedRows ?? 0n) > 0n;
}

export async function listRecipients(tx: Tx, after: string, limit: number): Promise<Recipient[]> {
  const rows = await tables(tx)
    .selectFrom('recipients')
    .selectAll()
    .where('person_id', '>', after)
    .orderBy('person_id')
    .limit(limit)
    .execute();
  return rows.map(recipientOf);
}

export async function recipientsOf(tx: Tx, personIds: readonly string[]): Promise<Recipient[]> {
  const rows = await tables(tx)
    .selectFrom('recipients')
    .selectAll()
    .where('person_id', 'in', [...personIds])
    .execute();
  return rows.map(recipientOf);
}

export async function insertSealed(tx: Tx, s: Sealed): Promise<void> {
  await tables(tx)
    .insertInto('sealed_findings')
    .values({
      ...{ id: s.id, org_id: s.orgId, reporter_id: s.reporterId, receipt: s.receipt, commitment: s.commitment },
      ...{ blob_id: s.blobId, bytes: s.bytes, recipient_ids: [...s.recipientIds], title: s.title, purl: s.purl, exploited: s.exploited },
      ...{ state: s.state, state_because: s.stateBecause, state_by: s.stateBy, received_at: s.receivedAt, state_at: s.stateAt },
      ...labelColumns(s.label),
    })
    .execute();
}

export async function saveSealedState(tx: Tx, s: Sealed): Promise<void> {
  await tables(tx)
    .updateTable('sealed_findings')
    .set({ state: s.state, state_because: s.stateBecause, state_by: s.stateBy, state_at: s.stateAt })
    .where('id', '=', s.id)
    .execute();
}

export async function sealedForChange(tx: Tx, id: string): Promise<Sealed | undefined> {
  const row = await tables(tx)
    .selectFrom('sealed_findings')
    .selectAll()
    .where('id', '=', id as Id<'fnd'>)
    .forUpdate()
    .executeTakeFirst();
  return row && sealedOfRow(row);
}

export async function sealedByReceipt(tx: Tx, receipt: string): Promise<Sealed | undefined> {
  const row = await tables(tx).selectFrom('sealed_findings').selectAll().where('receipt', '=', receipt).executeTakeFirst();
  return row && sealedOfRow(row);
}

/** Every one, or those of one organisation and those addressed to one person. */
export async function listSealed(
  tx: Tx,
  of: { orgId: string | null; personId: string } | undefined,
  after: string,
  limit: number,
): Promise<Sealed[]> {
  const rows = await tables(tx)
    .selectFrom('sealed_findings')
    .selectAll()
    .where('id', '>', after as Id<'fnd'>)
    .$if(of !== undefined, (q) =>
      q.where((e) =>
        e.or([e('org_id', '=', (of!.orgId ?? '') as Id<'org'>), sql<boolean>`recipient_ids @> ARRAY[${of!.personId}]::text[]`]),
      ),
    )
    .orderBy('id')
    .limit(limit)
    .execute();
  return rows.map(sealedOfRow);
}

/** Holds up whoever else counts for this organisation until the transaction ends: two at once must not both be the last that fits. */
export async function countSealed(tx: Tx, orgId: string): Promise<number> {
  await sql`SELECT pg_advisory_xact_lock(hashtextextended(${`sealed ${orgId}`}, 0))`.execute(tx);
  const { count } = await tables(tx)
    .selectFrom('sealed_findings')
    .select((e) => e.fn.countAll<number>().as('count'))
    .where('org_id', '=', orgId as Id<'org'>)
    .where('state', '=', 'sealed')
    .executeTakeFirstOrThrow();
  return Number(count);
}

function recipientOf(r: RecipientRow): Recipient {
  return { personId: r.person_id, orgId: r.org_id, recipient: r.recipient, offeredAt: r.offered_at, label: labelOfRow(r) };
}

function sealedOfRow(r: SealedRow): Sealed {
  return {
    ...{ id: r.id, orgId: r.org_id, reporterId: r.reporter_id, receipt: r.receipt, commitment: r.commitment },
    ...{ blobId: r.blob_id, bytes: r.bytes, recipientIds: r.recipient_ids, title: r.title, purl: r.purl, exploited: r.exploited },
    ...{ state: r.state, stateBecause: r.state_because, stateBy: r.state_by, receivedAt: r.received_at, stateAt: r.state_at },
    label: labelOfRow(r),
  };
}
