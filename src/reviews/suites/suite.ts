import { digestOf } from '../../base/canonical.ts';
import type { Id } from '../../base/id.ts';
import type { Instant } from '../../base/instant.ts';
import type { Label } from '../../base/label.ts';

export const skills = ['reproduce'] as const;
export type Skill = (typeof skills)[number];

/** One thing to try: bring the target of a recipe to its crash. All of it is hidden from whoever is measured. */
export interface Task {
  readonly id: string;
  readonly recipeId: string;
  readonly skill: Skill;
  readonly prompt: string;
  /** When the flaw became public: whether a model can have read about it. */
  readonly disclosedAt: Instant;
  /** A random text planted in the task: seen in training data, it tells of a leak; and it keeps the task's digest from being guessed. */
  readonly canary: string;
}

export interface Suite {
  readonly id: Id<'sui'>;
  /** The evaluator who keeps it. */
  readonly orgId: Id<'org'>;
  readonly name: string;
  /** Empty when sealed. */
  readonly tasks: readonly Task[];
  readonly count: number;
  readonly digest: string;
  /** Who holds the tasks of a sealed suite; null when they are here. */
  readonly custodian: string | null;
  readonly label: Label;
  readonly publishedAt: Instant;
}

export function suiteDigest(tasks: readonly Task[]): string {
  return digestOf(tasks);
}

export function taskDigest(task: Task): string {
  return digestOf(task);
}
