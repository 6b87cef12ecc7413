import type { Tx } from '../../../../base/doors.ts';
import type { Instant } from '../../../../base/instant.ts';
import { labelColumns, labelOfRow, type Tlp } from '../../../../base/label.ts';
import type { Duty } from './duty.ts';

type DutyRow = {
  case_id: string;
  org_id: string;
  is_manufacturer: boolean | null;
  aware_at: Instant;
  measure_at: Instant | null;
  member_states: string[];
  told: string;
  sent: string;
  tlp: Tlp;
  compartments: string[];
};

const duties = (tx: Tx) => tx.withTables<{ case_cra_duties: DutyRow }>();

/** The caller holds the case's row lock. */
export async function keepDuty(tx: Tx, of: Duty): Promise<void> {
  const kept = {
    ...{ is_manufacturer: of.isManufacturer, aware_at: of.awareAt, measure_at: of.measureAt, member_states: [...of.memberStates] },
    ...{ told: JSON.stringify(of.told), sent: JSON.stringify(of.sent) },
  };
  await duties(tx)
    .insertInto('case_cra_duties')
    .values({ case_id: of.caseId, org_id: of.orgId, ...kept, ...labelColumns(of.label) })
    .onConflict((c) => c.columns(['case_id', 'org_id']).doUpdateSet(kept))
    .execute();
}

export async function dutiesOf(tx: Tx, caseId: string): Promise<Duty[]> {
  const rows = await duties(tx).selectFrom('case_cra_duties').selectAll().where('case_id', '=', caseId).orderBy('org_id').execute();
  return rows.map((r) => ({
    ...{ caseId: r.case_id, orgId: r.org_id, isManufacturer: r.is_manufacturer, awareAt: r.aware_at, measureAt: r.measure_at },
    // pg gives jsonb back parsed.
    ...{ memberStates: r.member_states, told: r.told as unknown as Duty['told'], sent: r.sent as unknown as Duty['sent'] },
    label: labelOfRow(r),
  }));
}
