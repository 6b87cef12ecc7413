import type { ColumnType, Selectable } from 'kysely';
import type { Tx } from '../../../base/doors.ts';
import type { Id } from '../../../base/id.ts';
import type { Instant } from '../../../base/instant.ts';
import { labelColumns, labelOfRow, type Tlp } from '../../../base/label.ts';
import type { Step } from '../../../trust/labour.ts';
import type { Minimisation } from './minimisation.ts';

type Row = {
  id: Id<'min'>;
  finding_id: Id<'fnd'>;
  state: Minimisation['state'];
  recipe_id: string;
  poc_id: Id<'blb'>;
  poc_sha256: string;
  experiment: string | null;
  progress: ColumnType<Step | null, string | null, string | null>;
  outcome: Minimisation['outcome'];
  because: string | null;
  blob_id: Id<'blb'> | null;
  sha256: string | null;
  bytes_before: number | null;
  bytes_after: number | null;
  ended: Minimisation['ended'];
  tries: number | null;
  requested_by: string;
  requested_at: Instant;
  concluded_at: Instant | null;
  tlp: Tlp;
  compartments: string[];
};
const minimisations = (tx: Tx) => tx.withTables<{ minimisations: Row }>();

export async function insertMinimisation(tx: Tx, m: Minimisation): Promise<void> {
  await minimisations(tx).insertInto('minimisations').values(rowOf(m)).execute();
}

export async function saveMinimisation(tx: Tx, m: Minimisation): Promise<void> {
  const { id, ...rest } = rowOf(m);
  await minimisations(tx).updateTable('minimisations').set(rest).where('id', '=', id).execute();
}

export async function minimisationById(tx: Tx, id: string): Promise<Minimisation | undefined> {
  const row = await minimisations(tx)
    .selectFrom('minimisations')
    .selectAll()
    .where('id', '=', id as Id<'min'>)
    .forUpdate()
    .executeTakeFirst();
  return row && minimisationOf(row);
}

/** Newest first. */
export async function minimisationsOf(tx: Tx, findingId: string, limit: number): Promise<Minimisation[]> {
  const rows = await minimisations(tx)
    .selectFrom('minimisations')
    .selectAll()
    .where('finding_id', '=', findingId as Id<'fnd'>)
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
  return rows.map(minimisationOf);
}

function rowOf(m: Minimisation) {
  return {
    ...{ id: m.id, finding_id: m.findingId, state: m.state, recipe_id: m.recipeId, poc_id: m.pocId, poc_sha256: m.pocSha256 },
    ...{ experiment: m.experiment, progress: m.progress && JSON.stringify(m.progress), outcome: m.outcome, because: m.because },
    ...{ blob_id: m.found?.blobId ?? null, sha256: m.found?.sha256 ?? null, ended: m.ended, tries: m.tries },
    ...{ bytes_before: m.bytes?.before ?? null, bytes_after: m.bytes?.after ?? null, requested_by: m.requestedBy },
    ...{ requested_at: m.requestedAt, concluded_at: m.concludedAt, ...labelColumns(m.label) },
  };
}

function minimisationOf(r: Selectable<Row>): Minimisation {
  const { blob_id: blobId, sha256, bytes_before: before, bytes_after: after } = r;
  return {
    ...{ id: r.id, findingId: r.finding_id, state: r.state, recipeId: r.recipe_id, pocId: r.poc_id, pocSha256: r.poc_sha256 },
    ...{ experiment: r.experiment, progress: r.progress, outcome: r.outcome, because: r.because, ended: r.ended, tries: r.tries },
    found: blobId && sha256 ? { blobId, sha256 } : null,
    bytes: before === null || after === null ? null : { before, after },
    ...{ requestedBy: r.requested_by, requestedAt: r.requested_at, concludedAt: r.concluded_at, label: labelOfRow(r) },
  };
}
