import { sql } from 'kysely';
import type { Tx } from '../../base/doors.ts';
import type { Instant } from '../../base/instant.ts';
import { type Label, labelOfRow, type Tlp } from '../../base/label.ts';
import { appendLeaf } from '../../base/merkle.ts';
import type { Happening } from '../action.ts';
import type { Happened } from '../flow.ts';
import { type Body, bodyDigest, type Exported, leafOf, link, payloadDigest, type Revealed } from './entry.ts';

type EntryRow = {
  seq: number;
  at: Instant;
  digest: string;
  previous: string;
  hash: string;
};

type BodyRow = {
  seq: number;
  salt: string;
  actor: string;
  event: string;
  thing: string;
  tlp: Tlp;
  compartments: string[];
  payload_digest: string;
  payload_salt: string | null;
  payload: string | null;
};

type Tables = {
  log_entries: EntryRow;
  log_bodies: BodyRow;
  /** `at` is that of the last entry. */
  log_head: { single: boolean; size: number; hash: string; frontier: string[]; at: Instant | null };
  log_cursors: { follower: string; seq: number };
  kept_replies: {
    actor: string;
    key: string;
    verb: string;
    request_digest: string;
    reply: string;
    tlp: Tlp;
    compartments: string[];
    at: Instant;
  };
};

const log = (tx: Tx) => tx.withTables<Tables>();

interface Batch {
  readonly actor: string;
  readonly at: Instant;
  readonly salt: () => string;
  readonly events: readonly Happening[];
}

/** Appends under the log's one lock, held until the caller's transaction ends: the order of the log is the order of commits. */
export async function appendEntries(tx: Tx, batch: Batch): Promise<void> {
  const head = await log(tx).selectFrom('log_head').selectAll().forUpdate().executeTakeFirstOrThrow();
  let { size, hash } = head;
  let frontier: Buffer[] = head.frontier.map((h) => Buffer.from(h, 'hex'));
  // Two acts may take their `now` in one order and the lock in the other; the log's own times never go back.
  const at = head.at !== null && head.at > batch.at ? head.at : batch.at;
  const entries: EntryRow[] = [];
  const bodies: BodyRow[] = [];
  for (const happened of batch.events) {
    const payload = happened.payload ?? null;
    const [salt, payloadSalt] = [batch.salt(), batch.salt()];
    const body: Body = {
      actor: batch.actor,
      event: happened.event,
      thing: happened.thing,
      label: happened.label,
      payloadDigest: payloadDigest(payloadSalt, payload),
    };
    const entry = link(size + 1, at, bodyDigest(salt, body), hash);
    entries.push(entry);
    bodies.push(bodyRow(entry.seq, body, salt, payloadSalt, payload));
    frontier = appendLeaf(frontier, size, leafOf(entry.hash));
    ({ seq: size, hash } = entry);
  }
  const hexes = frontier.map((h) => h.toString('hex'));
  // PostgreSQL takes at most 65,535 parameters in one statement; fifteen an entry. One release may expose thousands of inventories.
  for (let i = 0; i < entries.length; i += 4000) {
    const inserted = log(tx)
      .with('entered', (db) => db.insertInto('log_entries').values(entries.slice(i, i + 4000)))
      .with('told', (db) => db.insertInto('log_bodies').values(bodies.slice(i, i + 4000)));
    // Everybody waits for the head: it is moved in the same breath.
    if (i + 4000 < entries.length) await inserted.selectFrom('log_head').select('size').execute();
    else await inserted.updateTable('log_head').set({ size, hash, frontier: hexes, at }).execute();
  }
}

function bodyRow(seq: number, body: Body, salt: string, payloadSalt: string, payload: unknown): BodyRow {
  const { actor, event, thing, label } = body;
  return {
    seq,
    salt,
    actor,
    event,
    thing,
    tlp: label.tlp,
    compartments: [...label.compartments],
    payload_digest: body.payloadDigest,
    payload_salt: payloadSalt,
    payload: JSON.stringify(payload),
  };
}

/** Entries after `seq` in order; the body is there where the transaction is cleared for it. */
export async function entriesAfter(tx: Tx, seq: number, limit: number): Promise<Exported[]> {
  const rows = await log(tx).selectFrom('log_entries').selectAll().where('seq', '>', seq).orderBy('seq').limit(limit).execute();
  if (rows.length === 0) return [];
  const upto = rows.at(-1)!.seq;
  const bodies = await log(tx).selectFrom('log_bodies').selectAll().where('seq', '>', seq).where('seq', '<=', upto).execute();
  const bySeq = new Map(bodies.map((b) => [b.seq, revealedOf(b)]));
  return rows.map((row) => {
    const body = bySeq.get(row.seq);
    return body ? { ...row, body } : row;
  });
}

/** What happened to one thing, oldest first, as far as the transaction is cleared. */
export async function historyOf(tx: Tx, thing: string, limit: number): Promise<(EntryRow & { body: Revealed })[]> {
  const bodies = await log(tx).selectFrom('log_bodies').selectAll().where('thing', '=', thing).orderBy('seq').limit(limit).execute();
  if (bodies.length === 0) return [];
  const entries = await log(tx)
    .selectFrom('log_entries')
    .selectAll()
    .where(
      'seq',
      'in',
      bodies.map((b) => b.seq),
    )
    .orderBy('seq')
    .execute();
  return entries.map((entry, i) => ({ ...entry, body: revealedOf(bodies[i]!) }));
}

function revealedOf(row: BodyRow): Revealed {
  const label = labelOfRow(row);
  const { salt, actor, event, thing, payload } = row;
  return { salt, actor, event, thing, label, payloadDigest: row.payload_digest, payloadSalt: row.payload_salt, payload };
}

/** Erases what was said, not that it was said: the salted digest stays, its salt and the payload go, and the replies kept that speak of it. */
export async function erasePayloads(tx: Tx, ...things: readonly string[]): Promise<void> {
  if (things.length === 0) return;
  await log(tx).updateTable('log_bodies').set({ payload: null, payload_salt: null }).where('thing', 'in', things).execute();
  const speaksOfOne = sql<boolean>`reply::text LIKE ANY (${things.map((thing) => `%${thing}%`)})`;
  await log(tx).deleteFrom('kept_replies').where(speaksOfOne).execute();
}

export async function headOf(tx: Tx): Promise<{ size: number; hash: string; frontier: Buffer[] }> {
  const head = await log(tx).selectFrom('log_head').selectAll().executeTakeFirstOrThrow();
  return { size: head.size, hash: head.hash, frontier: head.frontier.map((h) => Buffer.from(h, 'hex')) };
}

/** Where a follower stands; the row is locked, so that two workers never do the same hop at once. */
export async function lockCursor(tx: Tx, follower: string): Promise<number> {
  await log(tx)
    .insertInto('log_cursors')
    .values({ follower, seq: 0 })
    .onConflict((c) => c.doNothing())
    .execute();
  const row = await log(tx).selectFrom('log_cursors').select('seq').where('follower', '=', follower).forUpdate().executeTakeFirstOrThrow();
  return row.seq;
}

/** Moves a cursor forward, never back; false when another worker had moved it already. */
export async function moveCursor(tx: Tx, follower: string, seq: number): Promise<boolean> {
  const moved = await log(tx)
    .updateTable('log_cursors')
    .set({ seq })
    .where('follower', '=', follower)
    .where('seq', '<', seq)
    .executeTakeFirst();
  return moved.numUpdatedRows > 0n;
}

/** The next entries of one event after a cursor, oldest first. What was erased is nobody's work any more. */
export async function nextOf(tx: Tx, event: string, after: number, limit: number): Promise<Happened[]> {
  const rows = await log(tx)
    .selectFrom('log_bodies')
    .innerJoin('log_entries', 'log_entries.seq', 'log_bodies.seq')
    .select(['log_bodies.seq', 'at', 'actor', 'event', 'thing', 'tlp', 'compartments', 'payload'])
    .where('event', '=', event)
    .where('payload_salt', 'is not', null)
    .where('log_bodies.seq', '>', after)
    .orderBy('log_bodies.seq')
    .limit(limit)
    .execute();
  return rows.map(({ tlp, compartments, ...row }) => ({ ...row, label: { tlp, compartments } }));
}

interface KeptReply {
  readonly actor: string;
  readonly key: string;
  readonly verb: string;
  readonly requestDigest: string;
  readonly reply: unknown;
  /** What one must read to be shown the reply again. */
  readonly label: Label;
  readonly at: Instant;
}

/** Waits for a concurrent request with the same key, then returns its reply. */
export async function keptReply(tx: Tx, actor: string, key: string): Promise<KeptReply | undefined> {
  await sql`SELECT pg_advisory_xact_lock(hashtextextended(${`${actor} ${key}`}, 0))`.execute(tx);
  const row = await log(tx).selectFrom('kept_replies').selectAll().where('actor', '=', actor).where('key', '=', key).executeTakeFirst();
  if (!row) return undefined;
  const { verb, request_digest: requestDigest, reply, tlp, compartments, at } = row;
  return { actor, key, verb, requestDigest, reply, label: { tlp, compartments }, at };
}

export async function keepReply(tx: Tx, kept: KeptReply): Promise<void> {
  const { actor, key, verb, requestDigest, label, at } = kept;
  const reply = JSON.stringify(kept.reply ?? null);
  const row = { actor, key, verb, request_digest: requestDigest, reply, tlp: label.tlp, compartments: [...label.compartments], at };
  await log(tx).insertInto('kept_replies').values(row).execute();
}

/** Forgets what was kept before `before`: a reply is kept for repeating a request, not as a second store of what it says. */
export async function dropReplies(tx: Tx, before: Instant): Promise<number> {
  const dropped = await log(tx).deleteFrom('kept_replies').where('at', '<', before).executeTakeFirst();
  return Number(dropped.numDeletedRows);
}

/** The label under which something was last logged: what is said about it later lies under the same. */
export async function labelOf(tx: Tx, thing: string): Promise<Label | undefined> {
  const query = log(tx).selectFrom('log_bodies').select(['tlp', 'compartments']).where('thing', '=', thing).orderBy('seq', 'desc');
  return query.limit(1).executeTakeFirst();
}
