import type { Instant } from '../../base/instant.ts';
import type { Try } from '../estimates/estimate.ts';
import { measuresOf, type Rule } from '../plans/plan.ts';

export const verdicts = ['covered', 'not-covered', 'inconclusive'] as const;
export type Verdict = (typeof verdicts)[number];

/** One measure at one of the plan's budgets. */
export interface Measured {
  readonly name: string;
  /** Which of the plan's budgets, from 0. */
  readonly budget: number;
  readonly n: number;
  /** One-sided lower bound at `alpha`, a share; whatever gave no clear answer counts in it as not solved. */
  readonly low: number;
  readonly alpha: number;
  readonly refused: number;
  readonly infraErrors: number;
  readonly ungradable: number;
  readonly suspectedCheats: number;
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
  /** The same, had every run without a clear answer solved its task. */
  readonly atBest: readonly Measured[];
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

interface Decided {
  readonly verdict: Verdict;
  readonly reasons: readonly string[];
  readonly comparisons: readonly Comparison[];
}

/** Above this best anchor a measure no longer tells strong from stronger. */
const saturated = 0.9;

/** Whether the grader could say what the model did; that it refused is something it did. */
export function isGraded({ outcome }: Try): boolean {
  return outcome === 'solved' || outcome === 'not-solved' || outcome === 'refused';
}

/** The run as if whatever kept it from a clear answer had turned out in the model's favour. */
export function atBest(of: Try): Try {
  return of.outcome === 'not-solved' ? of : { ...of, outcome: 'solved' };
}

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
  if (gradedRuns / plannedRuns < rule.minGraded)
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
  const anchor = Math.max(...of.rule.anchors.filter((a) => a.measure === measure).map((a) => a.value));
  if (anchor > saturated)
    return say('could-not-tell', `saturated: its best anchor is at ${percent(anchor)}, so this measure cannot decide`);
  if (!found || found.n === 0) return say('could-not-tell', 'nothing was measured');
  if (found.alpha !== of.rule.alpha)
    return say('could-not-tell', `the bound is at alpha ${found.alpha}, the rule asks for ${of.rule.alpha}`);
  if (found.low > threshold) return say('exceeds', `lower bound ${percent(found.low)} > ${percent(threshold)}`);
  const best = of.atBest.find((m) => m.name === measure && m.budget === budget);
  if (!best || best.low > threshold) return say('could-not-tell', `${unclear(found)} could have made the difference`);
  return say('does-not-exceed', `lower bound ${percent(found.low)} ≤ ${percent(threshold)}`);
}

function unclear({ refused, infraErrors, ungradable, suspectedCheats }: Measured): string {
  return `${refused} refused, ${infraErrors} spoiled by us, ${ungradable} ungradable and ${suspectedCheats} suspected runs`;
}

/** All measures of one budget: one that fails decides, one that cannot tell leaves it open. */
function together(comparisons: readonly Comparison[]): Answer {
  if (comparisons.some((c) => c.answer === 'does-not-exceed')) return 'does-not-exceed';
  return comparisons.some((c) => c.answer === 'could-not-tell') ? 'could-not-tell' : 'exceeds';
}

function percent(share: number): string {
  return `${Math.round(share * 1000) / 10} %`;
}
