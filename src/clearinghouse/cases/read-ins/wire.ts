import { z } from 'zod';
import { limits } from '../../../base/limits.ts';
import { wireId, wireInstant, wirePage, wireText } from '../../../base/wire.ts';
import { answered } from '../../../trust/orgs/passkeys/wire.ts';
import { abilities, type ReadIn, signings, termsOf } from './read-in.ts';

export const readInInput = z.object({
  id: wireId('cas'),
  personId: wireId('psn'),
  tier: z.union([z.literal(0), z.literal(1), z.literal(2), z.literal(3)]),
  /** Gate 1: why this case needs this person. */
  need: wireText(limits.textChars),
  /** Gate 2: what the person is able to do. */
  ability: z.enum(abilities),
  /** Gate 3: who answers for the person, and what was looked for; true = found. All four are asked. */
  sponsorId: wireId('psn'),
  exclusions: z.object({ conflict: z.boolean(), antitrust: z.boolean(), breach: z.boolean(), sanctions: z.boolean() }),
  expiresAt: wireInstant.optional(),
  /** Relaxes how the terms are accepted, for so many hours, and no gate. */
  emergency: z.boolean().optional(),
});
export type ReadInInput = z.output<typeof readInInput>;
export const acknowledgeInput = z.object({
  id: wireId('cas'),
  /** Of the terms as they were offered: exactly those words are accepted. */
  termsDigest: z.string().regex(/^[0-9a-f]{64}$/, 'must be the SHA-256 of the terms, from cases.offers'),
  /** Of the passkey, to what cases.askToAcknowledge asked. */
  answer: answered.optional(),
});
export type Answer = z.output<typeof answered>;
export const declineInput = z.object({ id: wireId('cas') });
export const endInput = z.object({ id: wireId('cas'), personId: wireId('psn'), because: z.enum(['need-ended', 'suspected-breach']) });
export const byCase = z.object({ id: wireId('cas') });
export const nothing = z.object({});
export const endedOut = z.object({ ended: z.number() });
export const page = wirePage.pick({ limit: true });

const offerOut = z.object({
  caseId: wireId('cas'),
  tier: z.number(),
  state: z.enum(['offered', 'acknowledged', 'declined', 'ended']),
  sponsorId: wireId('psn'),
  offeredAt: wireInstant,
  expiresAt: wireInstant.nullable(),
  emergencyUntil: wireInstant.nullable(),
  signedBy: z.enum(signings).nullable(),
  terms: z.string(),
  termsDigest: z.string(),
});
export const readInOut = offerOut.extend({ personId: wireId('psn') });
/** `suspended`: two devices hold this passkey; nothing was accepted. */
const suspendedOut = z.object({ suspended: z.literal(true), because: z.string() });
export const acknowledgedOut = z.union([readInOut, suspendedOut]);
export type Acknowledged = ReadIn | z.infer<typeof suspendedOut>;
export const offersOut = z.object({ items: z.array(offerOut) });

/** What somebody may know before they have acknowledged: nothing of the flaw, not even what it is in. */
export function present(readIn: ReadIn): z.input<typeof readInOut> {
  const { caseId, personId, tier, state, sponsorId, offeredAt, expiresAt, emergencyUntil, signedBy, termsDigest } = readIn;
  const terms = termsOf(caseId, tier, expiresAt);
  return { caseId, personId, tier, state, sponsorId, offeredAt, expiresAt, emergencyUntil, signedBy, terms, termsDigest };
}

export function presentAcknowledged(of: Acknowledged): z.input<typeof acknowledgedOut> {
  return 'suspended' in of ? of : present(of);
}
