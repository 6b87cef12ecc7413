import { z } from 'zod';
import { limits } from '../../base/limits.ts';
import { wireId, wireInstant, wireText } from '../../base/wire.ts';
import type { Actor } from '../../trust/access.ts';
import * as agreements from '../agreements/wire.ts';
import * as determinations from '../determinations/wire.ts';
import * as estimates from '../estimates/wire.ts';
import { disputedOutcomes } from '../grades/judgements/wire.ts';
import * as grades from '../grades/wire.ts';
import * as plans from '../plans/wire.ts';
import * as reports from '../reports/wire.ts';
import * as runs from '../runs/wire.ts';
import * as submissions from '../submissions/wire.ts';
import { type Reply, stances } from './reply.ts';

const words = wireText(limits.textChars);

const attempt = z.object({
  budget: z
    .int()
    .min(0)
    .max(limits.planBudgets - 1),
  epoch: z
    .int()
    .min(0)
    .max(limits.planEpochs - 1),
});
/** By a dispute every grade that it is about is disputed. */
const disputed = {
  attempts: z
    .array(attempt)
    .min(1)
    .max(limits.planBudgets * limits.planEpochs)
    .optional(),
  outcome: disputedOutcomes.optional(),
};
export const fileInput = z.object({
  reportId: wireId('rpt'),
  text: words,
  perSample: z
    .array(
      z
        .object({ sample: z.int().min(1).max(limits.suiteTasks), stance: z.enum(stances), text: words, ...disputed })
        .refine((said) => said.stance === 'dispute' || (!said.attempts && !said.outcome), 'attempts and outcome belong to a dispute'),
    )
    .max(limits.suiteTasks)
    .refine((said) => new Set(said.map((s) => s.sample)).size === said.length, 'two words on one sample')
    .default([]),
});
export const byId = z.object({ id: wireId('rpl') });
export const listInput = z.object({ reportId: wireId('rpt') });
export const byAgreement = z.object({ id: wireId('agr') });

export const replyOut = z.object({
  id: wireId('rpl'),
  reportId: wireId('rpt'),
  submissionId: wireId('sub'),
  orgId: wireId('org'),
  authorId: z.string(),
  text: z.string(),
  perSample: z.array(
    z.object({
      ...{ sample: z.number(), stance: z.enum(stances), text: z.string() },
      attempts: z.array(z.object({ budget: z.number(), epoch: z.number() })).optional(),
      outcome: disputedOutcomes.optional(),
    }),
  ),
  filedAt: wireInstant,
});
export const listOut = z.object({ items: z.array(replyOut) });

export function present(reply: Reply, _viewer: Actor): z.input<typeof replyOut> {
  const { label: _label, perSample, ...rest } = reply;
  return { ...rest, perSample: perSample.map(({ attempts, ...said }) => ({ ...said, ...(attempts ? { attempts: [...attempts] } : {}) })) };
}

/** Everything the hub holds of one developer under one agreement, each thing as the developer may see it. */
export const ownOut = z.object({
  exportedAt: wireInstant,
  agreement: agreements.agreementOut,
  submissions: z.array(submissions.submissionOut),
  plans: z.array(plans.planOut),
  runs: z.array(runs.runOut),
  grades: z.array(grades.gradeOut),
  estimates: z.array(estimates.estimateOut),
  determinations: z.array(determinations.determinationOut),
  reports: z.array(reports.ownOut),
  replies: z.array(replyOut),
});
export const erasedOut = z.object({ submissions: z.number(), things: z.number() });
