import { betaQuantile } from '../../../base/special-functions.ts';
import { type Letter, nothingYet, possible, step, type Vfdpxa } from '../vfdpxa.ts';

/** What of the six has happened, in order. Whole histories have all six; one that is still going on has fewer. */
export type History = readonly Letter[];

/** The twelve pairs of which the first is wished to come before the second (CMU/SEI-2021-SR-021 §3.2). */
export const desired = ['VP', 'VX', 'VA', 'FP', 'FX', 'FA', 'DP', 'DX', 'DA', 'PX', 'PA', 'XA'] as const;
type Ordering = (typeof desired)[number];

/** Every way through the table, with how often a walk that takes each possible step equally often comes along it (SR-021 §3.3). */
export function allHistories(): { readonly history: History; readonly frequency: number }[] {
  return onwards(nothingYet, [], 1);
}

function onwards(state: Vfdpxa, history: History, frequency: number): ReturnType<typeof allHistories> {
  const next = possible(state);
  if (next.length === 0) return [{ history, frequency }];
  return next.flatMap((letter) => onwards(step(state, letter)!.to, [...history, letter], frequency / next.length));
}

/** The state a history leads to; undefined where the table refuses a step of it. */
export function replay(history: readonly string[]): Vfdpxa | undefined {
  let state: Vfdpxa | undefined = nothingYet;
  for (const letter of history) state = state && step(state, letter as Letter)?.to;
  return state;
}

/**
 * Whether an ordering was met. `open` while neither has happened: it may still go either way. Once the first has happened and the second
 * has not, whatever comes cannot undo it.
 */
export function met(history: History, ordering: Ordering): 'met' | 'missed' | 'open' {
  const [first, second] = [...ordering].map((letter) => history.indexOf(letter as Letter)) as [number, number];
  if (first < 0) return second < 0 ? 'open' : 'missed';
  return second < 0 || first < second ? 'met' : 'missed';
}

/** f_d: how often an ordering comes about by chance, over all 70 histories. */
export function byChance(ordering: Ordering): number {
  return allHistories().reduce((sum, { history, frequency }) => sum + (met(history, ordering) === 'met' ? frequency : 0), 0);
}

/** What was seen of one ordering over several histories. */
interface Skill {
  readonly ordering: Ordering;
  /** Histories in which it is decided. */
  readonly trials: number;
  readonly met: number;
  readonly byChance: number;
  /** α_d = (S − f·T) ÷ ((1 − f)·T): 1 = always, 0 = as chance would have it, below 0 = worse than that; null without a trial. */
  readonly skill: number | null;
  /** Where α_d lies with 95 % credibility, before anything was seen every frequency being as likely as another; null without a trial. */
  readonly credible: readonly [from: number, to: number] | null;
}

/** The coordination-skill measure (SR-021 §4.1): observed frequency of the twelve orderings against the random walk. */
export function skillOf(histories: readonly History[]): Skill[] {
  return desired.map((ordering) => {
    const seen = histories.map((history) => met(history, ordering)).filter((how) => how !== 'open');
    const [trials, good, chance] = [seen.length, seen.filter((how) => how === 'met').length, byChance(ordering)];
    // α is the frequency on another scale, so that its bounds are those of the frequency.
    const alpha = (frequency: number) => (frequency - chance) / (1 - chance);
    const bound = (p: number) => alpha(betaQuantile(p, good + 1, trials - good + 1));
    return {
      ordering,
      trials,
      met: good,
      byChance: chance,
      skill: trials === 0 ? null : alpha(good / trials),
      credible: trials === 0 ? null : [bound(0.025), bound(0.975)],
    };
  });
}
