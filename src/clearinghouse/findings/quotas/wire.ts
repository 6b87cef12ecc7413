import { z } from 'zod';
import { limits } from '../../../base/limits.ts';
import { wireId, wireInstant, wireText } from '../../../base/wire.ts';

export const quotaInput = z.object({
  /** Whose; left out, one's own. */
  orgId: wireId('org').optional(),
});
export const setInput = z.object({
  orgId: wireId('org'),
  /** Left out: what is learned counts again. */
  perDay: z.number().int().min(0).max(limits.quotaMostPerDay).optional(),
  until: wireInstant.optional(),
  because: wireText(limits.becauseChars),
});
export const appealInput = z.object({ because: wireText(limits.becauseChars) });

const recordOut = z.object({
  /** '' where no tool was named. */
  tooling: z.string(),
  submitted: z.number(),
  replayed: z.number(),
  contradicted: z.number(),
  undecided: z.number(),
});
export const quotaOut = z.object({
  orgId: wireId('org'),
  perDay: z.number(),
  /** What follows from the record alone. */
  learnedPerDay: z.number(),
  usedToday: z.number(),
  set: z.object({ because: z.string(), until: wireInstant.nullable() }).nullable(),
  appeal: z.object({ because: z.string(), at: wireInstant }).nullable(),
  records: z.array(recordOut),
});
