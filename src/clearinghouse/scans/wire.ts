import { z } from 'zod';
import { limits } from '../../base/limits.ts';
import { wireId, wireInstant, wireName, wirePage, wireSha256, wireVerbatim } from '../../base/wire.ts';
import type { Actor } from '../../trust/access.ts';
import type { Scan } from './scan.ts';

const wirePath = z
  .string()
  .min(1)
  .max(limits.pathChars)
  .refine((s) => s.isWellFormed() && !/\p{Cc}/u.test(s), 'must not hold control characters');

export const recordInput = z
  .object({
    claimId: wireId('clm'),
    tool: wireName,
    toolVersion: wireName,
    startedAt: wireInstant,
    endedAt: wireInstant,
    paths: z.array(wirePath).max(limits.scanPaths).default([]),
    sarifDigest: wireSha256.optional(),
    results: z.number().int().min(0).max(limits.scanResults),
    /** The target is a running system, not a copy of its software. */
    live: z.boolean().default(false),
    authorisation: wireVerbatim(limits.textChars).min(1).optional(),
  })
  .refine((s) => s.startedAt <= s.endedAt, { message: 'must not be before startedAt', path: ['endedAt'] });

export const page = wirePage;

const scanOut = z.object({
  id: wireId('scn'),
  orgId: wireId('org'),
  claimId: wireId('clm'),
  purl: z.string(),
  tool: z.string(),
  toolVersion: z.string(),
  startedAt: wireInstant,
  endedAt: wireInstant,
  paths: z.array(z.string()),
  sarifDigest: z.string().nullable(),
  results: z.number(),
  recordedAt: wireInstant,
});
export const recordOut = scanOut;
export const listOut = z.object({ items: z.array(scanOut) });

export function present(scan: Scan, _viewer: Actor): z.input<typeof scanOut> {
  const { label: _, package: __, paths, ...shown } = scan;
  return { ...shown, paths: [...paths] };
}
