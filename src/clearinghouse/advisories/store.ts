import type { Tx } from '../../base/doors.ts';
import type { Id } from '../../base/id.ts';
import type { Instant } from '../../base/instant.ts';
import { labelColumns, labelOfRow, type Tlp } from '../../base/label.ts';
import type { Advisory, AdvisoryState } from './advisory.ts';
import type { AdvisoryText } from './text.ts';

type AdvisoryRow = {
  id: Id<'adv'>;
  case_id: Id<'cas'>;
  text: string;
  digest: string;
  revision: number;
  state: AdvisoryState;
  drafted_by: string;
  answerable_id: string;
  drafted_at: Instant;
  approved_by: string | null;
  approved_at: Instant | null;
  tlp: Tlp;
  compartments: string[];
};

const advisories = (tx: Tx) => tx.withTables<{ advisories: AdvisoryRow }>();

export async function insertAdvisory(tx: Tx, advisory: Advisory): Promise<void> {
  await advisories(tx).insertInto('advisories').values(rowOf(advisory)).execute();
}

/** The row is locked by whichever load brought it here. */
export async function saveAdvisory(tx: Tx, advisory: Advisory): Promise<void> {
  const { id, ...rest } = rowOf(advisory);
  await advisories(tx).updateTable('advisories').set(rest).where('id', '=', id).execute();
}

export async function advisoryById(tx: Tx, id: string): Promise<Advisory | undefined> {
  const row = await advisories(tx)
    .selectFrom('advisories')
    .selectAll()
    .where('id', '=', id as Id<'adv'>)
    .forUpdate()
    .executeTakeFirst();
  return row && advisoryOf(row);
}

export async function advisoryOfCase(tx: Tx, caseId: Id<'cas'>): Promise<Advisory | undefined> {
  const row = await advisories(tx).selectFrom('advisories').selectAll().where('case_id', '=', caseId).forUpdate().executeTakeFirst();
  return row && advisoryOf(row);
}

export async function listAdvisories(tx: Tx, after: string, limit: number): Promise<Advisory[]> {
  const rows = await advisories(tx)
    .selectFrom('advisories')
    .selectAll()
    .where('id', '>', after as Id<'adv'>)
    .orderBy('id')
    .limit(limit)
    .execute();
  return rows.map(advisoryOf);
}

function rowOf(a: Advisory): AdvisoryRow {
  return {
    id: a.id,
    case_id: a.caseId,
    text: JSON.stringify(a.text),
    digest: a.digest,
    revision: a.revision,
    state: a.state,
    drafted_by: a.draftedBy,
    answerable_id: a.answerableId,
    drafted_at: a.draftedAt,
    approved_by: a.approvedBy,
    approved_at: a.approvedAt,
    ...labelColumns(a.label),
  };
}

function advisoryOf(r: AdvisoryRow): Advisory {
  return {
    id: r.id,
    caseId: r.case_id,
    // pg gives jsonb back parsed.
    text: r.text as unknown as AdvisoryText,
    digest: r.digest,
    revision: r.revision,
    state: r.state,
    draftedBy: r.drafted_by,
    answerableId: r.answerable_id,
    draftedAt: r.drafted_at,
    approvedBy: r.approved_by,
    approvedAt: r.approved_at,
    label: labelOfRow(r),
  };
}
