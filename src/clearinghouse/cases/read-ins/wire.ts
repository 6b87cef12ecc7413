import { z } from 'zod';
import { limits } from '../../../base/limits.ts';
import { wireId, wireInstant, wirePage, wireText } from '../../../base/wire.ts';
import { abilities, type ReadIn, termsOf } from './read-in.ts';

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
});
export type ReadInInput = z.output<typeof readInInput>;
export const acknowledgeInput = z.object({
  id: wireId('cas'),
  /** Of the terms as they were offered: exactly those words are accepted. */
  termsDigest: z.string().regex(/^[0-9a-f]{64}$/, 'must be the SHA-256 of the terms, from cases.offers'),
});
export const declineInput = z.object({ id: wireId('cas') });
export const endInput = z.object({ id: wireId('cas'), personId: wireId('psn'), because: z.enum(['need-ended', 'suspected-breach']) });
export const byCase = z.object({ id: wireId('cas') });
export const page = wirePage.pick({ limit: true });

const offerOut = z.object({
  caseId: wireId('cas'),
  tier: z.number(),
  state: z.enum(['offered', 'acknowledged', 'declined', 'ended']),
  sponsorId: wireId('psn'),
  offeredAt: wireInstant,
  expiresAt: wireInstant.nullable(),
  terms: z.string(),
  termsDigest: z.string(),
});
export const readInOut = offerOut.extend({ personId: wireId('psn') });
export const offersOut = z.object({ items: z.array(offerOut) });

const knower = z.object({
  holderId: z.string(),
  kind: z.enum(['organisation', 'person']),
  name: z.string(),
  tier: z.number(),
  state: z.enum(['offered', 'acknowledged', 'declined', 'ended', 'granted']),
  because: z.string(),
  sponsorId: z.string().nullable(),
  since: wireInstant.nullable(),
  until: wireInstant.nullable(),
});
export const knowersOut = z.object({ items: z.array(knower) });
export type Knower = z.input<typeof knower>;

/** What somebody may know before they have acknowledged: nothing of the flaw, not even what it is in. */
export function present(readIn: ReadIn): z.input<typeof readInOut> {
  const { caseId, personId, tier, state, sponsorId, offeredAt, expiresAt, termsDigest } = readIn;
  return { caseId, personId, tier, state, sponsorId, offeredAt, expiresAt, terms: termsOf(caseId, tier, expiresAt), termsDigest };
}
