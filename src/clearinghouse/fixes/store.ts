import { sql } from 'kysely';
import type { Tx } from '../../base/doors.ts';
import type { Id } from '../../base/id.ts';
import type { Instant } from '../../base/instant.ts';
import { labelColumns, labelOfRow, type Tlp } from '../../base/label.ts';
import type { Fix, FixState } from './fix.ts';

type FixRow = {
  id: Id<'fix'>;
  advisory_id: Id<'adv'>;
  release_id: Id<'rel'>;
  tracking_id: string;
  inventory_id: Id<'inv'>;
  org_id: Id<'org'>;
  package: string;
  components: string[];
  fixed_in: string[];
  state: FixState;
  because: string;
  claim: string | null;
  exposed_at: Instant;
  due_at: Instant | null;
  due_because: string | null;
  claimed_at: Instant | null;
  observed_at: Instant | null;
  tlp: Tlp;
  compartments: string[];
};

const fixes = (tx: Tx) => tx.withTables<{ fixes: FixRow }>();

/** A release and an inventory that arrive at the same moment are matched one after the other: neither misses the other. */
export async function lockMatching(tx: Tx): Promise<void> {
  await sql`SELECT pg_advisory_xact_lock(hashtextextended('fixes', 0))`.execute(tx);
}

/** New ones and changed ones. */
export async function saveFixes(tx: Tx, changed: readonly Fix[]): Promise<void> {
  // PostgreSQL takes at most 65,535 parameters in one statement; nineteen a row.
  for (let i = 0; i < changed.length; i += 3000) {
    const rows = changed.slice(i, i + 3000).map(rowOf);
    await fixes(tx)
      .insertInto('fixes')
      .values(rows)
      .onConflict((c) =>
        c.column('id').doUpdateSet((e) => ({
          release_id: e.ref('excluded.release_id'),
          components: e.ref('excluded.components'),
          fixed_in: e.ref('excluded.fixed_in'),
          state: e.ref('excluded.state'),
          because: e.ref('excluded.because'),
          claim: e.ref('excluded.claim'),
          exposed_at: e.ref('excluded.exposed_at'),
          due_at: e.ref('excluded.due_at'),
          due_because: e.ref('excluded.due_because'),
          claimed_at: e.ref('excluded.claimed_at'),
          observed_at: e.ref('excluded.observed_at'),
        })),
      )
      .execute();
  }
}

export async function fixById(tx: Tx, id: string): Promise<Fix | undefined> {
  const row = await fixes(tx)
    .selectFrom('fixes')
    .selectAll()
    .where('id', '=', id as Id<'fix'>)
    .forUpdate()
    .executeTakeFirst();
  return row && fixOf(row);
}

export async function fixesOfAdvisory(tx: Tx, advisoryId: string): Promise<Fix[]> {
  const rows = await fixes(tx)
    .selectFrom('fixes')
    .selectAll()
    .where('advisory_id', '=', advisoryId as Id<'adv'>)
    .orderBy('id')
    .forUpdate()
    .execute();
  return rows.map(fixOf);
}

export async function fixesOfInventory(tx: Tx, inventoryId: Id<'inv'>): Promise<Fix[]> {
  const rows = await fixes(tx).selectFrom('fixes').selectAll().where('inventory_id', '=', inventoryId).orderBy('id').forUpdate().execute();
  return rows.map(fixOf);
}

export async function fixesOfOrg(tx: Tx, orgId: string, after: string, limit: number): Promise<Fix[]> {
  const rows = await fixes(tx)
    .selectFrom('fixes')
    .selectAll()
    .where('org_id', '=', orgId as Id<'org'>)
    .where('id', '>', after as Id<'fix'>)
    .orderBy('id')
    .limit(limit)
    .execute();
  return rows.map(fixOf);
}

/** For a roll-up: who stands where, to be counted at once. */
export async function standingOf(tx: Tx, advisoryId: string): Promise<{ orgId: Id<'org'>; state: FixState }[]> {
  const rows = await fixes(tx)
    .selectFrom('fixes')
    .select(['org_id', 'state'])
    .where('advisory_id', '=', advisoryId as Id<'adv'>)
    .execute();
  return rows.map((r) => ({ orgId: r.org_id, state: r.state }));
}

function rowOf(f: Fix): FixRow {
  return {
    id: f.id,
    advisory_id: f.advisoryId,
    release_id: f.releaseId,
    tracking_id: f.trackingId,
    inventory_id: f.inventoryId,
    org_id: f.orgId,
    package: f.package,
    components: [...f.components],
    fixed_in: [...f.fixedIn],
    state: f.state,
    because: f.because,
    claim: f.claim,
    exposed_at: f.exposedAt,
    due_at: f.due.at,
    due_because: f.due.because,
    claimed_at: f.claimedAt,
    observed_at: f.observedAt,
    ...labelColumns(f.label),
  };
}

function fixOf(r: FixRow): Fix {
  return {
    id: r.id,
    advisoryId: r.advisory_id,
    releaseId: r.release_id,
    trackingId: r.tracking_id,
    inventoryId: r.inventory_id,
    orgId: r.org_id,
    package: r.package,
    components: r.components,
    fixedIn: r.fixed_in,
    state: r.state,
    because: r.because,
    claim: r.claim,
    exposedAt: r.exposed_at,
    due: { at: r.due_at, because: r.due_because ?? 'not worked out' },
    claimedAt: r.claimed_at,
    observedAt: r.observed_at,
    label: labelOfRow(r),
  };
}
