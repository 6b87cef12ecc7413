import type { Tx } from '../../../base/doors.ts';
import type { Id } from '../../../base/id.ts';
import type { Instant } from '../../../base/instant.ts';
import { labelColumns, labelOfRow, type Tlp } from '../../../base/label.ts';
import type { CreditChoice } from './credit.ts';

type Row = {
  participant_id: Id<'par'>;
  case_id: Id<'cas'>;
  naming: CreditChoice['naming'];
  name: string | null;
  names_tools: boolean;
  finding_ids: string[];
  chosen_by: string;
  chosen_at: Instant;
  tlp: Tlp;
  compartments: string[];
};

const credits = (tx: Tx) => tx.withTables<{ case_credits: Row }>();

/** What was chosen last is what holds. */
export async function saveCredit(tx: Tx, of: CreditChoice): Promise<void> {
  const said = { naming: of.naming, name: of.name, names_tools: of.namesTools, finding_ids: [...of.findingIds] };
  const changing = { ...said, chosen_by: of.chosenBy, chosen_at: of.chosenAt };
  await credits(tx)
    .insertInto('case_credits')
    .values({ participant_id: of.participantId, case_id: of.caseId, ...changing, ...labelColumns(of.label) })
    .onConflict((c) => c.column('participant_id').doUpdateSet(changing))
    .execute();
}

export async function creditsOfCase(tx: Tx, caseId: string): Promise<CreditChoice[]> {
  const rows = await credits(tx)
    .selectFrom('case_credits')
    .selectAll()
    .where('case_id', '=', caseId as Id<'cas'>)
    .orderBy('participant_id')
    .execute();
  return rows.map((r) => ({
    ...{ participantId: r.participant_id, caseId: r.case_id, naming: r.naming, name: r.name, namesTools: r.names_tools },
    ...{ findingIds: r.finding_ids, chosenBy: r.chosen_by, chosenAt: r.chosen_at, label: labelOfRow(r) },
  }));
}
