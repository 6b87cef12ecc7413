import { z } from 'zod';
import { day } from '../../../../base/instant.ts';
import { limits } from '../../../../base/limits.ts';
import { wireId, wireInstant, wireName, wireVerbatim } from '../../../../base/wire.ts';
import { type Duration, durationMs } from './duration.ts';
import { aiWays, type Policy, policySources, policyStarts } from './policy.ts';

/** ISO 8601 in weeks, days and hours, as long as an embargo may be. */
export const wireDuration = z
  .string()
  .max(32)
  .refine((text) => durationMs(text) !== undefined, 'must be an ISO 8601 duration in weeks, days and hours, e.g. P14D or PT72H')
  .refine((text) => (durationMs(text) ?? 0) <= limits.embargoDays * day, `is at most ${limits.embargoDays} days`)
  .transform((text) => text as Duration);

export const policyInput = z.object({
  package: wireVerbatim(limits.nameChars).min(1),
  source: z.enum(policySources),
  name: wireName,
  starts: z.enum(policyStarts).default('opening'),
  min: wireDuration.nullable().default(null),
  preferred: wireDuration.nullable().default(null),
  max: wireDuration.nullable().default(null),
  /** In place of `max` once it is exploited. */
  exploited: wireDuration.nullable().default(null),
  detailsAfterFix: wireDuration.nullable().default(null),
  aiReports: z.enum(aiWays).nullable().default(null),
  weeklyCap: z.number().int().min(0).max(limits.pageRows).nullable().default(null),
  severityScale: wireName.nullable().default(null),
  /** Where it was read. */
  url: z.url({ protocol: /^https?$/ }).max(limits.referenceBytes),
  readAt: wireInstant,
});
export const policiesInput = z.object({ package: wireVerbatim(limits.nameChars).min(1) });
export const bindInput = z.object({
  id: wireId('cas'),
  /** Of a policy that is known for the package, or that the product brings along. */
  name: wireName,
  /** Since when it binds: when it was posted to the list, when the reporter first told the supplier. */
  since: wireInstant,
});

const duration = z.string().nullable();
export const policyOut = z.object({
  source: z.enum(policySources),
  name: z.string(),
  starts: z.enum(policyStarts),
  min: duration,
  preferred: duration,
  max: duration,
  exploited: duration,
  detailsAfterFix: duration,
  aiReports: z.enum(aiWays).nullable(),
  weeklyCap: z.number().nullable(),
  severityScale: z.string().nullable(),
  url: z.string(),
  readAt: wireInstant,
  /** How the product read what it brings along; null for what a coordinator kept. */
  readFrom: z.string().nullable(),
});
export const policiesOut = z.object({ items: z.array(policyOut) });

export function presentPolicy(policy: Policy & { readonly readFrom?: string }): z.input<typeof policyOut> {
  return { ...policy, readFrom: policy.readFrom ?? null };
}
