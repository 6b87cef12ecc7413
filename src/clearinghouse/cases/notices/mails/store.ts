import type { Tx } from '../../../../base/doors.ts';
import type { Id } from '../../../../base/id.ts';
import type { Instant } from '../../../../base/instant.ts';
import { labelColumns, type Tlp } from '../../../../base/label.ts';
import { noticeLabel } from '../notice.ts';
import type { Mail, MailState } from './mail.ts';

type MailRow = {
  id: Id<'mal'>;
  person_id: Id<'psn'>;
  case_id: Id<'cas'> | null;
  is_urgent: boolean;
  state: MailState;
  due_at: Instant;
  leased_until: Instant | null;
  tries: number;
  unanswered: number;
  made_at: Instant;
  last_at: Instant | null;
  last_status: number | null;
  because: string | null;
  tlp: Tlp;
  compartments: string[];
};

const mails = (tx: Tx) => tx.withTables<{ mails: MailRow }>();

export async function insertMails(tx: Tx, all: readonly Mail[]): Promise<void> {
  for (let i = 0; i < all.length; i += 1000)
    await mails(tx)
      .insertInto('mails')
      .values(all.slice(i, i + 1000).map(rowOf))
      .execute();
}

/** The row is locked by whichever load brought it here. */
export async function saveMail(tx: Tx, of: Mail): Promise<void> {
  const { id, ...rest } = rowOf(of);
  await mails(tx).updateTable('mails').set(rest).where('id', '=', id).execute();
}

export async function mailById(tx: Tx, id: string): Promise<Mail | undefined> {
  const row = await mails(tx)
    .selectFrom('mails')
    .selectAll()
    .where('id', '=', id as Id<'mal'>)
    .forUpdate()
    .executeTakeFirst();
  return row && mailOf(row);
}

/** Of these people, those that still wait for a later hour: what else is due then goes with them. */
export async function waitingMails(tx: Tx, personIds: readonly Id<'psn'>[], now: Instant): Promise<Mail[]> {
  if (personIds.length === 0) return [];
  const rows = await mails(tx)
    .selectFrom('mails')
    .selectAll()
    .where('person_id', 'in', personIds)
    .where('state', '=', 'waiting')
    .where('tries', '=', 0)
    .where('due_at', '>', now)
    .orderBy('id')
    .forUpdate()
    .execute();
  return rows.map(mailOf);
}

export async function dueMails(tx: Tx, now: Instant, limit: number): Promise<Mail[]> {
  const rows = await mails(tx)
    .selectFrom('mails')
    .selectAll()
    .where('state', '=', 'waiting')
    .where('due_at', '<=', now)
    .where((e) => e.or([e('leased_until', 'is', null), e('leased_until', '<', now)]))
    .orderBy('due_at')
    .limit(limit)
    .forUpdate()
    .skipLocked()
    .execute();
  return rows.map(mailOf);
}

export async function parkedMails(tx: Tx, after: string, limit: number): Promise<Mail[]> {
  const rows = await mails(tx)
    .selectFrom('mails')
    .selectAll()
    .where('state', '=', 'parked')
    .where('id', '>', after as Id<'mal'>)
    .orderBy('id')
    .limit(limit)
    .execute();
  return rows.map(mailOf);
}

function rowOf(m: Mail): MailRow {
  return {
    ...{ id: m.id, person_id: m.personId, case_id: m.caseId, is_urgent: m.isUrgent, state: m.state, due_at: m.dueAt },
    ...{ leased_until: m.leasedUntil, tries: m.tries, unanswered: m.unanswered, made_at: m.madeAt, last_at: m.lastAt },
    ...{ last_status: m.lastStatus, because: m.because, ...labelColumns(noticeLabel) },
  };
}

function mailOf(r: MailRow): Mail {
  return {
    ...{ id: r.id, personId: r.person_id, caseId: r.case_id, isUrgent: r.is_urgent, state: r.state, dueAt: r.due_at },
    ...{ leasedUntil: r.leased_until, tries: r.tries, unanswered: r.unanswered, madeAt: r.made_at, lastAt: r.last_at },
    ...{ lastStatus: r.last_status, because: r.because },
  };
}
