import type { Id } from '../../../base/id.ts';
import type { Instant } from '../../../base/instant.ts';
import { limits } from '../../../base/limits.ts';
import { type Refusal, refuse } from '../../../base/refusal.ts';
import type { Vulnerability } from '../duplicate.ts';

/**
 * What a person did to who is counted where:
 * `merged`: findings of `from` moved to `to` · `split`: the same, to a `to` opened for it · `subsumed`: the fix of `to` covers `from` ·
 * `chained`: two flaws that are used together · `decided`: one pair, with the move that follows from it, if any.
 */
export const regroupingKinds = ['merged', 'split', 'subsumed', 'chained', 'decided'] as const;
export interface Regrouping {
  readonly id: Id<'rgp'>;
  readonly kind: (typeof regroupingKinds)[number];
  readonly fromId: Id<'vul'> | null;
  readonly toId: Id<'vul'> | null;
  /** Moved from the one to the other by it. */
  readonly findingIds: readonly Id<'fnd'>[];
  readonly because: string;
  readonly byId: string;
  readonly at: Instant;
  readonly undone: { readonly byId: string; readonly because: string; readonly at: Instant } | null;
}

/** B may become part of A when A stands for itself and is not, by whatever way, part of B. */
export function maySubsume(part: Vulnerability, whole: Vulnerability): Refusal | undefined {
  if (part.id === whole.id) return refuse('conflict', 'a vulnerability is not part of itself', '/partId');
  if (part.subsumedById !== null) return refuse('wrong_state', `this is part of ${part.subsumedById} already`, '/partId');
  // Which also keeps the parts of a part from coming round to where they began.
  if (whole.subsumedById !== null) return refuse('wrong_state', `this is part of ${whole.subsumedById}; name that one`, '/id');
  if (part.members.length === 0 || whole.members.length === 0)
    return refuse('wrong_state', 'a vulnerability without findings is not part of anything');
  return undefined;
}

/** What an act moved can go back only from where the act put it. */
export function mayUndo(act: Regrouping, to: Vulnerability | undefined): Refusal | undefined {
  if (act.undone) return refuse('wrong_state', 'this was undone before');
  const here = new Set(to?.members.map((m) => m.findingId));
  const gone = act.findingIds.find((id) => !here.has(id));
  return gone === undefined ? undefined : refuse('wrong_state', `${gone} was moved again since; undo that first`);
}

/** The pairs of which a person speaks who moves findings to others: of very many, those with the oldest. */
export function pairsMet<T>(moved: readonly T[], members: readonly T[]): (readonly [T, T])[] {
  const met: (readonly [T, T])[] = [];
  for (const member of members)
    for (const one of moved) {
      if (met.length === limits.comparedFindings) return met;
      met.push([member, one]);
    }
  return met;
}
