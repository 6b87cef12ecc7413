import type { Tx } from '../../../base/doors.ts';
import type { Id } from '../../../base/id.ts';
import type { Instant } from '../../../base/instant.ts';
import { labelColumns, labelOfRow, type Tlp } from '../../../base/label.ts';
import type { Outcome } from '../grade.ts';
import type { Judgement } from './judgement.ts';

type Row = {
  id: Id<'jdg'>;
  grade_id: Id<'grd'>;
  place: number;
  kind: Judgement['kind'];
  outcome: Outcome | null;
  by_id: string;
  by_org_id: Id<'org'>;
  about_id: string | null;
  because: string;
  by_name: string | null;
  answer: string | null;
  tlp: Tlp;
  compartments: string[];
  said_at: Instant;
};

const judgements = (tx: Tx) => tx.withTables<{ judgements: Row }>();

export async function insertJudgement(tx: Tx, j: Judgement): Promise<void> {
  const { id, gradeId, place, kind, outcome, byId, byOrgId, byName, aboutId, because, answer, saidAt } = j;
  const ids = { id, grade_id: gradeId, by_id: byId, by_org_id: byOrgId, by_name: byName, about_id: aboutId };
  await judgements(tx)
    .insertInto('judgements')
    .values({ ...ids, place, kind, outcome, because, answer, said_at: saidAt, ...labelColumns(j.label) })
    .execute();
}

/** Oldest first. */
export async function judgementsOf(tx: Tx, gradeId: string): Promise<Judgement[]> {
  const rows = await judgements(tx)
    .selectFrom('judgements')
    .selectAll()
    .where('grade_id', '=', gradeId as Id<'grd'>)
    .orderBy('place')
    .execute();
  return rows.map(judgementOf);
}

/** By grade, each oldest first; of those of which nobody has said anything, nothing. */
export async function judgementsOfGrades(tx: Tx, gradeIds: readonly Id<'grd'>[]): Promise<Map<Id<'grd'>, Judgement[]>> {
  if (gradeIds.length === 0) return new Map();
  const rows = await judgements(tx).selectFrom('judgements').selectAll().where('grade_id', 'in', gradeIds).orderBy('place').execute();
  return Map.groupBy(rows.map(judgementOf), ({ gradeId }) => gradeId);
}

function judgementOf({ grade_id, by_id, by_org_id, by_name, about_id, said_at, tlp, compartments, ...rest }: Row): Judgement {
  const by = { byId: by_id, byOrgId: by_org_id, byName: by_name };
  return { ...rest, ...by, gradeId: grade_id, aboutId: about_id, saidAt: said_at, label: labelOfRow({ tlp, compartments }) };
}

/** That something was said, by whom and when, stays; the words go. */
export async function eraseJudgements(tx: Tx, gradeId: Id<'grd'>): Promise<void> {
  await judgements(tx)
    .updateTable('judgements')
    .set({ because: '', answer: null, outcome: null })
    .where('grade_id', '=', gradeId)
    .execute();
}
