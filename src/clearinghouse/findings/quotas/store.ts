import { sql } from 'kysely';
import type { Tx } from '../../../base/doors.ts';
import type { Id } from '../../../base/id.ts';
import type { Instant } from '../../../base/instant.ts';
import { label, labelColumns, type Tlp } from '../../../base/label.ts';
import { limits } from '../../../base/limits.ts';
import type { TrackRecord } from './quota.ts';

type RecordRow = {
  org_id: Id<'org'>;
  tooling: string;
  submitted: number;
  replayed: number;
  contradicted: number;
  undecided: number;
  recent_replayed: number;
  recent_contradicted: number;
  faded_at: Instant;
  tlp: Tlp;
  compartments: string[];
};

type QuotaRow = {
  org_id: Id<'org'>;
  per_day: number | null;
  because: string | null;
  set_by: string | null;
  until: Instant | null;
  appeal: string | null;
  appealed_at: Instant | null;
  tlp: Tlp;
  compartments: string[];
};

const tables = (tx: Tx) => tx.withTables<{ track_records: RecordRow; quotas: QuotaRow }>();
/** Staff of the clearinghouse deals with every organisation and reads it too. */
export const labelOfOrg = (orgId: string) => label('AMBER', orgId);

export async function recordsOf(tx: Tx, orgId: string): Promise<TrackRecord[]> {
  const rows = await tables(tx)
    .selectFrom('track_records')
    .selectAll()
    .where('org_id', '=', orgId as Id<'org'>)
    .orderBy('submitted', 'desc')
    .limit(limits.toolsPerRecord)
    .execute();
  return rows.map(recordOf);
}

/** Whoever changes a record of this organisation waits here: what is counted is read first, and two at once would count one. */
export async function lockRecords(tx: Tx, orgId: string): Promise<void> {
  await sql`SELECT pg_advisory_xact_lock(hashtextextended(${`track record ${orgId}`}, 0))`.execute(tx);
}

export async function recordFor(tx: Tx, orgId: string, tooling: string): Promise<TrackRecord | undefined> {
  const row = await tables(tx)
    .selectFrom('track_records')
    .selectAll()
    .where('org_id', '=', orgId as Id<'org'>)
    .where('tooling', '=', tooling)
    .executeTakeFirst();
  return row && recordOf(row);
}

/** What other organisations have shown with a tool; nothing while they are fewer than `fewest`. */
export async function recordOfOthers(
  tx: Tx,
  orgId: Id<'org'>,
  tooling: string,
  fewest: number,
): Promise<Pick<TrackRecord, 'recentReplayed' | 'recentContradicted'>> {
  const row = await tables(tx)
    .selectFrom('track_records')
    .select((e) => [e.fn.sum<number>('recent_replayed').as('replayed'), e.fn.sum<number>('recent_contradicted').as('contradicted')])
    .where('tooling', '=', tooling)
    .where('org_id', '<>', orgId)
    .having((e) => e.fn.countAll(), '>=', fewest)
    .executeTakeFirst();
  return { recentReplayed: Number(row?.replayed ?? 0), recentContradicted: Number(row?.contradicted ?? 0) };
}

export async function saveRecord(tx: Tx, orgId: Id<'org'>, r: TrackRecord): Promise<void> {
  const counts = { submitted: r.submitted, replayed: r.replayed, contradicted: r.contradicted, undecided: r.undecided };
  const recent = { recent_replayed: r.recentReplayed, recent_contradicted: r.recentContradicted, faded_at: r.fadedAt };
  await tables(tx)
    .insertInto('track_records')
    .values({ org_id: orgId, tooling: r.tooling, ...counts, ...recent, ...labelColumns(labelOfOrg(orgId)) })
    .onConflict((c) => c.columns(['org_id', 'tooling']).doUpdateSet({ ...counts, ...recent }))
    .execute();
}

/** What a person set, and what is said against it. */
interface SetQuota {
  readonly perDay: number | null;
  readonly because: string | null;
  readonly setBy: string | null;
  readonly until: Instant | null;
  readonly appeal: string | null;
  readonly appealedAt: Instant | null;
}

export async function setQuotaOf(tx: Tx, orgId: string): Promise<SetQuota | undefined> {
  const row = await tables(tx)
    .selectFrom('quotas')
    .selectAll()
    .where('org_id', '=', orgId as Id<'org'>)
    .executeTakeFirst();
  return (
    row && {
      ...{
        perDay: row.per_day,
        because: row.because,
        setBy: row.set_by,
        until: row.until,
        appeal: row.appeal,
        appealedAt: row.appealed_at,
      },
    }
  );
}

export async function saveQuota(tx: Tx, orgId: Id<'org'>, q: SetQuota): Promise<void> {
  const said = { per_day: q.perDay, because: q.because, set_by: q.setBy, until: q.until, appeal: q.appeal, appealed_at: q.appealedAt };
  await tables(tx)
    .insertInto('quotas')
    .values({ org_id: orgId, ...said, ...labelColumns(labelOfOrg(orgId)) })
    .onConflict((c) => c.column('org_id').doUpdateSet(said))
    .execute();
}

function recordOf(r: RecordRow): TrackRecord {
  return {
    ...{ tooling: r.tooling, submitted: r.submitted, replayed: r.replayed, contradicted: r.contradicted, undecided: r.undecided },
    ...{ recentReplayed: r.recent_replayed, recentContradicted: r.recent_contradicted, fadedAt: r.faded_at },
  };
}
