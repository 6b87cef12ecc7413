import { calendars } from '../../../../base/business-days.ts';
import type { Tx } from '../../../../base/doors.ts';
import type { Id } from '../../../../base/id.ts';
import type { Instant } from '../../../../base/instant.ts';
import { labelColumns, labelOfRow, type Tlp } from '../../../../base/label.ts';
import type { Attempt, Ladder } from './ladder.ts';

type Labelled = { tlp: Tlp; compartments: string[] };
type LadderRow = Labelled & {
  id: Id<'lad'>;
  case_id: Id<'cas'>;
  participant_id: Id<'par'>;
  tempo: Ladder['tempo'];
  tempo_because: string | null;
  zone: string;
  calendar: keyof typeof calendars;
  started_at: Instant;
  state: Ladder['state'];
  outcome: Ladder['outcome'];
  because: string | null;
  decided_by: string | null;
  decided_at: Instant | null;
};
type AttemptRow = Labelled & {
  ladder_id: Id<'lad'>;
  seq: number;
  rung: Attempt['rung'];
  channel: string;
  addressee: string;
  carries_report: boolean;
  at: Instant;
  outcome: Attempt['outcome'];
  outcome_at: Instant | null;
  note: string | null;
  recorded_by: string;
  recorded_at: Instant;
};

const tables = (tx: Tx) => tx.withTables<{ contact_ladders: LadderRow; contact_attempts: AttemptRow }>();

/** With its attempts: what is there already is changed, what is new is added. The caller holds the case's row. */
export async function saveLadder(tx: Tx, l: Ladder): Promise<void> {
  const { id, ...set } = rowOf(l);
  await tables(tx)
    .insertInto('contact_ladders')
    .values({ id, ...set })
    .onConflict((c) => c.column('id').doUpdateSet(set))
    .execute();
  for (const a of l.attempts) {
    const said = { outcome: a.outcome, outcome_at: a.outcomeAt, note: a.note };
    const made = { rung: a.rung, channel: a.channel, addressee: a.addressee, carries_report: a.carriesReport, at: a.at };
    const recorded = { recorded_by: a.recordedBy, recorded_at: a.recordedAt, ...labelColumns(l.label) };
    await tables(tx)
      .insertInto('contact_attempts')
      .values({ ladder_id: l.id, seq: a.seq, ...made, ...said, ...recorded })
      .onConflict((c) => c.columns(['ladder_id', 'seq']).doUpdateSet(said))
      .execute();
  }
}

export async function ladderById(tx: Tx, id: string): Promise<Ladder | undefined> {
  const row = await tables(tx)
    .selectFrom('contact_ladders')
    .selectAll()
    .where('id', '=', id as Id<'lad'>)
    .forUpdate()
    .executeTakeFirst();
  return row && (await withAttempts(tx, [row]))[0];
}

/** Oldest first. */
export async function laddersOf(tx: Tx, caseId: string): Promise<Ladder[]> {
  const rows = await tables(tx)
    .selectFrom('contact_ladders')
    .selectAll()
    .where('case_id', '=', caseId as Id<'cas'>)
    .orderBy('started_at')
    .orderBy('id')
    .execute();
  return withAttempts(tx, rows);
}

async function withAttempts(tx: Tx, rows: readonly LadderRow[]): Promise<Ladder[]> {
  if (rows.length === 0) return [];
  const ids = rows.map((r) => r.id);
  const attempts = await tables(tx).selectFrom('contact_attempts').selectAll().where('ladder_id', 'in', ids).orderBy('seq').execute();
  const of = Map.groupBy(attempts, (a) => a.ladder_id);
  return rows.map((r) => ladderOf(r, of.get(r.id) ?? []));
}

function rowOf(l: Ladder): LadderRow {
  return {
    ...{ id: l.id, case_id: l.caseId, participant_id: l.participantId, tempo: l.tempo, tempo_because: l.tempoBecause },
    ...{ zone: l.reckoning.zone, calendar: l.reckoning.calendar.id as LadderRow['calendar'], started_at: l.startedAt },
    ...{ state: l.state, outcome: l.outcome, because: l.because, decided_by: l.decidedBy, decided_at: l.decidedAt },
    ...labelColumns(l.label),
  };
}

function ladderOf(r: LadderRow, attempts: readonly AttemptRow[]): Ladder {
  return {
    ...{ id: r.id, caseId: r.case_id, participantId: r.participant_id, tempo: r.tempo, tempoBecause: r.tempo_because },
    ...{ reckoning: { zone: r.zone, calendar: calendars[r.calendar] }, startedAt: r.started_at },
    ...{ state: r.state, outcome: r.outcome, because: r.because, decidedBy: r.decided_by, decidedAt: r.decided_at },
    attempts: attempts.map((a) => ({
      ...{ seq: a.seq, rung: a.rung, channel: a.channel, addressee: a.addressee, carriesReport: a.carries_report, at: a.at },
      ...{ outcome: a.outcome, outcomeAt: a.outcome_at, note: a.note, recordedBy: a.recorded_by, recordedAt: a.recorded_at },
    })),
    label: labelOfRow(r),
  };
}
