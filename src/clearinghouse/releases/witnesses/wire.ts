import { z } from 'zod';
import { limits } from '../../../base/limits.ts';
import { wireInstant, wireText } from '../../../base/wire.ts';

export const nothing = z.object({});
export const askedInput = z.object({ body: z.string().max(limits.witnessRequestBytes) });
export const answerOut = z.object({ status: z.number(), type: z.string(), body: z.string() });

export const questionsOut = z.object({
  items: z.array(z.object({ witness: z.string(), url: z.string(), oldSize: z.number(), size: z.number(), body: z.string() })),
});
/** `status` is 0 where nothing came back. */
export const answeredInput = z.object({
  witness: z.string(),
  size: z.number(),
  status: z.number(),
  body: z.string().max(limits.witnessAnswerBytes),
});
export const answeredOut = z.object({ cosigned: z.boolean(), again: z.boolean() });

export const listOut = z.object({
  /** The key with which this hub cosigns the logs of others. */
  key: wireText(limits.textChars),
  /** Whom it asks. */
  asked: z.array(
    z.object({
      key: z.string(),
      url: z.string(),
      size: z.number().nullable(),
      cosignedAt: wireInstant.nullable(),
      failures: z.number(),
      because: z.string().nullable(),
    }),
  ),
  /** Logs of others that it watches. */
  watched: z.array(z.object({ origin: z.string(), checkpoint: z.string().nullable() })),
  /** What those logs signed against what they had signed before. */
  forks: z.array(z.object({ origin: z.string(), checkpoint: z.string(), against: z.string(), seenAt: wireInstant })),
});
