import { type Instant, plusMs } from '../../../../base/instant.ts';
import { type Duration, inWords, msOf } from './duration.ts';

/** Who says it: the project itself, a list one sends a report through, or whoever reports or coordinates and publishes on its own day. */
export const policySources = ['project-policy', 'list-cap', 'reporter-policy'] as const;
export type PolicySource = (typeof policySources)[number];

/** From when a policy's time is counted: the opening of the case, a fix that is ready, or the hour at which the case was bound to it. */
export const policyStarts = ['opening', 'fix-ready', 'bound'] as const;
type PolicyStart = (typeof policyStarts)[number];

/** How a project wants what AI found: `public` means that no embargo is to be had for it. */
export const aiWays = ['private', 'public', 'not-accepted'] as const;
type AiWay = (typeof aiWays)[number];

/** What a project, a list or a reporter has published, with where and when it was read. */
export interface Policy {
  readonly source: PolicySource;
  readonly name: string;
  readonly starts: PolicyStart;
  readonly min: Duration | null;
  readonly preferred: Duration | null;
  /** Null: open-ended. */
  readonly max: Duration | null;
  /** In place of `max` once it is exploited; how long its details wait after the fix. */
  readonly exploited: Duration | null;
  readonly detailsAfterFix: Duration | null;
  readonly aiReports: AiWay | null;
  readonly weeklyCap: number | null;
  readonly severityScale: string | null;
  readonly url: string;
  readonly readAt: Instant;
}

/** A policy that binds one case: it went through that list, or was found by that reporter. */
export interface Bound {
  readonly policy: Policy;
  readonly since: Instant;
}

/** What the times of a policy are counted from. */
export interface Marks {
  readonly openedAt: Instant;
  readonly fixReadyAt: Instant | null;
  readonly exploitedAt: Instant | null;
}

/** A span after which nobody is bound any more, and who says so. */
interface PolicyWindow {
  readonly source: PolicySource;
  readonly endsAt: Instant;
  /** Shown to everybody read in, at any tier: it never tells what the flaw is. */
  readonly because: string;
}

/** The window that a policy opens; undefined where it names none, or its time has not begun. */
export function windowOf(policy: Policy, marks: Marks, since: Instant | null): PolicyWindow | undefined {
  const { source, name } = policy;
  const { exploitedAt } = marks;
  const usual = from(policy.starts, policy.max, marks, since, name);
  if (!policy.exploited || !exploitedAt) return usual && { source, ...usual };
  const hastened = {
    endsAt: plusMs(exploitedAt, msOf(policy.exploited)),
    because: `${name} caps at ${inWords(policy.exploited)} once exploited`,
  };
  return { source, ...(usual && usual.endsAt <= hastened.endsAt ? usual : hastened) };
}

function from(starts: PolicyStart, max: Duration | null, marks: Marks, since: Instant | null, name: string) {
  const at = { opening: marks.openedAt, 'fix-ready': marks.fixReadyAt, bound: since }[starts];
  if (max === null || at === null) return undefined;
  const counted = { opening: '', 'fix-ready': ' from the fix', bound: '' }[starts];
  return { endsAt: plusMs(at, msOf(max)), because: `${name} caps at ${inWords(max)}${counted}` };
}
