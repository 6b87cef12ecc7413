import { z } from 'zod';
import { limits } from '../../../base/limits.ts';
import { wireId, wireInstant, wireText } from '../../../base/wire.ts';

export const withdrawInput = z
  .object({
    id: wireId('cas'),
    /** Of a finder behind a proxy, by its proxy; a finder leaves for itself. */
    participantId: wireId('par').optional(),
    because: wireText(limits.textChars),
    /** What it will do with what it knows. */
    intent: z.enum(['leaves-it', 'will-publish']),
    publishesAt: wireInstant.optional(),
  })
  .refine((w) => w.intent === 'will-publish' || w.publishesAt === undefined, {
    message: 'comes with will-publish only',
    path: ['publishesAt'],
  });
