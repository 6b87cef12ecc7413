import type { Tx } from '../../../base/doors.ts';
import type { Id } from '../../../base/id.ts';
import { type Label, labelColumns, type Tlp } from '../../../base/label.ts';
import type { Actor } from '../../../trust/access.ts';
import { agentById } from '../../../trust/orgs/store.ts';
import { plansBlindFor } from '../store.ts';

type Row = { plan_id: Id<'pln'>; person_id: string; asked: number | null; given: number; tlp: Tlp; compartments: string[] };

const graders = (tx: Tx) => tx.withTables<{ second_graders: Row }>();

export async function nameGrader(tx: Tx, planId: Id<'pln'>, personId: string, label: Label): Promise<void> {
  const row = { plan_id: planId, person_id: personId, asked: null, given: 0, ...labelColumns(label) };
  await graders(tx)
    .insertInto('second_graders')
    .values(row)
    .onConflict((on) => on.doNothing())
    .execute();
}

export async function isDrawn(tx: Tx, planId: Id<'pln'>): Promise<boolean> {
  const rows = await graders(tx).selectFrom('second_graders').select('asked').where('plan_id', '=', planId).forUpdate().execute();
  return rows.every(({ asked }) => asked !== null);
}

export async function saveAsked(tx: Tx, planId: Id<'pln'>, personId: string, asked: number): Promise<void> {
  await graders(tx).updateTable('second_graders').set({ asked }).where('plan_id', '=', planId).where('person_id', '=', personId).execute();
}

export async function countGivenBy(tx: Tx, planId: Id<'pln'>, personId: string): Promise<void> {
  await graders(tx)
    .updateTable('second_graders')
    .set(({ eb }) => ({ given: eb('given', '+', 1) }))
    .where('plan_id', '=', planId)
    .where('person_id', '=', personId)
    .execute();
}

/**
 * Plans of which an actor is shown no outcome: who grades one of its runs again, and whoever acts for them. What is told of all runs tells that of
 * one, so it is all or nothing.
 */
export async function blindPlans(tx: Tx, { kind, id }: Actor): Promise<Id<'pln'>[]> {
  const answerable = kind === 'agent' ? (await agentById(tx, id))?.answerableId : undefined;
  const ids = answerable === undefined ? [id] : [id, answerable];
  const rows = await graders(tx)
    .selectFrom('second_graders')
    .select('plan_id')
    .where('person_id', 'in', ids)
    .where(({ eb, or }) => or([eb('asked', 'is', null), eb('given', '<', eb.ref('asked'))]))
    .execute();
  return [...new Set([...rows.map((row) => row.plan_id), ...(await plansBlindFor(tx, ids))])];
}
