import { sql } from 'kysely';
import type { Tx } from '../../../base/doors.ts';
import type { Id } from '../../../base/id.ts';
import type { Instant } from '../../../base/instant.ts';
import { labelColumns, type Tlp } from '../../../base/label.ts';
import type { Attachment } from '../../findings/attachment.ts';
import type { Case } from '../case.ts';
import type { Message, Reader, Way } from './message.ts';

type Labelled = { tlp: Tlp; compartments: string[] };
type MessageRow = Labelled & {
  case_id: Id<'cas'>;
  seq: number;
  author_id: string;
  author_name: string;
  text: string;
  at: Instant;
  tier: number;
  with_id: string | null;
  mentions: string[];
  files: string;
  way: Way;
};
type ReadRow = Labelled & { case_id: Id<'cas'>; person_id: string; seq: number };

const messages = (tx: Tx) => tx.withTables<{ case_messages: MessageRow; case_message_reads: ReadRow }>();

/** The caller holds the case's row lock, so that no number is given twice. */
export async function appendMessage(tx: Tx, of: Case, m: Message): Promise<void> {
  const row = {
    ...{ case_id: of.id, seq: m.seq, author_id: m.authorId, author_name: m.authorName, text: m.text, at: m.at, tier: m.tier },
    ...{ with_id: m.withId, mentions: [...m.mentions], files: JSON.stringify(m.files), way: m.way, ...labelColumns(of.label) },
  };
  await messages(tx).insertInto('case_messages').values(row).execute();
}

export async function lastMessageSeq(tx: Tx, id: Id<'cas'>): Promise<number> {
  const row = await messages(tx)
    .selectFrom('case_messages')
    .select('seq')
    .where('case_id', '=', id)
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.seq ?? 0;
}

/** The same rule as `reads` in message.ts. */
const readBy = (who: Reader) => sql<boolean>`(author_id = ${who.id} OR (tier >= ${who.tier}
  AND (with_id IS NULL OR with_id = ${who.id} OR ${who.isCoordinator})))`;

/** Oldest first: those after `after`, or the last ones before `before`. */
export async function messagesFor(
  tx: Tx,
  id: string,
  who: Reader,
  { after, before, limit }: { readonly after?: number | undefined; readonly before?: number | undefined; readonly limit: number },
): Promise<Message[]> {
  let query = messages(tx)
    .selectFrom('case_messages')
    .selectAll()
    .where('case_id', '=', id as Id<'cas'>)
    .where(readBy(who));
  if (after !== undefined) query = query.where('seq', '>', after);
  if (before !== undefined) query = query.where('seq', '<', before);
  const rows = await query
    .orderBy('seq', after === undefined ? 'desc' : 'asc')
    .limit(limit)
    .execute();
  return (after === undefined ? rows.reverse() : rows).map(messageOf);
}

export async function messageBySeq(tx: Tx, id: string, seq: number): Promise<Message | undefined> {
  const row = await messages(tx)
    .selectFrom('case_messages')
    .selectAll()
    .where('case_id', '=', id as Id<'cas'>)
    .where('seq', '=', seq)
    .executeTakeFirst();
  return row && messageOf(row);
}

/** What somebody wrote in a case by mail since then. */
export async function countByMail(tx: Tx, id: string, authorId: string, since: Instant): Promise<number> {
  const { n } = await messages(tx)
    .selectFrom('case_messages')
    .select((e) => e.fn.countAll<string>().as('n'))
    .where('case_id', '=', id as Id<'cas'>)
    .where('author_id', '=', authorId)
    .where('way', '=', 'mail')
    .where('at', '>', since)
    .executeTakeFirstOrThrow();
  return Number(n);
}

/** Who wrote what somebody reads: those they may mention. */
export async function authorsFor(tx: Tx, id: string, who: Reader): Promise<string[]> {
  const rows = await messages(tx)
    .selectFrom('case_messages')
    .select('author_id')
    .distinct()
    .where('case_id', '=', id as Id<'cas'>)
    .where(readBy(who))
    .execute();
  return rows.map((r) => r.author_id);
}

export async function markRead(tx: Tx, of: Case, personId: string, seq: number): Promise<void> {
  await messages(tx)
    .insertInto('case_message_reads')
    .values({ case_id: of.id, person_id: personId, seq, ...labelColumns(of.label) })
    .onConflict((c) =>
      c.columns(['person_id', 'case_id']).doUpdateSet({ seq: sql<number>`greatest(case_message_reads.seq, excluded.seq)` }),
    )
    .execute();
}

export async function readStateOf(tx: Tx, id: string, who: Reader): Promise<{ readUpTo: number; unread: number }> {
  const read = await messages(tx)
    .selectFrom('case_message_reads')
    .select('seq')
    .where('case_id', '=', id as Id<'cas'>)
    .where('person_id', '=', who.id)
    .executeTakeFirst();
  const { n } = await messages(tx)
    .selectFrom('case_messages')
    .select((e) => e.fn.countAll<string>().as('n'))
    .where('case_id', '=', id as Id<'cas'>)
    .where('seq', '>', read?.seq ?? 0)
    .where('author_id', '!=', who.id)
    .where(readBy(who))
    .executeTakeFirstOrThrow();
  return { readUpTo: read?.seq ?? 0, unread: Number(n) };
}

/** The cases in which somebody has not read all; `tiers`: at which tier they read each, 0 where it is not named. */
export async function unreadOf(
  tx: Tx,
  personId: string,
  isCoordinator: boolean,
  tiers: Readonly<Record<string, number>>,
  limit: number,
): Promise<{ id: Id<'cas'>; unread: number; mentioned: number }[]> {
  const { rows } = await sql<{ id: Id<'cas'>; unread: string; mentioned: string }>`
    SELECT m.case_id AS id, count(*) AS unread, count(*) FILTER (WHERE ${personId} = ANY (m.mentions)) AS mentioned
    FROM case_messages AS m LEFT JOIN case_message_reads AS r ON r.case_id = m.case_id AND r.person_id = ${personId}
    WHERE m.seq > coalesce(r.seq, 0) AND m.author_id <> ${personId}
      AND m.tier >= coalesce((${JSON.stringify(tiers)}::jsonb ->> m.case_id)::int, 0)
      AND (m.with_id IS NULL OR m.with_id = ${personId} OR ${isCoordinator})
    GROUP BY m.case_id ORDER BY max(m.at) DESC LIMIT ${limit}`.execute(tx);
  return rows.map((r) => ({ id: r.id, unread: Number(r.unread), mentioned: Number(r.mentioned) }));
}

function messageOf(r: MessageRow): Message {
  return {
    ...{ seq: r.seq, authorId: r.author_id, authorName: r.author_name, text: r.text, at: r.at, tier: r.tier, withId: r.with_id },
    ...{ mentions: r.mentions, way: r.way },
    // pg gives jsonb back parsed.
    files: r.files as unknown as Attachment[],
  };
}
