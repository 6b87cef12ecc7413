import { z } from 'zod';
import { limits } from '../../../base/limits.ts';
import { wireId } from '../../../base/wire.ts';
import { bodyOut, entryOut } from '../../../trust/log/wire.ts';

export const ledgerInput = z.object({
  id: wireId('cas'),
  after: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(limits.ledgerRows).default(limits.ledgerRows),
});
const shown = bodyOut.extend({ actor: z.string().nullable(), salt: z.string().nullable() });
const proven = entryOut.omit({ body: true }).extend({ body: shown, proof: z.array(z.string().max(64)).max(64) });
export const ledgerOut = z.object({
  checkpoint: z.string(),
  statement: z.string(),
  key: z.string(),
  entries: z.array(proven),
  /** Where the next export begins; null = this was all. */
  next: z.number().nullable(),
});
