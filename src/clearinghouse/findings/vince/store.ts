import { sql } from 'kysely';
import type { Tx } from '../../../base/doors.ts';
import type { Id } from '../../../base/id.ts';
import type { Instant } from '../../../base/instant.ts';
import { type Label, labelColumns, type Tlp } from '../../../base/label.ts';

type Tables = {
  vince_reports: {
    vrf_id: string;
    org_id: Id<'org'>;
    digest: string;
    finding_id: Id<'fnd'>;
    tlp: Tlp;
    compartments: string[];
    received_at: Instant;
  };
};

const reports = (tx: Tx) => tx.withTables<Tables>();

interface VinceReport {
  readonly vrfId: string;
  readonly orgId: Id<'org'>;
  /** Keyed digest of the whole content. */
  readonly digest: string;
  readonly findingId: Id<'fnd'>;
  readonly label: Label;
  readonly receivedAt: Instant;
}

/** The same content from the same organisation since then. Waits for one that is being received at this moment. */
export async function sameReport(
  tx: Tx,
  orgId: Id<'org'>,
  digest: string,
  since: Instant,
): Promise<{ vrfId: string; findingId: Id<'fnd'> } | undefined> {
  await sql`SELECT pg_advisory_xact_lock(hashtextextended(${`vince ${orgId} ${digest}`}, 0))`.execute(tx);
  const row = await reports(tx)
    .selectFrom('vince_reports')
    .select(['vrf_id', 'finding_id'])
    .where('org_id', '=', orgId)
    .where('digest', '=', digest)
    .where('received_at', '>', since)
    .orderBy('received_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row && { vrfId: row.vrf_id, findingId: row.finding_id };
}

export async function isGiven(tx: Tx, vrfId: string): Promise<boolean> {
  const row = await reports(tx).selectFrom('vince_reports').select('vrf_id').where('vrf_id', '=', vrfId).executeTakeFirst();
  return row !== undefined;
}

export async function insertReport(tx: Tx, report: VinceReport): Promise<void> {
  const { vrfId, orgId, digest, findingId, label, receivedAt } = report;
  const row = { vrf_id: vrfId, org_id: orgId, digest, finding_id: findingId, ...labelColumns(label), received_at: receivedAt };
  await reports(tx).insertInto('vince_reports').values(row).execute();
}
