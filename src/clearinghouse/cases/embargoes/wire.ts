import { z } from 'zod';
import { calendars, dateIn, isBusinessDay, isZone, written } from '../../../base/business-days.ts';
import { limits } from '../../../base/limits.ts';
import { wireId, wireInstant, wireText } from '../../../base/wire.ts';
import type { Actor } from '../../../trust/access.ts';
import type { Case } from '../case.ts';
import { type Eligibility, eligibilityRules } from './eligibility.ts';
import { embargoStates, governing, windowSources } from './embargo.ts';
import { actsAtExpiry, actsOnFastTrack, interimText } from './ends/ending.ts';
import type { Preference } from './parties/party.ts';
import { presentStanding, standingOut } from './parties/wire.ts';

export const proposeInput = z.object({
  id: wireId('cas'),
  endsAt: wireInstant,
  because: wireText(limits.textChars),
  /** By when you want an answer; never sooner than a day. */
  answerBy: wireInstant.optional(),
});
export const answerInput = z
  .object({
    id: wireId('cas'),
    answer: z.enum(['accept', 'counter', 'decline']),
    endsAt: wireInstant.optional(),
    because: wireText(limits.textChars).default('no reason given'),
  })
  .refine((a) => (a.answer === 'counter') === (a.endsAt !== undefined), {
    message: 'comes with a counter, and only with one',
    path: ['endsAt'],
  });
export const byCase = z.object({ id: wireId('cas') });
export const termsInput = z.object({
  id: wireId('cas'),
  /** In which times are written out besides. */
  zone: z.string().refine(isZone, 'must be an IANA time zone, e.g. Europe/Brussels').default('UTC'),
  calendar: z.enum(Object.keys(calendars) as [keyof typeof calendars, ...(keyof typeof calendars)[]]).default('weekends'),
});
export const nothing = z.object({});

export const embargoOut = z.object({
  id: wireId('cas'),
  state: z.enum(embargoStates),
  endsAt: wireInstant,
  source: z.enum(windowSources),
  because: z.string(),
});
export const endedOut = z.object({ ended: z.number() });

const windowOut = z.object({ source: z.enum(windowSources), endsAt: wireInstant, because: z.string(), governs: z.boolean() });
const rowOut = z.object({
  rule: z.enum(eligibilityRules),
  holds: z.enum(['yes', 'no', 'could-not-tell']),
  because: z.string(),
  source: z.string(),
});
export const termsOut = embargoOut.extend({
  /** With the hour, in the zone that was asked for. */
  endsWritten: z.string(),
  /** Whether anybody is at work then, by the calendar that was asked for. */
  endsOnBusinessDay: z.boolean(),
  windows: z.array(windowOut),
  eligibility: z.object({ verdict: z.enum(['available', 'none', 'could-not-tell']), because: z.string(), rows: z.array(rowOut) }),
  proposal: z
    .object({
      byOrgId: z.string().nullable(),
      endsAt: wireInstant,
      endsWritten: z.string(),
      because: z.string(),
      answerBy: wireInstant,
      answerByWritten: z.string(),
      /** What it counts as when nobody answers. */
      silence: z.enum(['accept', 'decline']),
      /** How many were asked, and how many have accepted: how many parties there are is for the coordinator. */
      asked: z.number().optional(),
      accepted: z.number().optional(),
      isAsked: z.boolean(),
    })
    .nullable(),
  standing: standingOut,
  policies: z.array(z.object({ name: z.string(), url: z.string(), readAt: wireInstant, since: wireInstant })),
  /** What the hub does by itself when it ends, and at once when it leaks or is exploited. */
  atExpiry: z.array(z.string()),
  onFastTrack: z.array(z.string()),
  fastTrack: z.object({ at: wireInstant, because: z.string() }).nullable(),
  /** The words that are ready; for the coordinator. */
  interim: z.object({ title: z.string(), summary: z.string() }).optional(),
});
export type TermsOut = z.input<typeof termsOut>;

interface Terms {
  readonly of: Case;
  readonly eligibility: Eligibility;
  readonly preferences: readonly Preference[];
  readonly zone: string;
  readonly calendar: keyof typeof calendars;
}

export function present(of: Case): z.input<typeof embargoOut> {
  const { endsAt, source, because } = governing(of.embargo);
  return { id: of.id, state: of.embargo.state, endsAt, source, because };
}

export function presentTerms({ of, eligibility, preferences, zone, calendar }: Terms, viewer: Actor): TermsOut {
  const { embargo } = of;
  const shown = present(of);
  const ends = governing(embargo);
  const windows = embargo.windows.map(({ source, endsAt, because }) => ({
    ...{ source, endsAt, because },
    governs: embargo.ended === null && source === ends.source && endsAt === ends.endsAt && because === ends.because,
  }));
  return {
    ...shown,
    endsWritten: written(ends.endsAt, zone),
    endsOnBusinessDay: isBusinessDay(dateIn(ends.endsAt, zone), calendars[calendar]),
    windows: windows.toSorted((a, b) => (a.endsAt < b.endsAt ? -1 : 1)),
    eligibility: { ...eligibility, rows: eligibility.rows.map((row) => ({ ...row })) },
    proposal: proposalOf(of, zone, viewer),
    standing: presentStanding(of, preferences, viewer),
    policies: embargo.bound.map(({ policy, since }) => ({ name: policy.name, url: policy.url, readAt: policy.readAt, since })),
    atExpiry: [...actsAtExpiry],
    onFastTrack: [...actsOnFastTrack],
    fastTrack: embargo.fastTrack,
    ...(viewer.roles.includes('coordinator') ? { interim: interimOf(of) } : {}),
  };
}

/** What goes out first when there is no time. */
export function interimOf(of: Case) {
  const { ended, windows } = of.embargo;
  const isEarly = ended === null || windows.every((w) => w.endsAt > ended.at);
  return interimText({ package: of.package, isExploited: of.vfdpxa.includes('A'), isEarly, hasFix: of.vfdpxa.includes('F') });
}

function proposalOf({ embargo: { proposal } }: Case, zone: string, viewer: Actor): TermsOut['proposal'] {
  if (!proposal) return null;
  const { byOrgId, endsAt, because, answerBy, silence, asked, accepted } = proposal;
  return {
    ...{ byOrgId, endsAt, because, answerBy, silence },
    endsWritten: written(endsAt, zone),
    answerByWritten: written(answerBy, zone),
    ...(viewer.roles.includes('coordinator') ? { asked: asked.length, accepted: accepted.length } : {}),
    isAsked: viewer.orgId !== null && asked.includes(viewer.orgId) && !accepted.includes(viewer.orgId),
  };
}
