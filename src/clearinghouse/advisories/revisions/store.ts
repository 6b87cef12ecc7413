import type { Tx } from '../../../base/doors.ts';
import type { Id } from '../../../base/id.ts';
import type { Instant } from '../../../base/instant.ts';
import { labelColumns, labelOfRow, type Tlp } from '../../../base/label.ts';
import type { AdvisoryText } from '../text.ts';
import type { Revision } from './revision.ts';

type RevisionRow = {
  advisory_id: Id<'adv'>;
  revision: number;
  text: string;
  digest: string;
  drafted_by: string;
  drafted_at: Instant;
  tlp: Tlp;
  compartments: string[];
};

const revisions = (tx: Tx) => tx.withTables<{ advisory_revisions: RevisionRow }>();

export async function insertRevision(tx: Tx, r: Revision): Promise<void> {
  const row = {
    ...{ advisory_id: r.advisoryId, revision: r.revision, text: JSON.stringify(r.text), digest: r.digest },
    ...{ drafted_by: r.draftedBy, drafted_at: r.draftedAt, ...labelColumns(r.label) },
  };
  await revisions(tx).insertInto('advisory_revisions').values(row).execute();
}

export async function revisionsOf(tx: Tx, advisoryId: Id<'adv'>, after: number, limit: number): Promise<Revision[]> {
  const rows = await revisions(tx)
    .selectFrom('advisory_revisions')
    .selectAll()
    .where('advisory_id', '=', advisoryId)
    .where('revision', '>', after)
    .orderBy('revision')
    .limit(limit)
    .execute();
  return rows.map(revisionOf);
}

function revisionOf(r: RevisionRow): Revision {
  return {
    // pg gives jsonb back parsed.
    ...{ advisoryId: r.advisory_id, revision: r.revision, text: r.text as unknown as AdvisoryText, digest: r.digest },
    ...{ draftedBy: r.drafted_by, draftedAt: r.drafted_at, label: labelOfRow(r) },
  };
}
