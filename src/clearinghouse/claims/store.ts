import type { Tx } from '../../base/doors.ts';
import type { Id } from '../../base/id.ts';
import type { Instant } from '../../base/instant.ts';
import { labelColumns, labelOfRow, type Tlp } from '../../base/label.ts';
import type { Claim, ClaimState, Technique } from './claim.ts';

type ClaimRow = {
  id: Id<'clm'>;
  org_id: Id<'org'>;
  purl: string;
  package: string;
  paths: string[];
  technique: Technique;
  contact: string;
  starts_at: Instant;
  ends_at: Instant;
  state: ClaimState;
  tlp: Tlp;
  compartments: string[];
  created_at: Instant;
};

const claims = (tx: Tx) => tx.withTables<{ claims: ClaimRow }>();

export async function insertClaim(tx: Tx, claim: Claim): Promise<void> {
  await claims(tx).insertInto('claims').values(rowOf(claim)).execute();
}

export async function claimById(tx: Tx, id: string): Promise<Claim | undefined> {
  const row = await claims(tx)
    .selectFrom('claims')
    .selectAll()
    .where('id', '=', id as Id<'clm'>)
    .forUpdate()
    .executeTakeFirst();
  return row && claimOf(row);
}

export async function heldOn(tx: Tx, name: string): Promise<Claim[]> {
  const rows = await claims(tx).selectFrom('claims').selectAll().where('package', '=', name).where('state', '=', 'held').execute();
  return rows.map(claimOf);
}

export async function listClaims(tx: Tx, after: string, limit: number): Promise<Claim[]> {
  const rows = await claims(tx)
    .selectFrom('claims')
    .selectAll()
    .where('id', '>', after as Id<'clm'>)
    .orderBy('id')
    .limit(limit)
    .execute();
  return rows.map(claimOf);
}

export async function dueClaims(tx: Tx, now: Instant, limit: number): Promise<Claim[]> {
  const rows = await claims(tx)
    .selectFrom('claims')
    .selectAll()
    .where('state', '=', 'held')
    .where('ends_at', '<=', now)
    .orderBy('ends_at')
    .limit(limit)
    .forUpdate()
    .skipLocked()
    .execute();
  return rows.map(claimOf);
}

export async function setClaimState(tx: Tx, id: Id<'clm'>, state: ClaimState): Promise<void> {
  await claims(tx).updateTable('claims').set({ state }).where('id', '=', id).execute();
}

function rowOf(c: Claim): ClaimRow {
  return {
    id: c.id,
    org_id: c.orgId,
    purl: c.purl,
    package: c.package,
    paths: [...c.paths],
    technique: c.technique,
    contact: c.contact,
    starts_at: c.startsAt,
    ends_at: c.endsAt,
    state: c.state,
    ...labelColumns(c.label),
    created_at: c.createdAt,
  };
}

function claimOf(r: ClaimRow): Claim {
  return {
    id: r.id,
    orgId: r.org_id,
    purl: r.purl,
    package: r.package,
    paths: r.paths,
    technique: r.technique,
    contact: r.contact,
    startsAt: r.starts_at,
    endsAt: r.ends_at,
    state: r.state,
    label: labelOfRow(r),
    createdAt: r.created_at,
  };
}
