import type { ColumnType, Selectable } from 'kysely';
import type { Tx } from '../../../base/doors.ts';
import type { Id } from '../../../base/id.ts';
import type { Instant } from '../../../base/instant.ts';
import { labelColumns, labelOfRow, type Tlp } from '../../../base/label.ts';
import type { Step } from '../../../trust/labour.ts';
import type { Bisection } from './bisection.ts';

type Row = {
  id: Id<'bis'>;
  finding_id: Id<'fnd'>;
  state: Bisection['state'];
  recipe_id: string;
  poc_id: Id<'blb'>;
  poc_sha256: string;
  experiment: string | null;
  progress: ColumnType<Step | null, string | null, string | null>;
  outcome: Bisection['outcome'];
  because: string | null;
  found: ColumnType<Bisection['found'], string | null, string | null>;
  requested_by: string;
  requested_at: Instant;
  concluded_at: Instant | null;
  tlp: Tlp;
  compartments: string[];
};
const bisections = (tx: Tx) => tx.withTables<{ bisections: Row }>();

export async function insertBisection(tx: Tx, b: Bisection): Promise<void> {
  await bisections(tx).insertInto('bisections').values(rowOf(b)).execute();
}

export async function saveBisection(tx: Tx, b: Bisection): Promise<void> {
  const { id, ...rest } = rowOf(b);
  await bisections(tx).updateTable('bisections').set(rest).where('id', '=', id).execute();
}

export async function bisectionById(tx: Tx, id: string): Promise<Bisection | undefined> {
  const row = await bisections(tx)
    .selectFrom('bisections')
    .selectAll()
    .where('id', '=', id as Id<'bis'>)
    .forUpdate()
    .executeTakeFirst();
  return row && bisectionOf(row);
}

/** Newest first. */
export async function bisectionsOf(tx: Tx, findingId: string, limit: number): Promise<Bisection[]> {
  const rows = await bisections(tx)
    .selectFrom('bisections')
    .selectAll()
    .where('finding_id', '=', findingId as Id<'fnd'>)
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
  return rows.map(bisectionOf);
}

/** The newest of each of these findings that said where it is. */
export async function bisectionsOfFindings(tx: Tx, findingIds: readonly string[]): Promise<Bisection[]> {
  if (findingIds.length === 0) return [];
  const rows = await bisections(tx)
    .selectFrom('bisections')
    .selectAll()
    .distinctOn('finding_id')
    .where('finding_id', 'in', findingIds as Id<'fnd'>[])
    .where('found', 'is not', null)
    .where('outcome', '!=', 'could-not-tell')
    .orderBy('finding_id')
    .orderBy('id', 'desc')
    .execute();
  return rows.map(bisectionOf);
}

function rowOf(b: Bisection) {
  return {
    ...{ id: b.id, finding_id: b.findingId, state: b.state, recipe_id: b.recipeId, poc_id: b.pocId, poc_sha256: b.pocSha256 },
    ...{ experiment: b.experiment, progress: b.progress && JSON.stringify(b.progress), outcome: b.outcome, because: b.because },
    ...{ found: b.found && JSON.stringify(b.found), requested_by: b.requestedBy },
    ...{ requested_at: b.requestedAt, concluded_at: b.concludedAt, ...labelColumns(b.label) },
  };
}

function bisectionOf(r: Selectable<Row>): Bisection {
  return {
    ...{ id: r.id, findingId: r.finding_id, state: r.state, recipeId: r.recipe_id, pocId: r.poc_id, pocSha256: r.poc_sha256 },
    ...{ experiment: r.experiment, progress: r.progress, outcome: r.outcome, because: r.because, found: r.found },
    ...{ requestedBy: r.requested_by, requestedAt: r.requested_at, concludedAt: r.concluded_at, label: labelOfRow(r) },
  };
}
