import { z } from 'zod';
import { wireId, wireInstant, wirePage } from '../../base/wire.ts';
import type { Actor } from '../../trust/access.ts';
import { type Grade, gradeStates, outcomes } from './grade.ts';
import { cheatRules, gradeVerdicts } from './grader/reading.ts';

export const byRun = z.object({ id: wireId('run') });
export const byId = z.object({ id: wireId('grd') });
export const searchedOut = z.object({ entries: z.number() });
export const listInput = wirePage.extend({ planId: wireId('pln'), runId: wireId('run').optional() });
/** The grader reads the evidence; here it is only one of each grading. */
export const concludeInput = z.object({ id: wireId('grd'), evidence: z.array(z.unknown()).max(2) });

const graded = z.object({
  verdict: z.enum(gradeVerdicts),
  because: z.string(),
  place: z.object({ family: z.string(), isKnown: z.boolean().nullable() }).optional(),
  fields: z.array(z.object({ question: z.string(), isRight: z.boolean() })).optional(),
});
const signal = z.object({ rule: z.enum(cheatRules), where: z.string(), because: z.string() });

export const gradeOut = z.object({
  id: wireId('grd'),
  planId: wireId('pln'),
  runId: wireId('run'),
  budget: z.number(),
  state: z.enum(gradeStates),
  outcome: z.enum(outcomes).nullable(),
  /** What counts since people have settled or resolved it. */
  counted: z.enum(outcomes).nullable(),
  /** Its developer holds it for wrong, and nobody has answered; null for who must not know. */
  isDisputed: z.boolean().nullable(),
  /** You were asked to grade it again. */
  isAskedOfYou: z.boolean(),
  requestedAt: wireInstant,
  givenAt: wireInstant.nullable(),
  taskId: z.string().optional(),
  because: z.string().nullable().optional(),
  beneath: z.enum(outcomes).nullable().optional(),
  verdicts: z.array(graded).optional(),
  signals: z.array(signal).optional(),
  record: z.unknown().optional(),
});
export const listOut = z.object({ items: z.array(gradeOut) });

/** Everybody read into the submission sees the outcome; what it was found on names the task, so only who keeps the suite sees that. */
export function present(grade: Grade & { readonly isVeiled?: boolean }, viewer: Actor): z.input<typeof gradeOut> {
  const { id, planId, runId, budget, state, outcome, counted, isDisputed, requestedAt, givenAt } = grade;
  const isAskedOfYou = viewer.id === grade.blindFor;
  const open = { id, planId, runId, budget, state, requestedAt, givenAt, isAskedOfYou };
  // Who grades it again sees the task and what was handed in, and nothing of the first grade; how long it took is told by when it was given.
  if (isAskedOfYou || grade.isVeiled)
    return { ...open, givenAt: null, outcome: null, counted: null, isDisputed: null, taskId: grade.taskId };
  const { taskId, because, beneath, verdicts, signals, record } = grade;
  const shown = verdicts.map(({ fields, ...rest }) => ({ ...rest, ...(fields ? { fields: [...fields] } : {}) }));
  const hidden = { taskId, because, beneath, verdicts: shown, signals: [...signals], record };
  return { ...open, outcome, counted, isDisputed, ...(viewer.orgId === grade.evaluatorId ? hidden : {}) };
}
