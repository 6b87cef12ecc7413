import { type ColumnType, type Insertable, type Selectable, sql } from 'kysely';
import type { Tx } from '../../../base/doors.ts';
import type { Id } from '../../../base/id.ts';
import type { Instant } from '../../../base/instant.ts';
import { labelColumns, labelOfRow, type Tlp } from '../../../base/label.ts';
import type { Decision } from '../same.ts';
import type { Comparison } from './pair.ts';

type ComparisonRow = {
  seq: ColumnType<number, never, never>;
  id: Id<'cmp'>;
  a_id: Id<'fnd'>;
  b_id: Id<'fnd'>;
  decision: Decision;
  score: number;
  reasons: string[];
  decided_by: string;
  binding: boolean;
  turn: number;
  regrouping_id: Id<'rgp'> | null;
  rules: boolean;
  tlp: Tlp;
  compartments: string[];
  decided_at: Instant;
};
const pairs = (tx: Tx) => tx.withTables<{ comparisons: ComparisonRow }>();

/** From now on these rule their pairs; what ruled before stays as history, unless these `areNew`. The caller holds the findings (`lockFindings`). */
export async function appendComparisons(tx: Tx, compared: readonly Comparison[], areNew = false): Promise<void> {
  if (compared.length === 0) return;
  if (!areNew) await endRules(tx, compared);
  // One statement for any number of them, so that its plan is kept.
  await sql`
    INSERT INTO comparisons (id, a_id, b_id, decision, score, reasons, decided_by, binding, turn, regrouping_id, rules, tlp, compartments, decided_at)
    SELECT * FROM json_to_recordset(${JSON.stringify(compared.map(rowOf))}) AS c (id text, a_id text, b_id text, decision text, score real,
      reasons text[], decided_by text, binding boolean, turn integer, regrouping_id text, rules boolean, tlp text, compartments text[],
      decided_at timestamptz)`.execute(tx);
}

async function endRules(tx: Tx, compared: readonly Comparison[]): Promise<void> {
  const [a, b] = [compared.map((c) => c.aId), compared.map((c) => c.bId)];
  await sql`
    UPDATE comparisons SET rules = false FROM unnest(${a}::text[], ${b}::text[]) AS p (a, b)
    WHERE a_id = p.a AND b_id = p.b AND rules`.execute(tx);
}

/** How these findings compare with all others, as it rules now. */
export async function comparisonsOf(tx: Tx, findingIds: readonly string[], limit: number): Promise<Comparison[]> {
  if (findingIds.length === 0) return [];
  const ids = findingIds as Id<'fnd'>[];
  const rows = await pairs(tx)
    .selectFrom('comparisons')
    .selectAll()
    .where('rules', '=', true)
    .where((e) => e.or([e('a_id', 'in', ids), e('b_id', 'in', ids)]))
    .orderBy('id')
    .limit(limit)
    .execute();
  return rows.map(comparisonOf);
}

/** What people have decided about a finding, as it rules now. */
export async function wordsOf(tx: Tx, findingId: string): Promise<Comparison[]> {
  const { rows } = await sql<Selectable<ComparisonRow>>`
    SELECT * FROM comparisons WHERE a_id = ${findingId} AND rules AND binding
    UNION ALL SELECT * FROM comparisons WHERE b_id = ${findingId} AND rules AND binding`.execute(tx);
  return rows.map(comparisonOf);
}

/** What rules a pair now. It need not be what was decided last: that may have been undone. */
export async function rulingOf(tx: Tx, aId: Id<'fnd'>, bId: Id<'fnd'>): Promise<Comparison | undefined> {
  const ofPair = pairs(tx).selectFrom('comparisons').selectAll().where('a_id', '=', aId).where('b_id', '=', bId);
  const row = await ofPair.where('rules', '=', true).executeTakeFirst();
  return row && comparisonOf(row);
}

/** Everything that was ever decided of one pair, newest first. */
export async function historyOfPair(tx: Tx, aId: string, bId: string, limit: number): Promise<Comparison[]> {
  const rows = await pairs(tx)
    .selectFrom('comparisons')
    .selectAll()
    .where('a_id', '=', aId as Id<'fnd'>)
    .where('b_id', '=', bId as Id<'fnd'>)
    .orderBy('seq', 'desc')
    .limit(limit)
    .execute();
  return rows.map(comparisonOf);
}

/** What an act decided rules no longer; of each of its pairs rules what was decided last before it and was not undone. The act is marked undone. */
export async function revokeComparisons(tx: Tx, regroupingId: string): Promise<void> {
  const { rows } = await sql<{ a_id: string; b_id: string }>`
    UPDATE comparisons SET rules = false WHERE regrouping_id = ${regroupingId} AND rules RETURNING a_id, b_id`.execute(tx);
  const [a, b] = [rows.map((r) => r.a_id), rows.map((r) => r.b_id)];
  await sql`
    UPDATE comparisons SET rules = true WHERE seq IN (
      SELECT max(c.seq) FROM unnest(${a}::text[], ${b}::text[]) AS p (a, b)
      JOIN comparisons AS c ON c.a_id = p.a AND c.b_id = p.b
      LEFT JOIN regroupings AS r ON r.id = c.regrouping_id
      WHERE r.undone_at IS NULL GROUP BY c.a_id, c.b_id
    )`.execute(tx);
}

/** Undecided pairs of findings that are still compared and not yet counted together, in the order in which people should look at them. */
export async function undecidedPairs(tx: Tx, after: string, limit: number): Promise<Comparison[]> {
  const { rows } = await sql<Selectable<ComparisonRow>>`
    SELECT c.* FROM comparisons AS c
    JOIN finding_traits AS a ON a.finding_id = c.a_id AND a.state NOT IN ('invalid', 'withdrawn', 'corrected')
    JOIN finding_traits AS b ON b.finding_id = c.b_id AND b.state NOT IN ('invalid', 'withdrawn', 'corrected')
    WHERE c.rules AND c.decision = 'unsure'
      AND (${after}::text = '' OR (c.turn, c.id) > (SELECT turn, id FROM comparisons WHERE id = ${after}))
      AND NOT EXISTS (
        SELECT 1 FROM vulnerability_members AS x JOIN vulnerability_members AS y USING (vulnerability_id)
        WHERE x.finding_id = c.a_id AND y.finding_id = c.b_id AND x.left_at IS NULL AND y.left_at IS NULL
      )
    ORDER BY c.turn, c.id LIMIT ${limit}`.execute(tx);
  return rows.map(comparisonOf);
}

function rowOf(c: Comparison): Insertable<ComparisonRow> {
  return {
    id: c.id,
    a_id: c.aId,
    b_id: c.bId,
    decision: c.decision,
    score: c.score,
    reasons: [...c.reasons],
    decided_by: c.decidedBy,
    binding: c.binding,
    turn: c.turn,
    regrouping_id: c.regroupingId,
    rules: true,
    ...labelColumns(c.label),
    decided_at: c.decidedAt,
  };
}

function comparisonOf(r: Selectable<ComparisonRow>): Comparison {
  return {
    id: r.id,
    aId: r.a_id,
    bId: r.b_id,
    decision: r.decision,
    score: r.score,
    reasons: r.reasons,
    decidedBy: r.decided_by,
    binding: r.binding,
    turn: r.turn,
    regroupingId: r.regrouping_id,
    label: labelOfRow(r),
    decidedAt: r.decided_at,
  };
}
