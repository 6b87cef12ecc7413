import { dateIn, instantIn } from '../../../base/business-days.ts';
import type { Id } from '../../../base/id.ts';
import { day, type Instant, plusMs } from '../../../base/instant.ts';
import { type Label, label } from '../../../base/label.ts';
import type { Kind, PointName } from './points.ts';

/** What one person is told of one thing that happened. It lies on the desk; whether it is also mailed is theirs to choose. */
export interface Notice {
  readonly personId: Id<'psn'>;
  /** Counts from 1 for each person. */
  readonly seq: number;
  readonly point: PointName;
  /** Null: of no one case. */
  readonly caseId: Id<'cas'> | null;
  /** The widest tier that may know it; whoever reads less by the hour of sending is not sent it any more. */
  readonly tier: number;
  readonly messageSeq: number | null;
  readonly deadlineAt: Instant | null;
  readonly at: Instant;
  readonly mailId: Id<'mal'> | null;
}

export const paces = ['at-once', 'daily'] as const;
export const protections = ['none', 'openpgp', 'age'] as const;

/** How a person wants to be told. Times of day are `HH:MM` in their own zone. */
export interface Choices {
  /** IANA. */
  readonly zone: string;
  /** No mail between the two; null: at any hour. */
  readonly quiet: { readonly from: string; readonly to: string } | null;
  /** An incident is mailed in quiet hours too. */
  readonly incidentThrough: boolean;
  readonly pace: (typeof paces)[number];
  readonly digestAt: string;
  /** Kinds not to be mailed; only of those that are optional. */
  readonly off: readonly Kind[];
  /** With a key of theirs, a mail tells what it is about; without, it holds links only. */
  readonly protection: (typeof protections)[number];
  readonly publicKey: string | null;
}

export const defaultChoices: Choices = {
  ...{ zone: 'UTC', quiet: null, incidentThrough: true, pace: 'at-once', digestAt: '08:00', off: [] },
  ...{ protection: 'none', publicKey: null },
};

export interface Recipient extends Choices {
  readonly personId: Id<'psn'>;
  readonly lastSeq: number;
  /** Set: mail to this person came back, and none is sent until a coordinator says that it works again. */
  readonly addressFailsSince: Instant | null;
  readonly addressBecause: string | null;
}

/** Who is told what, and whose mail fails, is the clearinghouse's to know; each person is shown their own. */
export const noticeLabel: Label = label('RED', 'hou_clearinghouse');

/** When something is mailed that is told now: at once, with the next digest, or when the quiet hours are over. */
export function dueOf(
  choices: Choices,
  told: { readonly isIncident: boolean; readonly deadlineAt: Instant | null },
  now: Instant,
): Instant {
  const { zone, digestAt, pace, incidentThrough } = choices;
  if (told.isIncident && incidentThrough) return now;
  const digest = nextLocal(now, digestAt, zone);
  // A digest that comes after the deadline would tell what has been missed.
  const waits = pace === 'daily' && !told.isIncident && (told.deadlineAt === null || told.deadlineAt > digest);
  return afterQuiet(choices, waits ? digest : now);
}

function afterQuiet({ quiet, zone }: Choices, at: Instant): Instant {
  if (!quiet || quiet.from === quiet.to) return at;
  const ends = nextLocal(at, quiet.to, zone);
  // Quiet when they end before they begin again; the very minute of the end is not quiet, nextLocal being later than it.
  return ends < nextLocal(at, quiet.from, zone) ? ends : at;
}

/** The first moment after `at` at which the wall clock of a zone shows this time. */
export function nextLocal(at: Instant, time: string, zone: string): Instant {
  for (let days = 0; days < 3; days++) {
    const then = instantIn(dateIn(plusMs(at, days * day), zone), time, zone);
    if (then > at) return then;
  }
  return at;
}
