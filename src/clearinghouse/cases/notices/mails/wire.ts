import { z } from 'zod';
import { limits } from '../../../../base/limits.ts';
import { wireId, wireInstant, wirePage } from '../../../../base/wire.ts';
import type { Mail } from './mail.ts';

export const byId = z.object({ id: wireId('mal') });
export const byAddress = z.object({ id: wireId('rad') });
export const page = wirePage;
export const nothing = z.object({});
export const answerInput = z.object({
  id: wireId('mal'),
  evidence: z
    .object({
      outcome: z.enum(['taken', 'later', 'refused', 'unknown']),
      status: z.number().int().nullable(),
      enhanced: z.string().max(16).nullable(),
      because: z.string().max(limits.becauseChars),
    })
    .nullable(),
});
export const cameBackInput = z.object({
  id: wireId('mal'),
  report: z.array(
    z.object({
      action: z.enum(['failed', 'delayed', 'delivered', 'relayed', 'expanded']),
      status: z.string().max(16),
      diagnostic: z.string().max(limits.becauseChars).nullable(),
    }),
  ),
});
export const droppedInput = z.object({ address: z.string().max(limits.nameChars), because: z.string().max(limits.becauseChars) });

export const mailOut = z.object({
  id: wireId('mal'),
  personId: wireId('psn'),
  /** Whom it was for, and where it went. */
  name: z.string(),
  email: z.string(),
  caseId: wireId('cas').nullable(),
  state: z.enum(['waiting', 'sent', 'parked', 'dropped']),
  tries: z.number(),
  unanswered: z.number(),
  madeAt: wireInstant,
  lastAt: wireInstant.nullable(),
  lastStatus: z.number().nullable(),
  because: z.string().nullable(),
});
export const listOut = z.object({ items: z.array(mailOut) });
export const wokenOut = z.object({ woken: z.number() });
export const stateOut = z.object({ id: wireId('mal'), state: z.enum(['waiting', 'sent', 'parked', 'dropped']) });
export const repliesOut = z.object({ personId: wireId('psn'), caseId: wireId('cas') });

export type Named = Mail & { readonly name: string; readonly email: string };

export function present(of: Named): z.input<typeof mailOut> {
  const { id, personId, name, email, caseId, state, tries, unanswered, madeAt, lastAt, lastStatus, because } = of;
  return { id, personId, name, email, caseId, state, tries, unanswered, madeAt, lastAt, lastStatus, because };
}
