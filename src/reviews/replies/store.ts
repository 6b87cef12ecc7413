import type { JSONColumnType } from 'kysely';
import type { Tx } from '../../base/doors.ts';
import type { Id } from '../../base/id.ts';
import type { Instant } from '../../base/instant.ts';
import { labelColumns, labelOfRow, type Tlp } from '../../base/label.ts';
import type { Reply, SampleReply } from './reply.ts';

type Flat = {
  id: Id<'rpl'>;
  report_id: Id<'rpt'>;
  submission_id: Id<'sub'>;
  org_id: Id<'org'>;
  author_id: string;
  text: string;
  tlp: Tlp;
  compartments: string[];
  filed_at: Instant;
};
type ReplyRow = Flat & { per_sample: SampleReply[] };

const replies = (tx: Tx) => tx.withTables<{ replies: Flat & { per_sample: JSONColumnType<SampleReply[]> } }>();

export async function insertReply(tx: Tx, r: Reply): Promise<void> {
  const row = {
    id: r.id,
    report_id: r.reportId,
    submission_id: r.submissionId,
    org_id: r.orgId,
    author_id: r.authorId,
    text: r.text,
    per_sample: JSON.stringify(r.perSample),
    ...labelColumns(r.label),
    filed_at: r.filedAt,
  };
  await replies(tx).insertInto('replies').values(row).execute();
}

export async function replyById(tx: Tx, id: string): Promise<Reply | undefined> {
  const row = await replies(tx)
    .selectFrom('replies')
    .selectAll()
    .where('id', '=', id as Id<'rpl'>)
    .executeTakeFirst();
  return row && replyOf(row);
}

export async function repliesTo(tx: Tx, reportId: Id<'rpt'>): Promise<Reply[]> {
  const rows = await replies(tx).selectFrom('replies').selectAll().where('report_id', '=', reportId).orderBy('id').execute();
  return rows.map(replyOf);
}

export async function repliesOfSubmission(tx: Tx, submissionId: Id<'sub'>): Promise<Reply[]> {
  const rows = await replies(tx).selectFrom('replies').selectAll().where('submission_id', '=', submissionId).orderBy('id').execute();
  return rows.map(replyOf);
}

/** That there was a reply, and when, stays; its words go. */
export async function eraseReply(tx: Tx, id: Id<'rpl'>): Promise<void> {
  await replies(tx).updateTable('replies').set({ text: '', per_sample: '[]' }).where('id', '=', id).execute();
}

function replyOf(r: ReplyRow): Reply {
  return {
    id: r.id,
    reportId: r.report_id,
    submissionId: r.submission_id,
    orgId: r.org_id,
    authorId: r.author_id,
    text: r.text,
    perSample: r.per_sample,
    label: labelOfRow(r),
    filedAt: r.filed_at,
  };
}
