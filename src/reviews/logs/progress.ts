import type { Instant } from '../../base/instant.ts';
import type { TokenUse } from '../../base/model-door.ts';
import type { Outcome } from '../grades/grade.ts';
import { type Plan, runsOf } from '../plans/plan.ts';
import { type Run, type RunState, withCost } from '../runs/run.ts';

/** How far one part of a plan is: all of it, a budget, or for who keeps the suite a task. */
interface Part {
  readonly name: string;
  readonly of: number;
  readonly finished: number;
  /** By outcome; what is finished and in none of them is being graded. */
  readonly outcomes: Readonly<Record<string, number>>;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly spent: Spending;
}

/** What runs used, beside what the plan gave these very runs. */
interface Spending {
  readonly runs: number;
  readonly turns: Used;
  readonly tokens: Used;
  readonly minutes: Used;
  /** In millionths of the currency of the prices. */
  readonly moneyMicros: Used;
  /** By class; with what was paid for answers that did not come whole. */
  readonly use: TokenUse;
  readonly brokenCalls: number;
}

interface Used {
  /** Null: nobody reckons it. */
  readonly used: number | null;
  /** Null: some of these runs have no such bound. */
  readonly given: number | null;
}

/** A plan as it goes on. */
export interface PlanProgress {
  readonly state: 'running' | 'finished';
  readonly whole: Part;
  readonly budgets: readonly Part[];
  /** Empty for whoever does not see the tasks. */
  readonly tasks: readonly Part[];
  readonly states: Readonly<Record<RunState, number>>;
  readonly underWay: readonly {
    readonly id: string;
    readonly budget: number;
    readonly epoch: number;
    readonly begunAt: Instant | null;
    readonly taskId?: string;
    /** So far, as far as its record tells. */
    readonly spent: Spending;
  }[];
}

const shownAtOnce = 16;

function spendingOf(runs: readonly Run[]): Spending {
  const sum = (of: (run: Run) => number | null) =>
    runs.reduce<number | null>((all, run) => {
      const one = of(run);
      return all === null || one === null ? null : all + one;
    }, 0);
  const paid = (kind: keyof TokenUse) => runs.reduce((all, { spent }) => all + spent.use[kind] + spent.brokenUse[kind], 0);
  return {
    runs: runs.length,
    turns: { used: sum((run) => run.turnsUsed), given: sum((run) => run.turns) },
    tokens: { used: sum((run) => run.inputTokens + run.outputTokens), given: sum((run) => run.tokens) },
    minutes: { used: sum((run) => run.spent.activeMs / 60_000), given: sum((run) => run.minutes) },
    moneyMicros: { used: sum((run) => run.spent.costMicros), given: sum((run) => run.moneyMicros) },
    use: {
      ...{ input: paid('input'), cacheRead: paid('cacheRead'), cacheWrite: paid('cacheWrite') },
      ...{ output: paid('output'), reasoning: paid('reasoning') },
    },
    brokenCalls: runs.reduce((all, { spent }) => all + spent.brokenCalls, 0),
  };
}

export function progressOf(
  plan: Plan,
  runs: readonly Run[],
  outcomes: ReadonlyMap<Run['id'], Outcome | null>,
  seesTasks: boolean,
): PlanProgress {
  const part = (name: string, of: readonly Run[], planned: number): Part => {
    const finished = of.filter(({ state }) => state === 'finished');
    const counts: Record<string, number> = {};
    for (const { id } of finished) {
      const outcome = outcomes.get(id);
      if (outcome) counts[outcome] = (counts[outcome] ?? 0) + 1;
    }
    const sum = (tokens: (run: Run) => number) => of.reduce((all, run) => all + tokens(run), 0);
    return {
      ...{ name, of: planned, finished: finished.length, outcomes: counts },
      ...{ inputTokens: sum((run) => run.inputTokens), outputTokens: sum((run) => run.outputTokens) },
      spent: spendingOf(finished),
    };
  };
  const whole = part('all', runs, runsOf(plan));
  const graded = Object.values(whole.outcomes).reduce((all, count) => all + count, 0);
  const states: Record<RunState, number> = { waiting: 0, queued: 0, running: 0, finished: 0 };
  for (const { state } of runs) states[state]++;
  const running = runs.filter(({ state }) => state === 'running').slice(0, shownAtOnce);
  const grouped = (by: (run: Run) => string) => [...Map.groupBy(runs, by)].map(([name, of]) => part(name, of, of.length));
  return {
    ...{ state: runs.length > 0 && graded === whole.of ? 'finished' : 'running', whole, states },
    budgets: grouped((run) => String(run.budget + 1)).sort((a, b) => Number(a.name) - Number(b.name)),
    tasks: seesTasks ? grouped((run) => run.taskId).sort((a, b) => a.name.localeCompare(b.name)) : [],
    underWay: running.map((run) => {
      const { id, budget, epoch, begunAt, taskId } = run;
      const spent = spendingOf([{ ...run, spent: withCost(run.spent, plan.prices) }]);
      return { id, budget, epoch, begunAt, spent, ...(seesTasks ? { taskId } : {}) };
    }),
  };
}
