import { z } from 'zod';
import { limits } from '../../base/limits.ts';
import { protocols } from '../../base/model-door.ts';
import { wireId, wireInstant, wireName, wirePage, wireSha256 } from '../../base/wire.ts';
import type { Actor } from '../../trust/access.ts';
import { flawTerms, type Submission, submissionStates } from './submission.ts';

/** An address that carries a name and password would put a secret into the log. */
const endpointUrl = z
  .url({ protocol: /^https?$/ })
  .max(limits.endpointUrlChars)
  .refine((u) => !/^https?:\/\/[^/?#]*@/i.test(u), 'must not carry a user name or password');

export const offerInput = z.object({
  agreementId: wireId('agr'),
  model: wireName,
  statementDigest: wireSha256,
  endpoint: z.object({ url: endpointUrl, model: wireName, protocol: z.enum(protocols).default('chat-completions') }),
  arm: wireName,
  /** The training cutoff you declare. Without one nothing can be said about what the model had read. */
  cutoffAt: wireInstant.optional(),
  releaseToPartnersAt: wireInstant,
  windowDays: z.coerce.number().int().min(1).max(limits.accessWindowDays, `a window lasts at most ${limits.accessWindowDays} days`),
  partners: z.array(wireName).max(limits.submissionPartners).default([]),
  flaws: z.enum(flawTerms).default('kept'),
});
export const consentInput = z.object({ id: wireId('sub'), flaws: z.enum(flawTerms) });
export const byId = z.object({ id: wireId('sub') });
export const page = wirePage;
export const nothing = z.object({});
export const leftInput = z.object({ agreementId: wireId('agr'), orgId: wireId('org'), ended: z.boolean() });

export const submissionOut = z.object({
  id: wireId('sub'),
  orgId: wireId('org'),
  agreementId: wireId('agr'),
  model: z.string(),
  statementDigest: z.string(),
  endpoint: z.object({ url: z.string(), model: z.string(), protocol: z.enum(protocols) }).optional(),
  arm: z.string(),
  cutoffAt: wireInstant.nullable(),
  partners: z.array(z.string()),
  windowStartsAt: wireInstant,
  windowEndsAt: wireInstant,
  basisExpiresAt: wireInstant,
  flaws: z.enum(flawTerms),
  state: z.enum(submissionStates),
  offeredAt: wireInstant,
});
export const listOut = z.object({ items: z.array(submissionOut) });
export const countOut = z.object({ ended: z.number() });

/** Where the model is reached is told to its developer only: evaluators reach it through the hub. */
export function present(submission: Submission, viewer: Actor): z.input<typeof submissionOut> {
  const { label: _label, endpoint, partners, ...rest } = submission;
  const own = viewer.orgId === submission.orgId;
  return { ...rest, partners: [...partners], ...(own ? { endpoint } : {}) };
}
