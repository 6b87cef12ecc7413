import { day, type Instant, msBetween } from '../../../base/instant.ts';
import { limits } from '../../../base/limits.ts';
import type { FindingVerdict } from '../finding.ts';

/** What became of an organisation's findings that were made with one tool or model. */
export interface TrackRecord {
  readonly tooling: string;
  readonly submitted: number;
  readonly replayed: number;
  readonly contradicted: number;
  /** The lab could not tell: says nothing about the finder. */
  readonly undecided: number;
  /** The same counts, faded: an old mistake weighs less, and so does an old merit. */
  readonly recentReplayed: number;
  readonly recentContradicted: number;
  readonly fadedAt: Instant;
}

type Outcome = 'replayed' | 'contradicted' | 'undecided';
const outcomes: Record<FindingVerdict, Outcome> = {
  reproduced: 'replayed',
  'reproduced-fix-incomplete': 'replayed',
  'not-reproduced': 'contradicted',
  flaky: 'undecided',
  'could-not-tell': 'undecided',
};

export function emptyRecord(tooling: string, now: Instant): TrackRecord {
  return { tooling, submitted: 0, replayed: 0, contradicted: 0, undecided: 0, recentReplayed: 0, recentContradicted: 0, fadedAt: now };
}

export function submittedOnce(record: TrackRecord): TrackRecord {
  return { ...record, submitted: record.submitted + 1 };
}

/** `before`: what the finding had been judged to be, when it is judged anew. */
export function judgedOnce(record: TrackRecord, verdict: FindingVerdict, before: FindingVerdict | null, now: Instant): TrackRecord {
  const faded = fade(record, now);
  const [is, was] = [outcomes[verdict], before && outcomes[before]];
  if (is === was) return faded;
  const step = (of: Outcome) => (of === is ? 1 : of === was ? -1 : 0);
  return {
    ...faded,
    replayed: Math.max(0, faded.replayed + step('replayed')),
    contradicted: Math.max(0, faded.contradicted + step('contradicted')),
    undecided: Math.max(0, faded.undecided + step('undecided')),
    recentReplayed: Math.max(0, faded.recentReplayed + step('replayed')),
    recentContradicted: Math.max(0, faded.recentContradicted + step('contradicted')),
  };
}

function fade(record: TrackRecord, now: Instant): TrackRecord {
  const kept = 0.5 ** (Math.max(0, msBetween(record.fadedAt, now)) / (limits.recordHalfLifeDays * day));
  const { recentReplayed, recentContradicted } = record;
  return { ...record, recentReplayed: recentReplayed * kept, recentContradicted: recentContradicted * kept, fadedAt: now };
}

/** So many judged findings weigh as much as what is expected beforehand. */
const priorWeight = 4;

/** Share of judged findings that replayed, drawn towards `expected` while little is known (posterior mean of a beta distribution). */
function shareOf(replayed: number, contradicted: number, expected: number): number {
  return (replayed + priorWeight * expected) / (replayed + contradicted + priorWeight);
}

/**
 * How many findings a day go ahead at once; the rest are received like all and wait behind. What an organisation has shown with a tool counts;
 * before it has shown anything, what others have shown with the same tool is expected of it. The flood pays for its own noise (DESIGN §7).
 */
export function quotaOf(
  own: readonly TrackRecord[],
  tool: Pick<TrackRecord, 'recentReplayed' | 'recentContradicted'>,
  now: Instant,
): number {
  const faded = own.map((record) => fade(record, now));
  const [replayed, contradicted] = [sum(faded.map((r) => r.recentReplayed)), sum(faded.map((r) => r.recentContradicted))];
  const expected = shareOf(tool.recentReplayed, tool.recentContradicted, 0.5);
  const room = limits.quotaFirstPerDay + 2 * replayed;
  const perDay = Math.round(shareOf(replayed, contradicted, expected) * room);
  return Math.min(limits.quotaMostPerDay, Math.max(limits.quotaLeastPerDay, perDay));
}

function sum(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0);
}

/** A tool's name without its version and case, so that each release of it does not begin anew. */
export function toolingName(tooling: string | null, model: string | null): string {
  const named = (tooling ?? model ?? '').toLowerCase();
  return named
    .slice(0, limits.toolingNameChars)
    .replace(/[\s/@]v?\d[\w.+-]*$/, '')
    .trim();
}
