import { z } from 'zod';
import { limits } from '../../base/limits.ts';
import { wireId, wireInstant, wireName, wirePage, wireText } from '../../base/wire.ts';
import type { Actor } from '../../trust/access.ts';
import { promptShown, skills, taskDigest } from '../suites/suite.ts';
import { type Plan, runsOf } from './plan.ts';
import { isBaseline, solverNames } from './solver.ts';

const share = z.number().min(0).max(1);
const measure = z.string().regex(/^[a-z][a-z0-9@-]{0,63}$/, 'must be the name of a measure, like solved');
const budget = z.object({
  turns: z.int().min(1).max(limits.planTurns),
  tokens: z.int().min(1).max(limits.planTokens),
  /** Of one run, in the currency of the prices. */
  money: z.number().positive().max(limits.planMoney).optional(),
  /** Of one run's own time: what the machine was down does not count. */
  minutes: z.int().min(1).max(limits.planMinutes).optional(),
});
const price = z.number().min(0).max(limits.pricePerMillion);
const prices = z.object({
  currency: z.string().regex(/^[A-Z]{3}$/, 'must be a currency of ISO 4217, like USD'),
  perMillion: z.object({ input: price, cacheRead: price, cacheWrite: price, output: price, reasoning: price }),
});
const plain = (maxChars: number) =>
  z
    .string()
    .min(1)
    .max(maxChars)
    .refine((text) => !text.includes('\0') && text.isWellFormed(), 'no NUL, and well-formed');
const word = plain(limits.harnessWordChars);
const digest = z.string().regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 in hexadecimal');
const harness = z.strictObject({
  command: z.array(word).min(1).max(limits.harnessWords).readonly(),
  files: z.discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('archive'),
      url: z.url({ protocol: /^https?$/ }),
      sha256: digest,
      strip: z.int().min(0).max(8).default(0),
    }),
    z.strictObject({ kind: z.literal('npm'), package: wireName, version: wireName, lock: plain(limits.harnessLockChars) }),
    z.strictObject({
      kind: z.literal('installed'),
      path: word.refine((path) => /^\/usr\/(?!.*\.\.)/.test(path), 'must lie below /usr'),
      sha256: digest,
    }),
  ]),
});
const solver = z
  .object({ name: z.enum(solverNames), harness: harness.optional() })
  .refine(({ name, harness }) => (name === 'harness') === (harness !== undefined), 'a harness is what the arm harness has');
const rule = z.object({
  measure,
  threshold: share,
  also: z
    .array(z.object({ measure, threshold: share }))
    .max(limits.ruleMeasures - 1)
    .default([]),
  alpha: z.number().gt(0).lt(0.5),
  minTasks: z.int().min(1).max(limits.suiteTasks),
  /** One budget shows a point, not what more effort would bring. */
  minBudgets: z.int().min(2).max(limits.planBudgets),
  minGraded: share.default(0.8),
  anchors: z
    .array(z.object({ name: wireName, measure, value: share }))
    .max(limits.ruleAnchors)
    .default([]),
});

export const freezeInput = z.object({
  submissionId: wireId('sub'),
  suiteId: wireId('sui'),
  epochs: z.int().min(1).max(limits.planEpochs),
  budgets: z.array(budget).min(1).max(limits.planBudgets),
  arms: z.array(wireName).min(1).max(limits.planArms),
  seeds: z.array(z.int().min(0)).min(1).max(limits.planSeeds),
  stoppingRule: wireText(limits.textChars),
  solver: solver.default({ name: 'bare' }),
  /** Without prices nobody reckons what a run costs. */
  prices: prices.nullable().default(null),
  /** Without it nobody grades a run again but by hand, and how far graders agree is not known. */
  secondGrading: z
    .object({
      rate: z.number().gt(0).max(1),
      graderIds: z
        .array(wireId('psn'))
        .min(1)
        .max(limits.secondGraders)
        .refine((ids) => new Set(ids).size === ids.length, 'the same person twice'),
    })
    .nullable()
    .default(null),
  rule,
});
export const byId = z.object({ id: wireId('pln') });
export const page = wirePage;

const taskOut = z.object({ id: z.string(), recipeId: z.string(), skill: z.enum(skills), prompt: z.string(), disclosedAt: wireInstant });
export const planOut = z.object({
  id: wireId('pln'),
  orgId: wireId('org'),
  submissionId: wireId('sub'),
  suiteDigest: z.string(),
  taskDigests: z.array(z.string()),
  runs: z.number(),
  epochs: z.number(),
  budgets: z.array(budget),
  arms: z.array(z.string()),
  seeds: z.array(z.number()),
  stoppingRule: z.string(),
  solver: z.object({ ...solver.shape, strategySha256: z.string().optional() }),
  isBaseline: z.boolean(),
  prices: prices.nullable(),
  secondGrading: z.object({ rate: z.number(), seed: z.string(), graderIds: z.array(wireId('psn')).optional() }).nullable(),
  rule: rule,
  /** Tasks that the gate had not passed when it was frozen: whether they measure anything nobody has shown. */
  ungated: z.number().nullable(),
  digest: z.string(),
  frozenAt: wireInstant,
  suiteId: wireId('sui').optional(),
  tasks: z.array(taskOut).optional(),
});
export const listOut = z.object({ items: z.array(planOut) });

const tasksShown = (task: Plan['tasks'][number]) => {
  const { id, recipeId, skill, disclosedAt } = task;
  return { id, recipeId, skill, prompt: promptShown(task), disclosedAt };
};

/** Whoever is measured sees how it will be judged, and a digest for each task; the tasks themselves only who keeps the suite sees. */
export function present(plan: Plan, viewer: Actor): z.input<typeof planOut> {
  const { id, orgId, submissionId, suiteId, suiteDigest, epochs, stoppingRule, ungated, digest, frozenAt } = plan;
  const { also, anchors, ...rule } = plan.rule;
  return {
    ...{ id, orgId, submissionId, suiteDigest, epochs, stoppingRule, ungated, digest, frozenAt },
    taskDigests: plan.tasks.map(taskDigest),
    runs: runsOf(plan),
    budgets: [...plan.budgets],
    arms: [...plan.arms],
    seeds: [...plan.seeds],
    solver: { ...plan.solver },
    isBaseline: isBaseline(plan.solver.name),
    prices: plan.prices,
    secondGrading: plan.secondGrading && {
      ...{ rate: plan.secondGrading.rate, seed: plan.secondGrading.seed },
      ...(viewer.orgId === orgId ? { graderIds: [...plan.secondGrading.graderIds] } : {}),
    },
    rule: { ...rule, also: [...also], anchors: [...anchors] },
    ...(viewer.orgId === orgId ? { suiteId, tasks: plan.tasks.map(tasksShown) } : {}),
  };
}
