import { z } from 'zod';
import { limits } from '../../../base/limits.ts';
import { wireBase64, wireId } from '../../../base/wire.ts';
import type { Patch } from './patch.ts';
import { patchVerdicts, writers } from './patch.ts';

export const submitInput = z.object({
  id: wireId('cas'),
  /** A unified diff, in standard base64. */
  patch: wireBase64(limits.patchBytes).min(1),
  writtenBy: z.enum(writers).default('person'),
});
export const byPatch = z.object({ id: wireId('cas'), patchId: wireId('pat') });
export const beginInput = z.object({ id: wireId('pat') });
export const concludeInput = z.object({ id: wireId('pat'), evidence: z.object({ plan: z.string().max(64), seen: z.unknown() }) });

export const patchOut = z.object({
  id: wireId('pat'),
  caseId: wireId('cas'),
  sha256: z.string(),
  bytes: z.number(),
  state: z.enum(['submitted', 'judged']),
});
export const bytesOut = z.object({ id: wireId('pat'), sha256: z.string(), data: z.string() });
/** Handed to the worker in this process; never leaves it. */
export const specOut = z.unknown();
export const judgedOut = z.object({ id: wireId('pat'), verdict: z.enum(patchVerdicts), because: z.string() });

export function present(patch: Patch): z.input<typeof patchOut> {
  const { id, caseId, sha256, bytes, state } = patch;
  return { id, caseId, sha256, bytes, state };
}
