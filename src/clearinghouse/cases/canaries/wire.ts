import { z } from 'zod';
import { limits } from '../../../base/limits.ts';
import { wireId, wireInstant, wireVerbatim } from '../../../base/wire.ts';

export const leakInput = z.object({ text: wireVerbatim(limits.leakChars) });
export const leakOut = z.object({
  /** `could-not-tell`: no mark of this hub was found. It may have been taken out, or retyped. */
  verdict: z.enum(['told', 'could-not-tell']),
  items: z.array(z.object({ caseId: wireId('cas'), holderId: z.string(), name: z.string(), marks: z.number(), firstShownAt: wireInstant })),
});
