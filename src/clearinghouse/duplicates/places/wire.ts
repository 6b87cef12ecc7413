import { z } from 'zod';
import { wireId, wireInstant } from '../../../base/wire.ts';
import { creditOf, credits, findingIdsOf, type Member, type Vulnerability } from '../duplicate.ts';

const memberOut = z.object({
  /** Where it is counted: another than the one shown when that one covers it. */
  vulnerabilityId: wireId('vul'),
  findingId: wireId('fnd'),
  orgId: wireId('org'),
  reporterId: z.string(),
  receivedAt: wireInstant,
  joinedAt: wireInstant,
  leftAt: wireInstant.nullable(),
  because: z.string(),
});
const creditOut = memberOut.extend({
  /** `co-discovered`: within `limits.coDiscoveryHours` of the first of its vulnerability. */
  credit: z.enum(credits),
});
export const vulnerabilityOut = z.object({
  id: wireId('vul'),
  /** What its finders are told of it. */
  name: z.string(),
  package: z.string(),
  state: z.enum(['open', 'empty']),
  subsumedById: wireId('vul').nullable(),
  findingIds: z.array(wireId('fnd')),
  /** All co-finders with their times, the earliest first; then those of what it subsumes. */
  credits: z.array(creditOut),
  openedAt: wireInstant,
});

export function presentVulnerability(v: Vulnerability): z.input<typeof vulnerabilityOut> {
  const { id, name, state, subsumedById, openedAt } = v;
  const counted = [v.members, ...Map.groupBy(v.covered, (m) => m.vulnerabilityId).values()];
  const credited = counted.flatMap((members) => members.map((m) => ({ ...m, credit: creditOf(m, members) })));
  return { id, name, package: v.package, state, subsumedById, findingIds: findingIdsOf(v), credits: credited, openedAt };
}

export const historyOut = z.array(memberOut);
export function presentHistory(members: readonly Member[]): z.input<typeof historyOut> {
  return members.map((m) => ({ ...m }));
}
