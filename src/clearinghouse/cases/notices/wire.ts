import { z } from 'zod';
import { isZone } from '../../../base/business-days.ts';
import { limits } from '../../../base/limits.ts';
import { wireId, wireInstant, wireVerbatim } from '../../../base/wire.ts';
import { linkOf } from './letter.ts';
import { type Notice, paces, protections, type Recipient } from './notice.ts';
import { kinds, optionalKinds, pointNames, points } from './points.ts';

export const tellInput = z.object({
  caseId: wireId('cas').nullable(),
  event: z.string().max(limits.nameChars),
  entrySeq: z.number().int().min(1),
  actor: z.string(),
  payload: z.unknown(),
});
export const toldOut = z.object({ told: z.number(), mailed: z.number() });

const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time of day like 22:30');
const zone = wireVerbatim(64).refine(isZone, 'must be a time zone like Europe/Berlin');
export const chooseInput = z.object({
  zone,
  quiet: z.object({ from: timeOfDay, to: timeOfDay }).nullable(),
  incidentThrough: z.boolean(),
  pace: z.enum(paces),
  digestAt: timeOfDay,
  off: z.array(z.enum(optionalKinds)).max(optionalKinds.length),
  protection: z.enum(protections),
  /** Armoured OpenPGP, or an age recipient; the one before stays when it is left out. */
  publicKey: wireVerbatim(limits.noticeKeyChars).optional(),
});
export const choicesOut = z.object({
  zone: z.string(),
  quiet: z.object({ from: z.string(), to: z.string() }).nullable(),
  incidentThrough: z.boolean(),
  pace: z.enum(paces),
  digestAt: z.string(),
  off: z.array(z.enum(kinds)),
  protection: z.enum(protections),
  publicKey: z.string().nullable(),
  optional: z.array(z.enum(kinds)),
  email: z.string(),
  addressFailsSince: wireInstant.nullable(),
  /** False: this hub sends no mail; notices lie on the desk. */
  isMailed: z.boolean(),
});
export const nothing = z.object({});

export const listInput = z.object({
  before: z.coerce.number().int().min(1).optional(),
  limit: z.coerce.number().int().min(1).max(limits.pageRows).default(50),
});
const noticeOut = z.object({
  seq: z.number(),
  point: z.enum(pointNames),
  kind: z.enum(kinds),
  says: z.string(),
  caseId: wireId('cas').nullable(),
  deadlineAt: wireInstant.nullable(),
  at: wireInstant,
  /** On this desk. */
  path: z.string(),
});
export const listOut = z.object({ items: z.array(noticeOut) });

export function present(of: Notice): z.input<typeof noticeOut> {
  const { seq, point, caseId, deadlineAt, at } = of;
  const { kind, says } = points[point];
  return { seq, point, kind, says, caseId, deadlineAt, at, path: `/${linkOf(of)}` };
}

export function presentChoices(of: Recipient & { readonly email: string; readonly isMailed: boolean }): z.input<typeof choicesOut> {
  const { zone: at, quiet, incidentThrough, pace, digestAt, off, protection, publicKey, email, addressFailsSince, isMailed } = of;
  const chosen = { zone: at, quiet: quiet && { ...quiet }, incidentThrough, pace, digestAt, off: [...off], protection, publicKey };
  return { ...chosen, optional: [...optionalKinds], email, addressFailsSince, isMailed };
}
