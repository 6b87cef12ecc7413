import { z } from 'zod';
import { limits } from '../../base/limits.ts';
import { wireId, wireInstant, wirePage, wireText } from '../../base/wire.ts';
import type { Actor } from '../../trust/access.ts';
import { isBaseline, solverNames } from '../plans/solver.ts';
import { endings, type Run, runStates } from './run.ts';

export const byId = z.object({ id: wireId('run') });
export const byPlan = z.object({ id: wireId('pln') });
export const bySubmission = z.object({ id: wireId('sub') });
export const stopInput = z.object({ id: wireId('pln'), because: wireText(limits.becauseChars) });
export const listInput = wirePage.extend({ planId: wireId('pln') });
export const stopAllInput = z.object({ because: wireText(limits.becauseChars) });
export const transcriptInput = z.object({ id: wireId('run'), from: z.coerce.number().int().min(0).max(limits.runEntries).default(0) });
export const nothing = z.object({});

const digest = z.string().regex(/^[0-9a-f]{64}$/);
const count = z.int().nonnegative();
const recorded = z.strictObject({ sha256: digest });
/** Without entries it only asks whether the run is still waited for. */
export const recordInput = z.object({
  id: wireId('run'),
  attempt: count.optional(),
  from: z.int().min(0).max(limits.runEntries).default(0),
  entries: z.array(z.string().max(limits.runEntryChars)).max(limits.runEntriesAtOnce).default([]),
});
const tokenUse = z.strictObject({ input: count, cacheRead: count, cacheWrite: count, output: count, reasoning: count });
/** Of an entry of the journal, what says how much was used. */
const usedEntry = z.object({ said: z.string(), use: tokenUse.optional(), ms: count });
const spent = { use: tokenUse, brokenUse: tokenUse, brokenCalls: count, lostCalls: count, activeMs: count };
/** What comes back from a worker, hostile until compared with what was pinned. */
export const concludeInput = z.object({
  id: wireId('run'),
  evidence: z.strictObject({
    attempt: count,
    ended: z.enum(endings),
    because: z.string().max(limits.becauseChars),
    turns: count,
    spent: z.strictObject(spent),
    toolCalls: count,
    transcript: recorded,
    handedIn: recorded.nullable(),
  }),
});

/** Undefined: it says nothing of that, or is none. */
export function usedIn(entry: string): z.output<typeof usedEntry> | undefined {
  try {
    return usedEntry.safeParse(JSON.parse(entry)).data;
  } catch {
    return undefined;
  }
}

export const countOut = z.object({ runs: z.number() });
export const runOut = z.object({
  id: wireId('run'),
  planId: wireId('pln'),
  epoch: z.number(),
  budget: z.number(),
  solver: z.enum(solverNames),
  isBaseline: z.boolean(),
  turns: z.number(),
  tokens: z.number(),
  moneyMicros: z.number().nullable(),
  minutes: z.number().nullable(),
  attempt: z.number(),
  spent: z.object({ ...spent, costMicros: z.number().nullable() }),
  state: z.enum(runStates),
  ended: z.enum(endings).nullable(),
  turnsUsed: z.number(),
  inputTokens: z.number(),
  outputTokens: z.number(),
  toolCalls: z.number(),
  queuedAt: wireInstant,
  begunAt: wireInstant.nullable(),
  finishedAt: wireInstant.nullable(),
  transcriptSha256: z.string().nullable(),
  hasHandedIn: z.boolean(),
  handedInSha256: z.string().nullable().optional(),
  taskId: z.string().optional(),
  because: z.string().nullable().optional(),
});
export const listOut = z.object({ items: z.array(runOut) });
export const transcriptOut = z.object({ id: wireId('run'), sha256: z.string().nullable(), entries: z.array(z.unknown()) });

/** Which task a run was at, and what is said about it, is hidden from whoever is measured; the run's secret from everybody. */
export function present(run: Run, viewer: Actor): z.input<typeof runOut> {
  const { id, planId, epoch, budget, state, ended, turnsUsed, inputTokens, outputTokens, toolCalls } = run;
  const { queuedAt, begunAt, finishedAt, transcriptSha256, handedInSha256, taskId, because } = run;
  return {
    ...{ solver: run.solver, isBaseline: isBaseline(run.solver), turns: run.turns, tokens: run.tokens },
    ...{ moneyMicros: run.moneyMicros, minutes: run.minutes, attempt: run.attempt, spent: run.spent },
    ...{ id, planId, epoch, budget, state, ended, turnsUsed, inputTokens, outputTokens, toolCalls },
    ...{ queuedAt, begunAt, finishedAt, transcriptSha256, hasHandedIn: handedInSha256 !== null },
    ...(viewer.orgId === run.evaluatorId ? { taskId, because, handedInSha256 } : {}),
  };
}
