import type { JSONColumnType } from 'kysely';
import type { Tx } from '../../base/doors.ts';
import type { Id } from '../../base/id.ts';
import type { Instant } from '../../base/instant.ts';
import { labelColumns, labelOfRow, type Tlp } from '../../base/label.ts';
import type { Determination, DeterminationState, Statement } from './determination.ts';
import type { Comparison, Verdict } from './rule.ts';

type Flat = {
  id: Id<'det'>;
  plan_id: Id<'pln'>;
  submission_id: Id<'sub'>;
  org_id: Id<'org'>;
  decider_id: string;
  decider_name: string;
  basis: string;
  verdict: Verdict;
  reasons: string[];
  state: DeterminationState;
  tlp: Tlp;
  compartments: string[];
  decided_at: Instant;
  late_ms: number;
  salt: string | null;
};
type DeterminationRow = Flat & { comparisons: Comparison[]; appeal: Statement | null; answer: Statement | null };
type Columns = Flat & {
  comparisons: JSONColumnType<Comparison[]>;
  appeal: JSONColumnType<Statement | null, string | null, string | null>;
  answer: JSONColumnType<Statement | null, string | null, string | null>;
};

const determinations = (tx: Tx) => tx.withTables<{ determinations: Columns }>();
const json = (statement: Statement | null) => (statement === null ? null : JSON.stringify(statement));

export async function insertDetermination(tx: Tx, d: Determination): Promise<void> {
  const row = {
    id: d.id,
    plan_id: d.planId,
    submission_id: d.submissionId,
    org_id: d.orgId,
    decider_id: d.deciderId,
    decider_name: d.deciderName,
    basis: d.basis,
    verdict: d.verdict,
    reasons: [...d.reasons],
    comparisons: JSON.stringify(d.comparisons),
    state: d.state,
    appeal: json(d.appeal),
    answer: json(d.answer),
    ...labelColumns(d.label),
    decided_at: d.decidedAt,
    late_ms: d.lateMs,
    salt: d.salt,
  };
  await determinations(tx).insertInto('determinations').values(row).execute();
}

export async function determinationById(tx: Tx, id: string): Promise<Determination | undefined> {
  const row = await determinations(tx)
    .selectFrom('determinations')
    .selectAll()
    .where('id', '=', id as Id<'det'>)
    .forUpdate()
    .executeTakeFirst();
  return row && determinationOf(row);
}

export async function determinationsOfSubmission(tx: Tx, submissionId: Id<'sub'>): Promise<Determination[]> {
  const rows = await determinations(tx)
    .selectFrom('determinations')
    .selectAll()
    .where('submission_id', '=', submissionId)
    .orderBy('id')
    .forUpdate()
    .execute();
  return rows.map(determinationOf);
}

/** Without those of these plans. */
export async function listDeterminations(tx: Tx, after: string, limit: number, without: readonly Id<'pln'>[]): Promise<Determination[]> {
  const rows = await determinations(tx)
    .selectFrom('determinations')
    .selectAll()
    .where('id', '>', after as Id<'det'>)
    .$if(without.length > 0, (query) => query.where('plan_id', 'not in', without))
    .orderBy('id')
    .limit(limit)
    .execute();
  return rows.map(determinationOf);
}

/** Verdict, basis and reasons are never changed; only what is said about them afterwards is added. */
export async function updateDetermination(tx: Tx, d: Pick<Determination, 'id' | 'state' | 'appeal' | 'answer'>): Promise<void> {
  const set = { state: d.state, appeal: json(d.appeal), answer: json(d.answer) };
  await determinations(tx).updateTable('determinations').set(set).where('id', '=', d.id).execute();
}

/** That somebody decided on a plan, and when, stays; what was said of the model goes. */
export async function eraseDetermination(tx: Tx, id: Id<'det'>): Promise<void> {
  const nothing = { basis: '', verdict: 'inconclusive' as const, reasons: [], comparisons: '[]', appeal: null, answer: null, salt: null };
  await determinations(tx)
    .updateTable('determinations')
    .set({ ...nothing, state: 'erased' })
    .where('id', '=', id)
    .execute();
}

function determinationOf(r: DeterminationRow): Determination {
  return {
    id: r.id,
    planId: r.plan_id,
    submissionId: r.submission_id,
    orgId: r.org_id,
    deciderId: r.decider_id,
    deciderName: r.decider_name,
    basis: r.basis,
    verdict: r.verdict,
    reasons: r.reasons,
    comparisons: r.comparisons,
    state: r.state,
    appeal: r.appeal,
    answer: r.answer,
    label: labelOfRow(r),
    decidedAt: r.decided_at,
    lateMs: r.late_ms,
    salt: r.salt,
  };
}
