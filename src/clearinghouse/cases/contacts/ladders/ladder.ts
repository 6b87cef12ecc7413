import { plusBusinessDays, type Reckoning } from '../../../../base/business-days.ts';
import type { Id } from '../../../../base/id.ts';
import { day, type Instant, plusMs } from '../../../../base/instant.ts';
import type { Label } from '../../../../base/label.ts';
import { isRefusal, type Refusal, refuse } from '../../../../base/refusal.ts';
import { type Move, move } from '../../../../base/states.ts';

/** Contact and escalation, rung by rung (Akrites SIRT, Maintainer of Last Resort guidelines §3). */
export const rungs = ['first', 'second', 'third', 'coordinator'] as const;
type Rung = (typeof rungs)[number];

/**
 * Business days from the first attempt to each rung, and days to the decision. `ordinary` is the guidelines' own; severity bends the
 * intervals, by a tempo that somebody gave a reason for, and leaves out no rung.
 */
const tempos = {
  urgent: { businessDays: [0, 1, 2, 3], decisionDays: 7 },
  ordinary: { businessDays: [0, 5, 10, 15], decisionDays: 30 },
  patient: { businessDays: [0, 10, 20, 30], decisionDays: 60 },
} as const;
type Tempo = keyof typeof tempos;
export const tempoNames = Object.keys(tempos) as [Tempo, ...Tempo[]];

export const attemptOutcomes = ['awaited', 'no-reply', 'bounced', 'read', 'acknowledged'] as const;
type AttemptOutcome = (typeof attemptOutcomes)[number];

/** That it was read and nobody answered is another fact than that it bounced; a late answer is an answer. */
const attemptMoves: readonly Move<AttemptOutcome, AttemptOutcome>[] = (
  [
    ['awaited', ['no-reply', 'bounced', 'read', 'acknowledged']],
    ['no-reply', ['bounced', 'read', 'acknowledged']],
    ['read', ['acknowledged']],
  ] as const
).flatMap(([from, to]) => to.map((by) => ({ from, by, to: by })));

export interface Attempt {
  /** Counts from 1 within the ladder. */
  readonly seq: number;
  readonly rung: Rung;
  readonly channel: string;
  readonly addressee: string;
  /** The report itself, or only that there is one. */
  readonly carriesReport: boolean;
  readonly at: Instant;
  readonly outcome: AttemptOutcome;
  readonly outcomeAt: Instant | null;
  readonly note: string | null;
  readonly recordedBy: string;
  readonly recordedAt: Instant;
}

export const contactOutcomes = ['capacity-gap', 'non-fix', 'silent', 'abandoned', 'suspect'] as const;
export type ContactOutcome = (typeof contactOutcomes)[number];

export const ladderStates = ['climbing', 'answered', 'decided', 'ended'] as const;
type LadderState = (typeof ladderStates)[number];
const ladderMoves: readonly Move<LadderState, 'answer' | 'decide' | 'end'>[] = [
  { from: 'climbing', by: 'answer', to: 'answered' },
  // Whoever comes back after all is dealt with like anybody who answers.
  { from: 'decided', by: 'answer', to: 'answered' },
  { from: 'climbing', by: 'decide', to: 'decided' },
  { from: 'answered', by: 'decide', to: 'decided' },
  { from: 'climbing', by: 'end', to: 'ended' },
];

/** The attempts to reach one supplier of one case, from the first (T0) on. One acknowledgement ends them. */
export interface Ladder {
  readonly id: Id<'lad'>;
  readonly caseId: Id<'cas'>;
  readonly participantId: Id<'par'>;
  readonly tempo: Tempo;
  readonly tempoBecause: string | null;
  readonly reckoning: Reckoning;
  /** T0: when the first attempt was made. */
  readonly startedAt: Instant;
  readonly state: LadderState;
  readonly outcome: ContactOutcome | null;
  readonly because: string | null;
  readonly decidedBy: string | null;
  readonly decidedAt: Instant | null;
  readonly attempts: readonly Attempt[];
  readonly label: Label;
}

export function dueOf(
  { startedAt, tempo, reckoning }: Pick<Ladder, 'startedAt' | 'tempo' | 'reckoning'>,
  rung: Rung | 'decision',
): Instant {
  const { businessDays, decisionDays } = tempos[tempo];
  if (rung === 'decision') return plusMs(startedAt, decisionDays * day);
  return plusBusinessDays(startedAt, businessDays[rungs.indexOf(rung)]!, reckoning);
}

/** The first rung without a record; `decision` when each has one. */
export function nextRung({ attempts }: Pick<Ladder, 'attempts'>): Rung | 'decision' {
  return rungs.find((rung) => !attempts.some((a) => a.rung === rung)) ?? 'decision';
}

/** One more attempt; what was awaited until now, on an earlier rung, had no reply. */
export function attempted(ladder: Ladder, attempt: Omit<Attempt, 'seq'>): Ladder | Refusal {
  const next = nextRung(ladder);
  const last = ladder.attempts.at(-1);
  if (last && attempt.at < last.at) return refuse('conflict', 'attempts are recorded in the order they were made', '/at');
  if (next !== 'decision' && rungs.indexOf(attempt.rung) > rungs.indexOf(next))
    return refuse('wrong_state', `the ${next} attempt has no record yet: none is left out, however urgent`, '/rung');
  const due = dueOf(ladder, attempt.rung);
  if (attempt.at < due)
    return refuse('wrong_state', `the ${attempt.rung} attempt is due at ${due}; a faster tempo needs a reason of its own`, '/rung');
  const before = ladder.attempts.map((a) =>
    a.outcome === 'awaited' && a.rung !== attempt.rung ? { ...a, outcome: 'no-reply' as const, outcomeAt: attempt.at } : a,
  );
  return { ...ladder, attempts: [...before, { ...attempt, seq: before.length + 1 }] };
}

/** What became of an attempt; one acknowledgement takes the whole ladder back to ordinary coordination. */
export function heard(ladder: Ladder, seq: number, outcome: AttemptOutcome, at: Instant, note: string | null): Ladder | Refusal {
  const attempt = ladder.attempts.find((a) => a.seq === seq);
  if (!attempt) return refuse('not_found', 'no such attempt', '/seq');
  const to = move(attemptMoves, attempt.outcome, outcome);
  if (isRefusal(to)) return { ...to, at: '/outcome' };
  const attempts = ladder.attempts.map((a) => (a === attempt ? { ...a, outcome: to, outcomeAt: at, note: note ?? a.note } : a));
  if (to !== 'acknowledged' || ladder.state === 'answered' || ladder.state === 'ended') return { ...ladder, attempts };
  const state = move(ladderMoves, ladder.state, 'answer');
  return isRefusal(state) ? state : { ...ladder, attempts, state, outcome: null, because: null, decidedBy: null, decidedAt: null };
}

interface Decision {
  readonly outcome: ContactOutcome;
  readonly because: string;
  readonly by: string;
  readonly at: Instant;
}

/** Silence is not refusal and refusal is not silence; neither is said before every rung has its record. */
export function decided(ladder: Ladder, { outcome, because, by, at }: Decision): Ladder | Refusal {
  const state = move(ladderMoves, ladder.state, 'decide');
  if (isRefusal(state)) return state;
  const isAnswered = ladder.state === 'answered';
  if ((outcome === 'capacity-gap' || outcome === 'non-fix') && !isAnswered)
    return refuse('wrong_state', `${outcome} is what a maintainer said: nobody has acknowledged anything`, '/outcome');
  if ((outcome === 'silent' || outcome === 'abandoned') && isAnswered)
    return refuse('wrong_state', `somebody answered: that is not ${outcome}, whatever they said`, '/outcome');
  const next = nextRung(ladder);
  // A suspicion does not wait for days to pass.
  if (outcome === 'silent' || outcome === 'abandoned') {
    if (next !== 'decision') return refuse('wrong_state', `the ${next} attempt has no record yet`, '/outcome');
    const due = dueOf(ladder, 'decision');
    if (at < due) return refuse('wrong_state', `this is decided from ${due} on`, '/outcome');
  }
  return { ...ladder, state, outcome, because, decidedBy: by, decidedAt: at };
}

export function ended(ladder: Ladder): Ladder | Refusal {
  const state = move(ladderMoves, ladder.state, 'end');
  return isRefusal(state) ? state : { ...ladder, state };
}

/** What the next attempt may say to anybody: that there is a finding, and that somebody is looked for. Never what it is. */
export function wordsOf(rung: Rung, package_: string, since: Instant): string {
  if (rung === 'first' || rung === 'second')
    return `We have a report about the security of ${package_} for whoever maintains it. How would you like to receive it, in private?`;
  return `We have a validated security finding in ${package_} and have not reached its maintainers since ${since.slice(0, 10)}. Can you put us in touch with them, or tell us who carries the package? We cannot say more here.`;
}
