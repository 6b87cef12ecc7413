import { z } from 'zod';
import type { Instant } from '../../../base/instant.ts';
import { limits } from '../../../base/limits.ts';
import { wireId, wireInstant } from '../../../base/wire.ts';
import type { Actor } from '../../../trust/access.ts';
import type { Case } from '../case.ts';
import { tierIn } from '../wire.ts';
import { type Clock, clockKinds, clockRules } from './clock.ts';

export const byCase = z.object({ id: wireId('cas') });
export const owedInput = z.object({ limit: z.coerce.number().int().min(1).max(limits.pageRows).default(50) });
export const nothing = z.object({});

const standings = ['running', 'overdue', 'escalated', 'done', 'done-late'] as const;
const clockOut = z.object({
  id: wireId('clk'),
  caseId: wireId('cas'),
  kind: z.enum(clockKinds),
  about: z.string(),
  owedBy: z.object({ by: z.enum(['participant', 'org', 'coordinator']), id: z.string().nullable() }),
  /** Whether the viewer's own organisation owes it. */
  isOwn: z.boolean(),
  because: z.string(),
  /** Whose rule says so. */
  source: z.string(),
  startedAt: wireInstant,
  dueAt: wireInstant,
  doneAt: wireInstant.nullable(),
  standing: z.enum(standings),
});
export type ClockOut = z.input<typeof clockOut>;
export const clocksOut = z.object({ items: z.array(clockOut) });
export const struckOut = z.object({ struck: z.number() });

interface Shown {
  readonly clocks: readonly Clock[];
  readonly now: Instant;
}

/** The coordinator sees every clock of a case, others what their own organisation owes, and down to tier 2 until when nothing is said. */
export function visibleClocks(of: Case, clocks: readonly Clock[], viewer: Actor): readonly Clock[] {
  if (viewer.roles.includes('coordinator')) return clocks;
  const isOwn = (clock: Clock) => viewer.orgId !== null && clock.owedBy.orgId === viewer.orgId;
  return clocks.filter((clock) => isOwn(clock) || (clock.kind === 'embargo' && tierIn(of, viewer) <= 2));
}

function presentClock(clock: Clock, now: Instant, viewer: Actor): ClockOut {
  const { id, caseId, kind, about, owedBy, because, startedAt, dueAt, doneAt } = clock;
  const isStaff = viewer.roles.includes('coordinator');
  return {
    ...{ id, caseId, kind, about, because, startedAt, dueAt, doneAt },
    owedBy: { by: owedBy.by, id: owedBy.id },
    isOwn: owedBy.by === 'coordinator' ? isStaff : viewer.orgId !== null && owedBy.orgId === viewer.orgId,
    source: clockRules[kind].source,
    standing: standingOf(clock, now),
  };
}

function standingOf({ doneAt, dueAt, escalatedAt }: Clock, now: Instant): ClockOut['standing'] {
  if (doneAt !== null) return doneAt <= dueAt ? 'done' : 'done-late';
  return escalatedAt !== null ? 'escalated' : dueAt <= now ? 'overdue' : 'running';
}

export function presentClocks({ clocks, now }: Shown, viewer: Actor): z.input<typeof clocksOut> {
  return { items: clocks.map((clock) => presentClock(clock, now, viewer)) };
}
