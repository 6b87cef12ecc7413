import { z } from 'zod';
import { day, epochMs, type Instant, instantOf } from '../../../base/instant.ts';
import { limits } from '../../../base/limits.ts';
import { wireId, wireInstant, wireName, wireText } from '../../../base/wire.ts';
import type { Actor } from '../../../trust/access.ts';
import { bands } from '../../findings/queue/band.ts';
import { type Delivery, deliveryStates } from './delivery.ts';
import { type Expected, type Pace, severities } from './pace.ts';

const purl = wireText(limits.purlBytes);

export const paceInput = z.object({
  package: purl,
  /** Reports in any seven days; null = as they come. */
  weekly: z.int().min(1).max(limits.reportsPerWeek).nullable(),
  /** Which ones now. */
  bands: z
    .array(z.enum(bands))
    .min(1)
    .max(bands.length)
    .default([...bands]),
  /** Nothing is delivered; until then, or until the project says otherwise. */
  paused: z
    .object({ until: wireInstant.nullable().default(null), because: wireName.nullable().default(null) })
    .nullable()
    .default(null),
});
export const consentInput = z.object({
  package: purl,
  /** True: an INCIDENT comes at once, whatever else is set. False takes that back. */
  incidentsAtOnce: z.boolean(),
});
export const byPackage = z.object({ package: purl });
export const deliverInput = z.object({
  id: wireId('cas'),
  /** A purl without version; the case's own package when left out. */
  package: purl.optional(),
  /** The named person of the project to whom the case is offered, with what the gates of a read-in ask. */
  personId: wireId('psn'),
  need: wireText(limits.textChars),
  sponsorId: wireId('psn'),
  exclusions: z.object({ conflict: z.boolean(), antitrust: z.boolean(), breach: z.boolean(), sanctions: z.boolean() }),
});
export const byCase = z.object({ id: wireId('cas') });
export const endInput = z.object({ id: wireId('cas'), because: wireName.optional() });
export const recallInput = z.object({ id: wireId('dlv'), because: wireText(limits.textChars) });
export const nothing = z.object({});
export const byFinding = z.object({ findingId: wireId('fnd') });
export const severityInput = z.object({ id: wireId('cas'), base: z.number() });

export const paceOut = z.object({
  package: z.string(),
  weekly: z.number().nullable(),
  bands: z.array(z.enum(bands)),
  paused: z.object({ until: wireInstant.nullable(), because: z.string().nullable() }).nullable(),
  incidentsAtOnce: z.boolean(),
  consentAt: wireInstant.nullable(),
  setAt: wireInstant.nullable(),
});
const week = z.object({ from: wireInstant, to: wireInstant });
export const deliveryOut = z.object({
  id: wireId('dlv'),
  caseId: wireId('cas'),
  package: z.string(),
  state: z.enum(deliveryStates),
  band: z.enum(bands),
  severity: z.enum(severities),
  queuedAt: wireInstant,
  settledAt: wireInstant.nullable(),
  /** Where it stands among those that wait for the project: exactly to the clearinghouse, to others among the first 1, 5, 10 … */
  place: z.number().nullable(),
  /** The week in which it has its turn if nothing more pressing comes first; null: when the project says so. */
  expected: week.nullable(),
  because: z.string().nullable(),
});
export const deliveriesOut = z.object({ items: z.array(deliveryOut) });
const backlogRow = z.object({ band: z.enum(bands), waiting: z.number(), oldestWeek: week.nullable() });
export const backlogOut = z.object({
  package: z.string(),
  pace: paceOut.nullable(),
  /** How much waits for the project, and since which week; never what it is. */
  waiting: z.array(backlogRow),
  deliveredThisWeek: z.number(),
  /** When the next place is free; null: at once, or when the project says so. */
  nextAt: wireInstant.nullable(),
});
export const countOut = z.object({ delivered: z.number() });
export const changedOut = z.object({ changed: z.number() });

export interface Shown {
  readonly delivery: Delivery;
  readonly expected: Expected | undefined;
}

/** Days are given by the week (ISO 8601: from Monday, UTC): nothing that is expected is known to the hour. */
export function weekOf(at: Instant): z.input<typeof week> {
  const today = Math.floor(epochMs(at) / day);
  // 1 January 1970 was a Thursday.
  const monday = today - ((today + 3) % 7);
  return { from: instantOf(monday * day), to: instantOf((monday + 7) * day) };
}

/** How many others wait is how many flaws are known that one was not read into: others are told a bound that holds, not the count. */
export function placeShown(place: number, isStaff: boolean): number {
  return isStaff || place === 1 ? place : Math.ceil(place / 5) * 5;
}

export function present({ delivery: d, expected }: Shown, viewer: Actor): z.input<typeof deliveryOut> {
  const isStaff = viewer.roles.includes('coordinator');
  const isWaiting = d.state === 'waiting' && expected !== undefined;
  return {
    ...{ id: d.id, caseId: d.caseId, package: d.package, state: d.state, band: d.band, severity: d.severity },
    ...{ queuedAt: d.queuedAt, settledAt: d.settledAt },
    place: isWaiting ? placeShown(expected.place, isStaff) : null,
    expected: isWaiting && expected.at ? weekOf(expected.at) : null,
    // Why it came back may say whom somebody suspects.
    because: isWaiting ? expected.because : isStaff ? d.because : null,
  };
}

export function presentPace(pace: Pace): z.input<typeof paceOut> {
  const { package: name, weekly, paused, incidents, setAt } = pace;
  const consent = { incidentsAtOnce: incidents !== null, consentAt: incidents?.at ?? null };
  return { package: name, weekly, bands: [...pace.bands], paused, ...consent, setAt };
}
