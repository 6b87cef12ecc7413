import { sql } from 'kysely';
import type { Tx } from '../../base/doors.ts';
import type { Id } from '../../base/id.ts';
import type { Instant } from '../../base/instant.ts';
import { labelColumns, labelOfRow, type Tlp } from '../../base/label.ts';
import type { Case, CaseState, Outcome } from './case.ts';
import { type Embargo, governing } from './embargoes/embargo.ts';
import type { Vfdpxa } from './vfdpxa.ts';

type CaseRow = {
  id: Id<'cas'>;
  vulnerabilities: string;
  package: string;
  title: string;
  finding_ids: Id<'fnd'>[];
  finder_org_ids: Id<'org'>[];
  state: CaseState;
  vfdpxa: Vfdpxa;
  embargo: string;
  embargo_ends_at: Instant;
  opened_at: Instant;
  disclosed_at: Instant | null;
  closed_at: Instant | null;
  outcome: Outcome | null;
  tlp: Tlp;
  compartments: string[];
};

const cases = (tx: Tx) => tx.withTables<{ cases: CaseRow }>();

export async function insertCase(tx: Tx, of: Case): Promise<void> {
  await cases(tx).insertInto('cases').values(rowOf(of)).execute();
}

/** Everything about a case changes through here: the row is locked by `caseById`. */
export async function saveCase(tx: Tx, of: Case): Promise<void> {
  const { id, ...rest } = rowOf(of);
  await cases(tx).updateTable('cases').set(rest).where('id', '=', id).execute();
}

export async function caseById(tx: Tx, id: string): Promise<Case | undefined> {
  const row = await cases(tx)
    .selectFrom('cases')
    .selectAll()
    .where('id', '=', id as Id<'cas'>)
    .forUpdate()
    .executeTakeFirst();
  return row && caseOf(row);
}

/** A vulnerability may be in several cases; oldest first, each locked. */
export async function casesOfVulnerability(tx: Tx, vulnerabilityId: string): Promise<Case[]> {
  const rows = await cases(tx)
    .selectFrom('cases')
    .selectAll()
    .where(sql<boolean>`vulnerabilities @> ${JSON.stringify([{ id: vulnerabilityId }])}::jsonb`)
    .orderBy('id')
    .forUpdate()
    .execute();
  return rows.map(caseOf);
}

export async function caseOfFinding(tx: Tx, findingId: string): Promise<Case | undefined> {
  const row = await cases(tx)
    .selectFrom('cases')
    .selectAll()
    .where(sql<boolean>`finding_ids @> ARRAY[${findingId}]::text[]`)
    .orderBy('id')
    .limit(1)
    .executeTakeFirst();
  return row && caseOf(row);
}

export async function listCases(tx: Tx, after: string, limit: number): Promise<Case[]> {
  const rows = await cases(tx)
    .selectFrom('cases')
    .selectAll()
    .where('id', '>', after as Id<'cas'>)
    .orderBy('id')
    .limit(limit)
    .execute();
  return rows.map(caseOf);
}

/** Vulnerabilities of cases whose work goes on in another, newest case first. */
export async function continuedVulnerabilities(tx: Tx, limit: number): Promise<{ from: Id<'vul'>; into: Id<'vul'> }[]> {
  const { rows } = await sql<{ from: Id<'vul'>; into: Id<'vul'> }>`
    SELECT v ->> 'id' AS "from", v ->> 'continuesInId' AS "into" FROM cases, jsonb_array_elements(vulnerabilities) AS v
    WHERE v ->> 'continuesInId' IS NOT NULL ORDER BY cases.id DESC LIMIT ${limit}`.execute(tx);
  return rows;
}

export async function openCasesOn(tx: Tx, name: string): Promise<Case[]> {
  const rows = await cases(tx)
    .selectFrom('cases')
    .selectAll()
    .where('package', '=', name)
    .where('state', '=', 'open')
    .orderBy('id')
    .forUpdate()
    .execute();
  return rows.map(caseOf);
}

export async function casesWithEmbargoDue(tx: Tx, now: Instant, limit: number): Promise<Case[]> {
  const rows = await cases(tx)
    .selectFrom('cases')
    .selectAll()
    .where('state', '=', 'open')
    .where(sql<boolean>`embargo ->> 'state' <> 'exited'`)
    .where('embargo_ends_at', '<=', now)
    .orderBy('embargo_ends_at')
    .limit(limit)
    .forUpdate()
    .skipLocked()
    .execute();
  return rows.map(caseOf);
}

function rowOf(c: Case): CaseRow {
  return {
    id: c.id,
    vulnerabilities: JSON.stringify(c.vulnerabilities),
    package: c.package,
    title: c.title,
    finding_ids: [...c.findingIds],
    finder_org_ids: [...c.finderOrgIds],
    state: c.state,
    vfdpxa: c.vfdpxa,
    embargo: JSON.stringify(c.embargo),
    embargo_ends_at: governing(c.embargo).endsAt,
    opened_at: c.openedAt,
    disclosed_at: c.disclosedAt,
    closed_at: c.closedAt,
    outcome: c.outcome,
    ...labelColumns(c.label),
  };
}

function caseOf(r: CaseRow): Case {
  const label = labelOfRow(r);
  return {
    id: r.id,
    // pg gives jsonb back parsed.
    vulnerabilities: r.vulnerabilities as unknown as Case['vulnerabilities'],
    package: r.package,
    title: r.title,
    findingIds: r.finding_ids,
    finderOrgIds: r.finder_org_ids,
    state: r.state,
    vfdpxa: r.vfdpxa,
    embargo: r.embargo as unknown as Embargo,
    label,
    openedAt: r.opened_at,
    disclosedAt: r.disclosed_at,
    closedAt: r.closed_at,
    outcome: r.outcome,
  };
}
