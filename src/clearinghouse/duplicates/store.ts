import { type Selectable, sql } from 'kysely';
import type { Tx } from '../../base/doors.ts';
import type { Id } from '../../base/id.ts';
import type { Instant } from '../../base/instant.ts';
import { labelColumns, labelOfRow, type Tlp } from '../../base/label.ts';
import { limits } from '../../base/limits.ts';
import { houseLabel, type Member, type Vulnerability } from './duplicate.ts';

type VulnerabilityRow = {
  id: Id<'vul'>;
  name: string;
  package: string;
  state: Vulnerability['state'];
  subsumed_by_id: Id<'vul'> | null;
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

type Tables = { vulnerabilities: VulnerabilityRow; vulnerability_members: MemberRow };
const duplicates = (tx: Tx) => tx.withTables<Tables>();

export async function insertVulnerability(tx: Tx, v: Vulnerability): Promise<void> {
  const { id, name, state, label } = v;
  const row = { id, name, package: v.package, state, subsumed_by_id: v.subsumedById, ...labelColumns(label), opened_at: v.openedAt };
  const inserted = duplicates(tx).insertInto('vulnerabilities').values(row);
  if (v.members.length === 0) return void (await inserted.execute());
  const counted = duplicates(tx)
    .with('opened', () => inserted)
    .insertInto('vulnerability_members');
  await counted.values(v.members.map(memberRow)).execute();
}

export async function insertMembers(tx: Tx, members: readonly Member[]): Promise<void> {
  if (members.length === 0) return;
  await duplicates(tx).insertInto('vulnerability_members').values(members.map(memberRow)).execute();
}

export async function endMemberships(tx: Tx, findingIds: readonly Id<'fnd'>[], leftAt: Instant): Promise<void> {
  if (findingIds.length === 0) return;
  await duplicates(tx)
    .updateTable('vulnerability_members')
    .set({ left_at: leftAt })
    .where('finding_id', 'in', findingIds)
    .where('left_at', 'is', null)
    .execute();
}

/** Who is counted in it is kept by `insertMembers` and `endMemberships`. */
export async function saveVulnerability(tx: Tx, v: Pick<Vulnerability, 'id' | 'state' | 'subsumedById'>): Promise<void> {
  const row = { state: v.state, subsumed_by_id: v.subsumedById };
  await duplicates(tx).updateTable('vulnerabilities').set(row).where('id', '=', v.id).execute();
}

/** Locked until the transaction ends. */
export async function vulnerabilityById(tx: Tx, id: string): Promise<Vulnerability | undefined> {
  return (await lockVulnerabilities(tx, [id]))[0];
}

/** Locked in the order of their ids, so that nobody who changes two of them waits in a ring; in that order. */
export async function lockVulnerabilities(tx: Tx, ids: readonly string[]): Promise<Vulnerability[]> {
  if (ids.length === 0) return [];
  const rows = await duplicates(tx)
    .selectFrom('vulnerabilities')
    .selectAll()
    .where('id', 'in', ids as Id<'vul'>[])
    .orderBy('id')
    .forUpdate()
    .execute();
  return withMembers(tx, rows);
}

/** To look at, not to change. */
export async function findVulnerability(tx: Tx, id: string): Promise<Vulnerability | undefined> {
  const row = await duplicates(tx)
    .selectFrom('vulnerabilities')
    .selectAll()
    .where('id', '=', id as Id<'vul'>)
    .executeTakeFirst();
  return row && (await withMembers(tx, [row]))[0];
}

/** Where each of these findings is counted now, if anywhere. */
export async function placesOf(tx: Tx, findingIds: readonly string[]): Promise<Map<string, Id<'vul'>>> {
  if (findingIds.length === 0) return new Map();
  const rows = await duplicates(tx)
    .selectFrom('vulnerability_members')
    .select(['finding_id', 'vulnerability_id'])
    .where('finding_id', 'in', findingIds as Id<'fnd'>[])
    .where('left_at', 'is', null)
    .execute();
  return new Map(rows.map((r) => [r.finding_id, r.vulnerability_id]));
}

/**
 * The open ones of these, locked in the order of their ids, each with its oldest `limits.weighedMembers` and whoever of `named` is in it:
 * joining a vulnerability of ten thousand findings costs no more than joining one of ten.
 */
export async function lockHomes(tx: Tx, ids: readonly string[], named: readonly string[]): Promise<Vulnerability[]> {
  if (ids.length === 0) return [];
  const rows = await duplicates(tx)
    .selectFrom('vulnerabilities')
    .selectAll()
    .where('id', 'in', ids as Id<'vul'>[])
    .where('state', '=', 'open')
    .orderBy('id')
    .forUpdate()
    .execute();
  const found = await sql<Selectable<MemberRow>>`
    SELECT m.* FROM unnest(${ids}::text[]) AS v (id) CROSS JOIN LATERAL (
      (SELECT * FROM vulnerability_members WHERE vulnerability_id = v.id AND left_at IS NULL
        ORDER BY received_at, finding_id LIMIT ${limits.weighedMembers})
      UNION (SELECT * FROM vulnerability_members WHERE vulnerability_id = v.id AND left_at IS NULL AND finding_id = ANY (${named}::text[]))
    ) AS m ORDER BY m.received_at, m.finding_id`.execute(tx);
  return rows.map((r) => vulnerabilityOf(r, found.rows, []));
}

/** Whatever it is part of, and what that is part of. */
export async function wholesOf(tx: Tx, id: Id<'vul'>): Promise<Id<'vul'>[]> {
  const { rows } = await sql<{ id: Id<'vul'> }>`
    WITH RECURSIVE wholes AS (
      SELECT subsumed_by_id AS id FROM vulnerabilities WHERE id = ${id}
      UNION SELECT v.subsumed_by_id FROM vulnerabilities AS v JOIN wholes ON v.id = wholes.id
    )
    SELECT id FROM wholes WHERE id IS NOT NULL ORDER BY id`.execute(tx);
  return rows.map((r) => r.id);
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
    .orderBy('received_at')
    .execute();
  return rows.map(memberOf);
}

async function withMembers(tx: Tx, rows: readonly VulnerabilityRow[]): Promise<Vulnerability[]> {
  if (rows.length === 0) return [];
  const ids = rows.map((r) => r.id);
  const members = await duplicates(tx)
    .selectFrom('vulnerability_members')
    .selectAll()
    .where('vulnerability_id', 'in', ids)
    .where('left_at', 'is', null)
    .orderBy('received_at')
    .orderBy('finding_id')
    .execute();
  // UNION without ALL: whatever the links say, it ends.
  const { rows: covered } = await sql<Selectable<MemberRow> & { whole: string }>`
    WITH RECURSIVE parts AS (
      SELECT subsumed_by_id AS whole, id FROM vulnerabilities WHERE subsumed_by_id = ANY (${ids}::text[])
      UNION SELECT parts.whole, v.id FROM vulnerabilities AS v JOIN parts ON v.subsumed_by_id = parts.id
    )
    SELECT parts.whole, m.* FROM parts JOIN vulnerability_members AS m ON m.vulnerability_id = parts.id AND m.left_at IS NULL
    ORDER BY m.received_at, m.finding_id`.execute(tx);
  return rows.map((r) =>
    vulnerabilityOf(
      r,
      members,
      covered.filter((m) => m.whole === r.id),
    ),
  );
}

function vulnerabilityOf(r: VulnerabilityRow, members: readonly MemberRow[], covered: readonly MemberRow[]): Vulnerability {
  return {
    id: r.id,
    name: r.name,
    package: r.package,
    state: r.state,
    subsumedById: r.subsumed_by_id,
    members: members.filter((m) => m.vulnerability_id === r.id).map(memberOf),
    covered: covered.map(memberOf),
    label: labelOfRow(r),
    openedAt: r.opened_at,
  };
}

function memberRow(m: Member): MemberRow {
  return {
    vulnerability_id: m.vulnerabilityId,
    finding_id: m.findingId,
    org_id: m.orgId,
    reporter_id: m.reporterId,
    received_at: m.receivedAt,
    joined_at: m.joinedAt,
    left_at: m.leftAt,
    because: m.because,
    ...labelColumns(houseLabel),
  };
}

function memberOf(r: MemberRow): Member {
  return {
    vulnerabilityId: r.vulnerability_id,
    findingId: r.finding_id,
    orgId: r.org_id,
    reporterId: r.reporter_id,
    receivedAt: r.received_at,
    joinedAt: r.joined_at,
    leftAt: r.left_at,
    because: r.because,
  };
}
