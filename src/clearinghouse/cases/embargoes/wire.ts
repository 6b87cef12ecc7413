import { z } from 'zod';
import { limits } from '../../../base/limits.ts';
import { wireId, wireInstant, wireName, wireText, wireVerbatim } from '../../../base/wire.ts';
import type { Case } from '../case.ts';
import { type EmbargoPolicy, embargoStates, governing, windowSources } from './embargo.ts';

export const proposeInput = z.object({ id: wireId('cas'), endsAt: wireInstant, because: wireText(limits.textChars) });
export const answerInput = z
  .object({
    id: wireId('cas'),
    answer: z.enum(['accept', 'counter', 'decline']),
    endsAt: wireInstant.optional(),
    because: wireText(limits.textChars).default('no reason given'),
  })
  .refine((a) => (a.answer === 'counter') === (a.endsAt !== undefined), {
    message: 'comes with a counter, and only with one',
    path: ['endsAt'],
  });
export const policyInput = z.object({
  package: wireVerbatim(limits.nameChars).min(1),
  source: z.enum(['project-policy', 'list-cap']),
  name: wireName,
  maxDays: z.number().int().min(0).max(limits.embargoDays),
  /** Where it was read. */
  url: z.url({ protocol: /^https?$/ }).max(limits.referenceBytes),
  readAt: wireInstant,
});
export const policiesInput = z.object({ package: wireVerbatim(limits.nameChars).min(1) });
export const nothing = z.object({});

export const embargoOut = z.object({
  id: wireId('cas'),
  state: z.enum(embargoStates),
  endsAt: wireInstant,
  source: z.enum(windowSources),
  because: z.string(),
});
export const policyOut = z.object({
  package: z.string(),
  source: z.enum(['project-policy', 'list-cap']),
  name: z.string(),
  maxDays: z.number(),
  url: z.string(),
  readAt: wireInstant,
});
export const policiesOut = z.object({ items: z.array(policyOut) });
export const endedOut = z.object({ ended: z.number() });

export function present(of: Case): z.input<typeof embargoOut> {
  const { endsAt, source, because } = governing(of.embargo);
  return { id: of.id, state: of.embargo.state, endsAt, source, because };
}

export function presentPolicy(policy: EmbargoPolicy): z.input<typeof policyOut> {
  const { package: name, source, maxDays, url, readAt } = policy;
  return { package: name, name: policy.name, source, maxDays, url, readAt };
}
