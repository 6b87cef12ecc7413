import { z } from 'zod';
import { wireId, wireInstant } from '../../../base/wire.ts';
import { byReceipt } from '../../findings/wire.ts';
import { type Outcome, outcomes } from './outcome.ts';

/** By its id, or by its receipt. */
export const outcomeInput = z
  .object({ findingId: wireId('fnd').optional(), receipt: byReceipt.shape.receipt.optional() })
  .refine((input) => (input.findingId === undefined) !== (input.receipt === undefined), 'name either findingId or receipt');

/** Always these fields. */
export const outcomeOut = z.object({
  findingId: wireId('fnd'),
  outcome: z.enum(outcomes),
  /** The same name for all who found it; null while nothing is decided, and where there is none. */
  vulnerability: z.string().nullable(),
  /** When that was decided; while nothing is, when the finding came in. */
  at: wireInstant,
});

export function presentOutcome({ findingId, outcome, vulnerability, at }: Outcome): z.input<typeof outcomeOut> {
  return { findingId, outcome, vulnerability, at };
}
