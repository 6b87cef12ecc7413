import { z } from 'zod';
import { limits } from '../../../base/limits.ts';
import { wireId, wireInstant, wireText } from '../../../base/wire.ts';
import { validationStates } from '../validation.ts';
import { stepIn } from '../wire.ts';
import { type Bisection, outcomes } from './bisection.ts';

export const byFinding = z.object({ id: wireId('fnd') });
export const byId = z.object({ id: wireId('bis') });
export const progressInput = z.object({ id: wireId('bis'), step: stepIn.optional() });
export const concludeInput = z.object({ id: wireId('bis'), evidence: z.unknown() });
export const parkInput = z.object({ id: wireId('bis'), tries: z.int().min(1) });
export const cancelInput = z.object({ id: wireId('bis'), because: wireText(limits.becauseChars) });

/** The change lies behind `after` (null: before all that was looked at) and no later than `by`. */
const boundary = z.object({ after: z.string().nullable(), by: z.string(), exact: z.boolean() });
export const bisectionOut = z.object({
  id: wireId('bis'),
  findingId: wireId('fnd'),
  state: z.enum(validationStates),
  recipeId: z.string(),
  pocId: wireId('blb'),
  pocSha256: z.string(),
  progress: stepIn.nullable(),
  outcome: z.enum(outcomes).nullable(),
  because: z.string().nullable(),
  found: z
    .object({
      points: z.array(
        z.object({
          name: z.string(),
          told: z.enum(['affected', 'unaffected', 'could-not-tell', 'skipped', 'unknown']),
          measured: z.boolean(),
          because: z.string(),
        }),
      ),
      ranges: z.array(z.object({ introduced: boundary, lastKnownAffected: z.string(), fixed: boundary.nullable() })),
      family: z.string().nullable(),
      measured: z.number(),
      interpolated: z.number(),
    })
    .nullable(),
  requestedAt: wireInstant,
  concludedAt: wireInstant.nullable(),
});
export const ofFindingOut = z.object({ items: z.array(bisectionOut) });
/** Handed to the worker in this process; never leaves it. */
export const specOut = z.unknown();

export function present(b: Bisection): z.input<typeof bisectionOut> {
  const { label: _, requestedBy: __, experiment: ___, found, ...rest } = b;
  const shown = found && { ...found, points: found.points.map((p) => ({ ...p })), ranges: found.ranges.map((r) => ({ ...r })) };
  return { ...rest, progress: b.state === 'running' ? b.progress : null, found: shown };
}
