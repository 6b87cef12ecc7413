import type { Tx } from '../../../base/doors.ts';
import type { Id } from '../../../base/id.ts';
import type { Instant } from '../../../base/instant.ts';
import { labelColumns, labelOfRow, type Tlp } from '../../../base/label.ts';
import type { Flaw } from './flaw.ts';

type Row = {
  grade_id: Id<'grd'>;
  plan_id: Id<'pln'>;
  run_id: Id<'run'>;
  evaluator_id: Id<'org'>;
  by_id: string | null;
  finding_id: Id<'fnd'> | null;
  is_named: boolean;
  tlp: Tlp;
  compartments: string[];
  handed_on_at: Instant;
};

const flaws = (tx: Tx) => tx.withTables<{ flaws: Row }>();

export async function insertFlaw(tx: Tx, f: Flaw): Promise<void> {
  const of = { grade_id: f.gradeId, plan_id: f.planId, run_id: f.runId, evaluator_id: f.evaluatorId };
  await flaws(tx)
    .insertInto('flaws')
    .values({
      ...{ ...of, by_id: f.byId, finding_id: f.findingId, is_named: f.isNamed },
      ...{ ...labelColumns(f.label), handed_on_at: f.handedOnAt },
    })
    .execute();
}

export async function flawsOfPlan(tx: Tx, planId: string): Promise<Flaw[]> {
  const rows = await flaws(tx)
    .selectFrom('flaws')
    .selectAll()
    .where('plan_id', '=', planId as Id<'pln'>)
    .orderBy('grade_id')
    .execute();
  return rows.map((r) => ({
    ...{ gradeId: r.grade_id, planId: r.plan_id, runId: r.run_id, evaluatorId: r.evaluator_id, byId: r.by_id },
    ...{ findingId: r.finding_id, isNamed: r.is_named, label: labelOfRow(r), handedOnAt: r.handed_on_at },
  }));
}

/** That something was handed on, and when, stays; which finding it is, goes. */
export async function eraseFlaw(tx: Tx, gradeId: Id<'grd'>): Promise<void> {
  await flaws(tx).updateTable('flaws').set({ by_id: null, finding_id: null }).where('grade_id', '=', gradeId).execute();
}
