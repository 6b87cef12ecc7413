import { sql } from 'kysely';
import type { Tx } from '../../base/doors.ts';
import type { Id } from '../../base/id.ts';
import type { Instant } from '../../base/instant.ts';
import { labelColumns, labelOfRow, publicLabel, type Tlp } from '../../base/label.ts';
import type { Bulletin } from '../advisories/bulletin.ts';
import { inForce } from '../advisories/text.ts';
import type { Document, DocumentFormat, Publication, Release, ReleaseState } from './release.ts';

type ReleaseRow = {
  id: Id<'rel'>;
  advisory_id: Id<'adv'>;
  case_id: Id<'cas'>;
  package: string;
  advisory_digest: string;
  go_live_at: Instant;
  state: ReleaseState;
  because: string | null;
  scheduled_by: string;
  scheduled_at: Instant;
  seq: number | null;
  tracking_id: string | null;
  version: number | null;
  published_at: Instant | null;
  packages: string[];
  bulletin: string | null;
  entry: string | null;
  leaf: string | null;
  tlp: Tlp;
  compartments: string[];
};

type DocumentRow = {
  release_id: Id<'rel'>;
  format: DocumentFormat;
  part: number;
  paths: string[];
  text: string;
  sha256: string;
  tlp: Tlp;
  compartments: string[];
};

export type ReleaseTables = {
  releases: ReleaseRow;
  release_documents: DocumentRow;
  release_head: { single: boolean; size: number; frontier: string[] };
};

/** For this station's own folders. */
export const releases = (tx: Tx) => tx.withTables<ReleaseTables>();

export async function insertRelease(tx: Tx, release: Release): Promise<void> {
  await releases(tx).insertInto('releases').values(rowOf(release)).execute();
}

/** The row is locked by whichever load brought it here. The database refuses it once the release is published. */
export async function saveRelease(tx: Tx, release: Release): Promise<void> {
  const { id, ...rest } = rowOf(release);
  await releases(tx).updateTable('releases').set(rest).where('id', '=', id).execute();
}

/** Without a lock: anybody may ask, and nothing changes. */
export async function releaseById(tx: Tx, id: string): Promise<Release | undefined> {
  const row = await releases(tx)
    .selectFrom('releases')
    .selectAll()
    .where('id', '=', id as Id<'rel'>)
    .executeTakeFirst();
  return row && releaseOf(row);
}

export async function releaseForChange(tx: Tx, id: string): Promise<Release | undefined> {
  const row = await releases(tx)
    .selectFrom('releases')
    .selectAll()
    .where('id', '=', id as Id<'rel'>)
    .forUpdate()
    .executeTakeFirst();
  return row && releaseOf(row);
}

/** The newest publication of an advisory. The caller holds the head's lock. */
export async function newestOf(tx: Tx, advisoryId: Id<'adv'>): Promise<Publication | undefined> {
  const row = await releases(tx)
    .selectFrom('releases')
    .selectAll()
    .where('advisory_id', '=', advisoryId)
    .where('state', '=', 'published')
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst();
  return (row && releaseOf(row).publication) ?? undefined;
}

/** Every release that an advisory ever had, oldest first. */
export async function releasesOfAdvisory(tx: Tx, advisoryId: Id<'adv'>): Promise<Release[]> {
  const rows = await releases(tx)
    .selectFrom('releases')
    .selectAll()
    .where('advisory_id', '=', advisoryId)
    .orderBy('scheduled_at')
    .orderBy('id')
    .forUpdate()
    .execute();
  return rows.map(releaseOf);
}

export async function listReleases(tx: Tx, after: string, limit: number): Promise<Release[]> {
  const rows = await releases(tx)
    .selectFrom('releases')
    .selectAll()
    .where('id', '>', after as Id<'rel'>)
    .orderBy('id')
    .limit(limit)
    .execute();
  return rows.map(releaseOf);
}

export async function dueReleases(tx: Tx, now: Instant, limit: number): Promise<Release[]> {
  const rows = await releases(tx)
    .selectFrom('releases')
    .selectAll()
    .where('state', '=', 'scheduled')
    .where('go_live_at', '<=', now)
    .orderBy('go_live_at')
    .orderBy('id')
    .limit(limit)
    .forUpdate()
    .skipLocked()
    .execute();
  return rows.map(releaseOf);
}

/** The newest published version of every advisory, where it affects one of these packages; what a later version dropped is not meant. */
export async function releasesAffecting(tx: Tx, packages: readonly string[]): Promise<(Release & { publication: Publication })[]> {
  if (packages.length === 0) return [];
  const rows = await releases(tx)
    .selectFrom('releases as r')
    .selectAll('r')
    .where('r.state', '=', 'published')
    .where(sql<boolean>`r.packages && ${sql.val([...packages])}::text[]`)
    .where((e) =>
      e.not(
        e.exists(
          e.selectFrom('releases as n').select('n.id').whereRef('n.advisory_id', '=', 'r.advisory_id').whereRef('n.seq', '>', 'r.seq'),
        ),
      ),
    )
    .orderBy('r.seq')
    .execute();
  return rows.map(releaseOf).flatMap((r) => (r.publication ? [{ ...r, publication: r.publication }] : []));
}

export async function insertDocuments(tx: Tx, id: Id<'rel'>, documents: readonly Document[]): Promise<void> {
  const { tlp } = publicLabel;
  const rows = documents.map((d) => ({ ...d, release_id: id, paths: [...d.paths], tlp, compartments: [] }));
  await releases(tx).insertInto('release_documents').values(rows).execute();
}

/** One a flaw, where the format has a record of each. */
export async function documentsIn(tx: Tx, id: Id<'rel'>, format: DocumentFormat): Promise<Document[]> {
  return releases(tx)
    .selectFrom('release_documents')
    .select(['format', 'part', 'paths', 'text', 'sha256'])
    .where('release_id', '=', id)
    .where('format', '=', format)
    .orderBy('part')
    .execute();
}

/** The texts of all OSV records that were ever published, in the order of the feed. */
export async function osvDocuments(tx: Tx): Promise<string[]> {
  const rows = await releases(tx)
    .selectFrom('release_documents as d')
    .innerJoin('releases as r', 'r.id', 'd.release_id')
    .select('d.text')
    .where('d.format', '=', 'osv')
    .orderBy('r.seq')
    .orderBy('d.part')
    .execute();
  return rows.map((r) => r.text);
}

export async function headOf(tx: Tx): Promise<{ size: number; frontier: Buffer[] }> {
  const head = await releases(tx).selectFrom('release_head').selectAll().executeTakeFirstOrThrow();
  return { size: head.size, frontier: head.frontier.map((h) => Buffer.from(h, 'hex')) };
}

/** Whoever holds it appends; the order of the feed is the order of commits. */
export async function lockHead(tx: Tx): Promise<{ size: number; frontier: Buffer[] }> {
  await releases(tx).selectFrom('release_head').select('size').forUpdate().execute();
  return headOf(tx);
}

/** The time of what is published next: two acts may take their `now` in one order and the head in the other, and a feed never goes back. */
export async function notBefore(tx: Tx, size: number, now: Instant): Promise<Instant> {
  const last = await releases(tx).selectFrom('releases').select('published_at').where('seq', '=', size).executeTakeFirst();
  return last?.published_at && last.published_at > now ? last.published_at : now;
}

export async function saveHead(tx: Tx, size: number, frontier: readonly Buffer[]): Promise<void> {
  const hexes = frontier.map((h) => h.toString('hex'));
  await releases(tx).updateTable('release_head').set({ size, frontier: hexes }).execute();
}

/** The leaves from index `from` up to, and without, `to`, in order, hexadecimal. */
export async function leavesBetween(tx: Tx, from: number, to: number): Promise<string[]> {
  const rows = await releases(tx)
    .selectFrom('releases')
    .select('leaf')
    .where('seq', '>', from)
    .where('seq', '<=', to)
    .orderBy('seq')
    .execute();
  return rows.map((r) => r.leaf ?? '');
}

export async function entriesAfter(tx: Tx, seq: number, size: number, limit: number): Promise<string[]> {
  const rows = await releases(tx)
    .selectFrom('releases')
    .select('entry')
    .where('seq', '>', seq)
    .where('seq', '<=', size)
    .orderBy('seq')
    .limit(limit)
    .execute();
  return rows.map((r) => r.entry ?? '');
}

export function publicationOf(row: ReleaseRow): Publication {
  const { publication } = releaseOf(row);
  if (!publication) throw new TypeError('a release with a number in the feed is published');
  return publication;
}

function rowOf(r: Release): ReleaseRow {
  const { publication: p } = r;
  return {
    id: r.id,
    advisory_id: r.advisoryId,
    case_id: r.caseId,
    package: r.package,
    advisory_digest: r.advisoryDigest,
    go_live_at: r.goLiveAt,
    state: r.state,
    because: r.because,
    scheduled_by: r.scheduledBy,
    scheduled_at: r.scheduledAt,
    seq: p?.seq ?? null,
    tracking_id: p?.bulletin.trackingId ?? null,
    version: p?.bulletin.versions.at(-1)?.number ?? null,
    published_at: p?.at ?? null,
    packages: p ? [...new Set(inForce(p.bulletin.text).map((a) => a.package))] : [],
    bulletin: p ? JSON.stringify(p.bulletin) : null,
    entry: p?.entry ?? null,
    leaf: p?.leaf ?? null,
    ...labelColumns(r.label),
  };
}

function releaseOf(r: ReleaseRow): Release {
  const { seq, published_at: at, entry, leaf } = r;
  // pg gives jsonb back parsed.
  const bulletin = r.bulletin as unknown as Bulletin | null;
  const isPublished = seq !== null && at !== null && entry !== null && leaf !== null && bulletin !== null;
  return {
    id: r.id,
    advisoryId: r.advisory_id,
    caseId: r.case_id,
    package: r.package,
    advisoryDigest: r.advisory_digest,
    goLiveAt: r.go_live_at,
    state: r.state,
    because: r.because,
    scheduledBy: r.scheduled_by,
    scheduledAt: r.scheduled_at,
    publication: isPublished ? { seq, at, bulletin, entry, leaf } : null,
    label: labelOfRow(r),
  };
}

/** What `work` wrote is undone where it throws, and the error returned; but what PostgreSQL says (SQLSTATE) is of the whole transaction. */
export async function orUndone<T>(tx: Tx, work: () => Promise<T>): Promise<T | Error> {
  await sql`SAVEPOINT before_work`.execute(tx);
  try {
    const done = await work();
    await sql`RELEASE SAVEPOINT before_work`.execute(tx);
    return done;
  } catch (error) {
    if (!(error instanceof Error) || 'code' in error) throw error;
    await sql`ROLLBACK TO SAVEPOINT before_work`.execute(tx);
    return error;
  }
}
