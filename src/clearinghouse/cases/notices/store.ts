import { type Expression, sql } from 'kysely';
import type { Tx } from '../../../base/doors.ts';
import type { Id } from '../../../base/id.ts';
import type { Instant } from '../../../base/instant.ts';
import { type Label, labelColumns, type Tlp } from '../../../base/label.ts';
import { type Choices, defaultChoices, type Notice, noticeLabel, type Recipient } from './notice.ts';
import type { Kind, PointName } from './points.ts';

type Labelled = { tlp: Tlp; compartments: string[] };
type RecipientRow = Labelled & {
  person_id: Id<'psn'>;
  last_seq: number;
  zone: string;
  quiet_from: string | null;
  quiet_to: string | null;
  incident_through: boolean;
  pace: Choices['pace'];
  digest_at: string;
  off: Kind[];
  protection: Choices['protection'];
  public_key: string | null;
  address_fails_since: Instant | null;
  address_because: string | null;
};
type NoticeRow = Labelled & {
  person_id: Id<'psn'>;
  seq: number;
  entry_seq: number;
  point: PointName;
  case_id: Id<'cas'> | null;
  tier: number;
  message_seq: number | null;
  deadline_at: Instant | null;
  at: Instant;
  mail_id: Id<'mal'> | null;
};
type ReplyRow = Labelled & { id: Id<'rad'>; person_id: Id<'psn'>; case_id: Id<'cas'>; expires_at: Instant };

const notices = (tx: Tx) => tx.withTables<{ notice_recipients: RecipientRow; notices: NoticeRow; reply_addresses: ReplyRow }>();

/** Gives each of them the number of their next notice. In one order, so that two who tell the same people wait and do not stand still. */
export async function nextSeqOf(tx: Tx, personIds: readonly Id<'psn'>[]): Promise<Recipient[]> {
  if (personIds.length === 0) return [];
  const rows = await notices(tx)
    .insertInto('notice_recipients')
    .values(
      [...personIds]
        .sort()
        .map((id) => rowOf({ ...defaultChoices, personId: id, lastSeq: 1, addressFailsSince: null, addressBecause: null })),
    )
    .onConflict((c) => c.column('person_id').doUpdateSet({ last_seq: sql<number>`notice_recipients.last_seq + 1` }))
    .returningAll()
    .execute();
  return rows.map(recipientOf);
}

/** As they are, or as they are by default; the row is locked where there is one. */
export async function recipientById(tx: Tx, personId: Id<'psn'>): Promise<Recipient> {
  const row = await notices(tx)
    .selectFrom('notice_recipients')
    .selectAll()
    .where('person_id', '=', personId)
    .forUpdate()
    .executeTakeFirst();
  return row ? recipientOf(row) : { ...defaultChoices, personId, lastSeq: 0, addressFailsSince: null, addressBecause: null };
}

/** For another station's question, in SQL: the number of the last notice of a person whom it has in a column. */
export const lastNoticeOf = (personId: Expression<string>) =>
  sql<number>`coalesce((SELECT last_seq FROM notice_recipients WHERE person_id = ${personId}), 0)`;

export async function saveRecipient(tx: Tx, of: Recipient): Promise<void> {
  const { person_id, last_seq, ...rest } = rowOf(of);
  await notices(tx)
    .insertInto('notice_recipients')
    .values({ person_id, last_seq, ...rest })
    .onConflict((c) => c.column('person_id').doUpdateSet(rest))
    .execute();
}

export async function insertNotices(tx: Tx, entrySeq: number, label: Label, all: readonly Notice[]): Promise<void> {
  const rows = all.map((n) => ({
    ...{ person_id: n.personId, seq: n.seq, entry_seq: entrySeq, point: n.point, case_id: n.caseId, tier: n.tier },
    ...{ message_seq: n.messageSeq, deadline_at: n.deadlineAt, at: n.at, mail_id: n.mailId, ...labelColumns(label) },
  }));
  // PostgreSQL takes 65,535 parameters of one statement.
  for (let i = 0; i < rows.length; i += 1000)
    await notices(tx)
      .insertInto('notices')
      .values(rows.slice(i, i + 1000))
      .execute();
}

/** One person's, the latest first, before a number. */
export async function noticesOf(tx: Tx, personId: string, before: number | undefined, limit: number): Promise<Notice[]> {
  let query = notices(tx)
    .selectFrom('notices')
    .selectAll()
    .where('person_id', '=', personId as Id<'psn'>);
  if (before !== undefined) query = query.where('seq', '<', before);
  return (await query.orderBy('seq', 'desc').limit(limit).execute()).map(noticeOf);
}

/** One person's, in order, after a number. */
export async function noticesAfter(tx: Tx, personId: string, after: number, limit: number): Promise<Notice[]> {
  const query = notices(tx)
    .selectFrom('notices')
    .selectAll()
    .where('person_id', '=', personId as Id<'psn'>)
    .where('seq', '>', after);
  return (await query.orderBy('seq').limit(limit).execute()).map(noticeOf);
}

export async function noticesInMail(tx: Tx, mailId: Id<'mal'>): Promise<Notice[]> {
  const rows = await notices(tx).selectFrom('notices').selectAll().where('mail_id', '=', mailId).orderBy('seq').execute();
  return rows.map(noticeOf);
}

interface ReplyAddress {
  readonly id: Id<'rad'>;
  readonly personId: Id<'psn'>;
  readonly caseId: Id<'cas'>;
  readonly expiresAt: Instant;
}

export async function insertReplyAddress(tx: Tx, of: ReplyAddress): Promise<void> {
  const row = { id: of.id, person_id: of.personId, case_id: of.caseId, expires_at: of.expiresAt, ...labelColumns(noticeLabel) };
  await notices(tx).insertInto('reply_addresses').values(row).execute();
}

export async function replyAddressById(tx: Tx, id: string): Promise<ReplyAddress | undefined> {
  const row = await notices(tx)
    .selectFrom('reply_addresses')
    .selectAll()
    .where('id', '=', id as Id<'rad'>)
    .executeTakeFirst();
  return row && { id: row.id, personId: row.person_id, caseId: row.case_id, expiresAt: row.expires_at };
}

/** One that is good beyond a time. */
export async function replyAddressFor(tx: Tx, personId: string, caseId: string, until: Instant): Promise<ReplyAddress | undefined> {
  const row = await notices(tx)
    .selectFrom('reply_addresses')
    .selectAll()
    .where('person_id', '=', personId as Id<'psn'>)
    .where('case_id', '=', caseId as Id<'cas'>)
    .where('expires_at', '>', until)
    .orderBy('expires_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row && { id: row.id, personId: row.person_id, caseId: row.case_id, expiresAt: row.expires_at };
}

function rowOf(r: Recipient): RecipientRow {
  return {
    ...{ person_id: r.personId, last_seq: r.lastSeq, zone: r.zone, quiet_from: r.quiet?.from ?? null, quiet_to: r.quiet?.to ?? null },
    ...{ incident_through: r.incidentThrough, pace: r.pace, digest_at: r.digestAt, off: [...r.off], protection: r.protection },
    ...{ public_key: r.publicKey, address_fails_since: r.addressFailsSince, address_because: r.addressBecause },
    ...labelColumns(noticeLabel),
  };
}

function recipientOf(r: RecipientRow): Recipient {
  return {
    ...{
      personId: r.person_id,
      lastSeq: r.last_seq,
      zone: r.zone,
      incidentThrough: r.incident_through,
      pace: r.pace,
      digestAt: r.digest_at,
    },
    quiet: r.quiet_from === null || r.quiet_to === null ? null : { from: r.quiet_from, to: r.quiet_to },
    ...{ off: r.off, protection: r.protection, publicKey: r.public_key },
    ...{ addressFailsSince: r.address_fails_since, addressBecause: r.address_because },
  };
}

function noticeOf(r: NoticeRow): Notice {
  return {
    ...{ personId: r.person_id, seq: r.seq, point: r.point, caseId: r.case_id, tier: r.tier, messageSeq: r.message_seq },
    ...{ deadlineAt: r.deadline_at, at: r.at, mailId: r.mail_id },
  };
}
