import type { Tx } from '../../../base/doors.ts';
import type { Id } from '../../../base/id.ts';
import type { Instant } from '../../../base/instant.ts';
import { labelColumns, labelOfRow, type Tlp } from '../../../base/label.ts';
import type { Justification, SaidRange, Statement, StatementState, StatementStatus } from './statement.ts';

type StatementRow = {
  id: Id<'stm'>;
  case_id: Id<'cas'>;
  participant_id: Id<'par'>;
  vulnerability_id: Id<'vul'>;
  org_id: Id<'org'> | null;
  heard: string | null;
  package: string;
  status: StatementStatus;
  justification: Justification | null;
  affected: string;
  said: string;
  said_by: string;
  said_at: Instant;
  state: StatementState;
  approved_by: string | null;
  approved_at: Instant | null;
  tlp: Tlp;
  compartments: string[];
};

const statements = (tx: Tx) => tx.withTables<{ case_statements: StatementRow }>();

export async function insertStatement(tx: Tx, statement: Statement): Promise<void> {
  await statements(tx).insertInto('case_statements').values(rowOf(statement)).execute();
}

/** The row is locked by whichever load brought it here. */
export async function saveStatement(tx: Tx, statement: Statement): Promise<void> {
  const { state, approvedBy: approved_by, approvedAt: approved_at } = statement;
  await statements(tx).updateTable('case_statements').set({ state, approved_by, approved_at }).where('id', '=', statement.id).execute();
}

export async function statementById(tx: Tx, id: string): Promise<Statement | undefined> {
  const row = await statements(tx)
    .selectFrom('case_statements')
    .selectAll()
    .where('id', '=', id as Id<'stm'>)
    .forUpdate()
    .executeTakeFirst();
  return row && statementOf(row);
}

/** What a supplier says now of a package and a vulnerability. */
export async function currentStatement(
  tx: Tx,
  { participantId, vulnerabilityId, package: name }: Pick<Statement, 'participantId' | 'vulnerabilityId' | 'package'>,
): Promise<Statement | undefined> {
  const row = await statements(tx)
    .selectFrom('case_statements')
    .selectAll()
    .where('participant_id', '=', participantId)
    .where('vulnerability_id', '=', vulnerabilityId)
    .where('package', '=', name)
    .where('state', '<>', 'replaced')
    .forUpdate()
    .executeTakeFirst();
  return row && statementOf(row);
}

/** All that was ever said in a case, oldest first. */
export async function statementsOfCase(tx: Tx, caseId: string): Promise<Statement[]> {
  const rows = await statements(tx)
    .selectFrom('case_statements')
    .selectAll()
    .where('case_id', '=', caseId as Id<'cas'>)
    .orderBy('said_at')
    .orderBy('id')
    .execute();
  return rows.map(statementOf);
}

function rowOf(s: Statement): StatementRow {
  return {
    ...{ id: s.id, case_id: s.caseId, participant_id: s.participantId, vulnerability_id: s.vulnerabilityId, org_id: s.orgId },
    ...{ heard: s.heard, package: s.package, status: s.status, justification: s.justification },
    ...{ affected: JSON.stringify(s.affected), said: s.text, said_by: s.saidBy, said_at: s.saidAt },
    ...{ state: s.state, approved_by: s.approvedBy, approved_at: s.approvedAt },
    ...labelColumns(s.label),
  };
}

function statementOf(r: StatementRow): Statement {
  return {
    ...{ id: r.id, caseId: r.case_id, participantId: r.participant_id, vulnerabilityId: r.vulnerability_id, orgId: r.org_id },
    ...{ heard: r.heard, package: r.package, status: r.status, justification: r.justification },
    // pg gives jsonb back parsed.
    affected: r.affected as unknown as SaidRange[],
    ...{ text: r.said, saidBy: r.said_by, saidAt: r.said_at, state: r.state, approvedBy: r.approved_by, approvedAt: r.approved_at },
    label: labelOfRow(r),
  };
}
