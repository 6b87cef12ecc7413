import type { MailAnswer, OutgoingMail } from '../../../../base/doors.ts';
import type { Id } from '../../../../base/id.ts';
import { hour, type Instant, minute, plusMs } from '../../../../base/instant.ts';
import { limits } from '../../../../base/limits.ts';
import type { Choices } from '../notice.ts';

/** `parked`: given up until a coordinator asks again; `dropped`: by its hour there was nothing left that the recipient may know. */
export type MailState = 'waiting' | 'sent' | 'parked' | 'dropped';

/** A mail is a row until it is taken: whatever kills the hub, it goes out, once as far as SMTP lets one know. */
export interface Mail {
  readonly id: Id<'mal'>;
  readonly personId: Id<'psn'>;
  /** Null: of several cases, or of none. */
  readonly caseId: Id<'cas'> | null;
  readonly isUrgent: boolean;
  readonly state: MailState;
  readonly dueAt: Instant;
  readonly leasedUntil: Instant | null;
  readonly tries: number;
  /** So often all of it was said and no answer came: the recipient may have it more than once, under one Message-ID. */
  readonly unanswered: number;
  readonly madeAt: Instant;
  readonly lastAt: Instant | null;
  readonly lastStatus: number | null;
  readonly because: string | null;
}

/** What sending needs; it lies in memory only. `null`: there is nothing left to send. */
export interface MailSpec {
  readonly mail: Omit<OutgoingMail, 'body'> | null;
  readonly text: string;
  readonly protection: Choices['protection'];
  readonly publicKey: string | null;
}

/** How long a worker has for one sending before another may take it up. */
export const leaseMs = 10 * minute;

const pausesMs = [
  1 * minute,
  5 * minute,
  15 * minute,
  30 * minute,
  1 * hour,
  2 * hour,
  4 * hour,
  8 * hour,
  12 * hour,
  18 * hour,
  24 * hour,
];

/** How it stands after an attempt. `jitter` is from 0 to 1. */
export function afterAttempt(of: Mail, answer: MailAnswer | null, now: Instant, jitter: number): Mail {
  const next: Mail = { ...of, leasedUntil: null, lastAt: now };
  if (answer === null) return { ...next, state: 'dropped', because: 'nothing was left that the recipient may know' };
  const tried: Mail = { ...next, tries: of.tries + 1, lastStatus: answer.status, because: answer.because };
  if (answer.outcome === 'taken') return { ...tried, state: 'sent', because: null };
  if (answer.outcome === 'refused') return { ...tried, state: 'parked' };
  const unanswered = of.unanswered + (answer.outcome === 'unknown' ? 1 : 0);
  if (tried.tries >= limits.mailTries) return { ...tried, unanswered, state: 'parked' };
  const pauseMs = pausesMs[Math.min(tried.tries, pausesMs.length) - 1]! * (1 + jitter / 5);
  return { ...tried, unanswered, dueAt: plusMs(now, Math.ceil(pauseMs)) };
}

/** RFC 3463: what is said of the address itself (5.1.x, and a full or closed mailbox) will be said of the next mail too. */
export function isOfAddress(status: number | null, enhanced: string | null): boolean {
  if (enhanced !== null) return /^5\.(1\.\d+|2\.1)$/.test(enhanced);
  return status === 550 || status === 551 || status === 553;
}
