import { z } from 'zod';
import { wireId, wireInstant } from '../../../base/wire.ts';

export const byCase = z.object({ id: wireId('cas') });
export const nothing = z.object({});
const skillOut = z.object({
  /** `VP`: the first before the second. */
  ordering: z.string(),
  trials: z.number(),
  met: z.number(),
  byChance: z.number(),
  skill: z.number().nullable(),
  /** 95 %; of few trials it is wide. */
  credible: z.tuple([z.number(), z.number()]).nullable(),
});
const transitionOut = z.object({
  participantId: wireId('par').nullable(),
  model: z.enum(['rm', 'cs']),
  trigger: z.string(),
  from: z.string(),
  to: z.string(),
  at: wireInstant,
  because: z.string(),
});
export const historyOut = z.object({
  transitions: z.array(transitionOut),
  /** One a supplier, or the case's own where there is none: what happened, in order. */
  histories: z.array(z.object({ participantId: wireId('par').nullable(), history: z.string(), met: z.number(), decided: z.number() })),
  skill: z.array(skillOut),
});
export const skillOutput = z.object({ cases: z.number(), histories: z.number(), skill: z.array(skillOut) });
