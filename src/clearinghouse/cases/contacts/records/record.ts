import type { Id } from '../../../../base/id.ts';
import { day, type Instant, plusMs } from '../../../../base/instant.ts';
import type { Label } from '../../../../base/label.ts';
import { limits } from '../../../../base/limits.ts';
import { type Refusal, refuse } from '../../../../base/refusal.ts';
import type { Move } from '../../../../base/states.ts';
import type { ContactOutcome } from '../ladders/ladder.ts';

export const nonFixKinds = ['end-of-life', 'feature-complete', 'wont-fix'] as const;
export const nonFixDecisions = ['advisory', 'advisory-and-mitigation', 'last-resort'] as const;

/** A reachable maintainer decides not to fix, as it says itself (fields: Akrites SIRT, "Maintainer non-fix record"). */
interface NonFix {
  /** Verbatim. */
  readonly position: string;
  readonly positionUrl: string | null;
  readonly type: (typeof nonFixKinds)[number];
  readonly rationale: string;
  readonly saidAt: Instant;
  readonly source: string;
  /** Where it is still in use. Never for anybody but the clearinghouse. */
  readonly footprint: string | null;
  readonly decision: (typeof nonFixDecisions)[number];
  readonly cve: string | null;
  /** What VEX says of the fix. */
  readonly fixStatus: 'will_not_fix';
}

/** A fork that carries the fix for a while (fields: Akrites SIRT, "MoLR decision record"; criteria: its guidelines §6.1). */
export interface LastResort {
  readonly cve: string | null;
  readonly evidence: {
    /** Contact was attempted in full, and what else was tried. */
    readonly exhausted: string;
    /** It matters and is deployed. For the clearinghouse alone. */
    readonly deployed: string;
    readonly licence: string;
    /** Who keeps it up, and who may take it over. */
    readonly capacity: string;
  };
  readonly licence: { readonly spdxId: string; readonly forkPermitted: boolean; readonly obligations: string };
  readonly namespace: string;
  readonly base: { readonly commit: string; readonly knownGoodBecause: string };
  readonly integrity: string;
  readonly term: { readonly startsAt: Instant; readonly endsAt: Instant; readonly renewals: number };
  readonly sunset: readonly string[];
  readonly steward: { readonly plan: string; readonly owner: string };
  /** Of a suspect case: where it is known from that what is built on is clean. */
  readonly provenance: string | null;
}

interface Common {
  readonly caseId: Id<'cas'>;
  readonly participantId: Id<'par'>;
  readonly state: RecordState;
  readonly draftedBy: string;
  readonly draftedAt: Instant;
  readonly approvals: readonly { readonly by: string; readonly at: Instant }[];
  readonly label: Label;
}
export type NonFixRecord = Common & { readonly id: Id<'nfx'>; readonly kind: 'non-fix'; readonly said: NonFix };
export type LastResortRecord = Common & { readonly id: Id<'lst'>; readonly kind: 'last-resort'; readonly said: LastResort };
export type UpstreamRecord = NonFixRecord | LastResortRecord;

export const recordStates = ['drafted', 'approved', 'over'] as const;
export type RecordState = (typeof recordStates)[number];
export const recordMoves: readonly Move<RecordState, 'approve' | 'end'>[] = [
  { from: 'drafted', by: 'approve', to: 'approved' },
  { from: 'approved', by: 'end', to: 'over' },
];

/** How many others than who drafted it must approve: of a suspect case one for the decision and one for where the code comes from. */
export function approvalsNeeded({ kind, said }: Pick<UpstreamRecord, 'kind' | 'said'>): number {
  return kind === 'last-resort' && (said as LastResort).provenance !== null ? 2 : 1;
}

/** One more approval, by somebody who neither drafted it nor approved before. */
export function approved<R extends UpstreamRecord>(record: R, by: string, at: Instant): R | Refusal {
  if (record.state !== 'drafted') return refuse('wrong_state', `this record is ${record.state}`);
  if (by === record.draftedBy) return refuse('not_permitted', 'somebody else than who drafted it approves it');
  if (record.approvals.some((a) => a.by === by)) return refuse('conflict', 'you have approved it already');
  const approvals = [...record.approvals, { by, at }];
  return { ...record, approvals, state: approvals.length >= approvalsNeeded(record) ? 'approved' : 'drafted' };
}

/** `outcome` of the last ladder; `refused` = an approved non-fix record sends the case here. */
export function faultOfLastResort(
  said: LastResort,
  { package: name, outcome, refused }: { package: string; outcome: ContactOutcome | null; refused: boolean },
): Refusal | undefined {
  const isUnreached = outcome === 'silent' || outcome === 'abandoned' || outcome === 'suspect';
  if (!isUnreached && !(outcome === 'non-fix' && refused))
    return refuse('wrong_state', 'first the contact ladder to its end, or an approved non-fix record that sends the case here');
  if (!said.licence.forkPermitted)
    return refuse('not_permitted', 'without the licence’s permission it ends at advisory, VEX and mitigation', '/licence/forkPermitted');
  if (isConfusable(said.namespace, name))
    return refuse(
      'not_permitted',
      'a name of its own: marks mostly outlive the code, and nobody may take it for the original',
      '/namespace',
    );
  const { startsAt, endsAt } = said.term;
  if (endsAt <= startsAt) return refuse('malformed', 'a term ends after it starts', '/term/endsAt');
  if (endsAt > plusMs(startsAt, limits.lastResortDays * day))
    return refuse('too_large', `a term lasts at most ${limits.lastResortDays} days`, '/term/endsAt');
  if (outcome === 'suspect' && said.provenance === null)
    return refuse('malformed', 'of a suspect case, say where it is known from that what is built on is clean', '/provenance');
  return undefined;
}

/** `looper` and `@fork/looper` differ by where they lie; `Looper`, `pkg:npm/looper` and `looper` do not. */
function isConfusable(namespace: string, package_: string): boolean {
  const bare = (text: string) =>
    decodeURIComponent(text.replace(/^pkg:[a-z]+\//i, ''))
      .toLowerCase()
      .replace(/[-_.]/g, '');
  try {
    return bare(namespace) === bare(package_);
  } catch {
    return true;
  }
}
