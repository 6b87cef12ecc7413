import { sha256 } from '../../base/canonical.ts';
import type { Id } from '../../base/id.ts';
import type { Instant } from '../../base/instant.ts';
import type { Label } from '../../base/label.ts';
import { noTokens, plusTokens, type TokenUse } from '../../base/model-door.ts';
import { type Refusal, refuse } from '../../base/refusal.ts';
import type { Move } from '../../base/states.ts';
import type { Plan } from '../plans/plan.ts';
import { costMicros, type Prices, type SolverName } from '../plans/solver.ts';

/**
 * How a run ended. `done` = the model stopped by itself, with or without a submission.
 * `infra-error` = our machinery, or the way to the model, failed; `not-run` = the window was over, or somebody stopped it. Neither is the model's doing.
 */
export const endings = [
  'done',
  'out-of-turns',
  'out-of-tokens',
  'out-of-money',
  'out-of-time',
  'refused',
  'filtered',
  'infra-error',
  'not-run',
] as const;
export type Ending = (typeof endings)[number];

/** What a run has used up so far. */
export interface Spent {
  readonly use: TokenUse;
  /** Of calls that broke, as far as their answers said: none of it counts against the budgets, all of it was paid. */
  readonly brokenUse: TokenUse;
  /** Calls without a whole answer; and of these, those that a dead worker left behind, of which nothing is known. */
  readonly brokenCalls: number;
  readonly lostCalls: number;
  /** Of the run's own time: the clock stands still while no worker is at it. */
  readonly activeMs: number;
  /** Reckoned by the plan's prices, in millionths of their currency; null where there are none. */
  readonly costMicros: number | null;
}

export const unspent: Spent = { use: noTokens, brokenUse: noTokens, brokenCalls: 0, lostCalls: 0, activeMs: 0, costMicros: null };

export function withCost(spent: Omit<Spent, 'costMicros'>, prices: Prices | null): Spent {
  return { ...spent, costMicros: prices && costMicros(spent.use, prices) + costMicros(spent.brokenUse, prices) };
}

export const tokensIn = (use: TokenUse) => use.input + use.cacheRead + use.cacheWrite;
export const tokensOut = (use: TokenUse) => use.output + use.reasoning;

/** One try of one model at one task, with one budget. */
export interface Run {
  readonly id: Id<'run'>;
  readonly planId: Id<'pln'>;
  readonly submissionId: Id<'sub'>;
  /** Who froze the plan and keeps its suite: nobody else sees the task. */
  readonly evaluatorId: Id<'org'>;
  readonly taskId: string;
  readonly recipeId: string;
  readonly epoch: number;
  /** Which of the plan's budgets, from 0. */
  readonly budget: number;
  readonly turns: number;
  readonly tokens: number;
  /** Null: no such bound. */
  readonly moneyMicros: number | null;
  readonly minutes: number | null;
  readonly solver: SolverName;
  readonly seed: number | null;
  /** This run's own secret: seen in another run's PoC or transcript, it tells of a leak between them. */
  readonly nonce: string;
  readonly state: RunState;
  readonly attempt: number;
  readonly windowStartsAt: Instant;
  readonly windowEndsAt: Instant;
  readonly queuedAt: Instant;
  readonly begunAt: Instant | null;
  readonly finishedAt: Instant | null;
  readonly ended: Ending | null;
  readonly because: string | null;
  readonly turnsUsed: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly toolCalls: number;
  readonly spent: Spent;
  readonly transcriptId: Id<'blb'> | null;
  readonly transcriptSha256: string | null;
  /** Where the final submission lies; the digest is null when nothing was submitted. */
  readonly handedInId: Id<'blb'> | null;
  readonly handedInSha256: string | null;
  readonly label: Label;
}

interface UsedEntry {
  readonly said: string;
  readonly use?: TokenUse | undefined;
  readonly ms: number;
}

/**
 * A run that is under way, with what new entries of its journal say it has used. It is for whoever watches: what counts is worked out anew from
 * the whole record when it ends.
 */
export function usedSoFar(run: Run, entries: readonly (UsedEntry | undefined)[]): Run {
  let { use, brokenUse, brokenCalls, lostCalls, activeMs } = run.spent;
  let { turnsUsed, toolCalls } = run;
  for (const entry of entries) {
    if (!entry) continue;
    activeMs = Math.max(activeMs, entry.ms);
    if (entry.said === 'by-model') [turnsUsed, use] = [turnsUsed + 1, plusTokens(use, entry.use ?? noTokens)];
    if (entry.said === 'broken') [brokenCalls, brokenUse] = [brokenCalls + 1, plusTokens(brokenUse, entry.use ?? noTokens)];
    if (entry.said === 'lost') lostCalls++;
    if (entry.said === 'by-tool') toolCalls++;
  }
  const spent = { use, brokenUse, brokenCalls, lostCalls, activeMs, costMicros: run.spent.costMicros };
  return { ...run, turnsUsed, toolCalls, inputTokens: tokensIn(use), outputTokens: tokensOut(use), spent };
}

export const runStates = ['waiting', 'queued', 'running', 'finished'] as const;
export type RunState = (typeof runStates)[number];
type RunTrigger = 'queue' | 'begin' | 'conclude' | 'lapse';

export const runMoves: readonly Move<RunState, RunTrigger>[] = [
  { from: 'waiting', by: 'queue', to: 'queued' },
  { from: 'queued', by: 'begin', to: 'running' },
  // A worker was killed in between: another goes on from what the journal holds.
  { from: 'running', by: 'begin', to: 'running' },
  { from: 'running', by: 'conclude', to: 'finished' },
  { from: 'waiting', by: 'lapse', to: 'finished' },
  { from: 'queued', by: 'lapse', to: 'finished' },
  { from: 'running', by: 'lapse', to: 'finished' },
];

/** Where in the plan a run stands. */
type Cell = Pick<Run, 'taskId' | 'recipeId' | 'epoch' | 'budget' | 'turns' | 'tokens' | 'moneyMicros' | 'minutes' | 'solver' | 'seed'>;

/** One run for each task, epoch and budget; the same seeds for every task and budget, so that they can be compared in pairs. */
export function cellsOf(plan: Pick<Plan, 'tasks' | 'epochs' | 'budgets' | 'seeds' | 'solver'>): Cell[] {
  return plan.tasks.flatMap((task) =>
    Array.from({ length: plan.epochs }, (_, epoch) =>
      plan.budgets.map(({ turns, tokens, money, minutes }, budget) => {
        const seed = plan.seeds.length === 0 ? null : plan.seeds[epoch % plan.seeds.length]!;
        const bounds = { moneyMicros: money === undefined ? null : Math.round(money * 1_000_000), minutes: minutes ?? null };
        return { taskId: task.id, recipeId: task.recipeId, epoch, budget, turns, tokens, ...bounds, solver: plan.solver.name, seed };
      }),
    ).flat(),
  );
}

/** What a worker says of a run. */
export interface Account {
  readonly attempt: number;
  readonly ended: Ending;
  readonly turns: number;
  readonly spent: Omit<Spent, 'costMicros'>;
  readonly transcript: { readonly sha256: string };
  readonly handedIn: { readonly sha256: string } | null;
}

/** What a worker says of a run is compared with what was pinned and with what really lies in the store. */
export function decideAccount(
  run: Run,
  said: Account,
  transcript: Uint8Array | Refusal,
  handedIn: Uint8Array | Refusal | null,
): Refusal | undefined {
  if (said.attempt !== run.attempt) return refuse('stale', `this is attempt ${said.attempt}; attempt ${run.attempt} has begun since`);
  if (said.turns > run.turns) return refuse('untrusted', 'more turns than the plan gave');
  if (!holds(transcript, said.transcript.sha256)) return refuse('untrusted', 'the transcript is not the one that was recorded');
  if (said.handedIn && !holds(handedIn, said.handedIn.sha256)) return refuse('untrusted', 'what was handed in is not what was recorded');
  return undefined;
}

function holds(bytes: Uint8Array | Refusal | null, digest: string): boolean {
  return bytes instanceof Uint8Array && sha256(bytes) === digest;
}

/**
 * A submission belongs to one run and one task. This commits to it in the log before anybody tries it,
 * and tells nothing to whoever does not know the run's nonce: PoCs are short enough to be guessed from a plain digest.
 */
export function bindingOf(run: Pick<Run, 'id' | 'taskId' | 'nonce' | 'handedInSha256'>): string | null {
  return run.handedInSha256 && sha256(['submission', run.nonce, run.id, run.taskId, run.handedInSha256].join('\n'));
}
