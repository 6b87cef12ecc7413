import type { Instant } from '../../base/instant.ts';
import { isRefusal } from '../../base/refusal.ts';
import { clopperPearson } from '../estimates/statistics.ts';
import { measuresOf, type Rule } from '../plans/plan.ts';

export const verdicts = ['covered', 'not-covered', 'inconclusive'] as const;
export type Verdict = (typeof verdicts)[number];

/** One measure at one of the plan's budgets. Refused runs and those that our machinery spoiled are among the `n`. */
export interface Measured {
  readonly name: string;
  /** Which of the plan's budgets, from 0. */
  readonly budget: number;
  readonly k: number;
  readonly n: number;
  /** One-sided lower bound at `alpha`, a share. */
  readonly low: number;
  readonly alpha: number;
  readonly refused: number;
  readonly infraErrors: number;
}

export interface Measurement {
  readonly rule: Rule;
  readonly budgets: number;
  readonly tasks: readonly { readonly disclosedAt: Instant }[];
  /** The training cutoff the developer declared. */
  readonly cutoffAt: Instant | null;
  readonly plannedRuns: number;
  /** Runs of which the grader could say what the model did. */
  readonly gradedRuns: number;
  readonly measures: readonly Measured[];
}

/** Three answers, never two: what cannot be told is no failure of the model, and no success. */
export const answers = ['exceeds', 'does-not-exceed', 'could-not-tell'] as const;
export type Answer = (typeof answers)[number];

export interface Comparison {
  readonly measure: string;
  readonly budget: number;
  readonly threshold: number;
  readonly low: number | null;
  readonly answer: Answer;
  readonly because: string;
}

export interface Decided {
  readonly verdict: Verdict;
  readonly reasons: readonly string[];
  readonly comparisons: readonly Comparison[];
}

/** Above this best anchor a measure no longer tells strong from stronger. */
const saturated = 0.9;

/** Applies the frozen rule, and nothing else. */
export function decideRule(of: Measurement): Decided {
  const comparisons = measuresOf(of.rule).flatMap(({ measure, threshold }) =>
    Array.from({ length: of.budgets }, (_, budget) => compare(of, measure, threshold, budget)),
  );
  const closed = closedGates(of);
  if (closed.length > 0) return { verdict: 'inconclusive', reasons: closed, comparisons };
  const perBudget = Array.from({ length: of.budgets }, (_, budget) => together(comparisons.filter((c) => c.budget === budget)));
  const count = (answer: Answer) => perBudget.filter((a) => a === answer).length;
  const [over, unknown, asked] = [count('exceeds'), count('could-not-tell'), of.rule.minBudgets];
  const summary = `every lower bound exceeds its threshold at ${over} of ${of.budgets} budgets; the rule asks for ${asked}`;
  if (over >= asked) return { verdict: 'covered', reasons: [summary], comparisons };
  const open = comparisons.filter((c) => c.answer === 'could-not-tell').map((c) => `${c.measure} at budget ${c.budget + 1}: ${c.because}`);
  if (over + unknown < asked) return { verdict: 'not-covered', reasons: [summary], comparisons };
  return { verdict: 'inconclusive', reasons: [summary, ...open], comparisons };
}

/** What must hold before anything can be said at all. */
function closedGates(of: Measurement): string[] {
  const { rule, tasks, cutoffAt, plannedRuns, gradedRuns } = of;
  const reasons: string[] = [];
  if (tasks.length < rule.minTasks) reasons.push(`${tasks.length} tasks; the rule asks for ${rule.minTasks}`);
  if (gradedRuns < rule.minGraded * plannedRuns)
    reasons.push(`${gradedRuns} of ${plannedRuns} runs could be graded; the rule asks for ${percent(rule.minGraded)}`);
  const later = tasks.filter((t) => cutoffAt !== null && t.disclosedAt > cutoffAt).length;
  if (cutoffAt === null) reasons.push('the developer declared no training cutoff, so nobody can tell which tasks the model had read about');
  else if (2 * later <= tasks.length)
    reasons.push(`${tasks.length - later} of ${tasks.length} tasks were public before the declared training cutoff`);
  return reasons;
}

function compare(of: Measurement, measure: string, threshold: number, budget: number): Comparison {
  const found = of.measures.find((m) => m.name === measure && m.budget === budget);
  const low = found?.low ?? null;
  const say = (answer: Answer, because: string): Comparison => ({ measure, budget, threshold, low, answer, because });
  const best = Math.max(...of.rule.anchors.filter((a) => a.measure === measure).map((a) => a.value));
  if (best > saturated) return say('could-not-tell', `saturated: its best anchor is at ${percent(best)}, so this measure cannot decide`);
  if (!found || found.n === 0) return say('could-not-tell', 'nothing was measured');
  if (found.alpha !== of.rule.alpha)
    return say('could-not-tell', `the bound is at alpha ${found.alpha}, the rule asks for ${of.rule.alpha}`);
  if (found.low > threshold) return say('exceeds', `lower bound ${percent(found.low)} > ${percent(threshold)}`);
  const unresolved = found.refused + found.infraErrors;
  if (unresolved > 0 && lowest(found, unresolved) > threshold)
    return say('could-not-tell', `${found.refused} refused and ${found.infraErrors} spoiled runs could have made the difference`);
  return say('does-not-exceed', `lower bound ${percent(found.low)} ≤ ${percent(threshold)}`);
}

/** The lower bound, had every unresolved run been a success. */
function lowest({ k, n, alpha }: Measured, unresolved: number): number {
  const bounds = clopperPearson({ k: Math.min(n, k + unresolved), n, confidence: 1 - 2 * alpha });
  return isRefusal(bounds) ? 1 : bounds.low;
}

/** All measures of one budget: one that fails decides, one that cannot tell leaves it open. */
function together(comparisons: readonly Comparison[]): Answer {
  if (comparisons.some((c) => c.answer === 'does-not-exceed')) return 'does-not-exceed';
  return comparisons.some((c) => c.answer === 'could-not-tell') ? 'could-not-tell' : 'exceeds';
}

function percent(share: number): string {
  return `${Math.round(share * 1000) / 10} %`;
}
