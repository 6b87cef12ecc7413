import type { ColumnType, Selectable } from 'kysely';
import type { Tx } from '../../../../base/doors.ts';
import type { Id } from '../../../../base/id.ts';
import type { Instant } from '../../../../base/instant.ts';
import { labelColumns, labelOfRow, type Tlp } from '../../../../base/label.ts';
import type { RecordState, UpstreamRecord } from './record.ts';

type RecordRow = {
  id: UpstreamRecord['id'];
  case_id: Id<'cas'>;
  participant_id: Id<'par'>;
  kind: UpstreamRecord['kind'];
  said: ColumnType<unknown, string, string>;
  state: RecordState;
  drafted_by: string;
  drafted_at: Instant;
  approvals: ColumnType<UpstreamRecord['approvals'], string, string>;
  ends_at: Instant | null;
  tlp: Tlp;
  compartments: string[];
};

const tables = (tx: Tx) => tx.withTables<{ upstream_records: RecordRow }>();

export async function insertRecord(tx: Tx, r: UpstreamRecord): Promise<void> {
  const row = {
    ...{ id: r.id, case_id: r.caseId, participant_id: r.participantId, kind: r.kind, said: JSON.stringify(r.said) },
    ...{ state: r.state, drafted_by: r.draftedBy, drafted_at: r.draftedAt, approvals: JSON.stringify(r.approvals) },
    ...{ ends_at: r.kind === 'last-resort' ? r.said.term.endsAt : null, ...labelColumns(r.label) },
  };
  await tables(tx).insertInto('upstream_records').values(row).execute();
}

/** What was said stays as it was said. */
export async function saveRecord(tx: Tx, { id, state, approvals }: UpstreamRecord): Promise<void> {
  await tables(tx)
    .updateTable('upstream_records')
    .set({ state, approvals: JSON.stringify(approvals) })
    .where('id', '=', id)
    .execute();
}

export async function recordById(tx: Tx, id: string): Promise<UpstreamRecord | undefined> {
  const row = await tables(tx)
    .selectFrom('upstream_records')
    .selectAll()
    .where('id', '=', id as UpstreamRecord['id'])
    .forUpdate()
    .executeTakeFirst();
  return row && recordOf(row);
}

/** Oldest first. */
export async function recordsOf(tx: Tx, caseId: string): Promise<UpstreamRecord[]> {
  const rows = await tables(tx)
    .selectFrom('upstream_records')
    .selectAll()
    .where('case_id', '=', caseId as Id<'cas'>)
    .orderBy('drafted_at')
    .orderBy('id')
    .execute();
  return rows.map(recordOf);
}

export async function termsOver(tx: Tx, now: Instant, limit: number): Promise<UpstreamRecord[]> {
  const rows = await tables(tx)
    .selectFrom('upstream_records')
    .selectAll()
    .where('kind', '=', 'last-resort')
    .where('state', '=', 'approved')
    .where('ends_at', '<=', now)
    .orderBy('ends_at')
    .limit(limit)
    .forUpdate()
    .skipLocked()
    .execute();
  return rows.map(recordOf);
}

function recordOf(r: Selectable<RecordRow>): UpstreamRecord {
  return {
    ...{ id: r.id, caseId: r.case_id, participantId: r.participant_id, kind: r.kind, said: r.said, state: r.state },
    ...{ draftedBy: r.drafted_by, draftedAt: r.drafted_at, approvals: r.approvals, label: labelOfRow(r) },
  } as UpstreamRecord;
}
