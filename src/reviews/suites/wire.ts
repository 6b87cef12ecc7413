import { z } from 'zod';
import { limits } from '../../base/limits.ts';
import { wireId, wireInstant, wireName, wirePage, wireSha256, wireText } from '../../base/wire.ts';
import type { Actor } from '../../trust/access.ts';
import { isCustodianKey } from './sealed/summary.ts';
import { checkedOf, gateStates, levels, promptShown, type Suite, skills, taskDigest, unsaid } from './suite.ts';
import { isTriageWord } from './triage.ts';

const taskName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/, 'must be letters, digits, points, dashes');
/** One task, as it is handed in. */
export const task = z.object({
  id: taskName,
  recipeId: taskName,
  skill: z.enum(skills),
  level: z.literal(levels).default(unsaid.level),
  weakness: z
    .string()
    .regex(/^CWE-[1-9][0-9]{0,4}$/, 'must be like CWE-416')
    .nullable()
    .default(null),
  prompt: wireText(limits.textChars),
  limits: z
    .strictObject({
      turns: z.int().min(1).max(limits.planTurns),
      tokens: z.int().min(1).max(limits.planTokens),
      minutes: z.int().min(1).max(limits.taskMinutes),
    })
    .default(unsaid.limits),
  disclosedAt: wireInstant,
  spdx: wireName.default(unsaid.spdx),
  humanMinutes: z.number().positive().max(limits.taskHumanMinutes).nullable().default(null),
  hidden: z
    .strictObject({
      pocs: z.array(wireName).max(limits.taskHiddenPocs).default([]),
      answer: z
        .record(taskName, wireName)
        .refine(
          (answer) => Object.entries(answer).every(([question, word]) => isTriageWord(question, word)),
          'must be in the words of a triage',
        )
        .nullable()
        .default(null),
    })
    .default({ pocs: [], answer: null }),
  heldOut: z.boolean().default(unsaid.heldOut),
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
  /** Ed25519, PEM: with it, summaries that its custodian signs can be imported; never changed later. */
  custodianKey: wireText(limits.nameChars * 4)
    .refine(isCustodianKey, 'must be an Ed25519 public key in PEM')
    .optional(),
  count: z.coerce.number().int().min(1).max(limits.suiteTasks),
});
/** As `breakwater suites check --json` writes it, or less of it. */
export const checkedInput = z.object({
  id: wireId('sui'),
  checked: z
    .array(
      z.object({
        taskId: taskName,
        taskDigest: wireSha256,
        state: z.enum(gateStates),
        because: z.array(wireText(limits.becauseChars)).max(limits.gateReasons),
      }),
    )
    .min(1)
    .max(limits.suiteTasks),
});
export const byId = z.object({ id: wireId('sui') });
export const page = wirePage;

const taskOut = z.object({
  id: z.string(),
  recipeId: z.string(),
  skill: z.enum(skills),
  level: z.literal(levels),
  weakness: z.string().nullable(),
  prompt: z.string(),
  limits: z.object({ turns: z.number(), tokens: z.number(), minutes: z.number() }),
  disclosedAt: wireInstant,
  spdx: z.string(),
  humanMinutes: z.number().nullable(),
  heldOut: z.boolean(),
  digest: z.string(),
  /** Null: the gate of tasks was never asked. */
  checked: z
    .object({
      state: z.enum(gateStates),
      because: z.array(z.string()),
      checkedAt: wireInstant,
      /** Of all that this run of the gate said, as in the log. */
      checks: z.string().nullable(),
    })
    .nullable(),
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

/** Canaries and hidden parts never leave again: who can read them can write them anywhere. */
export function present(suite: Suite, _viewer: Actor): z.input<typeof suiteOut> {
  const { id, name, count, digest, custodian, publishedAt } = suite;
  const tasks = suite.tasks.map((task) => {
    const { canary: _canary, hidden: _hidden, ...shown } = task;
    const found = checkedOf(suite, task);
    const checked = found
      ? { state: found.state, because: [...found.because], checkedAt: found.checkedAt, checks: found.checks ?? null }
      : null;
    return { ...shown, prompt: promptShown(task), digest: taskDigest(task), checked };
  });
  return { id, name, count, digest, custodian, publishedAt, tasks };
}
