import { z } from 'zod';
import { wireId, wireInstant } from '../../../../base/wire.ts';
import { signings } from '../read-in.ts';

export const byCase = z.object({ id: wireId('cas') });
export const exportInput = byCase.extend({ format: z.enum(['json', 'csv']).default('json') });

const knower = z.object({
  holderId: z.string(),
  kind: z.enum(['organisation', 'person']),
  name: z.string(),
  org: z.string(),
  tier: z.number(),
  state: z.enum(['offered', 'acknowledged', 'declined', 'ended', 'granted']),
  because: z.string(),
  sponsorId: z.string().nullable(),
  since: wireInstant.nullable(),
  until: wireInstant.nullable(),
  emergencyUntil: wireInstant.nullable(),
  signedBy: z.enum(signings).nullable(),
  hardware: z.string().nullable(),
  endedBecause: z.string().nullable(),
});
export const knowersOut = z.object({ items: z.array(knower) });

/** A DSSE envelope (base64 of the file, signed with the key of the hub's records), and the file's name. */
export const exportOut = z.object({
  filename: z.string(),
  data: z.string(),
  envelope: z.object({
    payloadType: z.string(),
    payload: z.string(),
    signatures: z.array(z.object({ keyid: z.string(), sig: z.string() })),
  }),
});
