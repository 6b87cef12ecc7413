import { z } from 'zod';
import { limits } from '../../../base/limits.ts';
import { wireId, wireInstant, wirePage, wireText } from '../../../base/wire.ts';
import type { Actor } from '../../../trust/access.ts';
import type { NamedAttachment } from '../../findings/attachment.ts';
import type { Finding } from '../../findings/finding.ts';
import { getOut as findingOut, present as presentFinding } from '../../findings/wire.ts';
import { decisions } from '../same.ts';
import type { Comparison } from './pair.ts';

export const page = wirePage;
export const ofFinding = z.object({ findingId: wireId('fnd') });
export const byPair = z.object({ aId: wireId('fnd'), bId: wireId('fnd') });
export const decideInput = byPair.extend({ decision: z.enum(['same', 'distinct']), because: wireText(limits.becauseChars) });

export const comparisonOut = z.object({
  id: wireId('cmp'),
  aId: wireId('fnd'),
  bId: wireId('fnd'),
  decision: z.enum(decisions),
  score: z.number(),
  reasons: z.array(z.string()),
  /** `house` or a person's id. */
  decidedBy: z.string(),
  /** A person's word, which the hub leaves as it is. */
  binding: z.boolean(),
  /** What duplicates.undo takes, where an act of a person decided it. */
  regroupingId: wireId('rgp').nullable(),
  decidedAt: wireInstant,
});
export const comparisonsOut = z.object({ items: z.array(comparisonOut) });

/** What a finding is, in a line. */
const brief = findingOut.pick({ title: true, purl: true, orgId: true, rung: true });
/** Null: one that the viewer does not read. */
export const undecidedOut = z.object({ items: z.array(comparisonOut.extend({ a: brief.nullable(), b: brief.nullable() })) });

const side = z.object({
  finding: findingOut,
  /** Where it is counted, if anywhere. */
  vulnerabilityId: wireId('vul').nullable(),
});
export const pairOut = z.object({
  a: side,
  b: side,
  /** What both say alike, and what each says otherwise: `what: value` and `what: of a | of b`. */
  common: z.array(z.string()),
  differing: z.array(z.string()),
  /** What the hub makes of the two today. */
  now: z.object({ decision: z.enum(decisions), score: z.number(), reasons: z.array(z.string()) }).nullable(),
  /** Everything that was ever decided, newest first; what was undone since too. */
  history: z.array(comparisonOut),
});
export const decidedOut = z.object({
  regroupingId: wireId('rgp'),
  /** Where the two are counted after it. */
  vulnerabilityIds: z.array(wireId('vul')),
});

/** Two findings side by side. */
interface Pair {
  readonly a: Side;
  readonly b: Side;
  readonly common: readonly string[];
  readonly differing: readonly string[];
  readonly now: z.input<typeof pairOut>['now'];
  readonly history: readonly Comparison[];
}
interface Side {
  readonly finding: Finding;
  readonly files: readonly NamedAttachment[];
  readonly vulnerabilityId: string | null;
}

export function presentComparison(c: Comparison): z.input<typeof comparisonOut> {
  const { id, aId, bId, decision, score, reasons, decidedBy, binding, regroupingId, decidedAt } = c;
  return { id, aId, bId, decision, score, reasons: [...reasons], decidedBy, binding, regroupingId, decidedAt };
}

/** A pair that waits, with its findings as far as they are read. */
interface Waiting {
  readonly comparison: Comparison;
  readonly a: Finding | undefined;
  readonly b: Finding | undefined;
}

export function presentWaiting({ comparison, a, b }: Waiting): z.input<typeof undecidedOut>['items'][number] {
  return { ...presentComparison(comparison), a: a ? briefOf(a) : null, b: b ? briefOf(b) : null };
}

function briefOf({ title, purl, orgId, rung }: Finding): z.input<typeof brief> {
  return { title, purl, orgId, rung };
}

export function presentPair(pair: Pair, viewer: Actor): z.input<typeof pairOut> {
  const sideOf = ({ vulnerabilityId, ...shown }: Side) => ({ finding: presentFinding(shown, viewer), vulnerabilityId });
  const { a, b, common, differing, now, history } = pair;
  return { a: sideOf(a), b: sideOf(b), common: [...common], differing: [...differing], now, history: history.map(presentComparison) };
}
