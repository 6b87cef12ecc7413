import type { ColumnType, Selectable } from 'kysely';
import type { Tx } from '../../../base/doors.ts';
import type { Id } from '../../../base/id.ts';
import { day, type Instant, plusMs } from '../../../base/instant.ts';
import { type Label, label, labelColumns, labelOfRow, type Tlp } from '../../../base/label.ts';
import { limits } from '../../../base/limits.ts';
import type { Band } from '../../findings/queue/band.ts';
import { maintainerOf } from '../contacts/profiles/store.ts';
import type { Delivery, Recipient } from './delivery.ts';
import { type Pace, placeOf, type Severity } from './pace.ts';

type Labelled = { tlp: Tlp; compartments: string[] };
type PaceRow = Labelled & {
  package: string;
  org_id: Id<'org'>;
  weekly: number | null;
  bands: Band[];
  paused: boolean;
  paused_until: Instant | null;
  paused_because: string | null;
  incidents_consent_by: string | null;
  incidents_consent_at: Instant | null;
  set_by: string;
  set_at: Instant;
};
type DeliveryRow = Labelled & {
  id: Id<'dlv'>;
  case_id: Id<'cas'>;
  package: string;
  recipient: ColumnType<Recipient, string, string>;
  band: Band;
  severity: Severity;
  place: number;
  state: Delivery['state'];
  queued_by: string;
  queued_at: Instant;
  settled_at: Instant | null;
  because: string | null;
};
type QueueRow = Labelled & { package: string; due_at: Instant | null };
type SeverityRow = Labelled & { case_id: Id<'cas'>; severity: Severity };

const tables = (tx: Tx) =>
  tx.withTables<{ project_paces: PaceRow; deliveries: DeliveryRow; delivery_queues: QueueRow; delivery_severities: SeverityRow }>();

export async function savePace(tx: Tx, p: Pace): Promise<void> {
  const { package: name, ...set } = paceRow(p);
  await tables(tx)
    .insertInto('project_paces')
    .values({ package: name, ...set })
    .onConflict((c) => c.column('package').doUpdateSet(set))
    .execute();
}

export async function paceOf(tx: Tx, name: string): Promise<Pace | undefined> {
  const row = await tables(tx).selectFrom('project_paces').selectAll().where('package', '=', name).executeTakeFirst();
  return row && paceOfRow(row);
}

/** The project's row, locked until the end of the transaction: whoever gives places takes turns. */
export async function lockQueue(tx: Tx, name: string): Promise<void> {
  const row = { package: name, due_at: null, ...labelColumns(label('RED', 'hou_clearinghouse')) };
  await tables(tx)
    .insertInto('delivery_queues')
    .values(row)
    .onConflict((c) => c.column('package').doNothing())
    .execute();
  await tables(tx).selectFrom('delivery_queues').select('package').where('package', '=', name).forUpdate().execute();
}

/** When the hub looks at a project's queue again; null = when something changes. A queue that nobody ever waited in stays out of it. */
export async function setDue(tx: Tx, name: string, dueAt: Instant | null): Promise<void> {
  await tables(tx).updateTable('delivery_queues').set({ due_at: dueAt }).where('package', '=', name).execute();
}

/** Projects with a place to give by now, each locked; what another worker holds is left to it. */
export async function queuesDue(tx: Tx, now: Instant, limit: number): Promise<string[]> {
  const rows = await tables(tx)
    .selectFrom('delivery_queues')
    .select('package')
    .where('due_at', '<=', now)
    .orderBy('due_at')
    .limit(limit)
    .forUpdate()
    .skipLocked()
    .execute();
  return rows.map((r) => r.package);
}

export async function insertDelivery(tx: Tx, d: Delivery): Promise<void> {
  await tables(tx).insertInto('deliveries').values(rowOf(d)).execute();
}

export async function saveDelivery(tx: Tx, d: Delivery): Promise<void> {
  const { id, ...set } = rowOf(d);
  await tables(tx).updateTable('deliveries').set(set).where('id', '=', id).execute();
}

export async function deliveryById(tx: Tx, id: string): Promise<Delivery | undefined> {
  const row = await tables(tx)
    .selectFrom('deliveries')
    .selectAll()
    .where('id', '=', id as Id<'dlv'>)
    .forUpdate()
    .executeTakeFirst();
  return row && deliveryOf(row);
}

/** Oldest first. */
export async function deliveriesOfCase(tx: Tx, caseId: string): Promise<Delivery[]> {
  const rows = await tables(tx)
    .selectFrom('deliveries')
    .selectAll()
    .where('case_id', '=', caseId as Id<'cas'>)
    .orderBy('id')
    .execute();
  return rows.map(deliveryOf);
}

/** In the order in which they have their turn. */
export async function waitingFor(tx: Tx, name: string): Promise<Delivery[]> {
  const rows = await tables(tx)
    .selectFrom('deliveries')
    .selectAll()
    .where('package', '=', name)
    .where('state', '=', 'waiting')
    .orderBy('place')
    .orderBy('queued_at')
    .orderBy('id')
    .limit(limits.deliveriesPerProject)
    .execute();
  return rows.map(deliveryOf);
}

/** When something went to a project within the last week, oldest first. */
export async function deliveredLately(tx: Tx, name: string, now: Instant): Promise<Instant[]> {
  const rows = await tables(tx)
    .selectFrom('deliveries')
    .select('settled_at')
    .where('package', '=', name)
    .where('state', '=', 'delivered')
    .where('settled_at', '>', plusMs(now, -7 * day))
    .orderBy('settled_at')
    .execute();
  return rows.flatMap((r) => r.settled_at ?? []);
}

/** Whether a case goes to an organisation by its project's pace, and has not gone there yet: offered past it, a pace would be only a word. */
export async function isPaced(tx: Tx, of: { readonly id: Id<'cas'>; readonly package: string }, orgId: string): Promise<boolean> {
  const [pace, maintainer] = [await paceOf(tx, of.package), await maintainerOf(tx, of.package)];
  if (!pace || maintainer?.orgId !== orgId || pace.orgId !== orgId) return false;
  return !(await deliveriesOfCase(tx, of.id)).some((d) => d.package === of.package && d.state === 'delivered');
}

export async function keepSeverity(tx: Tx, caseId: Id<'cas'>, severity: Severity, of: Label): Promise<void> {
  await tables(tx)
    .insertInto('delivery_severities')
    .values({ case_id: caseId, severity, ...labelColumns(of) })
    .onConflict((c) => c.column('case_id').doUpdateSet({ severity }))
    .execute();
}

export async function severityOf(tx: Tx, caseId: Id<'cas'>): Promise<Severity> {
  const row = await tables(tx).selectFrom('delivery_severities').select('severity').where('case_id', '=', caseId).executeTakeFirst();
  return row?.severity ?? 'unknown';
}

function paceRow(p: Pace): PaceRow {
  return {
    ...{ package: p.package, org_id: p.orgId, weekly: p.weekly, bands: [...p.bands] },
    ...{ paused: p.paused !== null, paused_until: p.paused?.until ?? null, paused_because: p.paused?.because ?? null },
    ...{ incidents_consent_by: p.incidents?.by ?? null, incidents_consent_at: p.incidents?.at ?? null },
    ...{ set_by: p.setBy, set_at: p.setAt },
    ...labelColumns(p.label),
  };
}

function paceOfRow(r: PaceRow): Pace {
  const { incidents_consent_by: by, incidents_consent_at: at } = r;
  return {
    ...{ package: r.package, orgId: r.org_id, weekly: r.weekly, bands: r.bands },
    paused: r.paused ? { until: r.paused_until, because: r.paused_because } : null,
    incidents: by !== null && at !== null ? { by, at } : null,
    ...{ setBy: r.set_by, setAt: r.set_at, label: labelOfRow(r) },
  };
}

function rowOf(d: Delivery) {
  return {
    ...{ id: d.id, case_id: d.caseId, package: d.package, recipient: JSON.stringify(d.recipient) },
    ...{ band: d.band, severity: d.severity, place: placeOf(d.band, d.severity), state: d.state },
    ...{ queued_by: d.queuedBy, queued_at: d.queuedAt, settled_at: d.settledAt, because: d.because },
    ...labelColumns(d.label),
  };
}

function deliveryOf(r: Selectable<DeliveryRow>): Delivery {
  return {
    ...{ id: r.id, caseId: r.case_id, package: r.package, recipient: r.recipient, band: r.band, severity: r.severity },
    ...{ state: r.state, queuedBy: r.queued_by, queuedAt: r.queued_at, settledAt: r.settled_at, because: r.because },
    label: labelOfRow(r),
  };
}
