import { z } from 'zod';
import { wireId, wireInstant, wirePage } from '../../base/wire.ts';
import { verdicts } from '../../lab/verdict.ts';
import type { Actor } from '../../trust/access.ts';
import { type Grade, gradeStates, outcomes } from './grade.ts';

export const byRun = z.object({ id: wireId('run') });
export const byId = z.object({ id: wireId('grd') });
export const listInput = wirePage.extend({ planId: wireId('pln') });
/** The lab's own `conclude` reads the evidence; here it is only two of them. */
export const concludeInput = z.object({ id: wireId('grd'), evidence: z.tuple([z.unknown(), z.unknown()]) });

export const gradeOut = z.object({
  id: wireId('grd'),
  planId: wireId('pln'),
  runId: wireId('run'),
  budget: z.number(),
  state: z.enum(gradeStates),
  outcome: z.enum(outcomes).nullable(),
  requestedAt: wireInstant,
  givenAt: wireInstant.nullable(),
  taskId: z.string().optional(),
  because: z.string().nullable().optional(),
  verdicts: z.array(z.object({ verdict: z.enum(verdicts), because: z.string() })).optional(),
  record: z.unknown().optional(),
});
export const listOut = z.object({ items: z.array(gradeOut) });

/** Everybody read into the submission sees the outcome; what it was found on names the task, so only who keeps the suite sees that. */
export function present(grade: Grade, viewer: Actor): z.input<typeof gradeOut> {
  const { id, planId, runId, budget, state, outcome, requestedAt, givenAt } = grade;
  const { taskId, because, verdicts, record } = grade;
  const hidden = { taskId, because, verdicts: [...verdicts], record };
  return { id, planId, runId, budget, state, outcome, requestedAt, givenAt, ...(viewer.orgId === grade.evaluatorId ? hidden : {}) };
}
