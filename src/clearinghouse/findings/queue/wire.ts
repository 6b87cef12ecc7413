import { z } from 'zod';
import { limits } from '../../../base/limits.ts';
import { wireId, wireInstant, wireText } from '../../../base/wire.ts';
import { type Finding, verdicts } from '../finding.ts';
import * as findings from '../wire.ts';
import { bands } from './band.ts';
import type { Place } from './place.ts';
import type { Backlog, Waiting } from './store.ts';

export const byId = z.object({ id: wireId('fnd') });
export const judgedInput = z.object({ id: wireId('fnd'), verdict: z.enum(verdicts), before: z.enum(verdicts).nullish() });
export const bandInput = z.object({ id: wireId('fnd'), band: z.enum(bands), because: wireText(limits.becauseChars) });
export const queueInput = z.object({
  /** `next` of the page before. */
  after: z
    .string()
    .regex(/^(\d{1,16}\.fnd_[0-9a-z]{26})?$/, 'must be what the page before gave as next')
    .default(''),
  limit: z.coerce.number().int().min(1).max(limits.pageRows).default(50),
});
export const nothing = z.object({});

export const placeOut = z.object({
  findingId: wireId('fnd'),
  band: z.enum(bands),
  because: z.string(),
  /** Beyond the quota of the day: answered after those within theirs. */
  isOverQuota: z.boolean(),
  queuedAt: wireInstant,
  acknowledgeBy: wireInstant,
  acknowledgedAt: wireInstant.nullable(),
  isOverdue: z.boolean(),
});
export const ownPlaceOut = placeOut.extend({
  /** What findings of this band usually waited for an answer of late; null while there were too few to say. */
  usualWaitHours: z.number().nullable(),
});
const waitingOut = placeOut.extend({ orgId: wireId('org'), urgency: z.number(), finding: findings.summaryOut });
const backlogOut = z.object({
  band: z.enum(bands),
  waiting: z.number(),
  overdue: z.number(),
  overQuota: z.number(),
  oldestAt: wireInstant.nullable(),
  usualWaitHours: z.number().nullable(),
});
export const queueOut = z.object({ items: z.array(waitingOut), next: z.string().nullable(), backlog: z.array(backlogOut) });
export const remindedOut = z.object({ reminded: z.number() });

export function presentPlace(p: Place, now: string): z.input<typeof placeOut> {
  const { findingId, band, bandBecause: because, isOverQuota, queuedAt, acknowledgeBy, acknowledgedAt, leftAt } = p;
  const isOverdue = acknowledgedAt === null && leftAt === null && acknowledgeBy < now;
  return { findingId, band, because, isOverQuota, queuedAt, acknowledgeBy, acknowledgedAt, isOverdue };
}

interface Queue {
  readonly items: readonly { readonly place: Waiting; readonly finding: Finding }[];
  readonly next: string | null;
  readonly backlog: readonly (Backlog & { readonly usualWaitHours: number | null })[];
  readonly now: string;
}

export function presentQueue({ items, next, backlog, now }: Queue): z.input<typeof queueOut> {
  const shown = items.map(({ place, finding }) => ({
    ...presentPlace(place, now),
    ...{ orgId: place.orgId, urgency: place.urgency, finding: findings.presentSummary(finding) },
  }));
  return { items: shown, next, backlog: [...backlog] };
}
