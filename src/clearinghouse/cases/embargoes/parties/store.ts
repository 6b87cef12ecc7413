import type { Tx } from '../../../../base/doors.ts';
import type { Instant } from '../../../../base/instant.ts';
import { labelColumns, labelOfRow, type Tlp } from '../../../../base/label.ts';
import type { Duration } from '../policies/duration.ts';
import type { Preference } from './party.ts';

type PreferenceRow = {
  case_id: string;
  org_id: string;
  least: Duration;
  preferred: Duration;
  most: Duration;
  said_by: string;
  said_at: Instant;
  tlp: Tlp;
  compartments: string[];
};

const preferences = (tx: Tx) => tx.withTables<{ case_embargo_preferences: PreferenceRow }>();

/** Said again, it replaces what was said before. */
export async function keepPreference(tx: Tx, of: Preference): Promise<void> {
  const said = { least: of.min, preferred: of.preferred, most: of.max, said_by: of.saidBy, said_at: of.saidAt };
  await preferences(tx)
    .insertInto('case_embargo_preferences')
    .values({ case_id: of.caseId, org_id: of.orgId, ...said, ...labelColumns(of.label) })
    .onConflict((c) => c.columns(['case_id', 'org_id']).doUpdateSet(said))
    .execute();
}

export async function preferencesOf(tx: Tx, caseId: string): Promise<Preference[]> {
  const rows = await preferences(tx)
    .selectFrom('case_embargo_preferences')
    .selectAll()
    .where('case_id', '=', caseId)
    .orderBy('org_id')
    .execute();
  return rows.map((r) => ({
    ...{ caseId: r.case_id, orgId: r.org_id, min: r.least, preferred: r.preferred, max: r.most },
    ...{ saidBy: r.said_by, saidAt: r.said_at, label: labelOfRow(r) },
  }));
}
