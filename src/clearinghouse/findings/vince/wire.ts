import { z } from 'zod';
import { limits } from '../../../base/limits.ts';
import { wireBase64 } from '../../../base/wire.ts';
import { submitOut } from '../wire.ts';

/** The fields of VINCE's CaseRequestForm by name, each as often as it came, and its one file. */
export const submitInput = z.object({
  fields: z.record(z.string().max(64), z.array(z.string().max(limits.vinceBodyBytes))),
  file: z
    .object({
      filename: z.string().max(limits.partHeadBytes),
      contentType: z.string().max(limits.partHeadBytes),
      data: wireBase64(limits.vinceFileBytes),
    })
    .optional(),
});
export const received = submitOut.extend({ vrfId: z.string() });
