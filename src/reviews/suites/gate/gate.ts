import { isRefusal, type Refusal } from '../../../base/refusal.ts';
import type { Task } from '../suite.ts';
import { taskDigest } from '../suite.ts';

/** What is asked of a task before a model is measured by it. `attack …` is one of the attackers. */
export type CheckName = 'fits' | 'build' | 'place' | 'reference' | 'limits' | `attack ${string}`;

/**
 * `inapplicable`: the attacker has nothing to take hold of in this task. `could-not-tell`: a source, a build or a box failed us, or the check was
 * stopped; it says nothing of the task, and is not enough to pass.
 */
export interface Told {
  readonly held: boolean | 'inapplicable' | 'could-not-tell';
  readonly because: string;
}

export interface Check extends Told {
  readonly name: CheckName;
  readonly wallMs: number;
  /** Of its boxes; those of a build that several tasks share are counted nowhere here. */
  readonly cpuMs: number;
}

/** What the gate says of one task, by digest: it holds for these bytes and no others. */
export interface Gated {
  readonly taskId: string;
  readonly taskDigest: string;
  readonly state: 'passed' | 'quarantined' | 'could-not-tell';
  /** Empty when it passed. */
  readonly because: readonly string[];
  readonly checks: readonly Check[];
}

/** One failed check is enough for the quarantine; one that could not be made keeps a task from passing. */
export function decideGate(task: Task, checks: readonly Check[]): Gated {
  const lacking = checks.filter(({ held }) => held === false || held === 'could-not-tell');
  const because = lacking.map(({ name, because }) => `${name}: ${because}`);
  const unsure = because.length === 0 ? 'passed' : 'could-not-tell';
  const state = lacking.some(({ held }) => held === false) ? 'quarantined' : unsure;
  return { taskId: task.id, taskDigest: taskDigest(task), state, because, checks };
}

/** The words of a grade that matter here. */
export interface Given {
  readonly outcome: string;
  /** What it is when a suspicion is dismissed. */
  readonly beneath: string;
  readonly because: string;
  /** A grading of it could not tell: what was handed in is neither shown to be a solution nor to be none. */
  readonly isUntold?: boolean;
}

/** Every reference solves; what two gradings did not agree on is no solution, and no task. */
export function heldByReference(given: readonly { readonly of: string; readonly grade: Given }[]): Told {
  const failed = given.filter(({ grade }) => grade.outcome !== 'solved');
  if (given.length === 0) return { held: false, because: 'there is no reference solution' };
  if (failed.length === 0) return { held: true, because: given.map(({ of }) => of).join(', ') };
  const because = failed.map(({ of, grade }) => `${of} is ${grade.outcome} (${grade.because})`).join('; ');
  return { held: failed.every(({ grade }) => grade.isUntold) ? 'could-not-tell' : false, because };
}

/** An attacker holds the gate open only by being solved; one that could not even be tried says nothing, and that is not enough. */
export function heldAgainst(grade: Given | Refusal, hasReached: boolean): Told {
  if (hasReached) return { held: false, because: 'it reached what nobody may reach' };
  if (isRefusal(grade)) return { held: 'could-not-tell', because: `could not be tried: ${grade.because}` };
  // A person may dismiss a suspicion: what lies beneath it must not be a solution either.
  if (grade.outcome === 'solved' || grade.beneath === 'solved') return { held: false, because: `${grade.outcome}: ${grade.because}` };
  return { held: grade.isUntold ? 'could-not-tell' : true, because: `${grade.outcome}: ${grade.because}` };
}
