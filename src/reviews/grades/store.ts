import type { JSONColumnType } from 'kysely';
import type { Tx } from '../../base/doors.ts';
import type { Id } from '../../base/id.ts';
import type { Instant } from '../../base/instant.ts';
import { labelColumns, labelOfRow, type Tlp } from '../../base/label.ts';
import type { Envelope } from '../../base/signature.ts';
import type { Grade, Graded, GradeState, Outcome } from './grade.ts';
import type { Signal } from './grader/reading.ts';

type Flat = {
  id: Id<'grd'>;
  plan_id: Id<'pln'>;
  run_id: Id<'run'>;
  evaluator_id: Id<'org'>;
  task_id: string;
  recipe_id: string;
  budget: number;
  state: GradeState;
  handed_in_id: Id<'blb'> | null;
  handed_in_sha256: string | null;
  spec_digest: string | null;
  outcome: Outcome | null;
  beneath: Outcome | null;
  counted: Outcome | null;
  blind_for: string | null;
  is_disputed: boolean;
  because: string | null;
  requested_at: Instant;
  given_at: Instant | null;
  tlp: Tlp;
  compartments: string[];
};
type GradeRow = Flat & { verdicts: Graded[]; signals: Signal[]; record: Envelope | null };
type GradeColumns = Flat & {
  verdicts: JSONColumnType<Graded[]>;
  signals: JSONColumnType<Signal[]>;
  record: JSONColumnType<Envelope> | null;
};

const grades = (tx: Tx) => tx.withTables<{ grades: GradeColumns }>();

export async function insertGrade(tx: Tx, grade: Grade): Promise<void> {
  await grades(tx).insertInto('grades').values(rowOf(grade)).execute();
}

export async function gradeById(tx: Tx, id: string): Promise<Grade | undefined> {
  const row = await grades(tx)
    .selectFrom('grades')
    .selectAll()
    .where('id', '=', id as Id<'grd'>)
    .forUpdate()
    .executeTakeFirst();
  return row && gradeOf(row as GradeRow);
}

export async function gradeOfRun(tx: Tx, runId: string): Promise<Grade | undefined> {
  const row = await grades(tx)
    .selectFrom('grades')
    .selectAll()
    .where('run_id', '=', runId as Id<'run'>)
    .executeTakeFirst();
  return row && gradeOf(row as GradeRow);
}

export async function gradesOfPlan(tx: Tx, planId: string): Promise<Grade[]> {
  const rows = await grades(tx)
    .selectFrom('grades')
    .selectAll()
    .where('plan_id', '=', planId as Id<'pln'>)
    .orderBy('id')
    .execute();
  return rows.map((row) => gradeOf(row as GradeRow));
}

/** What counts of a grade, without what it was found on. */
export type Count = Pick<Grade, 'runId' | 'outcome' | 'counted'>;

const countColumns = ['run_id as runId', 'outcome', 'counted'] as const;

export async function countsOfPlan(tx: Tx, planId: Id<'pln'>): Promise<Count[]> {
  return grades(tx).selectFrom('grades').select(countColumns).where('plan_id', '=', planId).execute();
}

export async function countsOfRuns(tx: Tx, runIds: readonly Id<'run'>[]): Promise<Map<Id<'run'>, Count & Pick<Grade, 'because'>>> {
  if (runIds.length === 0) return new Map();
  const rows = await grades(tx)
    .selectFrom('grades')
    .select([...countColumns, 'because'])
    .where('run_id', 'in', runIds)
    .execute();
  return new Map(rows.map((count) => [count.runId, count]));
}

/** Plans of which this person has been asked for a second grade by hand. */
export async function plansBlindFor(tx: Tx, personIds: readonly string[]): Promise<Id<'pln'>[]> {
  const rows = await grades(tx).selectFrom('grades').select('plan_id').distinct().where('blind_for', 'in', personIds).execute();
  return rows.map((row) => row.plan_id);
}

/** How many of a plan's runs have their grade. */
export async function countGiven(tx: Tx, planId: Id<'pln'>): Promise<number> {
  const { n } = await grades(tx)
    .selectFrom('grades')
    .select(({ fn }) => fn.countAll<string>().as('n'))
    .where('plan_id', '=', planId)
    .where('state', '=', 'given')
    .executeTakeFirstOrThrow();
  return Number(n);
}

interface Wanted {
  readonly planId: string;
  readonly runId?: string | undefined;
  readonly after: string;
  readonly limit: number;
}

export async function listGrades(tx: Tx, { planId, runId, after, limit }: Wanted): Promise<Grade[]> {
  let query = grades(tx)
    .selectFrom('grades')
    .selectAll()
    .where('plan_id', '=', planId as Id<'pln'>)
    .where('id', '>', after as Id<'grd'>);
  if (runId !== undefined) query = query.where('run_id', '=', runId as Id<'run'>);
  const rows = await query.orderBy('id').limit(limit).execute();
  return rows.map((row) => gradeOf(row as GradeRow));
}

export async function saveGrade(tx: Tx, grade: Grade): Promise<void> {
  const { state, spec_digest, outcome, beneath, counted, because, verdicts, signals, record, given_at } = rowOf(grade);
  await grades(tx)
    .updateTable('grades')
    .set({ state, spec_digest, outcome, beneath, counted, because, verdicts, signals, record, given_at })
    .where('id', '=', grade.id)
    .execute();
}

/** What people said since; the grade itself stays as it was given. */
export async function saveCounted(tx: Tx, { id, counted, blindFor, isDisputed }: Grade): Promise<void> {
  await grades(tx).updateTable('grades').set({ counted, blind_for: blindFor, is_disputed: isDisputed }).where('id', '=', id).execute();
}

/** After its developer has left: that a run was graded stays; how, goes. A worker still at it finds the grade given. */
export async function eraseGrade(tx: Tx, id: Id<'grd'>): Promise<void> {
  const nothing = {
    handed_in_id: null,
    handed_in_sha256: null,
    spec_digest: null,
    outcome: null,
    beneath: null,
    counted: null,
    blind_for: null,
    is_disputed: false,
    because: null,
    verdicts: '[]',
    signals: '[]',
    record: null,
  };
  await grades(tx)
    .updateTable('grades')
    .set({ ...nothing, state: 'given' })
    .where('id', '=', id)
    .execute();
}

function rowOf(g: Grade) {
  return {
    id: g.id,
    plan_id: g.planId,
    run_id: g.runId,
    evaluator_id: g.evaluatorId,
    task_id: g.taskId,
    recipe_id: g.recipeId,
    budget: g.budget,
    state: g.state,
    handed_in_id: g.handedInId,
    handed_in_sha256: g.handedInSha256,
    spec_digest: g.specDigest,
    outcome: g.outcome,
    beneath: g.beneath,
    counted: g.counted,
    blind_for: g.blindFor,
    is_disputed: g.isDisputed,
    because: g.because,
    verdicts: JSON.stringify(g.verdicts),
    signals: JSON.stringify(g.signals),
    record: g.record && JSON.stringify(g.record),
    requested_at: g.requestedAt,
    given_at: g.givenAt,
    ...labelColumns(g.label),
  };
}

function gradeOf(r: GradeRow): Grade {
  return {
    id: r.id,
    planId: r.plan_id,
    runId: r.run_id,
    evaluatorId: r.evaluator_id,
    taskId: r.task_id,
    recipeId: r.recipe_id,
    budget: r.budget,
    state: r.state,
    handedInId: r.handed_in_id,
    handedInSha256: r.handed_in_sha256,
    specDigest: r.spec_digest,
    outcome: r.outcome,
    beneath: r.beneath,
    counted: r.counted,
    blindFor: r.blind_for,
    isDisputed: r.is_disputed,
    because: r.because,
    verdicts: r.verdicts,
    signals: r.signals,
    record: r.record,
    requestedAt: r.requested_at,
    givenAt: r.given_at,
    label: labelOfRow(r),
  };
}
