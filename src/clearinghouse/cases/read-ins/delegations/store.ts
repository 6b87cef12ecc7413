import type { Tx } from '../../../../base/doors.ts';
import type { Id } from '../../../../base/id.ts';
import type { Instant } from '../../../../base/instant.ts';
import { labelColumns, labelOfRow, type Tlp } from '../../../../base/label.ts';
import type { Tier } from '../read-in.ts';
import type { Delegation } from './delegation.ts';

type DelegationRow = {
  id: Id<'dlg'>;
  case_id: Id<'cas'>;
  delegate_id: Id<'psn'>;
  org_ids: Id<'org'>[];
  from_tier: Tier;
  people: number;
  expires_at: Instant;
  because: string;
  granted_by: string;
  granted_at: Instant;
  revoked_at: Instant | null;
  tlp: Tlp;
  compartments: string[];
};

const delegations = (tx: Tx) =>
  tx.withTables<{ case_delegations: DelegationRow; case_read_ins: { delegation_id: string | null; case_id: Id<'cas'> } }>();

export async function insertDelegation(tx: Tx, of: Delegation): Promise<void> {
  const row: DelegationRow = {
    ...{ id: of.id, case_id: of.caseId, delegate_id: of.delegateId, org_ids: [...of.orgIds], from_tier: of.fromTier, people: of.people },
    ...{ expires_at: of.expiresAt, because: of.because, granted_by: of.grantedBy, granted_at: of.grantedAt, revoked_at: of.revokedAt },
    ...labelColumns(of.label),
  };
  await delegations(tx).insertInto('case_delegations').values(row).execute();
}

export async function revokeDelegation(tx: Tx, id: Id<'dlg'>, now: Instant): Promise<void> {
  await delegations(tx).updateTable('case_delegations').set({ revoked_at: now }).where('id', '=', id).execute();
}

/** Those of a case that are not over, of one delegate or of all; locked, so that two read-ins at once are counted. */
export async function liveDelegations(tx: Tx, caseId: string, now: Instant, delegateId?: string): Promise<Delegation[]> {
  let query = delegations(tx)
    .selectFrom('case_delegations')
    .selectAll()
    .where('case_id', '=', caseId as Id<'cas'>)
    .where('revoked_at', 'is', null)
    .where('expires_at', '>', now);
  if (delegateId !== undefined) query = query.where('delegate_id', '=', delegateId as Id<'psn'>);
  return (await query.orderBy('id').forUpdate().execute()).map(delegationOf);
}

/** How many were offered a read-in under it. */
export async function usedOf(tx: Tx, id: Id<'dlg'>): Promise<number> {
  const row = await delegations(tx)
    .selectFrom('case_read_ins')
    .select((e) => e.fn.countAll<string>().as('n'))
    .where('delegation_id', '=', id)
    .executeTakeFirstOrThrow();
  return Number(row.n);
}

function delegationOf(r: DelegationRow): Delegation {
  return {
    ...{ id: r.id, caseId: r.case_id, delegateId: r.delegate_id, orgIds: r.org_ids, fromTier: r.from_tier, people: r.people },
    ...{ expiresAt: r.expires_at, because: r.because, grantedBy: r.granted_by, grantedAt: r.granted_at, revokedAt: r.revoked_at },
    label: labelOfRow(r),
  };
}
