import { type RawBuilder, sql } from 'kysely';
import type { Tx } from '../../base/doors.ts';
import type { Instant } from '../../base/instant.ts';
import { type Label, labelOfRow, type Tlp } from '../../base/label.ts';
import { limits } from '../../base/limits.ts';
import { levelsOf } from '../../base/merkle.ts';
import { isRefusal, type Refusal, refuse } from '../../base/refusal.ts';
import type { Happening } from '../action.ts';
import type { Happened } from '../flow.ts';
import { bodyDigest, type Exported, payloadDigest, type Revealed } from './entry.ts';
import { entryProof, tileLeaves, tileRoot } from './proof.ts';

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
  log_tiles: { nth: number; root: string };
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

/** How far a follower has come. */
interface Position {
  readonly name: string;
  readonly seq: number;
}

interface Batch {
  readonly actor: string;
  readonly at: Instant;
  readonly salt: () => string;
  readonly events: readonly Happening[];
}

/** Appends under the log's one lock, held until the caller's transaction ends: the order of the log is the order of commits. */
export async function appendEntries(tx: Tx, batch: Batch): Promise<void> {
  await logging({ batch })?.execute(tx);
}

/** SQLSTATE of a follower that comes second. */
export const beatenToIt = 'BW001';

/** What an act leaves in the log, in one statement: the last of its transaction. A follower's cursor that was moved already is `beatenToIt`. */
export function logging({
  follower,
  batch,
}: {
  follower?: Position | undefined;
  batch?: Batch | undefined;
}): RawBuilder<unknown> | undefined {
  const moved = follower && sql`follow_to(${follower.name}, ${follower.seq}::bigint)`;
  const appended = batch && sql`append_log(${batch.actor}, ${batch.at}, ${JSON.stringify(batch.events.map((e) => told(batch, e)))})`;
  const both = [moved, appended].filter((part) => part !== undefined);
  return both.length === 0 ? undefined : sql`SELECT ${sql.join(both)}`;
}

/** As `append_log` takes it, in the names of the columns. */
function told({ actor, salt }: Batch, { event, thing, label, payload = null }: Happening) {
  const [bodySalt, payloadSalt] = [salt(), salt()];
  const payload_digest = payloadDigest(payloadSalt, payload);
  const digest = bodyDigest(bodySalt, { actor, event, thing, label, payloadDigest: payload_digest });
  const labelled = { tlp: label.tlp, compartments: label.compartments };
  return { digest, salt: bodySalt, event, thing, ...labelled, payload_digest, payload_salt: payloadSalt, payload: JSON.stringify(payload) };
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

/** What happened to one thing after an entry, up to another, oldest first, each linked as it stands in the chain. */
export async function entriesOf(
  tx: Tx,
  thing: string,
  after: number,
  upto: number,
  limit: number,
): Promise<(EntryRow & { body: Revealed })[]> {
  const bodies = await log(tx)
    .selectFrom('log_bodies')
    .selectAll()
    .where('thing', '=', thing)
    .where('seq', '>', after)
    .where('seq', '<=', upto)
    .orderBy('seq')
    .limit(limit)
    .execute();
  if (bodies.length === 0) return [];
  const seqs = bodies.map((b) => b.seq);
  const entries = await log(tx).selectFrom('log_entries').selectAll().where('seq', 'in', seqs).orderBy('seq').execute();
  return entries.map((entry, i) => ({ ...entry, body: revealedOf(bodies[i]!) }));
}

/** The hashes of the entries in one tile, as far as the log of this size goes. */
async function hashesOfTile(tx: Tx, nth: number, size: number): Promise<string[]> {
  const first = nth * tileLeaves + 1;
  const rows = await log(tx)
    .selectFrom('log_entries')
    .select('hash')
    .where('seq', '>=', first)
    .where('seq', '<=', Math.min(first + tileLeaves - 1, size))
    .orderBy('seq')
    .execute();
  return rows.map((r) => r.hash);
}

/** Sums tiles that are full and were not summed yet, oldest first; returns how many. What two do at once comes to the same. */
export async function sumTiles(tx: Tx, size: number, limit: number): Promise<number> {
  const last = await log(tx).selectFrom('log_tiles').select('nth').orderBy('nth', 'desc').limit(1).executeTakeFirst();
  const from = last ? last.nth + 1 : 0;
  const upto = Math.min(Math.floor(size / tileLeaves), from + limit);
  for (let nth = from; nth < upto; nth++) {
    const root = tileRoot(await hashesOfTile(tx, nth, size)).toString('hex');
    await log(tx)
      .insertInto('log_tiles')
      .values({ nth, root })
      .onConflict((c) => c.doNothing())
      .execute();
  }
  return Math.max(0, upto - from);
}

/** The roots of all tiles of the log at this size, the last perhaps not full. `unavailable` while too many are yet to be summed. */
export async function tileRootsOf(tx: Tx, size: number): Promise<Buffer[] | Refusal> {
  const full = Math.floor(size / tileLeaves);
  const rows = await log(tx).selectFrom('log_tiles').selectAll().where('nth', '<', full).orderBy('nth').execute();
  if (full - rows.length > limits.tilesAtOnce) return refuse('unavailable', 'the log is still being summed; ask again in a minute');
  const roots: Buffer[] = rows.map((r) => Buffer.from(r.root, 'hex'));
  for (let nth = rows.length; nth * tileLeaves < size; nth++) roots.push(tileRoot(await hashesOfTile(tx, nth, size)));
  return roots;
}

/** The same entries, each with its proof (base64) in the log of this size. */
export async function proofsOf<E extends { readonly seq: number }>(
  tx: Tx,
  entries: readonly E[],
  size: number,
): Promise<(E & { readonly proof: string[] })[] | Refusal> {
  const roots = await tileRootsOf(tx, size);
  if (isRefusal(roots)) return roots;
  const levels = levelsOf(roots);
  const tiles = new Map<number, readonly string[]>();
  const proven = [];
  for (const entry of entries) {
    const nth = Math.floor((entry.seq - 1) / tileLeaves);
    const held = tiles.get(nth) ?? (await hashesOfTile(tx, nth, size));
    tiles.set(nth, held);
    proven.push({ ...entry, proof: entryProof(entry.seq, held, levels).map((hash) => hash.toString('base64')) });
  }
  return proven;
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

/** Where a follower stands, a new one where `beginsAt` does; the row is locked, so that two workers never do the same hop at once. */
export async function lockCursor(tx: Tx, follower: string, beginsAt = follower): Promise<number> {
  await sql`INSERT INTO log_cursors (follower, seq) VALUES (${follower}, coalesce((SELECT seq FROM log_cursors WHERE follower = ${beginsAt}), 0))
    ON CONFLICT DO NOTHING`.execute(tx);
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

/** Which of these followers have something before them. One question for all of them: it is asked again and again where nothing happens. */
export async function waitingOf(tx: Tx, followers: readonly { readonly name: string; readonly event: string }[]): Promise<Set<string>> {
  const { rows } = await sql<{ name: string }>`
    SELECT f.name FROM unnest(${followers.map((f) => f.name)}::text[], ${followers.map((f) => f.event)}::text[]) AS f (name, event)
    LEFT JOIN log_cursors AS c ON c.follower = f.name
    WHERE EXISTS (SELECT FROM log_bodies WHERE event = f.event AND payload_salt IS NOT NULL AND seq > coalesce(c.seq, 0))`.execute(tx);
  return new Set(rows.map((row) => row.name));
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
