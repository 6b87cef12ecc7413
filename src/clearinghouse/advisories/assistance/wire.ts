import { z } from 'zod';
import { wireId } from '../../../base/wire.ts';

export const byCase = z.object({ id: wireId('cas') });
export const bundleOut = z.object({
  filename: z.string(),
  sha256: z.string(),
  bytes: z.number(),
  /** A zip archive, in base64. */
  data: z.string(),
  /** What did not fit, by its name in the bundle. */
  leftOut: z.array(z.string()),
});
