import type { Estimate, Plan, Submission } from '../../wire.ts';

/** Minutes; null is beyond every length. */
export type Ends = readonly [low: number | null, high: number | null];

export interface Share {
  /** Null: there is no such length, or it is beyond every length; `because` says which. */
  readonly minutes: number | null;
  readonly interval: Ends | null;
}

export interface Horizon {
  readonly id: string;
  readonly model: string;
  /** Like 2026-12-11; null where nobody said. */
  readonly on: string | null;
  readonly p50: Share;
  readonly p80: Share;
  readonly tasks: number;
  readonly runs: number;
  readonly because: string | null;
  /** On the frontier through which a trend is laid. */
  readonly onFrontier: boolean;
}

/** The newest estimate of each plan that a model worked on; a baseline says nothing of a model. A model stands at its release to partners. */
export function ownHorizons(estimates: readonly Estimate[], plans: readonly Plan[], submissions: readonly Submission[]): Horizon[] {
  const newest = new Map(estimates.toSorted((a, b) => a.version - b.version).map((estimate) => [estimate.planId, estimate]));
  return [...newest.values()].flatMap((estimate) => {
    const plan = plans.find(({ id }) => id === estimate.planId);
    const submission = submissions.find(({ id }) => id === plan?.submissionId);
    const horizon = estimate.further?.horizon;
    if (estimate.isBaseline || !horizon || !submission) return [];
    return [
      {
        ...{ id: estimate.id, model: `${submission.model}, ${estimate.solver}`, on: submission.windowEndsAt.slice(0, 10) },
        p50: { minutes: horizon.p50, interval: horizon.interval },
        p80: { minutes: horizon.p80, interval: horizon.p80Interval },
        ...{ tasks: horizon.tasks, runs: horizon.runs, because: horizon.because, onFrontier: false },
      },
    ];
  });
}
