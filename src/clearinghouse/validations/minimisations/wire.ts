import { z } from 'zod';
import { limits } from '../../../base/limits.ts';
import { wireId, wireInstant, wireText } from '../../../base/wire.ts';
import { validationStates } from '../validation.ts';
import { stepIn } from '../wire.ts';
import { endings, type Minimisation, outcomes } from './minimisation.ts';

export const byFinding = z.object({ id: wireId('fnd') });
export const byId = z.object({ id: wireId('min') });
export const progressInput = z.object({ id: wireId('min'), step: stepIn.optional() });
export const concludeInput = z.object({ id: wireId('min'), evidence: z.unknown() });
export const parkInput = z.object({ id: wireId('min'), tries: z.int().min(1) });
export const cancelInput = z.object({ id: wireId('min'), because: wireText(limits.becauseChars) });

export const minimisationOut = z.object({
  id: wireId('min'),
  findingId: wireId('fnd'),
  state: z.enum(validationStates),
  recipeId: z.string(),
  pocId: wireId('blb'),
  pocSha256: z.string(),
  progress: stepIn.nullable(),
  outcome: z.enum(outcomes).nullable(),
  because: z.string().nullable(),
  sha256: z.string().nullable(),
  bytes: z.object({ before: z.number(), after: z.number() }).nullable(),
  ended: z.enum(endings).nullable(),
  tries: z.number().nullable(),
  requestedAt: wireInstant,
  concludedAt: wireInstant.nullable(),
});
export const ofFindingOut = z.object({ items: z.array(minimisationOut) });
export const pocOut = z.object({ sha256: z.string(), data: z.string() });
/** Handed to the worker in this process; never leaves it. */
export const specOut = z.unknown();

export function present(m: Minimisation): z.input<typeof minimisationOut> {
  const { label: _, requestedBy: __, experiment: ___, found, ...rest } = m;
  return { ...rest, progress: m.state === 'running' ? m.progress : null, sha256: found?.sha256 ?? null };
}
