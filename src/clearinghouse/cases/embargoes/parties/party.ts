import { type Instant, plusMs } from '../../../../base/instant.ts';
import type { Label } from '../../../../base/label.ts';
import { type Refusal, refuse } from '../../../../base/refusal.ts';
import { type Duration, msOf } from '../policies/duration.ts';

/** How long one party would keep a case closed, counted from its opening (CERT/CC, Vultron EP-01: minimum, preferred, maximum). */
export interface Preference {
  readonly caseId: string;
  readonly orgId: string;
  readonly min: Duration;
  readonly preferred: Duration;
  readonly max: Duration;
  readonly saidBy: string;
  readonly saidAt: Instant;
  readonly label: Label;
}

export function faultOfPreference({ min, preferred, max }: Pick<Preference, 'min' | 'preferred' | 'max'>): Refusal | undefined {
  if (msOf(min) > msOf(preferred)) return refuse('malformed', 'what is preferred is not less than the minimum', '/preferred');
  if (msOf(preferred) > msOf(max)) return refuse('malformed', 'what is preferred is not more than the maximum', '/preferred');
  return msOf(max) > 0 ? undefined : refuse('malformed', 'an embargo of no time is none', '/max');
}

/** What all that was said so far has in common. */
interface Overlap {
  readonly isThere: boolean;
  readonly from: Instant;
  readonly to: Instant;
  /** What to begin with: the shortest that anybody prefers, as far as it suits all; without an overlap the shortest maximum. */
  readonly suggested: Instant;
  /** Who is apart: whose minimum is beyond another's maximum. For the coordinator only. */
  readonly apart: readonly string[];
}

/** From the longest minimum to the shortest maximum; undefined while nobody has said anything. */
export function overlapOf(
  preferences: readonly Pick<Preference, 'orgId' | 'min' | 'preferred' | 'max'>[],
  openedAt: Instant,
): Overlap | undefined {
  if (preferences.length === 0) return undefined;
  const ms = (of: 'min' | 'preferred' | 'max') => preferences.map((p) => msOf(p[of]));
  const [lo, hi, wish] = [Math.max(...ms('min')), Math.min(...ms('max')), Math.min(...ms('preferred'))];
  const isThere = lo <= hi;
  const suggested = isThere ? Math.min(Math.max(wish, lo), hi) : hi;
  const apart = isThere ? [] : preferences.filter((p) => msOf(p.min) > hi || msOf(p.max) < lo).map((p) => p.orgId);
  const at = (span: number) => plusMs(openedAt, span);
  return { isThere, from: at(lo), to: at(hi), suggested: at(suggested), apart };
}
