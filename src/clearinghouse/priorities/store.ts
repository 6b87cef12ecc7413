import type { ColumnType, Selectable } from 'kysely';
import type { Tx } from '../../base/doors.ts';
import type { Id } from '../../base/id.ts';
import type { Instant } from '../../base/instant.ts';
import { labelColumns, labelOfRow, type Tlp } from '../../base/label.ts';
import type { Deviation, Priority } from './priority.ts';

type PriorityRow = {
  id: Id<'pri'>;
  case_id: Id<'cas'>;
  cvss: ColumnType<Priority['cvss'], string, never>;
  ssvc: ColumnType<Priority['ssvc'], string, never>;
  evidence: ColumnType<Priority['evidence'], string, never>;
  decision: Priority['decision'];
  deviation: ColumnType<Deviation | null, string | null, never>;
  assessed_by: string;
  assessed_at: Instant;
  tlp: Tlp;
  compartments: string[];
};

const priorities = (tx: Tx) => tx.withTables<{ priorities: PriorityRow }>();

/** Assessments are added, never changed: the newest counts, the others are how it came about. */
export async function insertPriority(tx: Tx, p: Priority): Promise<void> {
  await priorities(tx)
    .insertInto('priorities')
    .values({
      id: p.id,
      case_id: p.caseId,
      cvss: JSON.stringify(p.cvss),
      ssvc: JSON.stringify(p.ssvc),
      evidence: JSON.stringify(p.evidence),
      decision: p.decision,
      deviation: p.deviation && JSON.stringify(p.deviation),
      assessed_by: p.assessedBy,
      assessed_at: p.assessedAt,
      ...labelColumns(p.label),
    })
    .execute();
}

export async function priorityOfCase(tx: Tx, caseId: string): Promise<Priority | undefined> {
  return (await historyOfCase(tx, caseId, 1))[0];
}

/** Newest first. */
export async function historyOfCase(tx: Tx, caseId: string, limit: number): Promise<Priority[]> {
  const rows = await priorities(tx)
    .selectFrom('priorities')
    .selectAll()
    .where('case_id', '=', caseId as Id<'cas'>)
    .orderBy('assessed_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
  return rows.map(priorityOf);
}

/** The newest assessment of each case, by case id. */
export async function listNewest(tx: Tx, afterCaseId: string, limit: number): Promise<Priority[]> {
  const rows = await priorities(tx)
    .selectFrom('priorities')
    .distinctOn('case_id')
    .selectAll()
    .where('case_id', '>', afterCaseId as Id<'cas'>)
    .orderBy('case_id')
    .orderBy('assessed_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
  return rows.map(priorityOf);
}

function priorityOf(r: Selectable<PriorityRow>): Priority {
  return {
    id: r.id,
    caseId: r.case_id,
    cvss: r.cvss,
    ssvc: r.ssvc,
    evidence: r.evidence,
    decision: r.decision,
    deviation: r.deviation,
    assessedBy: r.assessed_by,
    assessedAt: r.assessed_at,
    label: labelOfRow(r),
  };
}
