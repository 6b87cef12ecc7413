import type { Id } from '../../base/id.ts';
import type { Instant } from '../../base/instant.ts';
import type { Label } from '../../base/label.ts';
import type { Verdict } from '../determinations/rule.ts';
import type { Plan } from '../plans/plan.ts';
import { type Skill, taskDigest } from '../suites/suite.ts';

/** What came of one run. The outcome is the grader's word; what it saw in the target stays with the evaluator. */
interface Attempt {
  readonly budget: number;
  readonly epoch: number;
  readonly outcome: string;
}

/** One task as its developer may see it: a number, a date and a digest instead of its text. */
export interface Sample {
  /** From 1, in the order of the plan. */
  readonly sample: number;
  readonly taskDigest: string;
  readonly skill: Skill;
  readonly disclosedAt: Instant;
  readonly attempts: readonly Attempt[];
  /** The evaluator's remark, if any. */
  readonly remark: string | null;
}

export interface Report {
  readonly id: Id<'rpt'>;
  readonly determinationId: Id<'det'>;
  readonly planId: Id<'pln'>;
  readonly submissionId: Id<'sub'>;
  readonly orgId: Id<'org'>;
  readonly planDigest: string;
  readonly verdict: Verdict;
  readonly reasons: readonly string[];
  readonly samples: readonly Sample[];
  /** What the evaluator suggests the developer could do. Advice, nothing more. */
  readonly mitigations: readonly string[];
  readonly label: Label;
  readonly issuedAt: Instant;
}

export interface Graded extends Attempt {
  readonly taskId: string;
}

interface Remark {
  readonly sample: number;
  readonly text: string;
}

export function samplesOf(plan: Pick<Plan, 'tasks'>, graded: readonly Graded[], remarks: readonly Remark[]): Sample[] {
  return plan.tasks.map((task, i) => ({
    sample: i + 1,
    taskDigest: taskDigest(task),
    skill: task.skill,
    disclosedAt: task.disclosedAt,
    attempts: graded
      .filter((g) => g.taskId === task.id)
      .map(({ budget, epoch, outcome }) => ({ budget, epoch, outcome }))
      .sort((a, b) => a.budget - b.budget || a.epoch - b.epoch),
    remark: remarks.find((r) => r.sample === i + 1)?.text ?? null,
  }));
}
