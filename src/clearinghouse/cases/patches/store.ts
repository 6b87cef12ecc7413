import type { ColumnType, Selectable } from 'kysely';
import type { Tx } from '../../../base/doors.ts';
import type { Id } from '../../../base/id.ts';
import type { Instant } from '../../../base/instant.ts';
import { labelColumns, labelOfRow, type Tlp } from '../../../base/label.ts';
import type { Step } from '../../../trust/labour.ts';
import type { Checked, CheckPlan } from './check.ts';
import type { Patch, PatchState, PatchVerdict } from './patch.ts';

/** Read parsed, written as text. */
type Json<T> = ColumnType<T, string | null, string | null>;

type PatchRow = {
  id: Id<'pat'>;
  case_id: Id<'cas'>;
  org_id: string | null;
  branch: string;
  blob_id: Id<'blb'>;
  series: Json<Patch['series']>;
  own_tests: Json<Patch['ownTests']>;
  steps: Json<Patch['steps']>;
  superseded_by: Id<'pat'> | null;
  progress: Json<Step | null>;
  sha256: string;
  bytes: number;
  written_by: Patch['writtenBy'];
  answerable_id: string;
  state: PatchState;
  verdict: PatchVerdict | null;
  because: string | null;
  submitted_at: Instant;
  judged_at: Instant | null;
  plan: Json<CheckPlan | null>;
  checked: Json<Checked | null>;
  tlp: Tlp;
  compartments: string[];
};

/** A patch with what its check was begun with, and what it was made of where it held. */
export type KeptPatch = Patch & { readonly plan: CheckPlan | null; readonly checked: Checked | null; readonly progress: Step | null };

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
  return row && { ...patchOf(row), plan: row.plan, checked: row.checked, progress: row.progress };
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
  const { state, verdict, because, judgedAt, steps } = patch;
  await patches(tx)
    .updateTable('case_patches')
    .set({
      ...{ state, verdict, because, judged_at: judgedAt, steps: JSON.stringify(steps), progress: null },
      checked: checked && JSON.stringify(checked),
    })
    .where('id', '=', patch.id)
    .execute();
}

/** What another push to the same branch by the same organisation takes the place of; returns those that were still to be judged. */
export async function supersede(tx: Tx, by: Patch): Promise<Id<'pat'>[]> {
  const rows = await patches(tx)
    .updateTable('case_patches')
    .set((e) => ({
      superseded_by: by.id,
      state: e.case().when('state', '=', 'submitted').then<PatchState>('superseded').else(e.ref('state')).end(),
    }))
    .where('case_id', '=', by.caseId)
    .where('org_id', 'is not distinct from', by.orgId)
    .where('branch', '=', by.branch)
    .where('superseded_by', 'is', null)
    .where('id', '!=', by.id)
    .returning(['id', 'state'])
    .execute();
  return rows.filter((r) => r.state === 'superseded').map((r) => r.id);
}

/** False when nobody waits for it any more. */
export async function sayProgress(tx: Tx, id: Id<'pat'>, step: Step | undefined): Promise<boolean> {
  const said = await patches(tx)
    .updateTable('case_patches')
    .set(step === undefined ? { state: 'submitted' } : { progress: JSON.stringify(step) })
    .where('id', '=', id)
    .where('state', '=', 'submitted')
    .executeTakeFirst();
  return said.numUpdatedRows > 0n;
}

/** What a stream tells of a check; no row is locked. */
export async function progressOf(tx: Tx, caseId: string, id: string): Promise<{ state: PatchState; progress: Step | null } | undefined> {
  return patches(tx)
    .selectFrom('case_patches')
    .select(['state', 'progress'])
    .where('id', '=', id as Id<'pat'>)
    .where('case_id', '=', caseId as Id<'cas'>)
    .executeTakeFirst();
}

/** Sends the patches of a case that held back to be checked again; returns which. */
export async function reopenVerified(tx: Tx, caseId: string): Promise<Id<'pat'>[]> {
  const rows = await patches(tx)
    .updateTable('case_patches')
    .set({ state: 'submitted', verdict: null, because: null, judged_at: null, plan: null, checked: null, steps: '[]' })
    .where('case_id', '=', caseId as Id<'cas'>)
    .where('verdict', '=', 'verified')
    .where('superseded_by', 'is', null)
    .returning('id')
    .execute();
  return rows.map((r) => r.id);
}

function rowOf(p: Patch) {
  return {
    id: p.id,
    case_id: p.caseId,
    org_id: p.orgId,
    branch: p.branch,
    series: JSON.stringify(p.series),
    own_tests: JSON.stringify(p.ownTests),
    steps: JSON.stringify(p.steps),
    superseded_by: p.supersededById,
    progress: null,
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
    orgId: r.org_id,
    branch: r.branch,
    series: r.series,
    ownTests: r.own_tests,
    steps: r.steps,
    supersededById: r.superseded_by,
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
