import type { Id } from '../../base/id.ts';
import type { Instant } from '../../base/instant.ts';
import { type Label, label } from '../../base/label.ts';
import type { Finding } from '../findings/finding.ts';
import type { Decided } from './same.ts';

/** What several findings are of: same root cause and same fix. */
export interface Vulnerability {
  readonly id: Id<'vul'>;
  readonly package: string;
  /** `empty` once every finding has been moved elsewhere. */
  readonly state: 'open' | 'empty';
  /** Counted in it now, oldest first. */
  readonly members: readonly Member[];
  readonly label: Label;
  readonly openedAt: Instant;
}

/** A finding's place in a vulnerability; also the credit of who found it. */
export interface Member {
  readonly findingId: Id<'fnd'>;
  readonly orgId: Id<'org'>;
  readonly reporterId: string;
  /** When the finding came in: priority among co-finders. */
  readonly receivedAt: Instant;
  readonly joinedAt: Instant;
  readonly leftAt: Instant | null;
  readonly because: string;
}

/** How two findings compare: `a` is the older. */
export interface Comparison extends Decided {
  readonly id: Id<'cmp'>;
  readonly package: string;
  readonly aId: Id<'fnd'>;
  readonly bId: Id<'fnd'>;
  /** `house` or a person's id. */
  readonly decidedBy: string;
  readonly label: Label;
  readonly decidedAt: Instant;
}

/** Which findings belong together is the clearinghouse's own knowledge: no finder learns of another by it. */
export const houseLabel = label('RED', 'hou_clearinghouse');

export function findingIdsOf(vulnerability: Vulnerability): Id<'fnd'>[] {
  return vulnerability.members.map((m) => m.findingId);
}

/**
 * The vulnerability a finding joins: the first one open in which a member is the same and none is distinct. DISTINCT vetoes a group.
 * `decisionWith` tells how the finding compares with another; undefined = never compared.
 */
export function decideHome(
  open: readonly Vulnerability[],
  decisionWith: (findingId: string) => Decided['decision'] | undefined,
): Vulnerability | undefined {
  return open.find((v) => {
    const decisions = v.members.map((m) => decisionWith(m.findingId));
    return decisions.includes('same') && !decisions.includes('distinct');
  });
}

/** Valid ones first, then the newest: what is left out when there are too many to compare with. */
export function toCompareWith(finding: Finding, others: readonly Finding[], max: number): Finding[] {
  const rank = (f: Finding) => (f.state === 'valid' ? 0 : 1);
  return others
    .filter((o) => o.id !== finding.id && o.state !== 'invalid')
    .sort((a, b) => rank(a) - rank(b) || (a.id < b.id ? 1 : -1))
    .slice(0, max);
}
