import type { Id } from '../../../../base/id.ts';
import type { Instant } from '../../../../base/instant.ts';
import type { Label } from '../../../../base/label.ts';
import { type Refusal, refuse } from '../../../../base/refusal.ts';
import type { Tier } from '../read-in.ts';

/** What a coordinator lets somebody in a case do: read others in, so many, of these organisations, no higher than this, no longer than that. */
export interface Delegation {
  readonly id: Id<'dlg'>;
  readonly caseId: Id<'cas'>;
  readonly delegateId: Id<'psn'>;
  readonly orgIds: readonly Id<'org'>[];
  readonly fromTier: Tier;
  readonly people: number;
  readonly expiresAt: Instant;
  readonly because: string;
  readonly grantedBy: string;
  readonly grantedAt: Instant;
  readonly revokedAt: Instant | null;
  readonly label: Label;
}

interface Wanted {
  readonly orgId: string;
  readonly tier: Tier;
  readonly expiresAt: Instant | null;
  /** The tier at which the delegate sees the case now; undefined = not at all any more. */
  readonly delegateTier: number | undefined;
  /** How many were read in under it, whatever has become of them. */
  readonly used: number;
}

/** The limits of a delegation; the gates come after it and are the same for everybody. */
export function decideDelegated(of: Delegation, wanted: Wanted, now: Instant): Refusal | undefined {
  if (of.revokedAt !== null || of.expiresAt <= now) return refuse('expired', 'this delegation is over; ask the coordinator');
  // What one does not see oneself, one shows nobody.
  if (wanted.delegateTier === undefined || wanted.tier < wanted.delegateTier)
    return refuse('not_permitted', 'nobody reads others in higher than themself', '/tier');
  if (wanted.tier < of.fromTier) return refuse('not_permitted', `this delegation is for tier ${of.fromTier} and below`, '/tier');
  if (!of.orgIds.some((id) => id === wanted.orgId))
    return refuse('not_permitted', 'this delegation is for the people of other organisations', '/personId');
  if (wanted.used >= of.people) return refuse('too_many', `this delegation is for at most ${of.people} people`);
  if (wanted.expiresAt === null || wanted.expiresAt > of.expiresAt)
    return refuse('too_large', `a read-in under this delegation ends by ${of.expiresAt}`, '/expiresAt');
  return undefined;
}
