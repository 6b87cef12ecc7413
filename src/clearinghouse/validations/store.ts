import type { ColumnType, Selectable } from 'kysely';
import type { Tx } from '../../base/doors.ts';
import type { Id } from '../../base/id.ts';
import type { Instant } from '../../base/instant.ts';
import { labelColumns, labelOfRow, type Tlp } from '../../base/label.ts';
import type { Envelope } from '../../base/signature.ts';
import type { Trial, Validation, ValidationState, VerdictName } from './validation.ts';

type ValidationRow = {
  id: Id<'val'>;
  finding_id: Id<'fnd'>;
  package: string;
  state: ValidationState;
  trials: ColumnType<Trial[], string, string>;
  verdict: VerdictName | null;
  because: string | null;
  crash_state: string | null;
  recipe_id: string | null;
  poc_id: Id<'blb'> | null;
  poc_sha256: string | null;
  record: ColumnType<Envelope | null, string | null, string | null>;
  requested_at: Instant;
  concluded_at: Instant | null;
  tlp: Tlp;
  compartments: string[];
};

const validations = (tx: Tx) => tx.withTables<{ validations: ValidationRow }>();

export async function insertValidation(tx: Tx, validation: Validation): Promise<void> {
  await validations(tx).insertInto('validations').values(rowOf(validation)).execute();
}

export async function saveValidation(tx: Tx, validation: Validation): Promise<void> {
  const { id, ...rest } = rowOf(validation);
  await validations(tx).updateTable('validations').set(rest).where('id', '=', id).execute();
}

export async function validationById(tx: Tx, id: string): Promise<Validation | undefined> {
  const row = await validations(tx)
    .selectFrom('validations')
    .selectAll()
    .where('id', '=', id as Id<'val'>)
    .executeTakeFirst();
  return row && validationOf(row);
}

export async function validationForChange(tx: Tx, id: string): Promise<Validation | undefined> {
  const row = await validations(tx)
    .selectFrom('validations')
    .selectAll()
    .where('id', '=', id as Id<'val'>)
    .forUpdate()
    .executeTakeFirst();
  return row && validationOf(row);
}

export async function listValidations(tx: Tx, after: string, limit: number): Promise<Validation[]> {
  const rows = await validations(tx)
    .selectFrom('validations')
    .selectAll()
    .where('id', '>', after as Id<'val'>)
    .orderBy('id')
    .limit(limit)
    .execute();
  return rows.map(validationOf);
}

/** Oldest first. */
export async function validationsOfFindings(tx: Tx, findingIds: readonly string[]): Promise<Validation[]> {
  if (findingIds.length === 0) return [];
  const rows = await validations(tx)
    .selectFrom('validations')
    .selectAll()
    .where('finding_id', 'in', findingIds as Id<'fnd'>[])
    .orderBy('id')
    .execute();
  return rows.map(validationOf);
}

function rowOf(v: Validation) {
  return {
    id: v.id,
    finding_id: v.findingId,
    package: v.package,
    state: v.state,
    trials: JSON.stringify(v.trials),
    verdict: v.verdict,
    because: v.because,
    crash_state: v.crashState,
    recipe_id: v.decided?.recipeId ?? null,
    poc_id: v.decided?.pocId ?? null,
    poc_sha256: v.decided?.pocSha256 ?? null,
    record: v.record && JSON.stringify(v.record),
    requested_at: v.requestedAt,
    concluded_at: v.concludedAt,
    ...labelColumns(v.label),
  };
}

function validationOf(r: Selectable<ValidationRow>): Validation {
  const { recipe_id: recipeId, poc_id: pocId, poc_sha256: pocSha256 } = r;
  return {
    id: r.id,
    findingId: r.finding_id,
    package: r.package,
    state: r.state,
    trials: r.trials,
    verdict: r.verdict,
    because: r.because,
    crashState: r.crash_state,
    decided: recipeId && pocId && pocSha256 ? { recipeId, pocId, pocSha256 } : null,
    record: r.record,
    requestedAt: r.requested_at,
    concludedAt: r.concluded_at,
    label: labelOfRow(r),
  };
}
