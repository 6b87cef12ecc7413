import type { ColumnType, Selectable } from 'kysely';
import type { Tx } from '../../base/doors.ts';
import type { Id } from '../../base/id.ts';
import type { Instant } from '../../base/instant.ts';
import { labelColumns, labelOfRow, type Tlp } from '../../base/label.ts';
import type { Attachment } from './attachment.ts';
import type { Draft, Finding, FindingState, FindingVerdict, Rung } from './finding.ts';

/** jsonb: written as text, read back as what it says. */
type Jsonb<T> = ColumnType<T, string, string>;

type FindingRow = {
  id: Id<'fnd'>;
  org_id: Id<'org'>;
  reporter_id: string;
  receipt: string;
  format: Draft['format'];
  title: string;
  text: string;
  purl: string;
  package: string;
  versions: string[];
  cwe: string | null;
  cvss: string | null;
  symbol: ColumnType<Draft['symbol'], string | null, string | null>;
  attachments: Jsonb<Attachment[]>;
  discovery_method: string | null;
  discovery_tooling: string | null;
  discovery_model: string | null;
  tooling_access: Draft['toolingAccess'];
  answerable: string | null;
  repository: string | null;
  exploited: boolean;
  reference_urls: Jsonb<string[]>;
  upstream_ids: string[];
  introduced_commit: string | null;
  fixed_commit: string | null;
  original: ColumnType<Draft['original'], string | null, string | null>;
  rung: Rung;
  state: FindingState;
  state_because: string | null;
  verdict: FindingVerdict | null;
  validation_id: string | null;
  crash_state: string | null;
  recipe_id: string | null;
  commitment: string;
  commitment_salt: string;
  content_digest: string;
  revealed_at: Instant | null;
  corrects_id: Id<'fnd'> | null;
  corrected_by_id: Id<'fnd'> | null;
  tlp: Tlp;
  compartments: string[];
  received_at: Instant;
  state_at: Instant;
};

const findings = (tx: Tx) => tx.withTables<{ findings: FindingRow }>();

export async function insertFindings(tx: Tx, found: readonly Finding[]): Promise<void> {
  // PostgreSQL takes at most 65,535 parameters in one statement; 43 a row.
  for (let i = 0; i < found.length; i += 1000)
    await findings(tx)
      .insertInto('findings')
      .values(found.slice(i, i + 1000).map(rowOf))
      .execute();
}

export async function findingById(tx: Tx, id: string): Promise<Finding | undefined> {
  const row = await findings(tx)
    .selectFrom('findings')
    .selectAll()
    .where('id', '=', id as Id<'fnd'>)
    .executeTakeFirst();
  return row && findingOf(row);
}

export async function findingForChange(tx: Tx, id: string): Promise<Finding | undefined> {
  const row = await findings(tx)
    .selectFrom('findings')
    .selectAll()
    .where('id', '=', id as Id<'fnd'>)
    .forUpdate()
    .executeTakeFirst();
  return row && findingOf(row);
}

export async function findingByReceipt(tx: Tx, receipt: string): Promise<Finding | undefined> {
  const row = await findings(tx).selectFrom('findings').selectAll().where('receipt', '=', receipt).executeTakeFirst();
  return row && findingOf(row);
}

/** Every finding of a package, oldest first. */
export async function findingsOfPackage(tx: Tx, name: string): Promise<Finding[]> {
  const rows = await findings(tx).selectFrom('findings').selectAll().where('package', '=', name).orderBy('id').execute();
  return rows.map(findingOf);
}

export async function findingsByIds(tx: Tx, ids: readonly string[]): Promise<Finding[]> {
  if (ids.length === 0) return [];
  const rows = await findings(tx)
    .selectFrom('findings')
    .selectAll()
    .where('id', 'in', ids as Id<'fnd'>[])
    .execute();
  return rows.map(findingOf);
}

/** How far the evidence of each has come, whatever else it says. */
export async function rungsOf(tx: Tx, ids: readonly string[]): Promise<{ id: Id<'fnd'>; orgId: Id<'org'>; rung: Rung }[]> {
  if (ids.length === 0) return [];
  const rows = await findings(tx)
    .selectFrom('findings')
    .select(['id', 'org_id', 'rung'])
    .where('id', 'in', ids as Id<'fnd'>[])
    .execute();
  return rows.map((r) => ({ id: r.id, orgId: r.org_id, rung: r.rung }));
}

export async function listFindings(tx: Tx, after: string, limit: number): Promise<Finding[]> {
  const rows = await findings(tx)
    .selectFrom('findings')
    .selectAll()
    .where('id', '>', after as Id<'fnd'>)
    .orderBy('id')
    .limit(limit)
    .execute();
  return rows.map(findingOf);
}

/** Saves what may change after intake; what was handed in never does. */
export async function saveFinding(tx: Tx, f: Finding): Promise<void> {
  const { rung, state, state_because, verdict, validation_id, crash_state, recipe_id, state_at, revealed_at, corrected_by_id } = rowOf(f);
  await findings(tx)
    .updateTable('findings')
    .set({ rung, state, state_because, verdict, validation_id, crash_state, recipe_id, state_at, revealed_at, corrected_by_id })
    .where('id', '=', f.id)
    .execute();
}

function rowOf(f: Finding) {
  return {
    id: f.id,
    org_id: f.orgId,
    reporter_id: f.reporterId,
    receipt: f.receipt,
    format: f.format,
    title: f.title,
    text: f.text,
    purl: f.purl,
    package: f.package,
    versions: [...f.versions],
    cwe: f.cwe,
    cvss: f.cvss,
    symbol: f.symbol && JSON.stringify(f.symbol),
    attachments: JSON.stringify(f.attachments),
    discovery_method: f.discoveryMethod,
    discovery_tooling: f.discoveryTooling,
    discovery_model: f.discoveryModel,
    tooling_access: f.toolingAccess,
    answerable: f.answerable,
    repository: f.repository,
    exploited: f.exploited,
    reference_urls: JSON.stringify(f.references),
    upstream_ids: [...f.upstreamIds],
    introduced_commit: f.introducedCommit,
    fixed_commit: f.fixedCommit,
    original: f.original && JSON.stringify(f.original),
    rung: f.rung,
    state: f.state,
    state_because: f.stateBecause,
    verdict: f.verdict,
    validation_id: f.validationId,
    crash_state: f.crashState,
    recipe_id: f.recipeId,
    commitment: f.commitment,
    commitment_salt: f.commitmentSalt,
    content_digest: f.contentDigest,
    revealed_at: f.revealedAt,
    corrects_id: f.correctsId,
    corrected_by_id: f.correctedById,
    ...labelColumns(f.label),
    received_at: f.receivedAt,
    state_at: f.stateAt,
  };
}

function findingOf(r: Selectable<FindingRow>): Finding {
  return {
    id: r.id,
    orgId: r.org_id,
    reporterId: r.reporter_id,
    receipt: r.receipt,
    format: r.format,
    title: r.title,
    text: r.text,
    purl: r.purl,
    package: r.package,
    versions: r.versions,
    cwe: r.cwe,
    cvss: r.cvss,
    symbol: r.symbol,
    attachments: r.attachments,
    discoveryMethod: r.discovery_method,
    discoveryTooling: r.discovery_tooling,
    discoveryModel: r.discovery_model,
    toolingAccess: r.tooling_access,
    answerable: r.answerable,
    repository: r.repository,
    exploited: r.exploited,
    references: r.reference_urls,
    upstreamIds: r.upstream_ids,
    introducedCommit: r.introduced_commit,
    fixedCommit: r.fixed_commit,
    original: r.original,
    rung: r.rung,
    state: r.state,
    stateBecause: r.state_because,
    verdict: r.verdict,
    validationId: r.validation_id,
    crashState: r.crash_state,
    recipeId: r.recipe_id,
    commitment: r.commitment,
    commitmentSalt: r.commitment_salt,
    contentDigest: r.content_digest,
    revealedAt: r.revealed_at,
    correctsId: r.corrects_id,
    correctedById: r.corrected_by_id,
    label: labelOfRow(r),
    receivedAt: r.received_at,
    stateAt: r.state_at,
  };
}
