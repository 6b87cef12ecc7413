import type { JSONColumnType } from 'kysely';
import type { Tx } from '../../base/doors.ts';
import type { Id } from '../../base/id.ts';
import type { Instant } from '../../base/instant.ts';
import { labelColumns, labelOfRow, type Tlp } from '../../base/label.ts';
import type { Agreement, AgreementState, Party, Terms } from './agreement.ts';

type Flat = {
  id: Id<'agr'>;
  org_id: Id<'org'>;
  legal_basis: string;
  basis_expires_at: Instant;
  digest: string;
  state: AgreementState;
  tlp: Tlp;
  compartments: string[];
  proposed_at: Instant;
};
type AgreementRow = Flat & { parties: Party[]; terms: Terms };
type AgreementColumns = Flat & { parties: JSONColumnType<Party[]>; terms: JSONColumnType<Terms> };

const agreements = (tx: Tx) => tx.withTables<{ agreements: AgreementColumns }>();

export async function insertAgreement(tx: Tx, a: Agreement): Promise<void> {
  const row = {
    id: a.id,
    org_id: a.orgId,
    parties: JSON.stringify(a.parties),
    terms: JSON.stringify(a.terms),
    legal_basis: a.legalBasis.name,
    basis_expires_at: a.legalBasis.expiresAt,
    digest: a.digest,
    state: a.state,
    ...labelColumns(a.label),
    proposed_at: a.proposedAt,
  };
  await agreements(tx).insertInto('agreements').values(row).execute();
}

export async function agreementById(tx: Tx, id: string): Promise<Agreement | undefined> {
  const row = await agreements(tx)
    .selectFrom('agreements')
    .selectAll()
    .where('id', '=', id as Id<'agr'>)
    .forUpdate()
    .executeTakeFirst();
  return row && agreementOf(row);
}

export async function listAgreements(tx: Tx, after: string, limit: number): Promise<Agreement[]> {
  const rows = await agreements(tx)
    .selectFrom('agreements')
    .selectAll()
    .where('id', '>', after as Id<'agr'>)
    .orderBy('id')
    .limit(limit)
    .execute();
  return rows.map(agreementOf);
}

/** Who has signed or left, and what follows; terms and basis are never changed. */
export async function updateParties(tx: Tx, a: Agreement): Promise<void> {
  const set = { parties: JSON.stringify(a.parties), state: a.state };
  await agreements(tx).updateTable('agreements').set(set).where('id', '=', a.id).execute();
}

function agreementOf(r: AgreementRow): Agreement {
  return {
    id: r.id,
    orgId: r.org_id,
    parties: r.parties,
    terms: r.terms,
    legalBasis: { name: r.legal_basis, expiresAt: r.basis_expires_at },
    digest: r.digest,
    state: r.state,
    label: labelOfRow(r),
    proposedAt: r.proposed_at,
  };
}
