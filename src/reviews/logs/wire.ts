import { z } from 'zod';
import { limits } from '../../base/limits.ts';
import { wireId, wireInstant, wireVerbatim } from '../../base/wire.ts';
import { bodyOut, entryOut } from '../../trust/log/wire.ts';
import { outcomes } from '../grades/grade.ts';
import { solverNames } from '../plans/solver.ts';
import { runStates } from '../runs/run.ts';

export const byRun = z.object({ id: wireId('run') });
export const samplesInput = z.object({
  id: wireId('pln'),
  after: wireVerbatim(64).default(''),
  limit: z.coerce.number().int().min(1).max(limits.pageRows).default(limits.pageRows),
});

export const committedOut = z.object({ digest: z.string().nullable() });
const metadata = z.looseObject({
  run: wireId('run'),
  outcome: z.enum(outcomes),
  outcome_salt: z.string(),
  withheld: z.string().optional(),
});
const sample = z.looseObject({ id: z.string(), epoch: z.number(), metadata });
const proven = entryOut.omit({ body: true }).extend({ body: bodyOut, proof: z.array(z.string().max(64)).max(64) });
export const pageOut = z.object({
  planId: wireId('pln'),
  checkpoint: z.string(),
  statement: z.string(),
  key: z.string(),
  samples: z.array(z.object({ sample, committed: proven.nullable() })),
  next: z.string().nullable(),
});
/** With what stands above the samples of a log. */
export const samplesOut = pageOut.extend({
  about: z.looseObject({ model: z.string(), solver: z.enum(solverNames), isWhole: z.boolean() }),
});

export const byPlan = z.object({ id: wireId('pln') });
const used = z.object({ used: z.number().nullable(), given: z.number().nullable() });
const spent = z.object({
  runs: z.number(),
  ...{ turns: used, tokens: used, minutes: used, moneyMicros: used },
  use: z.object({ input: z.number(), cacheRead: z.number(), cacheWrite: z.number(), output: z.number(), reasoning: z.number() }),
  brokenCalls: z.number(),
});
const part = z.object({
  name: z.string(),
  of: z.number(),
  finished: z.number(),
  outcomes: z.record(z.string(), z.number()),
  inputTokens: z.number(),
  outputTokens: z.number(),
  spent,
});
export const progressOut = z.object({
  state: z.enum(['running', 'finished']),
  whole: part,
  budgets: z.array(part),
  tasks: z.array(part),
  states: z.record(z.enum(runStates), z.number()),
  underWay: z.array(
    z.object({
      id: wireId('run'),
      budget: z.number(),
      epoch: z.number(),
      begunAt: wireInstant.nullable(),
      taskId: z.string().optional(),
      spent,
    }),
  ),
});
