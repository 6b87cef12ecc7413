import type { Tx } from '../../../base/doors.ts';
import type { Id } from '../../../base/id.ts';
import type { Instant } from '../../../base/instant.ts';
import { type Label, labelColumns, labelOfRow, type Tlp } from '../../../base/label.ts';
import { beforeTheHour } from '../release.ts';
import type { Artefact } from './artefact.ts';

type Labelled = { tlp: Tlp; compartments: string[] };
type ArtefactRow = Labelled & {
  id: Id<'art'>;
  advisory_id: Id<'adv'>;
  case_id: Id<'cas'>;
  package: string;
  kind: Artefact['kind'];
  name: string;
  blob_id: Id<'blb'>;
  sha256: string;
  bytes: number;
  patch_id: Id<'pat'> | null;
  applies_to: string;
  marking: Tlp;
  written_by: Artefact['writtenBy'];
  built_by: string | null;
  reason: string | null;
  attached_by: string;
  answerable_id: string;
  attached_at: Instant;
  state: Artefact['state'];
  approved_by: string | null;
  approved_at: Instant | null;
  statement: string | null;
  release_id: Id<'rel'> | null;
  live_at: Instant | null;
  opened: string | null;
  withdrawn_at: Instant | null;
  withdrawn_because: string | null;
};
type StagingRow = Labelled & { artefact_id: Id<'art'>; blob_id: Id<'blb'>; sha256: string; bytes: number; staged_at: Instant };
type KeyRow = Labelled & { artefact_id: Id<'art'>; sealed: string };
type DownloadRow = Labelled & { artefact_id: Id<'art'>; sha256: string; person_id: string; org_id: string | null; at: Instant };

type Tables = {
  release_artefacts: ArtefactRow;
  artefact_stagings: StagingRow;
  artefact_keys: KeyRow;
  artefact_downloads: DownloadRow;
};
const artefacts = (tx: Tx) => tx.withTables<Tables>();

export async function insertArtefact(tx: Tx, artefact: Artefact): Promise<void> {
  await artefacts(tx).insertInto('release_artefacts').values(rowOf(artefact)).execute();
}

export async function saveArtefact(tx: Tx, artefact: Artefact): Promise<void> {
  const { id, ...rest } = rowOf(artefact);
  await artefacts(tx).updateTable('release_artefacts').set(rest).where('id', '=', id).execute();
}

/** Without a lock: what is public may be asked for by anybody. */
export async function artefactById(tx: Tx, id: string): Promise<Artefact | undefined> {
  const row = await artefacts(tx)
    .selectFrom('release_artefacts')
    .selectAll()
    .where('id', '=', id as Id<'art'>)
    .executeTakeFirst();
  return row && artefactOf(row);
}

export async function artefactForChange(tx: Tx, id: string): Promise<Artefact | undefined> {
  const row = await artefacts(tx)
    .selectFrom('release_artefacts')
    .selectAll()
    .where('id', '=', id as Id<'art'>)
    .forUpdate()
    .executeTakeFirst();
  return row && artefactOf(row);
}

export async function artefactsOfAdvisory(tx: Tx, advisoryId: Id<'adv'>): Promise<Artefact[]> {
  const rows = await artefacts(tx)
    .selectFrom('release_artefacts')
    .selectAll()
    .where('advisory_id', '=', advisoryId)
    .orderBy('id')
    .forUpdate()
    .execute();
  return rows.map(artefactOf);
}

export async function listArtefacts(tx: Tx, after: string, limit: number): Promise<Artefact[]> {
  const rows = await artefacts(tx)
    .selectFrom('release_artefacts')
    .selectAll()
    .where('id', '>', after as Id<'art'>)
    .orderBy('id')
    .limit(limit)
    .execute();
  return rows.map(artefactOf);
}

interface Staging {
  readonly artefactId: Id<'art'>;
  readonly blobId: Id<'blb'>;
  /** Of the encrypted file. */
  readonly sha256: string;
  readonly bytes: number;
  readonly stagedAt: Instant;
}

/** The file is for the case; its key, sealed, for nobody but the hub at the hour. */
export async function insertStaging(tx: Tx, staging: Staging, sealedKey: string, label: Label): Promise<void> {
  const { artefactId, blobId, sha256, bytes, stagedAt } = staging;
  const row = { artefact_id: artefactId, blob_id: blobId, sha256, bytes, staged_at: stagedAt, ...labelColumns(label) };
  await artefacts(tx).insertInto('artefact_stagings').values(row).execute();
  const key = { artefact_id: artefactId, sealed: sealedKey, ...labelColumns(beforeTheHour) };
  await artefacts(tx).insertInto('artefact_keys').values(key).execute();
}

export async function stagingOf(tx: Tx, artefactId: Id<'art'>): Promise<Staging | undefined> {
  const row = await artefacts(tx).selectFrom('artefact_stagings').selectAll().where('artefact_id', '=', artefactId).executeTakeFirst();
  return row && { artefactId, blobId: row.blob_id, sha256: row.sha256, bytes: row.bytes, stagedAt: row.staged_at };
}

export async function sealedKeyOf(tx: Tx, artefactId: Id<'art'>): Promise<string | undefined> {
  const row = await artefacts(tx).selectFrom('artefact_keys').select('sealed').where('artefact_id', '=', artefactId).executeTakeFirst();
  return row?.sealed;
}

/** What was handed out under it never opens. */
export async function destroyKeys(tx: Tx, artefactIds: readonly Id<'art'>[]): Promise<number> {
  if (artefactIds.length === 0) return 0;
  const gone = await artefacts(tx).deleteFrom('artefact_keys').where('artefact_id', 'in', artefactIds).returning('artefact_id').execute();
  await artefacts(tx).deleteFrom('artefact_stagings').where('artefact_id', 'in', artefactIds).execute();
  return gone.length;
}

interface Download {
  readonly artefactId: Id<'art'>;
  readonly sha256: string;
  readonly personId: string;
  readonly orgId: string | null;
  readonly at: Instant;
}

export async function insertDownload(tx: Tx, download: Download, label: Label): Promise<void> {
  const { artefactId, sha256, personId, orgId, at } = download;
  const row = { artefact_id: artefactId, sha256, person_id: personId, org_id: orgId, at, ...labelColumns(label) };
  await artefacts(tx).insertInto('artefact_downloads').values(row).execute();
}

export async function downloadsOf(tx: Tx, artefactId: Id<'art'>, limit: number): Promise<Download[]> {
  const rows = await artefacts(tx)
    .selectFrom('artefact_downloads')
    .selectAll()
    .where('artefact_id', '=', artefactId)
    .orderBy('at', 'desc')
    .limit(limit)
    .execute();
  return rows.map((r) => ({ artefactId, sha256: r.sha256, personId: r.person_id, orgId: r.org_id, at: r.at }));
}

function rowOf(a: Artefact): ArtefactRow {
  return {
    id: a.id,
    advisory_id: a.advisoryId,
    case_id: a.caseId,
    package: a.package,
    kind: a.kind,
    name: a.name,
    blob_id: a.blobId,
    sha256: a.sha256,
    bytes: a.bytes,
    patch_id: a.patchId,
    applies_to: JSON.stringify(a.appliesTo),
    marking: a.marking,
    written_by: a.writtenBy,
    built_by: a.builtBy,
    reason: a.reason,
    attached_by: a.attachedBy,
    answerable_id: a.answerableId,
    attached_at: a.attachedAt,
    state: a.state,
    approved_by: a.approvedBy,
    approved_at: a.approvedAt,
    statement: a.statement,
    release_id: a.releaseId,
    live_at: a.liveAt,
    opened: a.opened,
    withdrawn_at: a.withdrawnAt,
    withdrawn_because: a.withdrawnBecause,
    ...labelColumns(a.label),
  };
}

function artefactOf(r: ArtefactRow): Artefact {
  return {
    id: r.id,
    advisoryId: r.advisory_id,
    caseId: r.case_id,
    package: r.package,
    kind: r.kind,
    name: r.name,
    blobId: r.blob_id,
    sha256: r.sha256,
    bytes: r.bytes,
    patchId: r.patch_id,
    // pg gives jsonb back parsed.
    appliesTo: r.applies_to as unknown as Artefact['appliesTo'],
    marking: r.marking,
    writtenBy: r.written_by,
    builtBy: r.built_by,
    reason: r.reason,
    attachedBy: r.attached_by,
    answerableId: r.answerable_id,
    attachedAt: r.attached_at,
    state: r.state,
    approvedBy: r.approved_by,
    approvedAt: r.approved_at,
    statement: r.statement,
    releaseId: r.release_id,
    liveAt: r.live_at,
    opened: r.opened,
    withdrawnAt: r.withdrawn_at,
    withdrawnBecause: r.withdrawn_because,
    label: labelOfRow(r),
  };
}
