import { sql } from 'kysely';
import type { Tx } from '../../../base/doors.ts';
import type { Id } from '../../../base/id.ts';
import type { Document, Publication } from '../release.ts';
import { publicationOf, type ReleaseTables, releases } from '../store.ts';
import type { Shown } from './shown.ts';

interface Span {
  /** Releases after this one … */
  readonly after: number;
  /** … up to and with this one. */
  readonly upTo: number;
}

interface Asked extends Span {
  /** The size of the feed that is to be shown: later releases are not looked at. */
  readonly asOf: number;
  readonly order: 'oldest' | 'newest';
  readonly limit: number;
  /** Without, the documents' texts stay in the database. */
  readonly withTexts: boolean;
}

/** Every release of a span, oldest first. */
export async function publicationsIn(tx: Tx, { after, upTo }: Span): Promise<Publication[]> {
  const rows = await releases(tx)
    .selectFrom('releases')
    .selectAll()
    .where('seq', '>', after)
    .where('seq', '<=', upTo)
    .orderBy('seq')
    .execute();
  return rows.map(publicationOf);
}

/** The newest releases of the feed, newest first. */
export async function newestPublications(tx: Tx, upTo: number, count: number): Promise<Publication[]> {
  return (await publicationsIn(tx, { after: upTo - count, upTo })).reverse();
}

/** The releases of a span that no later one has taken the place of. */
export async function shownIn(tx: Tx, { after, upTo, asOf, order, limit, withTexts }: Asked): Promise<Shown[]> {
  const rows = await releases(tx)
    .selectFrom('releases as r')
    .selectAll('r')
    .where('r.seq', '>', after)
    .where('r.seq', '<=', upTo)
    .where((e) =>
      e.not(
        e.exists(
          e
            .selectFrom('releases as n')
            .select('n.id')
            .whereRef('n.advisory_id', '=', 'r.advisory_id')
            .whereRef('n.seq', '>', 'r.seq')
            .where('n.seq', '<=', asOf),
        ),
      ),
    )
    .orderBy('r.seq', order === 'oldest' ? 'asc' : 'desc')
    .limit(limit)
    .execute();
  if (rows.length === 0) return [];
  const revised = rows.filter((r) => (r.version ?? 1) > 1).map((r) => r.advisory_id);
  // Documents in the order of the versions: what is newest comes last.
  const earlier = revised.length === 0 ? [] : await versionsOf(tx, revised, asOf);
  const ids = [...new Set([...rows.map((r) => r.id), ...earlier.map((r) => r.id)])];
  const documents = Map.groupBy(await documentsOf(tx, ids, withTexts), (d) => d.release_id);
  const versions = Map.groupBy(earlier, (r) => r.advisory_id);
  return rows.map((row) => {
    const own = versions.get(row.advisory_id)?.map((r) => r.id) ?? [row.id];
    return { ...publicationOf(row), documents: together(own.flatMap((id) => documents.get(id) ?? [])) };
  });
}

type DocumentRow = ReleaseTables['release_documents'];

/** Of every format and flaw the newest text, in every place that a version had: an address that was given out keeps telling the newest. */
function together(documents: readonly Omit<DocumentRow, 'tlp' | 'compartments'>[]): Document[] {
  const byRecord = Map.groupBy(documents, (d) => `${d.format} ${String(d.part).padStart(6, '0')}`);
  const records = [...byRecord.keys()].sort();
  return records.map((record) => {
    const all = byRecord.get(record)!;
    const { format, part, text, sha256 } = all.at(-1)!;
    return { format, part, paths: [...new Set(all.flatMap((d) => d.paths))], text, sha256 };
  });
}

/** Oldest version first. */
async function versionsOf(tx: Tx, advisories: readonly Id<'adv'>[], asOf: number): Promise<{ id: Id<'rel'>; advisory_id: Id<'adv'> }[]> {
  return releases(tx)
    .selectFrom('releases')
    .select(['id', 'advisory_id'])
    .where('advisory_id', 'in', advisories)
    .where('state', '=', 'published')
    .where('seq', '<=', asOf)
    .orderBy('seq')
    .execute();
}

async function documentsOf(tx: Tx, ids: readonly Id<'rel'>[], withTexts: boolean): Promise<Omit<DocumentRow, 'tlp' | 'compartments'>[]> {
  const text = withTexts ? sql<string>`text` : sql<string>`''`;
  return releases(tx)
    .selectFrom('release_documents')
    .select(['release_id', 'format', 'part', 'paths', 'sha256', text.as('text')])
    .where('release_id', 'in', ids)
    .execute();
}
