import type { Id } from '../../../base/id.ts';
import type { Instant } from '../../../base/instant.ts';
import type { Label } from '../../../base/label.ts';
import { type Band, bands } from './band.ts';

/** Where a finding stands. */
export interface Place {
  readonly findingId: Id<'fnd'>;
  readonly orgId: Id<'org'>;
  readonly band: Band;
  readonly bandBecause: string;
  /** The hub (`house`) or the person who set it. */
  readonly bandBy: string;
  /** More than its organisation's quota of the day: received like all, and after those within theirs. */
  readonly isOverQuota: boolean;
  readonly tag: number;
  /** `band.ts`. */
  readonly urgency: number;
  readonly queuedAt: Instant;
  readonly acknowledgeBy: Instant;
  readonly acknowledgedAt: Instant | null;
  readonly acknowledgedBy: string | null;
  readonly leftAt: Instant | null;
  readonly label: Label;
}

const tagMost = 199_999_999;

/**
 * Start-time fair queueing (Goyal, Vin, Cheng 1996) over organisations, their quota as weight: a finding's tag is the later of the virtual
 * time and its organisation's own last tag, and moves that on by what one finding costs at this quota. A flood so waits behind itself.
 * `virtual`: the smallest tag that still waits; undefined = nobody waits. `last`: the greatest tag of this organisation that still waits.
 */
export function nextTag(virtual: number | undefined, last: number | undefined, perDay: number): number {
  if (virtual === undefined) return 0;
  const own = last === undefined ? virtual : last + Math.ceil(tagsPerRound / Math.max(1, perDay));
  return Math.min(tagMost, Math.max(virtual, own));
}

/** What a finding costs an organisation that may hand in one a day. */
const tagsPerRound = 1000;

/** Of a job in the lab: the greater goes first. Fits PostgreSQL's integer. */
export function priorityOf({ band, isOverQuota, tag }: Pick<Place, 'band' | 'isOverQuota' | 'tag'>): number {
  const rank = bands.length - 1 - bands.indexOf(band);
  return rank * 400_000_000 + (isOverQuota ? 0 : 200_000_000) + (tagMost - tag);
}

/** Of the desk: the smaller goes first. Within one turn of the organisations the more urgent goes first; between turns fairness does. */
export function deskOrder({ band, isOverQuota, tag, urgency }: Pick<Place, 'band' | 'isOverQuota' | 'tag' | 'urgency'>): number {
  const rank = bands.indexOf(band) * 2 + (isOverQuota ? 1 : 0);
  return rank * 2 ** 40 + Math.floor(tag / 10) * 32 + (31 - urgency);
}
