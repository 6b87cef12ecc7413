import type { Id } from '../../base/id.ts';
import { epochMs, hour, type Instant } from '../../base/instant.ts';
import { type Label, label } from '../../base/label.ts';
import { limits } from '../../base/limits.ts';
import type { Happening } from '../../trust/action.ts';
import type { Finding } from '../findings/finding.ts';
import type { Decision } from './same.ts';

/** What several findings are of: same root cause and same fix. */
export interface Vulnerability {
  readonly id: Id<'vul'>;
  /** What members are told of it: chance, so that it says neither when it was opened nor by whom. */
  readonly name: string;
  readonly package: string;
  /** `empty` once every finding has been moved elsewhere. */
  readonly state: 'open' | 'empty';
  /** Its fix is part of that one's. */
  readonly subsumedById: Id<'vul'> | null;
  /** Counted in it now, oldest first. */
  readonly members: readonly Member[];
  /** Counted in what it subsumes. */
  readonly covered: readonly Member[];
  readonly label: Label;
  readonly openedAt: Instant;
}

/** A finding's place in a vulnerability; also the credit of who found it. */
export interface Member {
  readonly vulnerabilityId: Id<'vul'>;
  readonly findingId: Id<'fnd'>;
  readonly orgId: Id<'org'>;
  readonly reporterId: string;
  /** When the finding came in: priority among co-finders. */
  readonly receivedAt: Instant;
  readonly joinedAt: Instant;
  readonly leftAt: Instant | null;
  readonly because: string;
}

export const credits = ['first', 'co-discovered', 'later'] as const;
type Credit = (typeof credits)[number];

/** Which findings belong together is the clearinghouse's own knowledge: no finder learns of another by it. */
export const houseLabel = label('RED', 'hou_clearinghouse');

export function findingIdsOf({ members }: Pick<Vulnerability, 'members'>): Id<'fnd'>[] {
  return members.map((m) => m.findingId);
}

/** All that its fix must stop: its own findings, and those of what it subsumes. */
export function membersToFix({ members, covered }: Pick<Vulnerability, 'members' | 'covered'>): readonly Member[] {
  return [...members, ...covered];
}

/** Who came within `limits.coDiscoveryHours` of the first found it too; `members` are those of one vulnerability, oldest first. */
export function creditOf(member: Member, members: readonly Member[]): Credit {
  const first = members[0];
  if (!first || first.findingId === member.findingId) return 'first';
  const behindMs = epochMs(member.receivedAt) - epochMs(first.receivedAt);
  return behindMs <= limits.coDiscoveryHours * hour ? 'co-discovered' : 'later';
}

export function memberOf(finding: Finding, of: Id<'vul'>, joinedAt: Instant, because: string): Member {
  const { id, orgId, reporterId, receivedAt } = finding;
  return { vulnerabilityId: of, findingId: id, orgId, reporterId, receivedAt, joinedAt, leftAt: null, because };
}

export function withMember(v: Vulnerability, member: Member): Vulnerability {
  return { ...v, state: 'open', members: [...v.members, member].sort((a, b) => (isOlder(a, b) ? -1 : 1)) };
}

export function isOlder(a: Member, b: Member): boolean {
  return a.receivedAt < b.receivedAt || (a.receivedAt === b.receivedAt && a.findingId < b.findingId);
}

/** Something that befell a vulnerability, under the clearinghouse's own label. */
export function befell(id: Id<'vul'>, what: string, payload: unknown): Happening {
  return { event: `vulnerability.${what}`, thing: id, label: houseLabel, payload };
}

/** Where these are counted, surest first, without repeats; so many. */
export function surestHomes(findingIds: readonly string[], places: ReadonlyMap<string, Id<'vul'>>): Id<'vul'>[] {
  return [...new Set(findingIds.flatMap((id) => places.get(id) ?? []))].slice(0, limits.weighedHomes);
}

/**
 * The vulnerability a finding joins: of those in which a member is the same and none is distinct, the one with the surest pair, then the
 * oldest. DISTINCT vetoes a group. `with` tells how the finding compares with another; undefined = never compared.
 */
export function decideHome(
  open: readonly Vulnerability[],
  decidedWith: (findingId: string) => { readonly decision: Decision; readonly score: number } | undefined,
): Vulnerability | undefined {
  const fitting = open.flatMap((v) => {
    const decided = v.members.flatMap((m) => decidedWith(m.findingId) ?? []);
    const same = decided.filter((d) => d.decision === 'same').map((d) => d.score);
    return same.length > 0 && decided.every((d) => d.decision !== 'distinct') ? [{ v, score: Math.max(...same) }] : [];
  });
  fitting.sort((x, y) => y.score - x.score || (x.v.id < y.v.id ? -1 : 1));
  return fitting[0]?.v;
}
