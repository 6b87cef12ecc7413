import type { ColumnType, Selectable } from 'kysely';
import type { Tx } from '../../../base/doors.ts';
import type { Id } from '../../../base/id.ts';
import type { Instant } from '../../../base/instant.ts';
import { labelColumns, labelOfRow, type Tlp } from '../../../base/label.ts';
import type { Checked, CheckPlan } from './check.ts';
import type { Patch, PatchState, PatchVerdict } from './patch.ts';

type PatchRow = {
  id: Id<'pat'>;
  case_id: Id<'cas'>;
  blob_id: Id<'blb'>;
  sha256: string;
  bytes: number;
  written_by: Patch['writtenBy'];
  answerable_id: string;
  state: PatchState;
  verdict: PatchVerdict | null;
  because: string | null;
  submitted_at: Instant;
  judged_at: Instant | null;
  plan: ColumnType<CheckPlan | null, string | null, string | null>;
  checked: ColumnType<Checked | null, string | null, string | null>;
  tlp: Tlp;
  compartments: string[];
};

/** A patch with what its check was begun with, and what it was made of where it held. */
export type KeptPatch = Patch & { readonly plan: CheckPlan | null; readonly checked: Checked | null };

const patches = (tx: Tx) => tx.withTables<{ case_patches: PatchRow }>();

export async function insertPatch(tx: Tx, patch: Patch): Promise<void> {
  await patches(tx).insertInto('case_patches').values(rowOf(patch)).execute();
}

export async function patchById(tx: Tx, id: string): Promise<KeptPatch | undefined> {
  const row = await patches(tx)
    .selectFrom('case_patches')
    .selectAll()
    .where('id', '=', id as Id<'pat'>)
    .forUpdate()
    .executeTakeFirst();
  return row && { ...patchOf(row), plan: row.plan, checked: row.checked };
}

export async function patchesOf(tx: Tx, caseId: string): Promise<Patch[]> {
  const rows = await patches(tx)
    .selectFrom('case_patches')
    .selectAll()
    .where('case_id', '=', caseId as Id<'cas'>)
    .orderBy('submitted_at')
    .orderBy('id')
    .execute();
  return rows.map(patchOf);
}

export async function pinPatch(tx: Tx, id: Id<'pat'>, plan: CheckPlan): Promise<void> {
  await patches(tx)
    .updateTable('case_patches')
    .set({ plan: JSON.stringify(plan) })
    .where('id', '=', id)
    .execute();
}

export async function judgePatch(tx: Tx, patch: Patch, checked: Checked | null): Promise<void> {
  const { state, verdict, because, judgedAt } = patch;
  await patches(tx)
    .updateTable('case_patches')
    .set({ state, verdict, because, judged_at: judgedAt, checked: checked && JSON.stringify(checked) })
    .where('id', '=', patch.id)
    .execute();
}

/** Sends the patches of a case that held back to be checked again; returns which. */
export async function reopenVerified(tx: Tx, caseId: string): Promise<Id<'pat'>[]> {
  const rows = await patches(tx)
    .updateTable('case_patches')
    .set({ state: 'submitted', verdict: null, because: null, judged_at: null, plan: null, checked: null })
    .where('case_id', '=', caseId as Id<'cas'>)
    .where('verdict', '=', 'verified')
    .returning('id')
    .execute();
  return rows.map((r) => r.id);
}

function rowOf(p: Patch) {
  return {
    id: p.id,
    case_id: p.caseId,
    blob_id: p.blobId,
    sha256: p.sha256,
    bytes: p.bytes,
    written_by: p.writtenBy,
    answerable_id: p.answerableId,
    state: p.state,
    verdict: p.verdict,
    because: p.because,
    submitted_at: p.submittedAt,
    judged_at: p.judgedAt,
    plan: null,
    checked: null,
    ...labelColumns(p.label),
  };
}

function patchOf(r: Selectable<PatchRow>): Patch {
  return {
    id: r.id,
    caseId: r.case_id,
    blobId: r.blob_id,
    sha256: r.sha256,
    bytes: r.bytes,
    writtenBy: r.written_by,
    answerableId: r.answerable_id,
    state: r.state,
    verdict: r.verdict,
    because: r.because,
    submittedAt: r.submitted_at,
    judgedAt: r.judged_at,
    label: labelOfRow(r),
  };
}
