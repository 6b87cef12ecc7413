import { sql } from 'kysely';
import type { Tx } from '../../base/doors.ts';
import type { Id } from '../../base/id.ts';
import type { Instant } from '../../base/instant.ts';
import { labelColumns, labelOfRow, type Tlp } from '../../base/label.ts';
import type { Comparison, Member, Vulnerability } from './duplicate.ts';
import type { Decision } from './same.ts';

type ComparisonRow = {
  id: Id<'cmp'>;
  package: string;
  a_id: Id<'fnd'>;
  b_id: Id<'fnd'>;
  decision: Decision;
  score: number;
  reasons: string[];
  decided_by: string;
  tlp: Tlp;
  compartments: string[];
  decided_at: Instant;
};

type VulnerabilityRow = {
  id: Id<'vul'>;
  package: string;
  state: Vulnerability['state'];
  tlp: Tlp;
  compartments: string[];
  opened_at: Instant;
};

type MemberRow = {
  vulnerability_id: Id<'vul'>;
  finding_id: Id<'fnd'>;
  org_id: Id<'org'>;
  reporter_id: string;
  received_at: Instant;
  joined_at: Instant;
  left_at: Instant | null;
  because: string;
  tlp: Tlp;
  compartments: string[];
};

type Tables = { comparisons: ComparisonRow; vulnerabilities: VulnerabilityRow; vulnerability_members: MemberRow };
const duplicates = (tx: Tx) => tx.withTables<Tables>();

/** Two findings of one package never look for a home at the same moment: both would open one. */
export async function lockPackage(tx: Tx, name: string): Promise<void> {
  await sql`SELECT pg_advisory_xact_lock(hashtextextended(${`duplicates ${name}`}, 0))`.execute(tx);
}

/** Saves comparisons, over what the hub itself decided before; a person's decision stays unless a person decides anew. */
export async function saveComparisons(tx: Tx, compared: readonly Comparison[]): Promise<void> {
  if (compared.length === 0) return;
  await duplicates(tx)
    .insertInto('comparisons')
    .values(compared.map(comparisonRow))
    .onConflict((c) =>
      c
        .columns(['a_id', 'b_id'])
        .doUpdateSet((e) => ({
          decision: e.ref('excluded.decision'),
          score: e.ref('excluded.score'),
          reasons: e.ref('excluded.reasons'),
          decided_by: e.ref('excluded.decided_by'),
          decided_at: e.ref('excluded.decided_at'),
        }))
        .where((e) => e.or([e('comparisons.decided_by', '=', 'house'), e('excluded.decided_by', '!=', 'house')])),
    )
    .execute();
}

export async function comparisonsOf(tx: Tx, findingIds: readonly string[]): Promise<Comparison[]> {
  if (findingIds.length === 0) return [];
  const ids = findingIds as Id<'fnd'>[];
  const rows = await duplicates(tx)
    .selectFrom('comparisons')
    .selectAll()
    .where((e) => e.or([e('a_id', 'in', ids), e('b_id', 'in', ids)]))
    .orderBy('id')
    .execute();
  return rows.map(comparisonOf);
}

export async function insertVulnerability(tx: Tx, v: Vulnerability): Promise<void> {
  const { id, state, label } = v;
  await duplicates(tx)
    .insertInto('vulnerabilities')
    .values({ id, package: v.package, state, tlp: label.tlp, compartments: [...label.compartments], opened_at: v.openedAt })
    .execute();
  for (const member of v.members) await insertMember(tx, v, member);
}

export async function insertMember(tx: Tx, v: Vulnerability, member: Member): Promise<void> {
  const { findingId, orgId, reporterId, receivedAt, joinedAt, leftAt, because } = member;
  await duplicates(tx)
    .insertInto('vulnerability_members')
    .values({
      vulnerability_id: v.id,
      finding_id: findingId,
      org_id: orgId,
      reporter_id: reporterId,
      received_at: receivedAt,
      joined_at: joinedAt,
      left_at: leftAt,
      because,
      ...labelColumns(v.label),
    })
    .execute();
}

export async function endMembership(tx: Tx, findingId: string, leftAt: Instant): Promise<void> {
  await duplicates(tx)
    .updateTable('vulnerability_members')
    .set({ left_at: leftAt })
    .where('finding_id', '=', findingId as Id<'fnd'>)
    .where('left_at', 'is', null)
    .execute();
}

export async function setVulnerabilityState(tx: Tx, id: Id<'vul'>, state: Vulnerability['state']): Promise<void> {
  await duplicates(tx).updateTable('vulnerabilities').set({ state }).where('id', '=', id).execute();
}

export async function vulnerabilityById(tx: Tx, id: string): Promise<Vulnerability | undefined> {
  const row = await duplicates(tx)
    .selectFrom('vulnerabilities')
    .selectAll()
    .where('id', '=', id as Id<'vul'>)
    .forUpdate()
    .executeTakeFirst();
  return row && (await withMembers(tx, [row]))[0];
}

/** The vulnerability a finding is counted in now. */
export async function vulnerabilityOf(tx: Tx, findingId: string): Promise<Vulnerability | undefined> {
  const row = await duplicates(tx)
    .selectFrom('vulnerability_members')
    .select('vulnerability_id')
    .where('finding_id', '=', findingId as Id<'fnd'>)
    .where('left_at', 'is', null)
    .executeTakeFirst();
  return row && vulnerabilityById(tx, row.vulnerability_id);
}

/** Open vulnerabilities of a package, oldest first. */
export async function openOfPackage(tx: Tx, name: string): Promise<Vulnerability[]> {
  const rows = await duplicates(tx)
    .selectFrom('vulnerabilities')
    .selectAll()
    .where('package', '=', name)
    .where('state', '=', 'open')
    .orderBy('id')
    .execute();
  return withMembers(tx, rows);
}

export async function listVulnerabilities(tx: Tx, after: string, limit: number): Promise<Vulnerability[]> {
  const rows = await duplicates(tx)
    .selectFrom('vulnerabilities')
    .selectAll()
    .where('id', '>', after as Id<'vul'>)
    .orderBy('id')
    .limit(limit)
    .execute();
  return withMembers(tx, rows);
}

/** Everybody who was ever counted in it, those moved elsewhere too. */
export async function membersEver(tx: Tx, id: string): Promise<Member[]> {
  const rows = await duplicates(tx)
    .selectFrom('vulnerability_members')
    .selectAll()
    .where('vulnerability_id', '=', id as Id<'vul'>)
    .orderBy('joined_at')
    .execute();
  return rows.map(memberOf);
}

async function withMembers(tx: Tx, rows: readonly VulnerabilityRow[]): Promise<Vulnerability[]> {
  if (rows.length === 0) return [];
  const members = await duplicates(tx)
    .selectFrom('vulnerability_members')
    .selectAll()
    .where(
      'vulnerability_id',
      'in',
      rows.map((r) => r.id),
    )
    .where('left_at', 'is', null)
    .orderBy('received_at')
    .orderBy('finding_id')
    .execute();
  return rows.map((r) => ({
    id: r.id,
    package: r.package,
    state: r.state,
    members: members.filter((m) => m.vulnerability_id === r.id).map(memberOf),
    label: labelOfRow(r),
    openedAt: r.opened_at,
  }));
}

function memberOf(r: MemberRow): Member {
  return {
    findingId: r.finding_id,
    orgId: r.org_id,
    reporterId: r.reporter_id,
    receivedAt: r.received_at,
    joinedAt: r.joined_at,
    leftAt: r.left_at,
    because: r.because,
  };
}

function comparisonRow(c: Comparison): ComparisonRow {
  return {
    id: c.id,
    package: c.package,
    a_id: c.aId,
    b_id: c.bId,
    decision: c.decision,
    score: c.score,
    reasons: [...c.reasons],
    decided_by: c.decidedBy,
    ...labelColumns(c.label),
    decided_at: c.decidedAt,
  };
}

function comparisonOf(r: ComparisonRow): Comparison {
  return {
    id: r.id,
    package: r.package,
    aId: r.a_id,
    bId: r.b_id,
    decision: r.decision,
    score: r.score,
    reasons: r.reasons,
    decidedBy: r.decided_by,
    label: labelOfRow(r),
    decidedAt: r.decided_at,
  };
}
