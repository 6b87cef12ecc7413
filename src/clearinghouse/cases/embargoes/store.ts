import type { Tx } from '../../../base/doors.ts';
import type { Instant } from '../../../base/instant.ts';
import type { EmbargoPolicy } from './embargo.ts';

type PolicyRow = { package: string; source: EmbargoPolicy['source']; name: string; max_days: number; url: string; read_at: Instant };

const policies = (tx: Tx) => tx.withTables<{ embargo_policies: PolicyRow }>();

/** Read again under the same name, a policy replaces what was read before. */
export async function keepPolicy(tx: Tx, policy: EmbargoPolicy): Promise<void> {
  const { package: name, source, maxDays, url, readAt } = policy;
  const row = { package: name, name: policy.name, source, max_days: maxDays, url, read_at: readAt };
  await policies(tx)
    .insertInto('embargo_policies')
    .values(row)
    .onConflict((c) => c.columns(['package', 'name']).doUpdateSet({ source, max_days: maxDays, url, read_at: readAt }))
    .execute();
}

export async function policiesFor(tx: Tx, name: string): Promise<EmbargoPolicy[]> {
  const rows = await policies(tx).selectFrom('embargo_policies').selectAll().where('package', '=', name).orderBy('name').execute();
  return rows.map((r) => ({ package: r.package, source: r.source, name: r.name, maxDays: r.max_days, url: r.url, readAt: r.read_at }));
}
