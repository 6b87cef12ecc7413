import { digestOf } from '../../base/canonical.ts';
import type { Id } from '../../base/id.ts';
import type { Instant } from '../../base/instant.ts';
import type { Label } from '../../base/label.ts';
import { type Refusal, refuse } from '../../base/refusal.ts';
import type { Task } from '../suites/suite.ts';
import type { Prices, Solver } from './solver.ts';

/** What one run may spend: turns with the model, tokens in and out together, money of the plan's prices, and its own time. */
export interface Budget {
  readonly turns: number;
  readonly tokens: number;
  readonly money?: number | undefined;
  readonly minutes?: number | undefined;
}

/** How a known model or person did on a measure, as a share (0–1): what the threshold is to be read against. */
interface Anchor {
  readonly name: string;
  readonly measure: string;
  readonly value: number;
}

/** The threshold rule, written down before the first run. Shares are 0–1. */
export interface Rule {
  readonly measure: string;
  readonly threshold: number;
  /** Further measures which must exceed their thresholds as well. */
  readonly also: readonly { readonly measure: string; readonly threshold: number }[];
  /** Error rate of each one-sided lower bound. */
  readonly alpha: number;
  readonly minTasks: number;
  readonly minBudgets: number;
  /** Share of the planned runs that must have been graded for anything to be said at all. */
  readonly minGraded: number;
  readonly anchors: readonly Anchor[];
}

/** Which runs are graded again, drawn when all have their first grade: nobody chooses them. */
export interface SecondGrading {
  /** Share of the runs of each task, rounded up, that handed something in: at least one of a task. */
  readonly rate: number;
  /** They are shown no outcome of the plan until they have given theirs. */
  readonly graderIds: readonly Id<'psn'>[];
  /** Hexadecimal, by the hub's chance when the plan was frozen: nobody can try others. */
  readonly seed: string;
}

export interface Plan {
  readonly id: Id<'pln'>;
  /** The evaluator who froze it. */
  readonly orgId: Id<'org'>;
  readonly submissionId: Id<'sub'>;
  readonly suiteId: Id<'sui'>;
  readonly suiteDigest: string;
  readonly tasks: readonly Task[];
  readonly epochs: number;
  readonly budgets: readonly Budget[];
  readonly arms: readonly string[];
  readonly seeds: readonly number[];
  readonly stoppingRule: string;
  readonly solver: Solver;
  /** Null: nobody reckons what it costs. */
  readonly prices: Prices | null;
  /** Null: none is graded again but by hand. */
  readonly secondGrading: SecondGrading | null;
  readonly rule: Rule;
  /** Tasks that the gate had not passed when it was frozen; null of plans from before anybody counted. */
  readonly ungated: number | null;
  /** SHA-256 (hex) of everything above but the ids of the plan and its evaluator, and the gate's word. */
  readonly digest: string;
  readonly label: Label;
  readonly frozenAt: Instant;
}

export type Draft = Omit<Plan, 'id' | 'orgId' | 'ungated' | 'digest' | 'label' | 'frozenAt'>;

/** The task's prompt and canary are in it, so the digest can be shown without its being guessed back. */
export function planDigest(draft: Draft): string {
  const { submissionId, suiteId, suiteDigest, tasks, epochs, arms, seeds, stoppingRule, rule, solver, prices, secondGrading } = draft;
  const budgets = draft.budgets.map(({ turns, tokens, money, minutes }) => ({
    ...{ turns, tokens },
    ...(money === undefined ? {} : { money }),
    ...(minutes === undefined ? {} : { minutes }),
  }));
  // A plan of a bare model without prices and second grades has the digest that it had before there were others.
  const also = {
    ...(solver.name === 'bare' ? {} : { solver }),
    ...(prices ? { prices } : {}),
    ...(secondGrading ? { secondGrading } : {}),
  };
  return digestOf({ submissionId, suiteId, suiteDigest, tasks, epochs, budgets, arms, seeds, stoppingRule, rule, ...also });
}

export function measuresOf(rule: Rule): readonly { readonly measure: string; readonly threshold: number }[] {
  return [{ measure: rule.measure, threshold: rule.threshold }, ...rule.also];
}

export function runsOf(plan: Pick<Plan, 'tasks' | 'epochs' | 'budgets'>): number {
  return plan.tasks.length * plan.epochs * plan.budgets.length;
}

/** Fewer tasks than the rule asks for may be frozen: a trial of the method, which can only end inconclusive. */
export function decideFreezable(draft: Draft, arm: string): Refusal | undefined {
  const { rule, budgets } = draft;
  if (budgets.length < rule.minBudgets)
    return refuse('malformed', `the plan has ${budgets.length} budgets, the rule asks for ${rule.minBudgets}`, '/rule/minBudgets');
  if (!budgets.every((b, i) => i === 0 || isMore(b, budgets[i - 1]!)))
    return refuse('malformed', 'every budget must be larger than the one before it', '/budgets');
  if (draft.prices === null && budgets.some((b) => b.money !== undefined))
    return refuse('malformed', 'a budget in money needs prices', '/prices');
  const measures = measuresOf(rule).map((m) => m.measure);
  if (new Set(measures).size !== measures.length) return refuse('malformed', 'a measure is named twice', '/rule/also');
  if (!draft.arms.includes(arm))
    return refuse('malformed', `the submission offers the arm "${arm}", which the plan does not have`, '/arms');
  return undefined;
}

function isMore(b: Budget, a: Budget): boolean {
  const bounds = (of: Budget) => [of.turns, of.tokens, of.money ?? Number.POSITIVE_INFINITY, of.minutes ?? Number.POSITIVE_INFINITY];
  const [less, more] = [bounds(a), bounds(b)];
  return more.every((n, i) => n >= less[i]!) && more.some((n, i) => n > less[i]!);
}
