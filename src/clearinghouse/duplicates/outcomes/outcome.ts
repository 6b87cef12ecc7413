import type { Id } from '../../../base/id.ts';
import type { Instant } from '../../../base/instant.ts';
import { type Label, label } from '../../../base/label.ts';
import type { Finding } from '../../findings/finding.ts';
import { houseLabel, isOlder, type Member, type Vulnerability } from '../duplicate.ts';

/**
 * `pending`: nothing was replayed yet, so that nothing is decided · `new`: no finding that its finder may hear of came before it ·
 * `known`: another came before it · `none`: what it claims did not hold, or was taken back.
 */
export const outcomes = ['pending', 'new', 'known', 'none'] as const;

/** What whoever handed a finding in is told of its place: always these fields, made out before anybody asks. */
export interface Outcome {
  readonly findingId: Id<'fnd'>;
  readonly outcome: (typeof outcomes)[number];
  /** The vulnerability's name: the same for all who found it, and saying nothing of them. */
  readonly vulnerability: string | null;
  readonly at: Instant;
  /** The finder's own: it is theirs to read. */
  readonly label: Label;
}

/**
 * It takes a replay of ours to be told anything but `pending`: nobody can try claims to find out what is known here.
 * It changes only by what happens to the finding itself, never because somebody else came: that would tell of them.
 */
export function outcomeOf(member: Member, home: Vulnerability, mayHearOf: (findingId: string) => boolean, at: Instant): Outcome {
  const cameBefore = home.members.some((m) => m.findingId !== member.findingId && isOlder(m, member) && mayHearOf(m.findingId));
  const { findingId, orgId } = member;
  return { findingId, outcome: cameBefore ? 'known' : 'new', vulnerability: home.name, at, label: label('RED', orgId) };
}

export function noOutcome({ id, orgId }: Pick<Finding, 'id' | 'orgId'>, at: Instant): Outcome {
  return { findingId: id, outcome: 'none', vulnerability: null, at, label: label('RED', orgId) };
}

/** A finder may hear that another organisation's ordinary report was there; of what lies under more than that, not even that it is. */
export function isOrdinary(of: Label): boolean {
  return of.compartments.every((c) => c.startsWith('org_') || houseLabel.compartments.includes(c));
}
