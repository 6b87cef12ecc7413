import type { Tx } from '../../../../base/doors.ts';
import type { Instant } from '../../../../base/instant.ts';
import { knownFor } from './known.ts';
import type { Policy, PolicySource } from './policy.ts';

type Terms = Omit<Policy, 'source' | 'name' | 'url' | 'readAt'>;
type PolicyRow = { package: string; source: PolicySource; name: string; terms: string; url: string; read_at: Instant };

const policies = (tx: Tx) => tx.withTables<{ embargo_policies: PolicyRow }>();

/** Read again under the same name, a policy replaces what was read before. */
export async function keepPolicy(tx: Tx, packageName: string, policy: Policy): Promise<void> {
  const { source, name, url, readAt, ...said } = policy;
  const kept = { source, url, read_at: readAt, terms: JSON.stringify(said satisfies Terms) };
  await policies(tx)
    .insertInto('embargo_policies')
    .values({ package: packageName, name, ...kept })
    .onConflict((c) => c.columns(['package', 'name']).doUpdateSet(kept))
    .execute();
}

/** What is known of a package: what a coordinator read, and of what the product brings along the rest. */
export async function policiesFor(tx: Tx, packageName: string): Promise<Policy[]> {
  const rows = await policies(tx).selectFrom('embargo_policies').selectAll().where('package', '=', packageName).orderBy('name').execute();
  const read = rows.map(policyOf);
  return [...read, ...knownFor(packageName).filter((known) => !read.some((policy) => policy.name === known.name))];
}

function policyOf(row: PolicyRow): Policy {
  // pg gives jsonb back parsed.
  const terms = row.terms as unknown as Terms;
  return { source: row.source, name: row.name, url: row.url, readAt: row.read_at, ...terms };
}
