import { z } from 'zod';
import { limits } from '../../base/limits.ts';
import { wireId, wireInstant, wireName, wirePage, wireSha256, wireText } from '../../base/wire.ts';
import type { Actor } from '../../trust/access.ts';
import { type Suite, skills, taskDigest } from './suite.ts';

const taskName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/, 'must be letters, digits, points, dashes');
const task = z.object({
  id: taskName,
  recipeId: taskName,
  skill: z.enum(skills),
  prompt: wireText(limits.textChars),
  disclosedAt: wireInstant,
  /** Random, and in no other text of the world. */
  canary: wireText(limits.nameChars).refine((c) => c.length >= 16, 'must have at least 16 characters'),
});

export const publishInput = z.object({
  name: wireName,
  tasks: z
    .array(task)
    .min(1)
    .max(limits.suiteTasks)
    .refine((tasks) => new Set(tasks.map((t) => t.id)).size === tasks.length, 'two tasks have the same id'),
});
export const sealInput = z.object({
  name: wireName,
  digest: wireSha256,
  custodian: wireName,
  count: z.coerce.number().int().min(1).max(limits.suiteTasks),
});
export const byId = z.object({ id: wireId('sui') });
export const page = wirePage;

const taskOut = z.object({
  id: z.string(),
  recipeId: z.string(),
  skill: z.enum(skills),
  prompt: z.string(),
  disclosedAt: wireInstant,
  digest: z.string(),
});
export const suiteOut = z.object({
  id: wireId('sui'),
  name: z.string(),
  count: z.number(),
  digest: z.string(),
  custodian: z.string().nullable(),
  publishedAt: wireInstant,
  tasks: z.array(taskOut),
});
export const listOut = z.object({ items: z.array(suiteOut.omit({ tasks: true })) });

/** Canaries never leave again: who can read them can write them anywhere. */
export function present(suite: Suite, _viewer: Actor): z.input<typeof suiteOut> {
  const { id, name, count, digest, custodian, publishedAt } = suite;
  const tasks = suite.tasks.map((t) => ({
    id: t.id,
    recipeId: t.recipeId,
    skill: t.skill,
    prompt: t.prompt,
    disclosedAt: t.disclosedAt,
    digest: taskDigest(t),
  }));
  return { id, name, count, digest, custodian, publishedAt, tasks };
}
