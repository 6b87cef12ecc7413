import { sql } from 'kysely';
import type { Tx } from '../../../base/doors.ts';
import type { Id } from '../../../base/id.ts';
import { day, type Instant, plusMs } from '../../../base/instant.ts';
import { labelColumns, labelOfRow, type Tlp } from '../../../base/label.ts';
import { limits } from '../../../base/limits.ts';
import type { Band } from './band.ts';
import { deskOrder, type Place, priorityOf } from './place.ts';

type PlaceRow = {
  finding_id: Id<'fnd'>;
  org_id: Id<'org'>;
  band: Band;
  band_because: string;
  band_by: string;
  is_over_quota: boolean;
  tag: number;
  urgency: number;
  place: number;
  queued_at: Instant;
  acknowledge_by: Instant;
  acknowledged_at: Instant | null;
  acknowledged_by: string | null;
  reminded_at: Instant | null;
  served_at: Instant | null;
  left_at: Instant | null;
  tlp: Tlp;
  compartments: string[];
};

const places = (tx: Tx) => tx.withTables<{ finding_places: PlaceRow }>();

export async function insertPlace(tx: Tx, p: Place): Promise<void> {
  await places(tx)
    .insertInto('finding_places')
    .values({
      finding_id: p.findingId,
      org_id: p.orgId,
      ...{ band: p.band, band_because: p.bandBecause, band_by: p.bandBy, is_over_quota: p.isOverQuota },
      ...{ tag: p.tag, urgency: p.urgency, place: deskOrder(p), queued_at: p.queuedAt, acknowledge_by: p.acknowledgeBy },
      ...{ acknowledged_at: null, acknowledged_by: null, reminded_at: null, served_at: null, left_at: p.leftAt },
      ...labelColumns(p.label),
    })
    .execute();
}

export async function savePlace(tx: Tx, p: Place): Promise<void> {
  await places(tx)
    .updateTable('finding_places')
    .set({
      ...{ band: p.band, band_because: p.bandBecause, band_by: p.bandBy, urgency: p.urgency, place: deskOrder(p) },
      ...{ acknowledge_by: p.acknowledgeBy, acknowledged_at: p.acknowledgedAt, acknowledged_by: p.acknowledgedBy, left_at: p.leftAt },
    })
    .where('finding_id', '=', p.findingId)
    .execute();
}

export async function placeOf(tx: Tx, findingId: string): Promise<Place | undefined> {
  const row = await places(tx)
    .selectFrom('finding_places')
    .selectAll()
    .where('finding_id', '=', findingId as Id<'fnd'>)
    .executeTakeFirst();
  return row && placeOfRow(row);
}

/** Of the finding's job in the lab; 0 when it has no place. */
export async function labPriorityOf(tx: Tx, findingId: string): Promise<number> {
  const place = await placeOf(tx, findingId);
  return place ? priorityOf(place) : 0;
}

/** What changes it takes turns: an answer of the desk must not be undone by a verdict that was being taken in at that moment. */
export async function placeForChange(tx: Tx, findingId: string): Promise<Place | undefined> {
  const row = await places(tx)
    .selectFrom('finding_places')
    .selectAll()
    .where('finding_id', '=', findingId as Id<'fnd'>)
    .forUpdate()
    .executeTakeFirst();
  return row && placeOfRow(row);
}

/** The lab answered: from now on nobody waits behind it there. */
export async function markServed(tx: Tx, findingId: string, now: Instant): Promise<void> {
  await places(tx)
    .updateTable('finding_places')
    .set({ served_at: now })
    .where('finding_id', '=', findingId as Id<'fnd'>)
    .where('served_at', 'is', null)
    .execute();
}

export async function leaveQueue(tx: Tx, findingId: string, now: Instant): Promise<void> {
  await places(tx)
    .updateTable('finding_places')
    .set({ left_at: now })
    .where('finding_id', '=', findingId as Id<'fnd'>)
    .where('left_at', 'is', null)
    .execute();
}

/** The smallest tag that waits, and the greatest one of this organisation. */
export async function tagsWaiting(tx: Tx, orgId: string): Promise<{ virtual: number | undefined; last: number | undefined }> {
  const waiting = places(tx).selectFrom('finding_places').select('tag').where('served_at', 'is', null).where('left_at', 'is', null);
  const first = await waiting.orderBy('tag').limit(1).executeTakeFirst();
  const own = await waiting
    .where('org_id', '=', orgId as Id<'org'>)
    .orderBy('tag', 'desc')
    .limit(1)
    .executeTakeFirst();
  return { virtual: first?.tag, last: own?.tag };
}

/** How many of an organisation's findings were queued within a day, counted up to `most`. */
export async function countToday(tx: Tx, orgId: string, now: Instant, most: number): Promise<number> {
  const counted = await places(tx)
    .selectFrom((e) =>
      e
        .selectFrom('finding_places')
        .select('finding_id')
        .where('org_id', '=', orgId as Id<'org'>)
        .where('queued_at', '>', plusMs(now, -day))
        .limit(most)
        .as('today'),
    )
    .select((e) => e.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return Number(counted.count);
}

export type Waiting = Place & { readonly place: number };

/** What waits for an answer of the desk, first things first, after `place` and `findingId`. */
export async function waitingAfter(tx: Tx, after: { place: number; findingId: string }, limit: number): Promise<Waiting[]> {
  const rows = await places(tx)
    .selectFrom('finding_places')
    .selectAll()
    .where('acknowledged_at', 'is', null)
    .where('left_at', 'is', null)
    .where(sql<boolean>`(place, finding_id) > (${after.place}, ${after.findingId})`)
    .orderBy('place')
    .orderBy('finding_id')
    .limit(limit)
    .execute();
  return rows.map((r) => ({ ...placeOfRow(r), place: Number(r.place) }));
}

export interface Backlog {
  readonly band: Band;
  readonly waiting: number;
  readonly overdue: number;
  readonly overQuota: number;
  readonly oldestAt: Instant | null;
}

export async function backlog(tx: Tx, now: Instant): Promise<Backlog[]> {
  const rows = await places(tx)
    .selectFrom('finding_places')
    .select((e) => [
      'band',
      e.fn.countAll<number>().as('waiting'),
      e.fn.countAll<number>().filterWhere('acknowledge_by', '<', now).as('overdue'),
      e.fn.countAll<number>().filterWhere('is_over_quota', '=', true).as('over_quota'),
      e.fn.min('queued_at').as('oldest'),
    ])
    .where('acknowledged_at', 'is', null)
    .where('left_at', 'is', null)
    .groupBy('band')
    .execute();
  return rows.map((r) => ({
    ...{ band: r.band, waiting: Number(r.waiting), overdue: Number(r.overdue), overQuota: Number(r.over_quota), oldestAt: r.oldest },
  }));
}

/** Times from queued to acknowledged of the last findings of a band, in milliseconds, and whose they were. */
export async function lastWaits(tx: Tx, band: Band): Promise<{ orgId: string; waitMs: number }[]> {
  const rows = await places(tx)
    .selectFrom('finding_places')
    .select(['org_id', sql<number>`extract(epoch FROM acknowledged_at - queued_at)`.as('seconds')])
    .where('band', '=', band)
    .where('acknowledged_at', 'is not', null)
    .orderBy('acknowledged_at', 'desc')
    .limit(limits.waitsCounted)
    .execute();
  return rows.map((r) => ({ orgId: r.org_id, waitMs: Number(r.seconds) * 1000 }));
}

/** Overdue and not reminded of yet. */
export async function overduePlaces(tx: Tx, now: Instant, limit: number): Promise<Place[]> {
  const rows = await places(tx)
    .updateTable('finding_places')
    .set({ reminded_at: now })
    .where('finding_id', 'in', (e) =>
      e
        .selectFrom('finding_places')
        .select('finding_id')
        .where('acknowledged_at', 'is', null)
        .where('left_at', 'is', null)
        .where('reminded_at', 'is', null)
        .where('acknowledge_by', '<', now)
        .orderBy('acknowledge_by')
        .limit(limit)
        .forUpdate()
        .skipLocked(),
    )
    .returningAll()
    .execute();
  return rows.map(placeOfRow);
}

function placeOfRow(r: PlaceRow): Place {
  return {
    findingId: r.finding_id,
    orgId: r.org_id,
    ...{ band: r.band, bandBecause: r.band_because, bandBy: r.band_by, isOverQuota: r.is_over_quota, tag: r.tag, urgency: r.urgency },
    ...{ queuedAt: r.queued_at, acknowledgeBy: r.acknowledge_by, acknowledgedAt: r.acknowledged_at, acknowledgedBy: r.acknowledged_by },
    ...{ leftAt: r.left_at, label: labelOfRow(r) },
  };
}
