import { z } from 'zod';
import { wireId, wireInstant } from '../../../../base/wire.ts';
import type { Actor } from '../../../../trust/access.ts';
import type { Case } from '../../case.ts';
import { wireDuration } from '../policies/wire.ts';
import { overlapOf, type Preference } from './party.ts';

export const preferInput = z.object({ id: wireId('cas'), min: wireDuration, preferred: wireDuration, max: wireDuration });

const preference = z.object({ orgId: z.string(), min: z.string(), preferred: z.string(), max: z.string(), saidAt: wireInstant });
export const standingOut = z.object({
  /** Your own; the coordinator sees everybody's. */
  preferences: z.array(preference),
  /** From the longest minimum to the shortest maximum, and what to begin with; for whoever has spoken, the bounds from three parties on. */
  overlap: z
    .object({
      isThere: z.boolean(),
      from: wireInstant.optional(),
      to: wireInstant.optional(),
      suggested: wireInstant.optional(),
      apart: z.array(z.string()).optional(),
    })
    .nullable(),
});

/** A party learns what all have in common, not who wants what: a wish is a thing to bargain with. */
export function presentStanding(of: Case, all: readonly Preference[], viewer: Actor): z.input<typeof standingOut> {
  const isStaff = viewer.roles.includes('coordinator');
  const overlap = overlapOf(all, of.openedAt);
  const hasSpoken = all.some((p) => p.orgId === viewer.orgId);
  const seen = all.filter((p) => isStaff || p.orgId === viewer.orgId);
  return {
    preferences: seen.map(({ orgId, min, preferred, max, saidAt }) => ({ orgId, min, preferred, max, saidAt })),
    overlap: overlap && isStaff ? { ...overlap, apart: [...overlap.apart] } : overlap && hasSpoken ? bounded(overlap, all.length) : null,
  };
}

/** Of two, whoever knows its own bounds would read the other's out of what they have in common. */
function bounded({ isThere, from, to, suggested }: NonNullable<ReturnType<typeof overlapOf>>, parties: number) {
  return parties < 3 ? { isThere } : { isThere, from, to, suggested };
}
