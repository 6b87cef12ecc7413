import type { ColumnType, Selectable } from 'kysely';
import type { Tx } from '../../base/doors.ts';
import type { Id } from '../../base/id.ts';
import type { Instant } from '../../base/instant.ts';
import { labelColumns, labelOfRow, type Tlp } from '../../base/label.ts';
import type { Envelope } from '../../base/signature.ts';
import type { Step } from '../../trust/labour.ts';
import type { KeptValidation, Trial, Validation, ValidationState, VerdictName } from './validation.ts';

type Json<T> = ColumnType<T, string | null, string | null>;
type ValidationRow = {
  id: Id<'val'>;
  finding_id: Id<'fnd'>;
  package: string;
  state: ValidationState;
  runs: number;
  needed: number;
  priority: number;
  attempts: number;
  begun_at: Instant | null;
  progress: Json<Step | null>;
  trials: ColumnType<Trial[], string, string>;
  verdict: VerdictName | null;
  because: string | null;
  why: Validation['why'];
  mends: string[];
  facts: Json<Validation['facts']>;
  reports: ColumnType<Validation['reports'], string, string>;
  crash_state: string | null;
  recipe_id: string | null;
  poc_id: Id<'blb'> | null;
  poc_sha256: string | null;
  record: Json<Envelope | null>;
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

export async function validationById(tx: Tx, id: string): Promise<KeptValidation | undefined> {
  const row = await validations(tx)
    .selectFrom('validations')
    .selectAll()
    .where('id', '=', id as Id<'val'>)
    .executeTakeFirst();
  return row && validationOf(row);
}

export async function validationForChange(tx: Tx, id: string): Promise<KeptValidation | undefined> {
  const row = await validations(tx)
    .selectFrom('validations')
    .selectAll()
    .where('id', '=', id as Id<'val'>)
    .forUpdate()
    .executeTakeFirst();
  return row && validationOf(row);
}

export async function listValidations(tx: Tx, after: string, limit: number): Promise<KeptValidation[]> {
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
export async function validationsOfFindings(tx: Tx, findingIds: readonly string[]): Promise<KeptValidation[]> {
  if (findingIds.length === 0) return [];
  const rows = await validations(tx)
    .selectFrom('validations')
    .selectAll()
    .where('finding_id', 'in', findingIds as Id<'fnd'>[])
    .orderBy('id')
    .execute();
  return rows.map(validationOf);
}

/** What its worker says of it; false when it is not running any more. */
export async function saveProgress(tx: Tx, id: string, step: Step | undefined): Promise<boolean> {
  const { numUpdatedRows } = await validations(tx)
    .updateTable('validations')
    .set(step === undefined ? { state: 'running' } : { progress: JSON.stringify(step) })
    .where('id', '=', id as Id<'val'>)
    .where('state', '=', 'running')
    .executeTakeFirstOrThrow();
  return numUpdatedRows > 0n;
}

/** The row as it is at this moment, with nothing that only a person needs: for whoever looks on. */
export async function progressOf(tx: Tx, id: string): Promise<{ state: ValidationState; progress: Step | null } | undefined> {
  return validations(tx)
    .selectFrom('validations')
    .select(['state', 'progress'])
    .where('id', '=', id as Id<'val'>)
    .executeTakeFirst();
}

/** How many that wait go before this one. */
export async function countBefore(tx: Tx, { id, priority }: Pick<Validation, 'id' | 'priority'>): Promise<number> {
  const { count } = await validations(tx)
    .selectFrom('validations')
    .select((e) => e.fn.countAll<string>().as('count'))
    .where('state', '=', 'requested')
    .where((e) => e.or([e('priority', '>', priority), e.and([e('priority', '=', priority), e('id', '<', id)])]))
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** What waits, runs or is parked, in the order in which it is taken up. */
export async function openValidations(tx: Tx, limit: number): Promise<KeptValidation[]> {
  const rows = await validations(tx)
    .selectFrom('validations')
    .selectAll()
    .where('state', 'in', ['requested', 'running', 'parked'])
    .orderBy('priority', 'desc')
    .orderBy('id')
    .limit(limit)
    .execute();
  return rows.map(validationOf);
}

export async function openOfFinding(tx: Tx, findingId: string): Promise<KeptValidation[]> {
  const rows = await validations(tx)
    .selectFrom('validations')
    .selectAll()
    .where('finding_id', '=', findingId as Id<'fnd'>)
    .where('state', 'in', ['requested', 'running', 'parked'])
    .orderBy('id')
    .forUpdate()
    .execute();
  return rows.map(validationOf);
}

function rowOf(v: Validation) {
  return {
    id: v.id,
    finding_id: v.findingId,
    package: v.package,
    state: v.state,
    ...{ runs: v.runs, needed: v.needed, priority: v.priority, attempts: v.attempts, begun_at: v.begunAt },
    ...{ why: v.why, mends: [...v.mends], facts: v.facts && JSON.stringify(v.facts), reports: JSON.stringify(v.reports) },
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

function validationOf(r: Selectable<ValidationRow>): KeptValidation {
  const { recipe_id: recipeId, poc_id: pocId, poc_sha256: pocSha256 } = r;
  return {
    id: r.id,
    findingId: r.finding_id,
    package: r.package,
    state: r.state,
    ...{ runs: r.runs, needed: r.needed, priority: r.priority, attempts: r.attempts, begunAt: r.begun_at, progress: r.progress },
    ...{ why: r.why, mends: r.mends, facts: r.facts, reports: r.reports },
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
