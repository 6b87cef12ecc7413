import type { Tx } from '../../base/doors.ts';
import type { Id } from '../../base/id.ts';
import type { Instant } from '../../base/instant.ts';
import { labelColumns, labelOfRow, type Tlp } from '../../base/label.ts';
import type { Scan } from './scan.ts';

type ScanRow = {
  id: Id<'scn'>;
  org_id: Id<'org'>;
  claim_id: Id<'clm'>;
  purl: string;
  package: string;
  tool: string;
  tool_version: string;
  started_at: Instant;
  ended_at: Instant;
  paths: string[];
  sarif_digest: string | null;
  results: number;
  tlp: Tlp;
  compartments: string[];
  recorded_at: Instant;
};

const scans = (tx: Tx) => tx.withTables<{ scans: ScanRow }>();

export async function insertScan(tx: Tx, scan: Scan): Promise<void> {
  await scans(tx).insertInto('scans').values(rowOf(scan)).execute();
}

export async function listScans(tx: Tx, after: string, limit: number): Promise<Scan[]> {
  const rows = await scans(tx)
    .selectFrom('scans')
    .selectAll()
    .where('id', '>', after as Id<'scn'>)
    .orderBy('id')
    .limit(limit)
    .execute();
  return rows.map(scanOf);
}

function rowOf(s: Scan): ScanRow {
  return {
    id: s.id,
    org_id: s.orgId,
    claim_id: s.claimId,
    purl: s.purl,
    package: s.package,
    tool: s.tool,
    tool_version: s.toolVersion,
    started_at: s.startedAt,
    ended_at: s.endedAt,
    paths: [...s.paths],
    sarif_digest: s.sarifDigest,
    results: s.results,
    ...labelColumns(s.label),
    recorded_at: s.recordedAt,
  };
}

function scanOf(r: ScanRow): Scan {
  return {
    id: r.id,
    orgId: r.org_id,
    claimId: r.claim_id,
    purl: r.purl,
    package: r.package,
    tool: r.tool,
    toolVersion: r.tool_version,
    startedAt: r.started_at,
    endedAt: r.ended_at,
    paths: r.paths,
    sarifDigest: r.sarif_digest,
    results: r.results,
    label: labelOfRow(r),
    recordedAt: r.recorded_at,
  };
}
