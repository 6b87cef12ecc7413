import { sql } from 'kysely';
import type { Tx } from '../../../base/doors.ts';
import type { Id } from '../../../base/id.ts';
import type { Instant } from '../../../base/instant.ts';
import { labelColumns, labelOfRow, type Tlp } from '../../../base/label.ts';
import { caseLabel } from '../case.ts';
import { type Clock, type ClockKind, type Owner, type Started, wound } from './clock.ts';

type ClockRow = {
  id: Id<'clk'>;
  case_id: Id<'cas'>;
  kind: ClockKind;
  about: string;
  owed_by: Owner['by'];
  owed_by_id: string | null;
  org_id: string | null;
  because: string;
  started_at: Instant;
  warn_at: Instant | null;
  due_at: Instant;
  escalate_at: Instant | null;
  next_at: Instant | null;
  warned_at: Instant | null;
  overdue_at: Instant | null;
  escalated_at: Instant | null;
  done_at: Instant | null;
  tlp: Tlp;
  compartments: string[];
};

const clocks = (tx: Tx) => tx.withTables<{ case_clocks: ClockRow }>();

/**
 * Starts a clock, or moves the one of this kind that runs on the same matter: to another hour it begins anew, to the same it goes on.
 * The caller holds the case's row lock.
 */
export async function startClock(tx: Tx, started: Started): Promise<Clock> {
  const running = await runningClock(tx, started.caseId, started.kind, started.about);
  if (running && running.dueAt === started.dueAt) return running;
  const clock = wound(
    { ...started, id: running?.id ?? started.id, startedAt: running?.startedAt ?? started.startedAt },
    caseLabel(started.caseId),
  );
  if (running) await saveClock(tx, clock);
  else await clocks(tx).insertInto('case_clocks').values(rowOf(clock)).execute();
  return clock;
}

/** Stops what runs of this kind on this matter; undefined where nothing runs. */
export async function stopClock(tx: Tx, caseId: Id<'cas'>, kind: ClockKind, about: string, at: Instant): Promise<Clock | undefined> {
  const running = await runningClock(tx, caseId, kind, about);
  if (!running) return undefined;
  const stopped = { ...running, doneAt: at, nextAt: null };
  await saveClock(tx, stopped);
  return stopped;
}

/** Stops all clocks of these kinds in a case: what nobody owes any more. Returns how many. */
export async function stopClocks(tx: Tx, caseId: Id<'cas'>, kinds: readonly ClockKind[], at: Instant): Promise<number> {
  const { numUpdatedRows } = await clocks(tx)
    .updateTable('case_clocks')
    .set({ done_at: at, next_at: null })
    .where('case_id', '=', caseId)
    .where('kind', 'in', kinds)
    .where('done_at', 'is', null)
    .executeTakeFirst();
  return Number(numUpdatedRows);
}

export async function runningClock(tx: Tx, caseId: Id<'cas'>, kind: ClockKind, about: string): Promise<Clock | undefined> {
  const row = await clocks(tx)
    .selectFrom('case_clocks')
    .selectAll()
    .where('case_id', '=', caseId)
    .where('kind', '=', kind)
    .where('about', '=', about)
    .where('done_at', 'is', null)
    .forUpdate()
    .executeTakeFirst();
  return row && clockOf(row);
}

/** The row is locked by whichever load brought it here. */
export async function saveClock(tx: Tx, clock: Clock): Promise<void> {
  const { id, ...rest } = rowOf(clock);
  await clocks(tx).updateTable('case_clocks').set(rest).where('id', '=', id).execute();
}

/** What has something to do by now, the longest due first; what another worker holds is left to it. */
export async function clocksToStrike(tx: Tx, now: Instant, limit: number): Promise<Clock[]> {
  const rows = await clocks(tx)
    .selectFrom('case_clocks')
    .selectAll()
    .where('next_at', '<=', now)
    .orderBy('next_at')
    .limit(limit)
    .forUpdate()
    .skipLocked()
    .execute();
  return rows.map(clockOf);
}

/** All of a case, done or not, the soonest due first. */
export async function clocksOfCase(tx: Tx, caseId: Id<'cas'>): Promise<Clock[]> {
  const rows = await clocks(tx)
    .selectFrom('case_clocks')
    .selectAll()
    .where('case_id', '=', caseId)
    .orderBy('due_at')
    .orderBy('id')
    .execute();
  return rows.map(clockOf);
}

/** What an organisation owes over all its cases, the soonest due first; null = the clearinghouse, with what others have let pass. */
export async function clocksOwed(tx: Tx, orgId: string | null, limit: number): Promise<Clock[]> {
  const running = clocks(tx).selectFrom('case_clocks').selectAll().where('done_at', 'is', null).orderBy('due_at').limit(limit);
  const own =
    orgId === null
      ? running.where(sql<boolean>`(owed_by = 'coordinator' OR escalated_at IS NOT NULL)`)
      : running.where('org_id', '=', orgId);
  return (await own.execute()).map(clockOf);
}

function rowOf(c: Clock): ClockRow {
  return {
    ...{ id: c.id, case_id: c.caseId, kind: c.kind, about: c.about, because: c.because },
    ...{ owed_by: c.owedBy.by, owed_by_id: c.owedBy.id, org_id: c.owedBy.orgId },
    ...{ started_at: c.startedAt, warn_at: c.warnAt, due_at: c.dueAt, escalate_at: c.escalateAt, next_at: c.nextAt },
    ...{ warned_at: c.warnedAt, overdue_at: c.overdueAt, escalated_at: c.escalatedAt, done_at: c.doneAt },
    ...labelColumns(c.label),
  };
}

function clockOf(r: ClockRow): Clock {
  return {
    ...{ id: r.id, caseId: r.case_id, kind: r.kind, about: r.about, because: r.because },
    owedBy: { by: r.owed_by, id: r.owed_by_id, orgId: r.org_id } as Owner,
    ...{ startedAt: r.started_at, warnAt: r.warn_at, dueAt: r.due_at, escalateAt: r.escalate_at, nextAt: r.next_at },
    ...{ warnedAt: r.warned_at, overdueAt: r.overdue_at, escalatedAt: r.escalated_at, doneAt: r.done_at },
    label: labelOfRow(r),
  };
}
