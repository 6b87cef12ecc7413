import { z } from 'zod';
import { wireId, wireInstant } from '../../../base/wire.ts';
import { duties } from './duty.ts';

export const offerInput = z.object({ id: wireId('cas'), duty: z.enum(duties), orgId: wireId('org') });
export const answerInput = z.object({ id: wireId('cas'), duty: z.enum(duties), answer: z.enum(['accept', 'decline']) });
export const dutyOut = z.object({ duty: z.enum(duties), orgId: wireId('org'), since: wireInstant, offeredToId: wireId('org').nullable() });
export const dutiesOut = z.object({ items: z.array(dutyOut) });
