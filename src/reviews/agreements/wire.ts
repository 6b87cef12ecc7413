import { z } from 'zod';
import { limits } from '../../base/limits.ts';
import { wireId, wireInstant, wireName, wirePage, wireText } from '../../base/wire.ts';
import type { Actor } from '../../trust/access.ts';
import { type Agreement, agreementStates, sides } from './agreement.ts';

const terms = (text: z.ZodType<string, string>) =>
  z.object({ confidentiality: text, ip: text, insiderRisk: text, use: text, retention: text });

export const proposeInput = z.object({
  parties: z
    .array(wireId('org'))
    .min(2)
    .max(limits.agreementParties)
    .refine((ids) => new Set(ids).size === ids.length, 'names an organisation twice'),
  terms: terms(wireText(limits.textChars)),
  legalBasis: z.object({ name: wireName, expiresAt: wireInstant }),
});
export const byId = z.object({ id: wireId('agr') });
/** With `digest`, a signature is refused when it is not under what the signer has read. */
export const signInput = byId.extend({ digest: z.string().length(64).optional() });
export const page = wirePage;

export const agreementOut = z.object({
  id: wireId('agr'),
  parties: z.array(
    z.object({
      orgId: wireId('org'),
      as: z.enum(sides),
      signedBy: z.string().nullable(),
      signedAt: wireInstant.nullable(),
      withdrawnAt: wireInstant.nullable(),
    }),
  ),
  terms: terms(z.string()),
  legalBasis: z.object({ name: z.string(), expiresAt: wireInstant }),
  digest: z.string(),
  state: z.enum(agreementStates),
  proposedAt: wireInstant,
});
export const listOut = z.object({ items: z.array(agreementOut) });

export function present(agreement: Agreement, _viewer: Actor): z.input<typeof agreementOut> {
  const { id, parties, terms, legalBasis, digest, state, proposedAt } = agreement;
  return { id, parties: [...parties], terms, legalBasis, digest, state, proposedAt };
}
