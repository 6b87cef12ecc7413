import { z } from 'zod';
import { day, msBetween } from '../../base/instant.ts';
import { limits } from '../../base/limits.ts';
import { wireId, wireInstant, wireName, wirePage, wireVerbatim } from '../../base/wire.ts';
import type { Actor } from '../../trust/access.ts';
import { type Claim, type Overlap, techniques } from './claim.ts';

export const declareInput = z
  .object({
    purl: z.string().min(1).max(limits.purlBytes),
    paths: z.array(wireVerbatim(limits.pathChars).min(1)).max(limits.claimPaths).default([]),
    technique: z.enum(techniques),
    contact: wireName,
    startsAt: wireInstant,
    endsAt: wireInstant,
  })
  .refine((c) => c.startsAt < c.endsAt, { message: 'must be after startsAt', path: ['endsAt'] })
  .refine((c) => msBetween(c.startsAt, c.endsAt) <= limits.claimDays * day, {
    message: `a claim lasts at most ${limits.claimDays} days; renew it`,
    path: ['endsAt'],
  });

export const byId = z.object({ id: wireId('clm') });
export const page = wirePage;
export const nothing = z.object({});

const claimOut = z.object({
  id: wireId('clm'),
  orgId: wireId('org'),
  purl: z.string(),
  paths: z.array(z.string()),
  technique: z.enum(techniques),
  startsAt: wireInstant,
  endsAt: wireInstant,
  state: z.enum(['held', 'released', 'expired']),
});
const overlapOut = z.object({ claims: z.number(), sameTechnique: z.boolean(), until: wireInstant.nullable() });
export const declareOut = z.object({ claim: claimOut, overlap: overlapOut });
export const getOut = claimOut;
export const listOut = z.object({ items: z.array(claimOut) });
export const expireOut = z.object({ expired: z.number() });

export function present(claim: Claim, _viewer: Actor): z.input<typeof claimOut> {
  const { id, orgId, purl, paths, technique, startsAt, endsAt, state } = claim;
  return { id, orgId, purl, paths: [...paths], technique, startsAt, endsAt, state };
}

export function presentDeclared(declared: { claim: Claim; overlap: Overlap }, viewer: Actor): z.input<typeof declareOut> {
  return { claim: present(declared.claim, viewer), overlap: declared.overlap };
}
