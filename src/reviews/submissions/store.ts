import type { JSONColumnType } from 'kysely';
import type { Tx } from '../../base/doors.ts';
import type { Id } from '../../base/id.ts';
import type { Instant } from '../../base/instant.ts';
import { labelColumns, labelOfRow, type Tlp } from '../../base/label.ts';
import type { Endpoint, FlawTerms, Submission, SubmissionState } from './submission.ts';

type SubmissionRow = {
  id: Id<'sub'>;
  org_id: Id<'org'>;
  agreement_id: Id<'agr'>;
  model: string;
  statement_digest: string;
  endpoint: Endpoint;
  arm: string;
  cutoff_at: Instant | null;
  partners: string[];
  window_starts_at: Instant;
  window_ends_at: Instant;
  basis_expires_at: Instant;
  flaws: FlawTerms;
  state: SubmissionState;
  tlp: Tlp;
  compartments: string[];
  offered_at: Instant;
};

type Tables = { submissions: Omit<SubmissionRow, 'endpoint'> & { endpoint: JSONColumnType<Endpoint> } };

const submissions = (tx: Tx) => tx.withTables<Tables>();

export async function insertSubmission(tx: Tx, s: Submission): Promise<void> {
  const row = {
    id: s.id,
    org_id: s.orgId,
    agreement_id: s.agreementId,
    model: s.model,
    statement_digest: s.statementDigest,
    endpoint: JSON.stringify(s.endpoint),
    arm: s.arm,
    cutoff_at: s.cutoffAt,
    partners: [...s.partners],
    window_starts_at: s.windowStartsAt,
    window_ends_at: s.windowEndsAt,
    basis_expires_at: s.basisExpiresAt,
    flaws: s.flaws,
    state: s.state,
    ...labelColumns(s.label),
    offered_at: s.offeredAt,
  };
  await submissions(tx).insertInto('submissions').values(row).execute();
}

export async function submissionById(tx: Tx, id: string): Promise<Submission | undefined> {
  const row = await submissions(tx)
    .selectFrom('submissions')
    .selectAll()
    .where('id', '=', id as Id<'sub'>)
    .forUpdate()
    .executeTakeFirst();
  return row && submissionOf(row);
}

export async function submissionsUnder(tx: Tx, agreementId: Id<'agr'>): Promise<Submission[]> {
  const rows = await submissions(tx)
    .selectFrom('submissions')
    .selectAll()
    .where('agreement_id', '=', agreementId)
    .orderBy('id')
    .forUpdate()
    .execute();
  return rows.map(submissionOf);
}

export async function listSubmissions(tx: Tx, after: string, limit: number): Promise<Submission[]> {
  const rows = await submissions(tx)
    .selectFrom('submissions')
    .selectAll()
    .where('id', '>', after as Id<'sub'>)
    .orderBy('id')
    .limit(limit)
    .execute();
  return rows.map(submissionOf);
}

export async function dueSubmissions(tx: Tx, now: Instant, limit: number): Promise<Submission[]> {
  const rows = await submissions(tx)
    .selectFrom('submissions')
    .selectAll()
    .where('state', '=', 'offered')
    .where((e) => e.or([e('window_ends_at', '<=', now), e('basis_expires_at', '<=', now)]))
    .orderBy('window_ends_at')
    .limit(limit)
    .forUpdate()
    .skipLocked()
    .execute();
  return rows.map(submissionOf);
}

export async function setSubmissionState(tx: Tx, id: Id<'sub'>, state: SubmissionState): Promise<void> {
  await submissions(tx).updateTable('submissions').set({ state }).where('id', '=', id).execute();
}

export async function setFlawTerms(tx: Tx, id: Id<'sub'>, flaws: FlawTerms): Promise<void> {
  await submissions(tx).updateTable('submissions').set({ flaws }).where('id', '=', id).execute();
}

/** What the developer told us is gone; that there was a submission, and its window, stays. */
export async function eraseSubmission(tx: Tx, id: Id<'sub'>): Promise<void> {
  const nothing = {
    model: '',
    statement_digest: '',
    endpoint: JSON.stringify({ url: '', model: '', protocol: 'chat-completions' }),
    arm: '',
    cutoff_at: null,
    partners: [],
    flaws: 'kept' as const,
  };
  await submissions(tx)
    .updateTable('submissions')
    .set({ ...nothing, state: 'erased' })
    .where('id', '=', id)
    .execute();
}

function submissionOf(r: SubmissionRow): Submission {
  return {
    id: r.id,
    orgId: r.org_id,
    agreementId: r.agreement_id,
    model: r.model,
    statementDigest: r.statement_digest,
    // What was offered before there were other protocols says none.
    endpoint: { ...r.endpoint, protocol: r.endpoint.protocol ?? 'chat-completions' },
    arm: r.arm,
    cutoffAt: r.cutoff_at,
    partners: r.partners,
    windowStartsAt: r.window_starts_at,
    windowEndsAt: r.window_ends_at,
    basisExpiresAt: r.basis_expires_at,
    flaws: r.flaws,
    state: r.state,
    label: labelOfRow(r),
    offeredAt: r.offered_at,
  };
}
