import { calendars, plusBusinessDays, type Reckoning } from '../../../base/business-days.ts';
import type { Id } from '../../../base/id.ts';
import { day, hour, type Instant, plusMs } from '../../../base/instant.ts';
import type { Label } from '../../../base/label.ts';

/** A span as the rules of the field say it. */
interface Span {
  readonly hours?: number;
  readonly days?: number;
  readonly businessDays?: number;
}

interface ClockRule {
  /** Left out where the time comes from elsewhere: a policy, a proposal, a ladder, a law. */
  readonly within?: Span;
  /** So long before it is due, whoever owes it is told. */
  readonly warnMs: number;
  /** So long after it was due, the coordinator is told as well. */
  readonly graceMs: number;
  readonly source: string;
}

const akrites = 'Akrites SIRT CVD policy of 2026-08-24, section 5 (https://sirt.akrites.dev/security/policy)';
const cra = 'Regulation (EU) 2024/2847, Article 14(2)';

/** Every kind of clock, and whose rule it is. */
export const clockRules = {
  acknowledgement: { within: { businessDays: 2 }, warnMs: day, graceMs: day, source: akrites },
  assessment: { within: { businessDays: 10 }, warnMs: 2 * day, graceMs: day, source: akrites },
  statement: { within: { businessDays: 10 }, warnMs: 2 * day, graceMs: day, source: 'house rule' },
  contact: { warnMs: 0, graceMs: day, source: 'contact ladder' },
  embargo: { warnMs: 2 * day, graceMs: 0, source: 'the governing window' },
  'embargo-answer': { warnMs: day, graceMs: 0, source: 'the proposal' },
  // As soon as the desk answers a finding that is said to be exploited.
  'leak-answer': { within: { hours: 2 }, warnMs: hour, graceMs: 0, source: 'Akrites SIRT triage policy, INCIDENT' },
  'interim-advisory': { within: { hours: 4 }, warnMs: 2 * hour, graceMs: 0, source: 'house rule' },
  'cra-early-warning': { within: { hours: 24 }, warnMs: 12 * hour, graceMs: 0, source: `${cra}(a)` },
  'cra-notification': { within: { hours: 72 }, warnMs: day, graceMs: 0, source: `${cra}(b)` },
  'cra-final-report': { within: { days: 14 }, warnMs: 3 * day, graceMs: 0, source: `${cra}(c)` },
  'legal-choice': { warnMs: 14 * day, graceMs: 0, source: 'the basis that the share names' },
  'legal-basis': { warnMs: 14 * day, graceMs: 0, source: 'the basis that the share names' },
} as const satisfies Record<string, ClockRule>;
export type ClockKind = keyof typeof clockRules;
export const clockKinds = Object.keys(clockRules) as [ClockKind, ...ClockKind[]];

/** Who owes it. `orgId` is whose people see it: null for a supplier who is no member, whom the coordinator speaks for. */
export type Owner =
  | { readonly by: 'participant' | 'org'; readonly id: string; readonly orgId: string | null }
  | { readonly by: 'coordinator'; readonly id: null; readonly orgId: null };
export const owedByDesk: Owner = { by: 'coordinator', id: null, orgId: null };

export interface Clock {
  readonly id: Id<'clk'>;
  readonly caseId: Id<'cas'>;
  readonly kind: ClockKind;
  /** What it runs on within the case: a participant, a proposal, an attempt; '' = the case itself. */
  readonly about: string;
  readonly owedBy: Owner;
  /** Shown to whoever owes it: it never tells what the flaw is. */
  readonly because: string;
  readonly startedAt: Instant;
  readonly warnAt: Instant | null;
  readonly dueAt: Instant;
  readonly escalateAt: Instant | null;
  /** When it next does something by itself. */
  readonly nextAt: Instant | null;
  readonly warnedAt: Instant | null;
  readonly overdueAt: Instant | null;
  readonly escalatedAt: Instant | null;
  readonly doneAt: Instant | null;
  readonly label: Label;
}

/** What somebody starts; the rest follows from the kind's rule. */
export type Started = Pick<Clock, 'id' | 'caseId' | 'kind' | 'about' | 'owedBy' | 'because' | 'startedAt' | 'dueAt'>;
export const strokes = ['warned', 'overdue', 'escalated'] as const;
/** What a clock does by itself, each once. */
type Stroke = (typeof strokes)[number];

/** Where nobody has said where and by which calendar they work. */
const anywhere: Reckoning = { zone: 'UTC', calendar: calendars.weekends };

/** When a clock of this kind is due that starts now, by its own rule. */
export function dueOf(kind: ClockKind, startedAt: Instant, by: Reckoning = anywhere): Instant | undefined {
  const { within }: ClockRule = clockRules[kind];
  if (!within) return undefined;
  if (within.businessDays !== undefined) return plusBusinessDays(startedAt, within.businessDays, by);
  return plusMs(startedAt, (within.hours ?? 0) * hour + (within.days ?? 0) * day);
}

export function wound(started: Started, label: Label): Clock {
  const { warnMs, graceMs }: ClockRule = clockRules[started.kind];
  const { dueAt, startedAt, owedBy } = started;
  const warnAt = warnMs > 0 && plusMs(dueAt, -warnMs) > startedAt ? plusMs(dueAt, -warnMs) : null;
  // Nobody is above the coordinator whom it could be shown to.
  const escalateAt = owedBy.by === 'coordinator' ? null : plusMs(dueAt, graceMs);
  const times = { warnAt, escalateAt, nextAt: warnAt ?? dueAt, warnedAt: null, overdueAt: null, escalatedAt: null, doneAt: null };
  return { ...started, ...times, label };
}

/** The same clock with all that has come by now, in order. A warning that comes after the hour warns nobody and is left out. */
export function strike(clock: Clock, now: Instant): { readonly clock: Clock; readonly struck: readonly Stroke[] } {
  if (clock.doneAt !== null || clock.nextAt === null || clock.nextAt > now) return { clock, struck: [] };
  const { warnAt, dueAt, escalateAt } = clock;
  const warns = clock.warnedAt === null && warnAt !== null && warnAt <= now && now < dueAt;
  const isDue = clock.overdueAt === null && dueAt <= now;
  const escalates = clock.escalatedAt === null && escalateAt !== null && escalateAt <= now;
  const struck: Stroke[] = [
    ...(warns ? ['warned' as const] : []),
    ...(isDue ? ['overdue' as const] : []),
    ...(escalates ? ['escalated' as const] : []),
  ];
  const after = {
    warnedAt: warns ? now : clock.warnedAt,
    overdueAt: isDue ? now : clock.overdueAt,
    escalatedAt: escalates ? now : clock.escalatedAt,
  };
  const nextAt = after.overdueAt === null ? dueAt : after.escalatedAt === null ? escalateAt : null;
  return { clock: { ...clock, ...after, nextAt }, struck };
}
