import type { Id } from '../../base/id.ts';
import { day, type Instant, plusMs } from '../../base/instant.ts';
import { contains, type Interval } from '../../base/interval.ts';
import type { Label } from '../../base/label.ts';
import type { Protocol } from '../../base/model-door.ts';
import type { Move } from '../../base/states.ts';

export interface Endpoint {
  readonly url: string;
  /** The name by which the endpoint knows the model. */
  readonly model: string;
  readonly protocol: Protocol;
}

/**
 * What becomes of flaws in others' software that the model finds by the way: they stay in the window, or a person of the measuring body may hand
 * them on to the clearinghouse, with nothing of model and developer in them, or with both named.
 */
export const flawTerms = ['kept', 'unnamed', 'named'] as const;
export type FlawTerms = (typeof flawTerms)[number];

/** A model that its developer offers for a while, of its own will. It may leave at any moment. */
export interface Submission {
  readonly id: Id<'sub'>;
  /** The developer. */
  readonly orgId: Id<'org'>;
  readonly agreementId: Id<'agr'>;
  readonly model: string;
  /** SHA-256 (hex) of the developer's statement about this model. */
  readonly statementDigest: string;
  readonly endpoint: Endpoint;
  /** Which safeguards this endpoint has, in the developer's words, e.g. `as-released`. */
  readonly arm: string;
  /** The training cutoff the developer declares; null = it declared none. */
  readonly cutoffAt: Instant | null;
  /** Whom the developer chose for early access. */
  readonly partners: readonly string[];
  readonly windowStartsAt: Instant;
  /** The release to other trusted partners. Nothing here moves it. */
  readonly windowEndsAt: Instant;
  /** The day the law ends on which the sharing rests: whatever else goes on, all reading by evaluators ends with it. */
  readonly basisExpiresAt: Instant;
  readonly flaws: FlawTerms;
  readonly state: SubmissionState;
  readonly label: Label;
  readonly offeredAt: Instant;
}

export const submissionStates = ['offered', 'closed', 'withdrawn', 'erased'] as const;
export type SubmissionState = (typeof submissionStates)[number];
export type SubmissionTrigger = 'close' | 'withdraw' | 'erase';

export const submissionMoves: readonly Move<SubmissionState, SubmissionTrigger>[] = [
  { from: 'offered', by: 'close', to: 'closed' },
  { from: 'offered', by: 'withdraw', to: 'withdrawn' },
  { from: 'closed', by: 'withdraw', to: 'withdrawn' },
  { from: 'closed', by: 'erase', to: 'erased' },
  { from: 'withdrawn', by: 'erase', to: 'erased' },
];

/** The access window, counted back from the release to other trusted partners: [release − days, release). */
export function windowBefore(releaseToPartnersAt: Instant, windowDays: number): Interval {
  return { startsAt: plusMs(releaseToPartnersAt, -windowDays * day), endsAt: releaseToPartnersAt };
}

/** Whether the model may be reached now. Told from the time alone: a window ends even when no worker is left to close it. */
export function isOpen(submission: Submission, now: Instant): boolean {
  return submission.state === 'offered' && contains({ startsAt: submission.windowStartsAt, endsAt: reachableUntil(submission) }, now);
}

/** The window is access to the model. What was measured in it may be read, and judged, after it. */
export function reachableUntil(submission: Submission): Instant {
  return submission.windowEndsAt < submission.basisExpiresAt ? submission.windowEndsAt : submission.basisExpiresAt;
}
