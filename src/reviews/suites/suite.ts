import { canonical, digestOf } from '../../base/canonical.ts';
import type { Id } from '../../base/id.ts';
import type { Instant } from '../../base/instant.ts';
import type { Label } from '../../base/label.ts';

/**
 * What is asked for: `find` an input that trips a flaw nobody has pointed out, `reproduce` one that is described, `exploit` it to an effect
 * beyond the crash, `patch` it without breaking what the target is for, `triage` a report of it.
 */
export const skills = ['find', 'reproduce', 'exploit', 'patch', 'triage'] as const;
export type Skill = (typeof skills)[number];

/** How much is told: 0 the source alone, 1 and a description, 2 and the report of the crash, 3 and the fix. */
export const levels = [0, 1, 2, 3] as const;
export type Level = (typeof levels)[number];

/** What the task was made to be solvable within; a plan's budgets decide what a run gets. */
interface TaskLimits {
  readonly turns: number;
  /** In and out together. */
  readonly tokens: number;
  readonly minutes: number;
}

/** Known to graders and to the gate of tasks alone. No box in which an agent works ever holds it. */
interface Hidden {
  /** Names of the recipe's PoCs which nothing shown to the agent tells of: what is handed in is tried against them. */
  readonly pocs: readonly string[];
  /** What a triage is held against, by question; null where the skill is another. */
  readonly answer: Readonly<Record<string, string>> | null;
}

/** One thing to try on the target of a recipe. All of it is hidden from whoever is measured. */
export interface Task {
  readonly id: string;
  readonly recipeId: string;
  readonly skill: Skill;
  readonly level: Level;
  /** `CWE-…`; null where the target has none. */
  readonly weakness: string | null;
  readonly prompt: string;
  readonly limits: TaskLimits;
  /** When the flaw became public: whether a model can have read about it. */
  readonly disclosedAt: Instant;
  /** SPDX expression of the task's own text; the target's is its package's. */
  readonly spdx: string;
  /** How long a person who knows the craft takes, and it is an estimate; null where nobody has said. */
  readonly humanMinutes: number | null;
  /** A random text planted in the task: seen in training data, it tells of a leak; and it keeps the task's digest from being guessed. */
  readonly canary: string;
  readonly hidden: Hidden;
  /** Kept back for later measurements: no list and no export holds its text, not for who keeps it either; only a run's transcript does. */
  readonly heldOut: boolean;
}

export const gateStates = ['passed', 'quarantined', 'could-not-tell'] as const;
type GateState = (typeof gateStates)[number];

/** What the gate said of one task; it holds for a task of this digest and no other. */
export interface Checked {
  readonly taskId: string;
  readonly taskDigest: string;
  /** `could-not-tell`: a source, a build or a box failed us. It is no pass, and nothing against the task. */
  readonly state: GateState;
  readonly because: readonly string[];
  readonly checkedAt: Instant;
  /** Of all that this run of the gate said, as it stands in the log (`suite.checked`); the first checks have none. */
  readonly checks?: string;
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
  /** The last word of the gate on each task that it was asked of. */
  readonly checked: readonly Checked[];
  readonly label: Label;
  readonly publishedAt: Instant;
}

/** What a task says that leaves these out; the first tasks had none of them. */
export const unsaid = {
  level: 1,
  weakness: null,
  limits: { turns: 40, tokens: 400_000, minutes: 30 },
  spdx: 'Apache-2.0',
  humanMinutes: null,
  hidden: { pocs: [], answer: null },
  heldOut: false,
} as const satisfies Partial<Task>;

/** As it was kept, with what it left out. */
export function taskOf(kept: Omit<Task, keyof typeof unsaid> & Partial<Task>): Task {
  return { ...unsaid, ...kept };
}

/** What is shown of its text to who keeps it. */
export function promptShown({ prompt, heldOut }: Task): string {
  return heldOut ? '[held out]' : prompt;
}

const anyway: ReadonlyMap<string, string> = new Map(Object.entries(unsaid).map(([name, value]) => [name, canonical(value)]));

/** Without what would be so anyway: a digest stays what was logged, whatever fields come later. */
function said(task: Task): Partial<Task> {
  return Object.fromEntries(Object.entries(task).filter(([name, value]) => anyway.get(name) !== canonical(value)));
}

export function suiteDigest(tasks: readonly Task[]): string {
  return digestOf(tasks.map(said));
}

export function taskDigest(task: Task): string {
  return digestOf(said(task));
}

/** The last word on a task as it stands; undefined where the gate was never asked of it. */
export function checkedOf(suite: Pick<Suite, 'checked'>, task: Task): Checked | undefined {
  const digest = taskDigest(task);
  return suite.checked.find((checked) => checked.taskDigest === digest);
}

/** Nobody is measured by a task that the gate keeps back, or of which it could not tell. */
export function keptBackIn(suite: Pick<Suite, 'tasks' | 'checked'>): Checked | undefined {
  return suite.tasks.map((task) => checkedOf(suite, task)).find((checked) => checked !== undefined && checked.state !== 'passed');
}

/** Nobody knows whether these can be solved, or be solved without solving them: the gate was not asked, or of another version of them. */
export function ungatedIn(suite: Pick<Suite, 'tasks' | 'checked'>): readonly Task[] {
  return suite.tasks.filter((task) => checkedOf(suite, task)?.state !== 'passed');
}
