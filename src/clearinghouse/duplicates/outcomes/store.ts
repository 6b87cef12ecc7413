import type { Tx } from '../../../base/doors.ts';
import type { Id } from '../../../base/id.ts';
import type { Instant } from '../../../base/instant.ts';
import { labelColumns, labelOfRow, type Tlp } from '../../../base/label.ts';
import type { Outcome } from './outcome.ts';

type OutcomeRow = {
  finding_id: Id<'fnd'>;
  outcome: Outcome['outcome'];
  vulnerability: string | null;
  at: Instant;
  tlp: Tlp;
  compartments: string[];
};
const outcomes = (tx: Tx) => tx.withTables<{ finding_outcomes: OutcomeRow }>();

/** An answer that says what the one before said keeps its time. */
export async function saveOutcomes(tx: Tx, told: readonly Outcome[]): Promise<void> {
  if (told.length === 0) return;
  const rows = told.map(({ findingId, outcome, vulnerability, at, label }) => {
    return { finding_id: findingId, outcome, vulnerability, at, ...labelColumns(label) };
  });
  await outcomes(tx)
    .insertInto('finding_outcomes')
    .values(rows)
    .onConflict((c) =>
      c
        .column('finding_id')
        .doUpdateSet((e) => ({
          outcome: e.ref('excluded.outcome'),
          vulnerability: e.ref('excluded.vulnerability'),
          at: e.ref('excluded.at'),
        }))
        .where((e) =>
          e.or([
            e('finding_outcomes.outcome', '!=', e.ref('excluded.outcome')),
            e('finding_outcomes.vulnerability', 'is distinct from', e.ref('excluded.vulnerability')),
          ]),
        ),
    )
    .execute();
}

export async function outcomeFor(tx: Tx, findingId: string): Promise<Outcome | undefined> {
  const row = await outcomes(tx)
    .selectFrom('finding_outcomes')
    .selectAll()
    .where('finding_id', '=', findingId as Id<'fnd'>)
    .executeTakeFirst();
  return row && { findingId: row.finding_id, outcome: row.outcome, vulnerability: row.vulnerability, at: row.at, label: labelOfRow(row) };
}
