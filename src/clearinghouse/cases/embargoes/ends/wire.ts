import { z } from 'zod';
import { limits } from '../../../../base/limits.ts';
import { wireId, wireInstant, wireText } from '../../../../base/wire.ts';
import { eligibilityRules } from '../eligibility.ts';
import { terminationNames } from './ending.ts';

export const byCase = z.object({ id: wireId('cas') });
export const terminateInput = z.object({ id: wireId('cas'), reason: z.enum(terminationNames), because: wireText(limits.becauseChars) });
/** Where it was seen, and what; for the coordinator only. */
export const leakInput = z.object({ id: wireId('cas'), where: wireText(limits.becauseChars), what: wireText(limits.textChars) });
export const dismissInput = z.object({ id: wireId('cas'), because: wireText(limits.becauseChars) });
export const judgeInput = z
  .object({
    id: wireId('cas'),
    rule: z.enum(eligibilityRules),
    holds: z.boolean(),
    because: wireText(limits.becauseChars),
    /** Of an embargo elsewhere: when that one ends. */
    endsAt: wireInstant.optional(),
  })
  .refine((j) => (j.rule === 'embargo-elsewhere' && j.holds) === (j.endsAt !== undefined), {
    message: 'goes with an embargo elsewhere, and with nothing else',
    path: ['endsAt'],
  });
export const hastenInput = z.object({ id: wireId('cas'), because: z.string() });
export const mergeInput = z.object({ id: wireId('cas'), intoId: wireId('vul') });
export const reportedOut = z.object({ id: wireId('cas'), answerBy: wireInstant });
