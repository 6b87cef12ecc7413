import type { Id } from '../../../base/id.ts';
import { day, epochMs, type Instant, instantOf, minute, plusMs } from '../../../base/instant.ts';
import { type Label, label } from '../../../base/label.ts';
import { limits } from '../../../base/limits.ts';
import { type Refusal, refuse } from '../../../base/refusal.ts';

/** `rejecting`: no longer given out, not yet rejected upstream; `foreign`: another numbering authority's. */
export const cveStates = ['pooled', 'assigned', 'published', 'rejecting', 'rejected', 'foreign'] as const;
export type CveState = (typeof cveStates)[number];

/** A CVE id of the hub's own, from its reservation on, or one that another gave to a flaw of a case here. */
export interface Cve {
  readonly cveId: string;
  readonly year: number;
  readonly state: CveState;
  readonly assignedByCna: string | null;
  readonly caseId: Id<'cas'> | null;
  readonly vulnerabilityId: Id<'vul'> | null;
  readonly assignedBy: string | null;
  readonly assignedAt: Instant | null;
  readonly reservedAt: Instant;
  readonly publishedAt: Instant | null;
  readonly rejectedAt: Instant | null;
  readonly because: string | null;
  readonly replacedBy: string | null;
  readonly label: Label;
}

export const errandKinds = ['reserve', 'publish', 'reject'] as const;
export const errandStates = ['waiting', 'done', 'refused', 'replaced'] as const;

/** One thing asked of CVE Services, until it is done. */
export interface Errand {
  readonly id: Id<'cve'>;
  readonly kind: (typeof errandKinds)[number];
  readonly year: number | null;
  readonly amount: number | null;
  readonly cveId: string | null;
  readonly container: object | null;
  readonly state: (typeof errandStates)[number];
  readonly tries: number;
  readonly dueAt: Instant;
  readonly leasedUntil: Instant | null;
  readonly because: string | null;
  readonly askedAt: Instant;
  readonly label: Label;
}

export interface Pool {
  /** Refilled when fewer are left. */
  readonly least: number;
  readonly most: number;
}

/** Which flaw an id is for is the clearinghouse's own until the hour. */
export const cveLabel: Label = label('RED', 'hou_clearinghouse');

export const yearOf = (at: Instant) => Number(at.slice(0, 4));
export const yearOfId = (cveId: string) => Number(cveId.split('-')[1]);
export const leaseMs = 15 * minute;

/** How many to reserve: none while enough are left, one batch at a time. */
export function decideRefill({ least, most }: Pool, left: number): number {
  return left >= least ? 0 : Math.min(most - left, limits.cveBatchIds);
}

/** From when on what is left of a year is rejected as not used. */
export function expiryOf(year: number): Instant {
  return plusMs(`${year + 1}-01-01T00:00:00.000Z` as Instant, limits.cveGraceDays * day);
}

/** The last year whose ids are no longer given out. */
export function lastExpired(now: Instant): number {
  const year = yearOf(now) - 1;
  return expiryOf(year) <= now ? year : year - 1;
}

/** What became of an errand that was tried: what passes by itself is tried again, later each time. */
export function afterTry(errand: Errand, refused: Refusal | undefined, now: Instant): Errand {
  if (!refused) return { ...errand, state: 'done', leasedUntil: null, because: null };
  const because = refused.because;
  const tries = errand.tries + 1;
  if (refused.code !== 'unavailable' || tries >= limits.cveTries) return { ...errand, state: 'refused', tries, leasedUntil: null, because };
  const waitMs = Math.min(2 ** tries * minute, day / 4);
  return { ...errand, tries, leasedUntil: null, because, dueAt: instantOf(epochMs(now) + waitMs) };
}

/** What is known of a flaw when an id is asked for. */
export interface Flaw {
  readonly outcome: string | null;
  /** All of it was moved elsewhere, or another's fix covers it. */
  readonly continuesIn: { readonly vulnerabilityId: string; readonly cveId: string | null } | null;
  readonly has: Pick<Cve, 'cveId' | 'assignedByCna'> | null;
}

/**
 * Whether a flaw gets an id: it is one (CNA rules 4.1.0 §4.1), and one flaw has one id, however many suppliers' products it is in (§4.2).
 * What counts as one flaw is the clearinghouse's own finding: one root cause that one fix mends.
 */
export function decideAssignment({ outcome, continuesIn, has }: Flaw): Refusal | undefined {
  if (outcome === 'not-a-vulnerability') return refuse('wrong_state', 'it was found to be no vulnerability (CNA rules §4.1)');
  if (has)
    return refuse(
      'conflict',
      `this flaw has ${has.cveId}${has.assignedByCna ? `, from ${has.assignedByCna}` : ''}: one flaw, one id (CNA rules §4.2)`,
    );
  if (continuesIn)
    return refuse(
      'conflict',
      `it is one flaw with ${continuesIn.vulnerabilityId}${continuesIn.cveId ? `, which has ${continuesIn.cveId}` : ''} (CNA rules §4.2)`,
    );
  return undefined;
}

/** Of two ids on what is one flaw, which stays: what is public before what is not, then what another gave, then the older. */
export function keptOf(a: Cve, b: Cve): Cve {
  const rank = (of: Cve) => (of.state === 'published' ? 0 : of.state === 'foreign' ? 1 : 2);
  const older = (of: Cve) => `${of.publishedAt ?? of.assignedAt ?? of.reservedAt} ${of.cveId}`;
  if (rank(a) !== rank(b)) return rank(a) < rank(b) ? a : b;
  return older(a) <= older(b) ? a : b;
}

/** The container of a rejection, as CVE Services takes it. */
export function rejection(because: string, replacedBy: string | null): object {
  return { rejectedReasons: [{ lang: 'en', value: because.slice(0, 4000) }], ...(replacedBy === null ? {} : { replacedBy: [replacedBy] }) };
}
