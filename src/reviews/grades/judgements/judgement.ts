import type { Id } from '../../../base/id.ts';
import type { Instant } from '../../../base/instant.ts';
import type { Label } from '../../../base/label.ts';
import { type Refusal, refuse } from '../../../base/refusal.ts';
import type { Grade, Outcome } from '../grade.ts';

/**
 * What people say of a grade. `confirmed` and `dismissed`: whether a suspicion holds. `second-asked` and `second-given`: a person grades again who has
 * not been shown the first. `disputed`: by the developer. `resolved`: by the evaluator, after a dispute or two grades that differ.
 */
export const judgementKinds = ['confirmed', 'dismissed', 'second-asked', 'second-given', 'disputed', 'resolved'] as const;
export type JudgementKind = (typeof judgementKinds)[number];

/** Kept beside all others, for ever; a later one of the same kind counts instead of an earlier. */
export interface Judgement {
  readonly id: Id<'jdg'>;
  readonly gradeId: Id<'grd'>;
  /** From 1: the order in which they count. */
  readonly place: number;
  readonly kind: JudgementKind;
  /** What a second grade, a resolution or a dispute says it is; a dispute need not. */
  readonly outcome: Outcome | null;
  readonly byId: string;
  readonly byOrgId: Id<'org'>;
  /** Of who resolved it: the word is theirs, for everybody who reads it. */
  readonly byName: string | null;
  /** Who was asked. */
  readonly aboutId: string | null;
  readonly because: string;
  /** What a resolution says to the developer. */
  readonly answer: string | null;
  readonly label: Label;
  readonly saidAt: Instant;
}

/** What a person may find a hand-in to be. */
export const judgedOutcomes = ['solved', 'not-solved', 'ungradable'] as const;

/**
 * The outcome that counts. A resolution is the last word; two grades that differ, until somebody has resolved it, are nothing a model can be held
 * to; a suspicion that was settled leaves what lies beneath, or no solution. A dispute by itself changes no number. `said`: oldest first.
 */
export function countedOf(grade: Pick<Grade, 'outcome' | 'beneath'>, said: readonly Judgement[]): Outcome | null {
  const last = (...kinds: JudgementKind[]) => said.findLast(({ kind }) => kinds.includes(kind));
  const resolved = last('resolved');
  if (resolved?.outcome) return resolved.outcome;
  const settled = last('confirmed', 'dismissed');
  const first = settled ? (settled.kind === 'confirmed' ? 'not-solved' : grade.beneath) : grade.outcome;
  const second = last('second-given');
  return second?.outcome && first !== 'suspected-cheat' && second.outcome !== first ? 'ungradable' : first;
}

/** By grade, what the last second grade found it to be. */
export function secondsGiven(said: ReadonlyMap<string, readonly Judgement[]>): Map<string, Outcome> {
  return new Map(
    [...said].flatMap(([gradeId, words]) => {
      const outcome = words.findLast(({ kind }) => kind === 'second-given')?.outcome;
      return outcome ? [[gradeId, outcome] as const] : [];
    }),
  );
}

/** Whether its developer holds it for wrong and nobody has answered since. `said`: oldest first. */
export function isDisputed(said: readonly Judgement[]): boolean {
  return said.findLast(({ kind }) => kind === 'disputed' || kind === 'resolved')?.kind === 'disputed';
}

/** Why it may not be said of this grade, now, by this person; undefined where it may. */
export function decideJudgement(
  grade: Pick<Grade, 'state' | 'outcome' | 'blindFor'>,
  said: readonly Judgement[],
  kind: JudgementKind,
  by: { readonly id: string },
): Refusal | undefined {
  if (grade.state !== 'given' || grade.outcome === null) return refuse('wrong_state', 'it has not been graded');
  // Whoever grades it again reads in the log that something was said of the first grade.
  if (grade.blindFor !== null && ['confirmed', 'dismissed', 'resolved'].includes(kind))
    return refuse('wrong_state', 'somebody is grading it again; settle it after that');
  const isTried = ['solved', 'not-solved', 'ungradable', 'suspected-cheat'].includes(grade.outcome);
  switch (kind) {
    case 'confirmed':
    case 'dismissed':
      return grade.outcome === 'suspected-cheat' ? undefined : refuse('wrong_state', 'nothing makes it suspect');
    case 'second-asked':
      if (!isTried) return refuse('wrong_state', 'nothing was tried that could be graded again');
      return grade.blindFor === null ? undefined : refuse('wrong_state', 'somebody is grading it again');
    case 'second-given':
      return grade.blindFor === by.id ? undefined : refuse('not_permitted', 'only who was asked grades it again');
    case 'disputed':
      return undefined;
    case 'resolved':
      // Whoever gave one of two grades that differ does not choose between them.
      if (said.some((word) => word.kind === 'second-given' && word.byId === by.id))
        return refuse('not_permitted', 'whoever graded it again does not resolve it');
      return said.some((word) => word.kind === 'disputed' || word.kind === 'second-given')
        ? undefined
        : refuse('wrong_state', 'nobody disputes it, and it was not graded again');
  }
}
