import { sql } from 'kysely';
import type { Tx } from '../../../base/doors.ts';
import type { Id } from '../../../base/id.ts';
import { type Instant, plusMs } from '../../../base/instant.ts';
import { labelColumns, publicLabel, type Tlp } from '../../../base/label.ts';
import { beforeTheHour } from '../release.ts';
import type { Target } from './metadata.ts';
import { type Draft, lifetimes, type TufRole } from './repository.ts';

type Labelled = { tlp: Tlp; compartments: string[] };
type RoleRow = Labelled & {
  name: string;
  package: string | null;
  key: string | null;
  next_key: string | null;
  version: number;
  sha256: string | null;
  bytes: number | null;
  expires_at: Instant | null;
  is_stale: boolean;
  is_suspended: boolean;
  draft: string | null;
};
type TargetRow = Labelled & { path: string; role: string; package: string; sha256: string; bytes: number; custom: string };
type FileRow = Labelled & { path: string; seq: string; text: string | null; blob_id: Id<'blb'> | null };

type Tables = {
  tuf_head: { single: boolean; root: string | null; generation: number; warned: number; seq: string };
  tuf_roles: RoleRow;
  tuf_targets: TargetRow;
  tuf_files: FileRow;
};
const tuf = (tx: Tx) => tx.withTables<Tables>();

interface Head {
  /** The root in force; null: nobody has signed one yet. */
  readonly root: string | null;
  readonly generation: number;
  /** Version of the root that was warned about. */
  readonly warned: number;
}

export async function headOf(tx: Tx): Promise<Head> {
  return tuf(tx).selectFrom('tuf_head').select(['root', 'generation', 'warned']).executeTakeFirstOrThrow();
}

/** Whoever holds it publishes: versions are given out one after the other. */
export async function lockHead(tx: Tx): Promise<Head> {
  return tuf(tx).selectFrom('tuf_head').select(['root', 'generation', 'warned']).forUpdate().executeTakeFirstOrThrow();
}

export async function saveHead(tx: Tx, head: Head): Promise<void> {
  await tuf(tx)
    .updateTable('tuf_head')
    .set({ ...head })
    .execute();
}

/** In the order in which they must be written; the caller holds the head's lock. Only the timestamp's path is written again. */
export async function putFiles(tx: Tx, files: readonly { path: string; text?: string; blobId?: Id<'blb'> }[]): Promise<void> {
  if (files.length === 0) return;
  const { seq } = await tuf(tx)
    .updateTable('tuf_head')
    .set({ seq: sql`seq + ${files.length}` })
    .returning('seq')
    .executeTakeFirstOrThrow();
  const first = Number(seq) - files.length + 1;
  const rows = files.map(({ path, text = null, blobId = null }, i) => ({
    ...{ path, text, blob_id: blobId, seq: String(first + i) },
    ...labelColumns(publicLabel),
  }));
  await tuf(tx)
    .insertInto('tuf_files')
    .values(rows)
    .onConflict((c) => c.column('path').doUpdateSet((e) => ({ text: e.ref('excluded.text'), seq: e.ref('excluded.seq') })))
    .execute();
}

interface RepositoryFile {
  readonly seq: number;
  readonly path: string;
  readonly text: string | null;
  readonly blobId: Id<'blb'> | null;
}

export async function filesAfter(tx: Tx, seq: number, limit: number): Promise<RepositoryFile[]> {
  const rows = await tuf(tx).selectFrom('tuf_files').selectAll().where('seq', '>', String(seq)).orderBy('seq').limit(limit).execute();
  return rows.map((r) => ({ seq: Number(r.seq), path: r.path, text: r.text, blobId: r.blob_id }));
}

/** How many files were put, ever: rows in between may have been put again. */
export async function lastSeqOf(tx: Tx): Promise<number> {
  const { seq } = await tuf(tx).selectFrom('tuf_head').select('seq').executeTakeFirstOrThrow();
  return Number(seq);
}

export async function textOf(tx: Tx, path: string): Promise<string | undefined> {
  const row = await tuf(tx).selectFrom('tuf_files').select('text').where('path', '=', path).executeTakeFirst();
  return row?.text ?? undefined;
}

/** Every role, without drafts; in no order. */
export async function allRoles(tx: Tx): Promise<TufRole[]> {
  const rows = await tuf(tx).selectFrom('tuf_roles').select(roleColumns).execute();
  return rows.map(roleOf);
}

export async function roleOfPackage(tx: Tx, of: string): Promise<TufRole | undefined> {
  const row = await tuf(tx).selectFrom('tuf_roles').select(roleColumns).where('package', '=', of).executeTakeFirst();
  return row && roleOf(row);
}

export async function roleNamed(tx: Tx, name: string): Promise<TufRole | undefined> {
  const row = await tuf(tx).selectFrom('tuf_roles').select(roleColumns).where('name', '=', name).executeTakeFirst();
  return row && roleOf(row);
}

/** How many projects have a role of their own: that the hub signs, and that they sign themselves. */
export async function countProjects(tx: Tx): Promise<{ hub: number; keyed: number }> {
  const row = await tuf(tx)
    .selectFrom('tuf_roles')
    .where('package', 'is not', null)
    .select((e) => [
      e.fn
        .countAll<string>()
        .filterWhere(e.and([e('key', 'is', null), e('next_key', 'is', null)]))
        .as('hub'),
      e.fn.countAll<string>().as('all'),
    ])
    .executeTakeFirstOrThrow();
  return { hub: Number(row.hub), keyed: Number(row.all) - Number(row.hub) };
}

export async function saveRole(tx: Tx, role: TufRole): Promise<void> {
  const { name, ...rest } = rowOf(role);
  await tuf(tx)
    .insertInto('tuf_roles')
    .values({ name, ...rest, draft: null })
    .onConflict((c) => c.column('name').doUpdateSet(rest))
    .execute();
}

export async function draftOf(tx: Tx, role: string): Promise<Draft | undefined> {
  const row = await tuf(tx).selectFrom('tuf_roles').select('draft').where('name', '=', role).executeTakeFirst();
  // pg gives jsonb back parsed.
  return (row?.draft ?? undefined) as unknown as Draft | undefined;
}

export async function saveDraft(tx: Tx, role: string, draft: Draft | null): Promise<void> {
  await tuf(tx)
    .updateTable('tuf_roles')
    .set({ draft: draft && JSON.stringify(draft) })
    .where('name', '=', role)
    .execute();
}

/** Another root may name other keys: what the hub signs is signed anew. */
export async function staleAll(tx: Tx): Promise<void> {
  await tuf(tx).updateTable('tuf_roles').set({ is_stale: true }).where('key', 'is', null).where('version', '>', 0).execute();
}

export async function isAnyDue(tx: Tx, now: Instant): Promise<boolean> {
  const by = (renewMs: number) => plusMs(now, renewMs);
  const row = await tuf(tx)
    .selectFrom('tuf_roles')
    .select('name')
    .where('key', 'is', null)
    .where('version', '>', 0)
    .where('expires_at', '<=', by(lifetimes.targets.renewMs))
    .where((e) =>
      e.or([
        e.and([e('name', '=', 'timestamp'), e('expires_at', '<=', by(lifetimes.timestamp.renewMs))]),
        e.and([e('name', '=', 'snapshot'), e('expires_at', '<=', by(lifetimes.snapshot.renewMs))]),
        e('name', 'not in', ['timestamp', 'snapshot']),
      ]),
    )
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

export interface RoleTarget {
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly custom: object;
}

export async function insertTargets(tx: Tx, role: string, of: string, targets: readonly RoleTarget[]): Promise<void> {
  const rows = targets.map((t) => ({ ...t, custom: JSON.stringify(t.custom), role, package: of, ...labelColumns(publicLabel) }));
  await tuf(tx).insertInto('tuf_targets').values(rows).execute();
}

/** The roles that listed them. */
export async function deleteTargets(tx: Tx, paths: readonly string[]): Promise<string[]> {
  const rows = await tuf(tx).deleteFrom('tuf_targets').where('path', 'in', paths).returning('role').execute();
  return [...new Set(rows.map((r) => r.role))];
}

/** The targets of a package that are listed by hash go over to its own role; returns the roles that they leave. */
export async function moveTargets(tx: Tx, of: string, to: string): Promise<string[]> {
  const rows = await tuf(tx)
    .selectFrom('tuf_targets')
    .select('role')
    .distinct()
    .where('package', '=', of)
    .where('role', '<>', to)
    .execute();
  await tuf(tx).updateTable('tuf_targets').set({ role: to }).where('package', '=', of).execute();
  return rows.map((r) => r.role);
}

export async function targetsOf(tx: Tx, role: string): Promise<Map<string, Target>> {
  const rows = await tuf(tx).selectFrom('tuf_targets').selectAll().where('role', '=', role).orderBy('path').execute();
  // pg gives jsonb back parsed.
  return new Map(rows.map((r) => [r.path, { length: r.bytes, hashes: { sha256: r.sha256 }, custom: r.custom as unknown as object }]));
}

export async function countTargets(tx: Tx, role: string): Promise<number> {
  const row = await tuf(tx)
    .selectFrom('tuf_targets')
    .where('role', '=', role)
    .select((e) => e.fn.countAll<string>().as('count'))
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

const roleColumns = ['name', 'package', 'key', 'next_key', 'version', 'sha256', 'bytes', 'expires_at', 'is_stale', 'is_suspended'] as const;

function rowOf(r: TufRole) {
  return {
    name: r.name,
    package: r.package,
    key: r.key,
    next_key: r.nextKey,
    version: r.version,
    sha256: r.sha256,
    bytes: r.bytes,
    expires_at: r.expiresAt,
    is_stale: r.isStale,
    is_suspended: r.isSuspended,
    ...labelColumns(beforeTheHour),
  };
}

function roleOf(r: Pick<RoleRow, (typeof roleColumns)[number]>): TufRole {
  return {
    name: r.name,
    package: r.package,
    key: r.key,
    nextKey: r.next_key,
    version: r.version,
    sha256: r.sha256,
    bytes: r.bytes,
    expiresAt: r.expires_at,
    isStale: r.is_stale,
    isSuspended: r.is_suspended,
  };
}
