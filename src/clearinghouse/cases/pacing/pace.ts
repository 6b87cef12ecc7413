import type { Id } from '../../../base/id.ts';
import { day, type Instant, plusMs } from '../../../base/instant.ts';
import type { Label } from '../../../base/label.ts';
import type { Band } from '../../findings/queue/band.ts';
import { bands } from '../../findings/queue/band.ts';

/** What a project takes, as its maintainer says. */
export interface Pace {
  readonly package: string;
  readonly orgId: Id<'org'>;
  /** Reports in any seven days; null = as they come. */
  readonly weekly: number | null;
  /** Which ones now. */
  readonly bands: readonly Band[];
  /** `until` null: until the project says otherwise. */
  readonly paused: { readonly until: Instant | null; readonly because: string | null } | null;
  /** Who of the project said, and when, that an INCIDENT comes at once, whatever else is set. Never given by silence. */
  readonly incidents: { readonly by: string; readonly at: Instant } | null;
  readonly setBy: string;
  readonly setAt: Instant;
  readonly label: Label;
}

/** What places are given by: the pace, or what was read of the project where it set none. */
export type Terms = Pick<Pace, 'weekly' | 'bands' | 'paused' | 'incidents'>;

/** A project that has said nothing is not asked to wait for anything. */
export const noTerms: Terms = { weekly: null, bands, paused: null, incidents: null };

export const severities = ['critical', 'high', 'medium', 'low', 'unknown'] as const;
export type Severity = (typeof severities)[number];

/** Of a delivery: the smaller goes first; what came earlier goes first among equals. */
export function placeOf(band: Band, severity: Severity): number {
  return bands.indexOf(band) * severities.length + severities.indexOf(severity);
}

export interface Waiting {
  readonly id: string;
  readonly band: Band;
}

const week = 7 * day;

interface Places<W extends Waiting> {
  /** Those there is a place for now, in order. */
  readonly now: readonly W[];
  /** When there will be one for somebody who waits; null: not by the passing of time alone. */
  readonly dueAt: Instant | null;
}

/**
 * `waiting` in order; `delivered`: when something went to this project within the last week, oldest first.
 * A week is any seven days: who takes three a week never has more than three of them in seven days, whenever the week is said to begin.
 */
export function givePlaces<W extends Waiting>(terms: Terms, waiting: readonly W[], delivered: readonly Instant[], now: Instant): Places<W> {
  const expected = expect(terms, waiting, delivered, now);
  const at = waiting.flatMap((w) => expected.get(w.id)?.at ?? []);
  const later = at.filter((t) => t > now).sort();
  return { now: waiting.filter((w) => expected.get(w.id)!.at === now), dueAt: later[0] ?? null };
}

export interface Expected {
  /** From 1, among all that wait for the project. */
  readonly place: number;
  /** If nothing more pressing comes first; null: when the project says so, `because` tells why. */
  readonly at: Instant | null;
  readonly because: string;
}

/** When each of those who wait has a place, as things stand. */
export function expect(terms: Terms, waiting: readonly Waiting[], delivered: readonly Instant[], now: Instant): Map<string, Expected> {
  const { weekly, paused } = terms;
  const isPaused = paused !== null && (paused.until === null || paused.until > now);
  const times = delivered.filter((t) => t > plusMs(now, -week)).sort();
  const found = new Map<string, Expected>();
  const excepted = waiting.filter((w) => w.band === 'INCIDENT' && terms.incidents !== null);
  // They go at once and count all the same: whoever had three of them has had their three.
  times.push(...excepted.map(() => now));
  for (const [i, w] of waiting.entries()) {
    const place = i + 1;
    if (excepted.includes(w)) found.set(w.id, { place, at: now, because: 'an incident, which the project takes at once' });
    else if (!terms.bands.includes(w.band)) found.set(w.id, { place, at: null, because: `the project takes no ${w.band} reports now` });
    else if (isPaused && paused.until === null) found.set(w.id, { place, at: null, because: 'the project has paused' });
    else {
      const open = isPaused ? paused.until! : now;
      const free = weekly !== null && times.length >= weekly ? plusMs(times[times.length - weekly]!, week) : open;
      const at = free > open ? free : open;
      times.push(at);
      found.set(w.id, { place, at, because: at === now ? 'there is a place' : isPaused ? 'the project has paused' : `${weekly} a week` });
    }
  }
  return found;
}
