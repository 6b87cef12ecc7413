import { z } from 'zod';
import { limits } from '../../../base/limits.ts';
import { wireId, wireInstant, wireText } from '../../../base/wire.ts';
import type { KeptValidation } from '../validation.ts';
import { stepIn, validationOut } from '../wire.ts';

export const byId = z.object({ id: wireId('val') });
export const byFinding = z.object({ id: wireId('fnd') });
export const nothing = z.object({});
export const parkInput = z.object({ id: wireId('val'), tries: z.int().min(1) });
export const cancelInput = z.object({ id: wireId('val'), because: wireText(limits.becauseChars) });
export const cancelOfInput = z.object({ id: wireId('fnd'), because: z.string().max(limits.becauseChars) });

const { id, findingId, package: name, state, because, requestedAt, begunAt, attempts } = validationOut.shape;
const waiting = z.object({
  ...{ id, findingId, package: name, state, because, requestedAt, begunAt, attempts },
  progress: stepIn.nullable(),
  /** Of those that wait, from 1; null for what runs or is parked. */
  position: z.number().nullable(),
});
export const queueOut = z.object({
  items: z.array(waiting),
  waiting: z.number(),
  /** The one that waits longest. */
  oldestAt: wireInstant.nullable(),
});
export const stateOut = z.object({ id: wireId('val'), state });
export const statesOut = z.object({ items: z.array(stateOut) });

export function presentQueue(open: readonly KeptValidation[]): z.input<typeof queueOut> {
  let position = 0;
  const items = open.map((v) => ({
    ...{ id: v.id, findingId: v.findingId, package: v.package, state: v.state, because: v.because, requestedAt: v.requestedAt },
    ...{ begunAt: v.begunAt, attempts: v.attempts, progress: v.state === 'running' ? v.progress : null },
    position: v.state === 'requested' ? ++position : null,
  }));
  const oldestAt = open.reduce<string | null>(
    (oldest, v) => (v.state === 'requested' && (oldest === null || v.requestedAt < oldest) ? v.requestedAt : oldest),
    null,
  );
  return { items, waiting: position, oldestAt };
}
