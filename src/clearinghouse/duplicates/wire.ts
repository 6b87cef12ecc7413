import { z } from 'zod';
import { wireId, wireInstant, wirePage, wireText } from '../../base/wire.ts';
import type { Comparison, Member, Vulnerability } from './duplicate.ts';
import { findingIdsOf } from './duplicate.ts';
import { decisions } from './same.ts';

export const compareInput = z.object({ id: wireId('fnd') });
export const byId = z.object({ id: wireId('vul') });
export const page = wirePage;
/** `findingId` leaves `id` for a vulnerability of its own. */
export const splitInput = z.object({ id: wireId('vul'), findingId: wireId('fnd'), because: wireText(4096) });
/** `findingId` moves into `id` from wherever it is counted now: what undoes a split. */
export const mergeInput = splitInput;

export const compareOut = z.object({ compared: z.number(), vulnerabilityId: wireId('vul').nullable() });

const creditOut = z.object({
  findingId: wireId('fnd'),
  orgId: wireId('org'),
  reporterId: z.string(),
  receivedAt: wireInstant,
  joinedAt: wireInstant,
  leftAt: wireInstant.nullable(),
  because: z.string(),
});
const vulnerabilityOut = z.object({
  id: wireId('vul'),
  package: z.string(),
  state: z.enum(['open', 'empty']),
  findingIds: z.array(wireId('fnd')),
  /** All co-finders with their times, the earliest first. */
  credits: z.array(creditOut),
  openedAt: wireInstant,
});
const comparisonOut = z.object({
  id: wireId('cmp'),
  aId: wireId('fnd'),
  bId: wireId('fnd'),
  decision: z.enum(decisions),
  score: z.number(),
  reasons: z.array(z.string()),
  decidedBy: z.string(),
  decidedAt: wireInstant,
});
export const listOut = z.object({ items: z.array(vulnerabilityOut) });
export const getOut = vulnerabilityOut.extend({
  /** Every membership there ever was, those ended by a split too. */
  history: z.array(creditOut),
  comparisons: z.array(comparisonOut),
});
export const splitOut = z.object({ from: vulnerabilityOut, to: vulnerabilityOut });
export const comparisonsInput = z.object({ findingId: wireId('fnd') });
export const comparisonsOut = z.object({ items: z.array(comparisonOut) });

export function present(v: Vulnerability): z.input<typeof vulnerabilityOut> {
  const { id, state, openedAt } = v;
  return { id, package: v.package, state, findingIds: findingIdsOf(v), credits: v.members.map(presentCredit), openedAt };
}

export function presentCredit(member: Member): z.input<typeof creditOut> {
  return { ...member };
}

export function presentComparison(c: Comparison): z.input<typeof comparisonOut> {
  const { id, aId, bId, decision, score, reasons, decidedBy, decidedAt } = c;
  return { id, aId, bId, decision, score, reasons: [...reasons], decidedBy, decidedAt };
}
