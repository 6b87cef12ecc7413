import { z } from 'zod';
import { wireId, wireName } from '../../../base/wire.ts';

export const addInput = z.object({ id: wireId('cas'), vulnerabilityId: wireId('vul'), because: wireName });
export const dropInput = addInput;
export const openInput = z.object({ vulnerabilityId: wireId('vul'), because: wireName });
export const openOut = z.object({ id: wireId('cas') });
export const changedOut = z.object({ id: wireId('cas'), vulnerabilityIds: z.array(wireId('vul')) });
