import { z } from 'zod';
import { limits } from '../../../base/limits.ts';
import { wireId, wireInstant, wireText } from '../../../base/wire.ts';
import type { Vulnerability } from '../duplicate.ts';
import { presentVulnerability, vulnerabilityOut } from '../places/wire.ts';
import { type Regrouping, regroupingKinds } from './regrouping.ts';

const because = wireText(limits.becauseChars);
/** `findingId` leaves `id` for a vulnerability of its own. */
export const splitInput = z.object({ id: wireId('vul'), findingId: wireId('fnd'), because });
/** One finding moves into `id` from wherever it is counted now, or all that are counted in `fromId`. */
export const mergeInput = z
  .object({ id: wireId('vul'), findingId: wireId('fnd').optional(), fromId: wireId('vul').optional(), because })
  .refine((input) => (input.findingId === undefined) !== (input.fromId === undefined), 'name either findingId or fromId');
/** The fix of `id` covers `partId`. */
export const subsumeInput = z.object({ id: wireId('vul'), partId: wireId('vul'), because });
/** `withId` is another flaw, used together with `id`. */
export const chainInput = z.object({ id: wireId('vul'), withId: wireId('vul'), because });
export const undoInput = z.object({ id: wireId('rgp'), because });

export const regroupingOut = z.object({
  id: wireId('rgp'),
  kind: z.enum(regroupingKinds),
  fromId: wireId('vul').nullable(),
  toId: wireId('vul').nullable(),
  findingIds: z.array(wireId('fnd')),
  because: z.string(),
  byId: z.string(),
  at: wireInstant,
  undone: z.object({ byId: z.string(), because: z.string(), at: wireInstant }).nullable(),
});

/** The two as they are after it; `act.id` is what duplicates.undo takes. */
export const regroupedOut = z.object({ act: regroupingOut, from: vulnerabilityOut, to: vulnerabilityOut });

interface Regrouped {
  readonly act: Regrouping;
  readonly from: Vulnerability;
  readonly to: Vulnerability;
}

export function presentRegrouped({ act, from, to }: Regrouped): z.input<typeof regroupedOut> {
  return { act: presentRegrouping(act), from: presentVulnerability(from), to: presentVulnerability(to) };
}

export function presentRegrouping(act: Regrouping): z.input<typeof regroupingOut> {
  return { ...act, findingIds: [...act.findingIds] };
}
