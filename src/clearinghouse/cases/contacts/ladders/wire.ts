import { z } from 'zod';
import { calendars, isZone } from '../../../../base/business-days.ts';
import { limits } from '../../../../base/limits.ts';
import { wireId, wireInstant, wireName, wireText } from '../../../../base/wire.ts';
import type { Actor } from '../../../../trust/access.ts';
import type { Participant } from '../../participants/participant.ts';
import { channels } from '../suggestions/suggestion.ts';
import { attemptOutcomes, contactOutcomes, dueOf, type Ladder, ladderStates, nextRung, rungs, tempoNames, wordsOf } from './ladder.ts';

const calendarNames = Object.keys(calendars) as [keyof typeof calendars, ...(keyof typeof calendars)[]];

export const attemptInput = z.object({
  id: wireId('cas'),
  participantId: wireId('par'),
  /** The next without a record when left out. */
  rung: z.enum(rungs).optional(),
  channel: z.enum(channels),
  addressee: wireName,
  /** The report itself; else only that there is one. Never to others than the project's own people. */
  carriesReport: z.boolean().default(false),
  /** When it was made; now when left out. */
  at: wireInstant.optional(),
  note: wireText(limits.textChars).optional(),
  /** Of a first attempt: by which days the ladder is counted. */
  zone: z.string().max(limits.nameChars).refine(isZone, 'must be a time zone like Europe/Berlin').default('UTC'),
  calendar: z.enum(calendarNames).default('weekends'),
});
export const heardInput = z.object({
  id: wireId('lad'),
  seq: z.coerce.number().int().min(1),
  outcome: z.enum(attemptOutcomes).exclude(['awaited']),
  /** When it was heard; now when left out. */
  at: wireInstant.optional(),
  note: wireText(limits.textChars).optional(),
});
export const tempoInput = z.object({ id: wireId('lad'), tempo: z.enum(tempoNames), because: wireText(limits.textChars) });
export const decideInput = z.object({ id: wireId('lad'), outcome: z.enum(contactOutcomes), because: wireText(limits.textChars) });
export const byCase = z.object({ id: wireId('cas') });

const attemptOut = z.object({
  seq: z.number(),
  rung: z.enum(rungs),
  channel: z.string(),
  addressee: z.string(),
  carriesReport: z.boolean(),
  at: wireInstant,
  outcome: z.enum(attemptOutcomes),
  outcomeAt: wireInstant.nullable(),
  note: z.string().nullable(),
  recordedBy: z.string(),
});
export const ladderOut = z.object({
  id: wireId('lad'),
  participantId: wireId('par'),
  supplier: z.string(),
  state: z.enum(ladderStates),
  startedAt: wireInstant,
  /** How many attempts were made. */
  made: z.number(),
  /** What comes next while nobody has answered, and when. */
  next: z.object({ rung: z.enum([...rungs, 'decision']), dueAt: wireInstant }).nullable(),
  // For the clearinghouse: who was written to, and what it makes of it.
  tempo: z.enum(tempoNames).optional(),
  tempoBecause: z.string().nullish(),
  outcome: z.enum(contactOutcomes).nullish(),
  because: z.string().nullish(),
  decidedAt: wireInstant.nullish(),
  attempts: z.array(attemptOut).optional(),
  /** What the next attempt may say to anybody. */
  words: z.string().optional(),
});
export const laddersOut = z.object({
  items: z.array(ladderOut),
  /** For the clearinghouse: suppliers whom nobody has tried to reach. */
  unasked: z.array(z.object({ participantId: wireId('par'), supplier: z.string(), contact: z.string().nullable() })),
});
export const changedOut = z.object({ changed: z.number() });

export interface Shown {
  readonly ladder: Ladder;
  readonly participant: Participant;
  readonly package: string;
}

export interface Standing {
  readonly items: readonly Shown[];
  readonly unasked: readonly Participant[];
}

export function presentStanding({ items, unasked }: Standing, viewer: Actor): z.input<typeof laddersOut> {
  const none = unasked.map(({ id, name, contact }) => ({ participantId: id, supplier: name, contact }));
  return { items: items.map((item) => present(item, viewer)), unasked: none };
}

export function present({ ladder: l, participant, package: name }: Shown, viewer: Actor): z.input<typeof ladderOut> {
  const rung = nextRung(l);
  const next = l.state === 'climbing' ? { rung, dueAt: dueOf(l, rung) } : null;
  const least = { id: l.id, participantId: l.participantId, supplier: participant.name, state: l.state, startedAt: l.startedAt };
  const told = { ...least, made: l.attempts.length, next };
  if (!viewer.roles.includes('coordinator')) return told;
  const { tempo, tempoBecause, outcome, because, decidedAt } = l;
  const attempts = l.attempts.map(({ recordedAt: _, ...attempt }) => attempt);
  const words = next && rung !== 'decision' ? { words: wordsOf(rung, name, l.startedAt) } : {};
  return { ...told, tempo, tempoBecause, outcome, because, decidedAt, attempts, ...words };
}
