import type { Tx } from '../../../base/doors.ts';
import { placesOf } from '../../duplicates/store.ts';
import { findingsByIds } from '../../findings/store.ts';
import type { Case } from '../case.ts';

/** The flaws of a case that one organisation found: of those of others its finders learn nothing. */
export async function foundBy(tx: Tx, of: Case, orgId: string | null): Promise<ReadonlySet<string>> {
  if (of.vulnerabilities.length === 1) return new Set([of.vulnerabilities[0].id]);
  const own = (await findingsByIds(tx, of.findingIds)).filter((f) => f.orgId === orgId).map((f) => f.id);
  return new Set((await placesOf(tx, own)).values());
}
