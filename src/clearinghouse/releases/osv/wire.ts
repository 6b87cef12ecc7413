import { z } from 'zod';
import { limits } from '../../../base/limits.ts';
import { wireName } from '../../../base/wire.ts';

export const mirrorInput = z.object({
  /** Whose records these are, as everybody may know it: a name or the address they come from. */
  source: wireName,
  /** OSV records of schema 1.x. */
  records: z.array(z.unknown()).min(1).max(limits.osvRecordsAtOnce),
});

export const mirrorOut = z.object({
  /** New, or newer than what was here. */
  kept: z.number(),
  /** Here already, with the same time of modification. */
  same: z.number(),
  /** Modified before what is here. */
  older: z.number(),
  refused: z.array(
    z.object({ index: z.number(), id: z.string().nullable(), code: z.string(), because: z.string(), at: z.string().optional() }),
  ),
});
