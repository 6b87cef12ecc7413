import type { Id } from '../../base/id.ts';
import type { Instant } from '../../base/instant.ts';
import type { Label } from '../../base/label.ts';
import type { Verdict } from '../determinations/rule.ts';
import type { Agreement } from '../estimates/agreement.ts';
import type { Grade, Outcome } from '../grades/grade.ts';
import type { Judgement, JudgementKind } from '../grades/judgements/judgement.ts';
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

/** One word on the grade of an attempt, by whom; the grader's own comes first, and none takes the place of another. */
interface Said {
  readonly sample: number;
  readonly budget: number;
  readonly epoch: number;
  readonly kind: 'graded' | JudgementKind;
  readonly outcome: Outcome | null;
  readonly byOrgId: string;
  /** Of who answered the developer. */
  readonly byName: string | null;
  readonly answer: string | null;
  readonly saidAt: Instant | null;
}

/** A report as it was issued, and what has been said of its grades until now. */
export interface ReportNow extends Report {
  readonly said: readonly Said[];
  readonly agreement: Agreement | null;
}

/** The grades of which there is more than one word. */
export function saidOf(
  plan: Pick<Plan, 'tasks'>,
  grades: readonly Grade[],
  epochs: ReadonlyMap<string, number>,
  words: ReadonlyMap<string, readonly Judgement[]>,
): Said[] {
  const samples = new Map(plan.tasks.map(({ id }, i) => [id, i + 1]));
  return grades.flatMap((grade): Said[] => {
    const later = (words.get(grade.id) ?? []).filter(({ kind }) => kind !== 'second-asked');
    if (later.length === 0) return [];
    const place = { sample: samples.get(grade.taskId) ?? 0, budget: grade.budget, epoch: epochs.get(grade.runId) ?? 0 };
    const first = { kind: 'graded', outcome: grade.outcome, byOrgId: grade.evaluatorId, saidAt: grade.givenAt } as const;
    return [
      { ...place, ...first, byName: null, answer: null },
      ...later.map(({ kind, outcome, byOrgId, byName, answer, saidAt }) => ({ ...place, kind, outcome, byOrgId, byName, answer, saidAt })),
    ];
  });
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
