import { sql } from 'kysely';
import type { Tx } from '../../../base/doors.ts';
import type { Id } from '../../../base/id.ts';
import type { Instant } from '../../../base/instant.ts';
import { type Label, labelColumns, labelOfRow, type Tlp } from '../../../base/label.ts';
import type { Bulletin } from '../../advisories/bulletin.ts';
import { type Feed, type FeedClient, type FeedItem, microsOf } from './feed.ts';
import type { TaxiiFilter, TaxiiObject, TaxiiPage } from './taxii.ts';

type Labelled = { tlp: Tlp; compartments: string[] };
type FeedRow = Labelled & { id: Id<'fed'>; name: string; collection: string; created_by: string; created_at: Instant };
type ClientRow = Labelled & {
  agent_id: Id<'agt'>;
  feed_id: Id<'fed'>;
  org_id: Id<'org'>;
  token_id: Id<'tok'>;
  name: string;
  answerable_id: Id<'psn'>;
  added_by: string;
  added_at: Instant;
  expires_at: Instant;
  ended_at: Instant | null;
  last_used_at: Instant | null;
};
type ItemRow = Labelled & {
  id: Id<'shr'>;
  feed_id: Id<'fed'>;
  advisory_id: Id<'adv'>;
  case_id: Id<'cas'>;
  digest: string;
  bulletin: string;
  shared_by: string;
  shared_at: Instant;
};
type ObjectRow = Labelled & {
  collection: string;
  added_us: number;
  brought_by: string;
  object_id: string;
  type: string;
  version: string;
  object: string;
};

type Tables = {
  feeds: FeedRow;
  feed_clients: ClientRow;
  feed_items: ItemRow;
  feed_downloads: Labelled & { agent_id: Id<'agt'>; item_id: Id<'shr'>; first_at: Instant; last_at: Instant; times: number };
  taxii_objects: ObjectRow;
  taxii_heads: { collection: string; added_us: number };
};

const feeds = (tx: Tx) => tx.withTables<Tables>();

export async function insertFeed(tx: Tx, { id, name, collection, createdBy, createdAt, label }: Feed): Promise<void> {
  const row = { id, name, collection, created_by: createdBy, created_at: createdAt, ...labelColumns(label) };
  await feeds(tx).insertInto('feeds').values(row).execute();
}

export async function feedById(tx: Tx, id: string): Promise<Feed | undefined> {
  const row = await feeds(tx)
    .selectFrom('feeds')
    .selectAll()
    .where('id', '=', id as Id<'fed'>)
    .executeTakeFirst();
  return row && feedOf(row);
}

export async function listFeeds(tx: Tx, after: string, limit: number): Promise<Feed[]> {
  const rows = await feeds(tx)
    .selectFrom('feeds')
    .selectAll()
    .where('id', '>', after as Id<'fed'>)
    .orderBy('id')
    .limit(limit)
    .execute();
  return rows.map(feedOf);
}

export async function insertClient(tx: Tx, c: FeedClient): Promise<void> {
  const row: ClientRow = {
    agent_id: c.agentId,
    feed_id: c.feedId,
    org_id: c.orgId,
    token_id: c.tokenId,
    name: c.name,
    answerable_id: c.answerableId,
    added_by: c.addedBy,
    added_at: c.addedAt,
    expires_at: c.expiresAt,
    ended_at: c.endedAt,
    last_used_at: c.lastUsedAt,
    ...labelColumns(c.label),
  };
  await feeds(tx).insertInto('feed_clients').values(row).execute();
}

export async function clientById(tx: Tx, agentId: string): Promise<FeedClient | undefined> {
  const row = await feeds(tx)
    .selectFrom('feed_clients')
    .selectAll()
    .where('agent_id', '=', agentId as Id<'agt'>)
    .executeTakeFirst();
  return row && clientOf(row);
}

export async function clientsOf(tx: Tx, feedId: string): Promise<FeedClient[]> {
  const rows = await feeds(tx)
    .selectFrom('feed_clients')
    .selectAll()
    .where('feed_id', '=', feedId as Id<'fed'>)
    .orderBy('agent_id')
    .execute();
  return rows.map(clientOf);
}

export async function endClient(tx: Tx, agentId: Id<'agt'>, now: Instant): Promise<void> {
  await feeds(tx).updateTable('feed_clients').set({ ended_at: now }).where('agent_id', '=', agentId).execute();
}

export async function noteUse(tx: Tx, agentId: Id<'agt'>, now: Instant): Promise<void> {
  await feeds(tx).updateTable('feed_clients').set({ last_used_at: now }).where('agent_id', '=', agentId).execute();
}

export async function saveItem(tx: Tx, i: FeedItem): Promise<void> {
  const row: ItemRow = {
    id: i.id,
    feed_id: i.feedId,
    advisory_id: i.advisoryId,
    case_id: i.caseId,
    digest: i.digest,
    bulletin: JSON.stringify(i.bulletin),
    shared_by: i.sharedBy,
    shared_at: i.sharedAt,
    ...labelColumns(i.label),
  };
  const { id, ...rest } = row;
  await feeds(tx)
    .insertInto('feed_items')
    .values(row)
    .onConflict((c) => c.column('id').doUpdateSet(rest))
    .execute();
}

export async function itemById(tx: Tx, id: string): Promise<FeedItem | undefined> {
  const row = await feeds(tx)
    .selectFrom('feed_items')
    .selectAll()
    .where('id', '=', id as Id<'shr'>)
    .executeTakeFirst();
  return row && itemOf(row);
}

export async function itemsOf(tx: Tx, feedId: string, limit: number): Promise<FeedItem[]> {
  const rows = await feeds(tx)
    .selectFrom('feed_items')
    .selectAll()
    .where('feed_id', '=', feedId as Id<'fed'>)
    .orderBy('shared_at')
    .orderBy('id')
    .limit(limit)
    .execute();
  return rows.map(itemOf);
}

export async function itemsOfCase(tx: Tx, caseId: string): Promise<FeedItem[]> {
  const rows = await feeds(tx)
    .selectFrom('feed_items')
    .selectAll()
    .where('case_id', '=', caseId as Id<'cas'>)
    .orderBy('id')
    .execute();
  return rows.map(itemOf);
}

export async function deleteItem(tx: Tx, id: Id<'shr'>): Promise<void> {
  await feeds(tx).deleteFrom('taxii_objects').where('brought_by', '=', id).execute();
  await feeds(tx).deleteFrom('feed_items').where('id', '=', id).execute();
}

/** Counts that a client was given these items. */
export async function noteDownloads(
  tx: Tx,
  agentId: Id<'agt'>,
  items: readonly { id: Id<'shr'>; label: Label }[],
  now: Instant,
): Promise<void> {
  if (items.length === 0) return;
  const rows = items.map((i) => ({ agent_id: agentId, item_id: i.id, first_at: now, last_at: now, times: 1, ...labelColumns(i.label) }));
  await feeds(tx)
    .insertInto('feed_downloads')
    .values(rows)
    .onConflict((c) => c.columns(['agent_id', 'item_id']).doUpdateSet({ last_at: now, times: sql`feed_downloads.times + 1` }))
    .execute();
}

export async function downloadsOf(tx: Tx, itemId: string) {
  const rows = await feeds(tx)
    .selectFrom('feed_downloads')
    .select(['agent_id', 'first_at', 'last_at', 'times'])
    .where('item_id', '=', itemId as Id<'shr'>)
    .orderBy('first_at')
    .execute();
  return rows.map((r) => ({ agentId: r.agent_id, firstAt: r.first_at, lastAt: r.last_at, times: r.times }));
}

interface Added {
  readonly id: string;
  readonly type: string;
  readonly version: string;
  readonly object: string;
}

/** Adds objects to a collection, each at a moment of its own and later than all before: who pages by time misses none. */
export async function addObjects(
  tx: Tx,
  collection: string,
  broughtBy: string,
  objects: readonly Added[],
  label: Label,
  now: Instant,
): Promise<void> {
  if (objects.length === 0) return;
  await feeds(tx)
    .insertInto('taxii_heads')
    .values({ collection, added_us: 0 })
    .onConflict((c) => c.doNothing())
    .execute();
  const head = await feeds(tx)
    .selectFrom('taxii_heads')
    .select('added_us')
    .where('collection', '=', collection)
    .forUpdate()
    .executeTakeFirstOrThrow();
  const from = Math.max(microsOf(now), head.added_us + 1);
  const rows = objects.map((o, i) => ({
    collection,
    added_us: from + i,
    brought_by: broughtBy,
    object_id: o.id,
    type: o.type,
    version: o.version,
    object: o.object,
    ...labelColumns(label),
  }));
  await feeds(tx).insertInto('taxii_objects').values(rows).execute();
  await feeds(tx)
    .updateTable('taxii_heads')
    .set({ added_us: from + objects.length - 1 })
    .where('collection', '=', collection)
    .execute();
}

/** Takes out what one item brought, as it was, to be added again. */
export async function takeObjects(tx: Tx, broughtBy: string): Promise<Added[]> {
  const rows = await feeds(tx).deleteFrom('taxii_objects').where('brought_by', '=', broughtBy).returningAll().execute();
  return rows
    .toSorted((a, b) => a.added_us - b.added_us)
    .map((r) => ({ id: r.object_id, type: r.type, version: r.version, object: r.object }));
}

/** Of an object that several brought, the first that this reader sees; the rows that it does not see count for nothing. */
export async function objectsIn(tx: Tx, collection: string, filter: TaxiiFilter): Promise<TaxiiPage> {
  if (!filter.hasSpec) return { objects: [], more: false };
  const { versions, ids, types, afterUs, limit } = filter;
  let query = feeds(tx)
    .selectFrom('taxii_objects as o')
    .select(['added_us', 'brought_by', 'object_id', 'version', 'object'])
    .where('o.collection', '=', collection)
    .where('o.added_us', '>', afterUs)
    .where(
      sql<boolean>`NOT EXISTS (SELECT 1 FROM taxii_objects AS e WHERE e.collection = o.collection AND e.object_id = o.object_id
        AND e.version = o.version AND e.added_us < o.added_us)`,
    );
  if (ids) query = query.where('o.object_id', 'in', ids);
  if (types) query = query.where('o.type', 'in', types);
  if (!versions.all) {
    const other = (is: '<' | '>') =>
      is === '<'
        ? sql<boolean>`NOT EXISTS (SELECT 1 FROM taxii_objects AS e WHERE e.collection = o.collection AND e.object_id = o.object_id AND e.version < o.version)`
        : sql<boolean>`NOT EXISTS (SELECT 1 FROM taxii_objects AS e WHERE e.collection = o.collection AND e.object_id = o.object_id AND e.version > o.version)`;
    const wanted = [...(versions.first ? [other('<')] : []), ...(versions.last ? [other('>')] : [])];
    const { exact } = versions;
    query = query.where((e) => e.or([...wanted, ...(exact.length > 0 ? [e('o.version', 'in', exact)] : [])]));
  }
  const rows = await query
    .orderBy('o.added_us')
    .limit(limit + 1)
    .execute();
  const objects: TaxiiObject[] = rows
    .slice(0, limit)
    .map((r) => ({ addedUs: r.added_us, broughtBy: r.brought_by, objectId: r.object_id, version: r.version, object: r.object }));
  return { objects, more: rows.length > limit };
}

function feedOf(r: FeedRow): Feed {
  return { id: r.id, name: r.name, collection: r.collection, createdBy: r.created_by, createdAt: r.created_at, label: labelOfRow(r) };
}

function clientOf(r: ClientRow): FeedClient {
  return {
    agentId: r.agent_id,
    feedId: r.feed_id,
    orgId: r.org_id,
    tokenId: r.token_id,
    name: r.name,
    answerableId: r.answerable_id,
    addedBy: r.added_by,
    addedAt: r.added_at,
    expiresAt: r.expires_at,
    endedAt: r.ended_at,
    lastUsedAt: r.last_used_at,
    label: labelOfRow(r),
  };
}

function itemOf(r: ItemRow): FeedItem {
  return {
    id: r.id,
    feedId: r.feed_id,
    advisoryId: r.advisory_id,
    caseId: r.case_id,
    digest: r.digest,
    // pg gives jsonb back parsed.
    bulletin: r.bulletin as unknown as Bulletin,
    sharedBy: r.shared_by,
    sharedAt: r.shared_at,
    label: labelOfRow(r),
  };
}
