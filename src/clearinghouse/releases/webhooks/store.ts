import type { Tx } from '../../../base/doors.ts';
import type { Id } from '../../../base/id.ts';
import type { Instant } from '../../../base/instant.ts';
import { labelColumns, labelOfRow, type Tlp } from '../../../base/label.ts';
import { lastNoticeOf } from '../../cases/notices/store.ts';
import type { Webhook } from './webhook.ts';

type WebhookRow = {
  id: Id<'whk'>;
  org_id: Id<'org'>;
  url: string;
  about: Webhook['about'];
  state: Webhook['state'];
  told_seq: number;
  failures: number;
  due_at: Instant;
  leased_until: Instant | null;
  secret_version: number;
  rotated_at: Instant | null;
  added_by: string;
  added_at: Instant;
  last_at: Instant | null;
  last_status: number | null;
  because: string | null;
  tlp: Tlp;
  compartments: string[];
};

const webhooks = (tx: Tx) => tx.withTables<{ webhooks: WebhookRow }>();

export async function insertWebhook(tx: Tx, of: Webhook): Promise<void> {
  await webhooks(tx).insertInto('webhooks').values(rowOf(of)).execute();
}

/** The row is locked by whichever load brought it here. */
export async function saveWebhook(tx: Tx, of: Webhook): Promise<void> {
  const { id, ...rest } = rowOf(of);
  await webhooks(tx).updateTable('webhooks').set(rest).where('id', '=', id).execute();
}

export async function webhookById(tx: Tx, id: string): Promise<Webhook | undefined> {
  const row = await webhooks(tx)
    .selectFrom('webhooks')
    .selectAll()
    .where('id', '=', id as Id<'whk'>)
    .forUpdate()
    .executeTakeFirst();
  return row && webhookOf(row);
}

export async function listWebhooks(tx: Tx, after: string, limit: number): Promise<Webhook[]> {
  const rows = await webhooks(tx)
    .selectFrom('webhooks')
    .selectAll()
    .where('id', '>', after as Id<'whk'>)
    .orderBy('id')
    .limit(limit)
    .execute();
  return rows.map(webhookOf);
}

export async function countOf(tx: Tx, orgId: string): Promise<number> {
  const { n } = await webhooks(tx)
    .selectFrom('webhooks')
    .select((e) => e.fn.countAll<number>().as('n'))
    .where('org_id', '=', orgId as Id<'org'>)
    .where('state', '!=', 'ended')
    .executeTakeFirstOrThrow();
  return Number(n);
}

/** Those that have not taken all of the feed, and whom nobody is telling. */
export async function dueWebhooks(tx: Tx, size: number, now: Instant, limit: number): Promise<Webhook[]> {
  const rows = await webhooks(tx)
    .selectFrom('webhooks')
    .selectAll()
    .where('state', '=', 'active')
    .where('due_at', '<=', now)
    .where((e) =>
      e.or([
        e.and([e('about', '=', 'releases'), e('told_seq', '<', size)]),
        e.and([e('about', '=', 'cases'), e('told_seq', '<', lastNoticeOf(e.ref('added_by')))]),
      ]),
    )
    .where((e) => e.or([e('leased_until', 'is', null), e('leased_until', '<', now)]))
    .orderBy('due_at')
    .limit(limit)
    .forUpdate()
    .skipLocked()
    .execute();
  return rows.map(webhookOf);
}

function rowOf(w: Webhook): WebhookRow {
  return {
    id: w.id,
    org_id: w.orgId,
    url: w.url,
    about: w.about,
    state: w.state,
    told_seq: w.toldSeq,
    failures: w.failures,
    due_at: w.dueAt,
    leased_until: w.leasedUntil,
    secret_version: w.secretVersion,
    rotated_at: w.rotatedAt,
    added_by: w.addedBy,
    added_at: w.addedAt,
    last_at: w.lastAt,
    last_status: w.lastStatus,
    because: w.because,
    ...labelColumns(w.label),
  };
}

function webhookOf(r: WebhookRow): Webhook {
  return {
    id: r.id,
    orgId: r.org_id,
    url: r.url,
    about: r.about,
    state: r.state,
    toldSeq: r.told_seq,
    failures: r.failures,
    dueAt: r.due_at,
    leasedUntil: r.leased_until,
    secretVersion: r.secret_version,
    rotatedAt: r.rotated_at,
    addedBy: r.added_by,
    addedAt: r.added_at,
    lastAt: r.last_at,
    lastStatus: r.last_status,
    because: r.because,
    label: labelOfRow(r),
  };
}
