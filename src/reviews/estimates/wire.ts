import { z } from 'zod';
import { wireId, wireInstant, wirePage } from '../../base/wire.ts';
import type { Actor } from '../../trust/access.ts';
import { isBaseline, type SolverName, solverNames } from '../plans/solver.ts';
import type { Estimate } from './estimate.ts';
import type { Further } from './further.ts';
import type { Restated } from './restated.ts';

export const byPlan = z.object({ id: wireId('pln') });
export const byId = z.object({ id: wireId('est') });
export const page = wirePage;

const bounds = z.object({ low: z.number(), high: z.number() });
const measureOut = z.object({
  name: z.string(),
  budget: z.number(),
  tasks: z.number(),
  n: z.number(),
  k: z.number(),
  refused: z.number(),
  infraErrors: z.number(),
  ungradable: z.number(),
  suspectedCheats: z.number(),
  low: z.number(),
  high: z.number(),
  alpha: z.number(),
  disputed: z.object({ runs: z.number(), low: z.number(), high: z.number() }).nullable(),
  answered: z.object({ share: z.number(), interval: bounds }).nullable(),
});
const share = z.number();
const detectableOut = z.object({ measure: z.string(), threshold: share, tasks: z.number(), detectable: share.nullable() });
export const designOut = z.object({ measures: z.array(detectableOut) });
const ends = z.tuple([z.number().nullable(), z.number().nullable()]);
const coefficient = z.object({ value: z.number(), interval: bounds });
export const agreementOut = z.object({
  ...{ asked: z.number(), given: z.number(), tasks: z.number(), agreed: z.number(), confidence: z.number() },
  raw: z.object({ share, interval: bounds }).nullable(),
  ...{ kappa: coefficient.nullable(), ac1: coefficient.nullable() },
});
const restatedOut = z.object({
  attempts: z.array(z.object({ budget: z.number(), k: z.number(), passAtK: share, passHatK: share })),
  steps: z.array(z.object({ from: z.number(), to: z.number(), difference: z.number() })),
  generalized: z.array(z.object({ budget: z.number(), value: share })),
  horizon: z.object({ p50: z.number().nullable(), p80: z.number().nullable(), because: z.string().nullable() }).nullable(),
});
const furtherOut = z.object({
  curve: z.array(z.object({ tokens: z.number(), share, interval: bounds, worst: share, best: share })),
  attempts: z.array(
    z.object({
      ...{ budget: z.number(), k: z.number(), tasks: z.number() },
      ...{ passAtK: share, passAtKSe: z.number().nullable(), passHatK: share, passHatKSe: z.number().nullable() },
    }),
  ),
  steps: z.array(
    z.object({
      ...{ from: z.number(), to: z.number(), pairs: z.number(), tasks: z.number() },
      ...{ difference: z.number(), se: z.number().nullable(), interval: bounds.nullable(), p: z.number().nullable() },
    }),
  ),
  generalized: z.array(
    z.object({
      ...{ budget: z.number(), method: z.enum(['glmm', 'one-run-each', 'clustered-mean', 'one-outcome']), value: share, interval: bounds },
      ...{ spread: z.number().nullable(), tasks: z.number() },
    }),
  ),
  horizon: z
    .object({
      ...{
        p50: z.number().nullable(),
        p80: z.number().nullable(),
        because: z.string().nullable(),
        measured: z.tuple([z.number(), z.number()]),
      },
      ...{ interval: ends.nullable(), p80Interval: ends.nullable() },
      ...{ tasks: z.number(), runs: z.number(), draws: z.number(), seed: z.number() },
    })
    .nullable(),
  design: z.array(detectableOut),
  agreement: agreementOut.nullable(),
  unanswered: z.object({ runs: z.number(), ifFailed: restatedOut, ifSolved: restatedOut }).nullable(),
});
export const estimateOut = z.object({
  id: wireId('est'),
  planId: wireId('pln'),
  version: z.number(),
  solver: z.enum(solverNames),
  /** It rehearses the plan and says nothing of a model. */
  isBaseline: z.boolean(),
  measures: z.array(measureOut),
  further: furtherOut.nullable(),
  gradesDigest: z.string(),
  madeAt: wireInstant,
});
export const listOut = z.object({ items: z.array(estimateOut) });
/** Null while runs are still without a grade. */
export const madeOut = z.object({ estimate: estimateOut.nullable() });

/** Counts and shares only: whoever was read into the submission may see them all. */
export function present(estimate: Estimate & { readonly solver: SolverName }, _viewer: Actor): z.input<typeof estimateOut> {
  const { id, planId, version, solver, measures, further, gradesDigest, madeAt } = estimate;
  const about = { id, planId, version, solver, isBaseline: isBaseline(solver), gradesDigest, madeAt };
  return {
    ...about,
    measures: measures.map((measure) => ({ ...measure, disputed: measure.disputed ?? null })),
    further: further && presentFurther(further),
  };
}

function presentFurther({
  curve,
  attempts,
  steps,
  generalized,
  horizon,
  design,
  unanswered,
  agreement,
}: Further): z.input<typeof furtherOut> {
  return {
    // An estimate of before does not say.
    agreement: agreement ?? null,
    unanswered: unanswered
      ? {
          runs: unanswered.runs,
          ifFailed: presentRestated(unanswered.ifFailed),
          ifSolved: presentRestated(unanswered.ifSolved),
        }
      : null,
    ...{ curve: [...curve], attempts: [...attempts], steps: [...steps], generalized: [...generalized], design: [...design] },
    horizon: horizon && {
      ...horizon,
      measured: [...horizon.measured],
      interval: horizon.interval && [...horizon.interval],
      p80Interval: horizon.p80Interval && [...horizon.p80Interval],
    },
  };
}

function presentRestated({ attempts, steps, generalized, horizon }: Restated): z.input<typeof restatedOut> {
  return { attempts: [...attempts], steps: [...steps], generalized: [...generalized], horizon };
}
