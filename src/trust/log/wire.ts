import { z } from 'zod';
import { limits } from '../../base/limits.ts';
import { wireInstant, wireLabel, wireVerbatim } from '../../base/wire.ts';
import type { Actor } from '../access.ts';
import type { Exported } from './entry.ts';

export const exportInput = z.object({
  after: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(limits.logExportRows).default(limits.logExportRows),
});
export const historyInput = z.object({
  thing: wireVerbatim(64),
  limit: z.coerce.number().int().min(1).max(limits.pageRows).default(limits.pageRows),
});
export const nothing = z.object({});

export const bodyOut = z.object({
  actor: z.string(),
  event: z.string(),
  thing: z.string(),
  label: wireLabel,
  payloadDigest: z.string(),
  salt: z.string(),
  payloadSalt: z.string().nullable(),
  payload: z.unknown(),
});
export const entryOut = z.object({
  seq: z.number(),
  at: wireInstant,
  digest: z.string(),
  previous: z.string(),
  hash: z.string(),
  body: bodyOut.optional(),
});
export const entries = z.object({ entries: z.array(entryOut) });
export const summedOut = z.object({ summed: z.number() });
export const forgottenOut = z.object({ forgotten: z.number() });
export const checkpointOut = z.object({ note: z.string(), key: z.string(), size: z.number() });

export function present(found: { entries: readonly Exported[] }, _viewer: Actor): unknown {
  return found;
}
