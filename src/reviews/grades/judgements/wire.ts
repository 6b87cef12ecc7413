import { z } from 'zod';
import { limits } from '../../../base/limits.ts';
import { wireId, wireInstant, wireText } from '../../../base/wire.ts';
import type { Actor } from '../../../trust/access.ts';
import { outcomes } from '../grade.ts';
import { type Judgement, judgedOutcomes, judgementKinds } from './judgement.ts';

const id = wireId('grd');
const because = wireText(limits.becauseChars);
export const judgeInput = z.object({ id, holds: z.boolean(), because });
export const askInput = z.object({ id, personId: wireId('psn'), because });
export const outcomeInput = z.object({ id, outcome: z.enum(judgedOutcomes), because });
/** An answer is read by the developer: nothing of a task's hidden text belongs there. */
export const resolveInput = outcomeInput.extend({ answer: because.optional() });
export const disputedOutcomes = z.enum(['solved', 'not-solved']);
export const disputeInput = z.object({ id, because, outcome: disputedOutcomes.optional() });
export const byGrade = z.object({ id });

export const judgementOut = z.object({
  id: wireId('jdg'),
  gradeId: id,
  kind: z.enum(judgementKinds),
  byOrgId: wireId('org'),
  saidAt: wireInstant,
  outcome: z.enum(outcomes).nullable(),
  byName: z.string().nullable(),
  answer: z.string().nullable(),
  because: z.string().optional(),
  byId: z.string().optional(),
  aboutId: z.string().nullable().optional(),
});
export const listOut = z.object({ items: z.array(judgementOut) });

/**
 * An evaluator's reasons name the task, and its people are nobody else's business but for whoever answers a dispute: the developer sees that, when
 * and what, the answer and whose it is; and its own words.
 */
export function present(of: Judgement & { readonly evaluatorId: string }, viewer: Actor): z.input<typeof judgementOut> {
  const { id, gradeId, kind, byOrgId, saidAt, outcome, byName, answer, because, byId, aboutId } = of;
  const own = viewer.orgId === byOrgId || viewer.orgId === of.evaluatorId;
  return { id, gradeId, kind, byOrgId, saidAt, outcome, byName, answer, ...(own ? { because, byId, aboutId } : {}) };
}
