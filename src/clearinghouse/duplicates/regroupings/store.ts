import type { Tx } from '../../../base/doors.ts';
import type { Id } from '../../../base/id.ts';
import type { Instant } from '../../../base/instant.ts';
import { labelColumns, type Tlp } from '../../../base/label.ts';
import type { Guarded } from '../../../trust/access.ts';
import { houseLabel } from '../duplicate.ts';
import type { Regrouping } from './regrouping.ts';

type RegroupingRow = {
  id: Id<'rgp'>;
  kind: Regrouping['kind'];
  from_id: Id<'vul'> | null;
  to_id: Id<'vul'> | null;
  finding_ids: Id<'fnd'>[];
  because: string;
  by_id: string;
  at: Instant;
  undone_by_id: string | null;
  undone_because: string | null;
  undone_at: Instant | null;
  tlp: Tlp;
  compartments: string[];
};
const regroupings = (tx: Tx) => tx.withTables<{ regroupings: RegroupingRow }>();

export async function insertRegrouping(tx: Tx, act: Regrouping): Promise<void> {
  const { id, kind, because, at } = act;
  const ends = { from_id: act.fromId, to_id: act.toId, finding_ids: [...act.findingIds] };
  const undone = { undone_by_id: null, undone_because: null, undone_at: null };
  const row = { id, kind, because, at, by_id: act.byId, ...ends, ...undone, ...labelColumns(houseLabel) };
  await regroupings(tx).insertInto('regroupings').values(row).execute();
}

export async function endRegrouping(tx: Tx, id: Id<'rgp'>, undone: NonNullable<Regrouping['undone']>): Promise<void> {
  const { byId, because, at } = undone;
  const row = { undone_by_id: byId, undone_because: because, undone_at: at };
  await regroupings(tx).updateTable('regroupings').set(row).where('id', '=', id).execute();
}

/** Locked: of two who undo at the same moment, one comes too late. */
export async function regroupingForChange(tx: Tx, id: string): Promise<(Regrouping & Guarded) | undefined> {
  const row = await regroupings(tx)
    .selectFrom('regroupings')
    .selectAll()
    .where('id', '=', id as Id<'rgp'>)
    .forUpdate()
    .executeTakeFirst();
  return row && { ...regroupingOf(row), label: houseLabel };
}

/** Every act upon a vulnerability, newest first, those undone too. */
export async function regroupingsOf(tx: Tx, vulnerabilityId: string, limit: number): Promise<Regrouping[]> {
  const id = vulnerabilityId as Id<'vul'>;
  const rows = await regroupings(tx)
    .selectFrom('regroupings')
    .selectAll()
    .where((e) => e.or([e('from_id', '=', id), e('to_id', '=', id)]))
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
  return rows.map(regroupingOf);
}

/** The link of this kind between two vulnerabilities that is in force. */
export async function linkBetween(tx: Tx, kind: Regrouping['kind'], x: Id<'vul'>, y: Id<'vul'>): Promise<Regrouping | undefined> {
  const row = await regroupings(tx)
    .selectFrom('regroupings')
    .selectAll()
    .where('kind', '=', kind)
    .where('undone_at', 'is', null)
    .where('from_id', 'in', [x, y])
    .where('to_id', 'in', [x, y])
    .executeTakeFirst();
  return row && regroupingOf(row);
}

function regroupingOf(r: RegroupingRow): Regrouping {
  const { id, kind, because, at } = r;
  const undone = r.undone_at === null ? null : { byId: r.undone_by_id!, because: r.undone_because!, at: r.undone_at };
  return { id, kind, fromId: r.from_id, toId: r.to_id, findingIds: r.finding_ids, because, byId: r.by_id, at, undone };
}
