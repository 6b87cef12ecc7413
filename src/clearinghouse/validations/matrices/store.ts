import type { ColumnType, Selectable } from 'kysely';
import type { Tx } from '../../../base/doors.ts';
import type { Id } from '../../../base/id.ts';
import type { Instant } from '../../../base/instant.ts';
import { labelColumns, labelOfRow, type Tlp } from '../../../base/label.ts';
import type { FixMatrix } from './matrix.ts';

type Json<T> = ColumnType<T, string | null, string | null>;
type MatrixRow = {
  id: Id<'mtx'>;
  a_id: Id<'fnd'>;
  b_id: Id<'fnd'>;
  state: FixMatrix['state'];
  plan: Json<FixMatrix['plan']>;
  inputs: string;
  experiment: string | null;
  relation: FixMatrix['relation'];
  container_id: Id<'fnd'> | null;
  because: string | null;
  shown: Json<FixMatrix['shown']>;
  record: Json<FixMatrix['record']>;
  requested_at: Instant;
  concluded_at: Instant | null;
  tlp: Tlp;
  compartments: string[];
};
const matrices = (tx: Tx) => tx.withTables<{ matrices: MatrixRow }>();

export async function insertMatrix(tx: Tx, matrix: FixMatrix): Promise<void> {
  await matrices(tx).insertInto('matrices').values(rowOf(matrix)).execute();
}

export async function saveMatrix(tx: Tx, matrix: FixMatrix): Promise<void> {
  const { id, ...rest } = rowOf(matrix);
  await matrices(tx).updateTable('matrices').set(rest).where('id', '=', id).execute();
}

export async function matrixById(tx: Tx, id: string): Promise<FixMatrix | undefined> {
  const row = await matrices(tx)
    .selectFrom('matrices')
    .selectAll()
    .where('id', '=', id as Id<'mtx'>)
    .forUpdate()
    .executeTakeFirst();
  return row && matrixOf(row);
}

/** The one there is of this pair and these inputs. */
export async function matrixOfInputs(tx: Tx, aId: Id<'fnd'>, bId: Id<'fnd'>, inputs: string): Promise<FixMatrix | undefined> {
  const row = await matrices(tx)
    .selectFrom('matrices')
    .selectAll()
    .where('a_id', '=', aId)
    .where('b_id', '=', bId)
    .where('inputs', '=', inputs)
    .forUpdate()
    .executeTakeFirst();
  return row && matrixOf(row);
}

/** How many there are of a finding with those that came before it. */
export async function countMatrices(tx: Tx, bId: Id<'fnd'>): Promise<number> {
  const { count } = await matrices(tx)
    .selectFrom('matrices')
    .select((e) => e.fn.countAll<string>().as('count'))
    .where('b_id', '=', bId)
    .executeTakeFirstOrThrow();
  return Number(count);
}

const json = (value: unknown) => (value === null ? null : JSON.stringify(value));

function rowOf(m: FixMatrix) {
  return {
    id: m.id,
    a_id: m.aId,
    b_id: m.bId,
    state: m.state,
    plan: json(m.plan),
    inputs: m.inputs,
    experiment: m.experiment,
    relation: m.relation,
    container_id: m.containerId,
    because: m.because,
    shown: json(m.shown),
    record: json(m.record),
    requested_at: m.requestedAt,
    concluded_at: m.concludedAt,
    ...labelColumns(m.label),
  };
}

function matrixOf(r: Selectable<MatrixRow>): FixMatrix {
  return {
    id: r.id,
    aId: r.a_id,
    bId: r.b_id,
    state: r.state,
    plan: r.plan,
    inputs: r.inputs,
    experiment: r.experiment,
    relation: r.relation,
    containerId: r.container_id,
    because: r.because,
    shown: r.shown,
    record: r.record,
    requestedAt: r.requested_at,
    concludedAt: r.concluded_at,
    label: labelOfRow(r),
  };
}
