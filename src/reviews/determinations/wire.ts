import { z } from 'zod';
import { limits } from '../../base/limits.ts';
import { wireId, wireInstant, wirePage, wireText } from '../../base/wire.ts';
import type { Actor } from '../../trust/access.ts';
import { type Determination, determinationStates } from './determination.ts';
import { answers, verdicts } from './rule.ts';

const words = wireText(limits.textChars);

export const decideInput = z.object({ planId: wireId('pln'), basis: words });
export const byId = z.object({ id: wireId('det') });
export const appealInput = byId.extend({ because: words });
export const answerInput = byId.extend({ outcome: z.enum(['uphold', 'set-aside']), because: words });
export const page = wirePage;

const statement = z.object({ personId: z.string(), because: z.string(), at: wireInstant }).nullable();
export const determinationOut = z.object({
  id: wireId('det'),
  planId: wireId('pln'),
  submissionId: wireId('sub'),
  orgId: wireId('org'),
  deciderId: z.string(),
  deciderName: z.string(),
  decidedAt: wireInstant,
  lateMs: z.number(),
  /** With it anybody who may read this finds the digest that the log committed to. */
  salt: z.string().nullable(),
  basis: z.string(),
  verdict: z.enum(verdicts),
  reasons: z.array(z.string()),
  comparisons: z.array(
    z.object({
      measure: z.string(),
      budget: z.number(),
      threshold: z.number(),
      low: z.number().nullable(),
      answer: z.enum(answers),
      because: z.string(),
    }),
  ),
  state: z.enum(determinationStates),
  appeal: statement,
  answer: statement,
});
export const listOut = z.object({ items: z.array(determinationOut) });

export function present(determination: Determination, _viewer: Actor): z.input<typeof determinationOut> {
  const { label: _label, reasons, comparisons, ...rest } = determination;
  return { ...rest, reasons: [...reasons], comparisons: [...comparisons] };
}
