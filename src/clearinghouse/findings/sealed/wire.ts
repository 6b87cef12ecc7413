import { z } from 'zod';
import { limits } from '../../../base/limits.ts';
import { wireBase64, wireId, wireInstant, wireName, wirePage, wireText } from '../../../base/wire.ts';
import { submitInput } from '../wire.ts';
import { type Recipient, type Sealed, sealedStates, sealedVersion } from './sealed.ts';

const digest = z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 hexadecimal digits in lower case');

export const offerInput = z.object({
  /** An age recipient, `age1…` (X25519 or hybrid). */
  recipient: z
    .string()
    .max(limits.recipientChars)
    .regex(/^age1[02-9ac-hj-np-z]{58,}$/, 'must be an age recipient, age1…'),
});
export const nothing = z.object({});
export const page = wirePage;
export const submitSealedInput = z.object({
  /** The whole age file. */
  ciphertext: wireBase64(limits.sealedBytes).min(1),
  /** SHA3-256 of salt ‖ content digest; `breakwater findings seal` makes all of this. */
  commitment: digest,
  recipientIds: z.array(wireId('psn')).min(1).max(limits.recipientsPerSealed),
  /** What the desk may know beforehand; all of it may be left out. */
  title: wireName.optional(),
  purl: z.string().min(1).max(limits.purlBytes).optional(),
  exploited: z.boolean().default(false),
});
export const byId = z.object({ id: wireId('fnd') });
export const openInput = z.object({ id: wireId('fnd'), salt: digest, finding: submitInput });
export const withdrawInput = z.object({ id: wireId('fnd'), because: wireText(limits.becauseChars) });
/** The plaintext of the age file. */
export const sealedContent = z.object({ version: z.literal(sealedVersion), salt: digest, finding: submitInput });

const recipientOut = z.object({ personId: z.string(), orgId: wireId('org'), name: z.string(), orgName: z.string(), recipient: z.string() });
export const recipientsOut = z.object({ items: z.array(recipientOut) });
export const submittedOut = z.object({ id: wireId('fnd'), receipt: z.string() });
const sealedOut = z.object({
  id: wireId('fnd'),
  orgId: wireId('org'),
  commitment: z.string(),
  bytes: z.number(),
  recipientIds: z.array(z.string()),
  title: z.string().nullable(),
  purl: z.string().nullable(),
  exploited: z.boolean(),
  state: z.enum(sealedStates),
  stateBecause: z.string().nullable(),
  receivedAt: wireInstant,
  stateAt: wireInstant,
});
export const listOut = z.object({ items: z.array(sealedOut) });
export const fileOut = z.object({ id: wireId('fnd'), data: z.string() });
export const stateOut = z.object({ id: wireId('fnd'), state: z.enum(sealedStates) });

export function present(s: Sealed): z.input<typeof sealedOut> {
  const { id, orgId, commitment, bytes, recipientIds, title, purl, exploited, state, stateBecause, receivedAt, stateAt } = s;
  return {
    id,
    orgId,
    commitment,
    bytes,
    recipientIds: [...recipientIds],
    title,
    purl,
    exploited,
    state,
    stateBecause,
    receivedAt,
    stateAt,
  };
}

export type NamedRecipient = Pick<Recipient, 'personId' | 'orgId' | 'recipient'> & { readonly name: string; readonly orgName: string };

export function presentRecipient({ personId, orgId, recipient, name, orgName }: NamedRecipient): z.input<typeof recipientOut> {
  return { personId, orgId, name, orgName, recipient };
}
