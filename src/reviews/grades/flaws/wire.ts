import { z } from 'zod';
import { limits } from '../../../base/limits.ts';
import { wireId, wireInstant, wireText } from '../../../base/wire.ts';
import type { Actor } from '../../../trust/access.ts';
import type { Grade, Graded } from '../grade.ts';
import type { Flaw } from './flaw.ts';

export const handOnInput = z.object({
  id: wireId('grd'),
  /** In your own words, read by the clearinghouse and whoever it brings in; nothing of task, run or model belongs here. */
  title: wireText(limits.titleChars)
    .refine((s) => !/[\p{Cc}\p{Cf}]/u.test(s), 'must not hold control or formatting characters')
    .optional(),
  text: wireText(limits.textChars).optional(),
  /** Where something reads like the model's or its developer's name and is none: why you know. */
  namesNobody: wireText(limits.becauseChars).optional(),
});
export const listInput = z.object({ planId: wireId('pln') });

export const flawOut = z.object({
  gradeId: wireId('grd'),
  runId: wireId('run'),
  isNamed: z.boolean().nullable(),
  handedOnAt: wireInstant.nullable(),
  taskId: z.string().optional(),
  /** Class and top frame of what was seen. */
  place: z.string().nullable().optional(),
  because: z.string().optional(),
  findingId: wireId('fnd').nullable().optional(),
});
export const listOut = z.object({ items: z.array(flawOut) });

/** A flaw that was seen, and what became of it: null where nobody has handed it on. */
export interface Shown {
  readonly grade: Grade;
  readonly seen: Graded | undefined;
  readonly flaw: Flaw | null;
}

/** The developer sees that something was handed on, and whether by name. What it is names the task: that is for who keeps the suite. */
export function present({ grade, seen, flaw }: Shown, viewer: Actor): z.input<typeof flawOut> {
  const open = { gradeId: grade.id, runId: grade.runId, isNamed: flaw?.isNamed ?? null, handedOnAt: flaw?.handedOnAt ?? null };
  if (viewer.orgId !== grade.evaluatorId) return open;
  const found = seen ? { place: seen.place?.family ?? null, because: seen.because } : {};
  return { ...open, taskId: grade.taskId, ...found, findingId: flaw?.findingId ?? null };
}
