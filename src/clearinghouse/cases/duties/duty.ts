import type { Id } from '../../../base/id.ts';
import type { Instant } from '../../../base/instant.ts';
import type { Label } from '../../../base/label.ts';

/**
 * What exactly one coordinating organisation of a case answers for: the case as a whole (`lead`), reaching the suppliers, the embargo,
 * the CVE, the advisory.
 */
export const duties = ['lead', 'contact', 'embargo', 'cve', 'publication'] as const;
export type DutyName = (typeof duties)[number];

/** Handed over by offer and acceptance: between the two it stays where it is. */
export interface Duty {
  readonly caseId: Id<'cas'>;
  readonly duty: DutyName;
  readonly orgId: Id<'org'>;
  readonly since: Instant;
  readonly offeredToId: Id<'org'> | null;
  readonly offeredAt: Instant | null;
  readonly label: Label;
}
