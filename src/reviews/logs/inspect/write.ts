import { sha256 } from '../../../base/canonical.ts';
import type { Budget } from '../../plans/plan.ts';
import type { Exported, ExportPage } from '../export.ts';
import { type LogSample, scorer } from '../log.ts';
import { type MetricSpec, workMetric } from './metrics.ts';
import { reduced, reducerNamed } from './reducers.ts';
import { numberOf, type Scored } from './score.ts';

type Json = Readonly<Record<string, unknown>>;

/** What stands above the samples. */
export interface About {
  readonly planId: string;
  readonly planDigest: string;
  readonly suiteDigest: string;
  readonly model: string;
  readonly solver: string;
  readonly isWhole: boolean;
  readonly epochs: number;
  readonly budgets: readonly Budget[];
  readonly frozenAt: string;
  readonly product: string;
}

/** A page of the export without its samples, which lie in the log: by it they are verified. */
export type PageProof = Omit<ExportPage, 'samples'> & {
  readonly samples: readonly { id: string; epoch: number; committed: Exported['committed'] }[];
};

export function proofOf({ samples, ...page }: ExportPage): PageProof {
  return { ...page, samples: samples.map(({ sample: { id, epoch }, committed }) => ({ id, epoch, committed })) };
}

/** What of a sample the header is made of: the samples themselves are written one by one, and let go. */
export interface Counted {
  readonly id: string;
  readonly value: string | undefined;
  readonly metadata: Json;
  readonly usage: Json;
  readonly startedAt: string | undefined;
  readonly completedAt: string | undefined;
  readonly isErrored: boolean;
}

export function countedOf(sample: LogSample): Counted {
  const { id, scores, metadata, model_usage, started_at, completed_at, error } = sample;
  const value = (scores?.[scorer] as { value?: string } | undefined)?.value;
  return { id, value, metadata, usage: model_usage, startedAt: started_at, completedAt: completed_at, isErrored: error !== undefined };
}

const byBudget: MetricSpec = {
  name: 'grouped',
  params: {
    metric: { type: 'metric', name: 'accuracy', params: {} },
    group_key: 'budget',
    all: false,
    name_template: 'budget {group_name}',
  },
};

/** header.json of an `.eval`, and what a `.json` begins with: EvalLog version 2, which every Inspect since 2024 reads. */
export function headerOf(about: About, counted: readonly Counted[], pages: readonly PageProof[]): Json {
  const scores = counted.flatMap(({ id, value, metadata }): Scored[] => (value === undefined ? [] : [{ id, value, metadata }]));
  const samples = reduced(scores, reducerNamed('mean')!);
  // Runs on one task are no independent draws. Whoever does not see which run was on which has the plain error.
  const spread: MetricSpec = { name: 'stderr', params: about.isWhole ? { cluster: 'task' } : {} };
  // Where one that is withheld hides its task there is no such error; Inspect reads no metric without its number.
  const plain = [{ name: 'accuracy', params: {} }, spread].flatMap((spec) => {
    const value = workMetric(spec, samples);
    return value === undefined ? [] : [[spec.name, { ...spec, value }]];
  });
  const groups = Object.entries(workMetric(byBudget, samples) ?? {}).map(([name, value]) => [
    name,
    { name, group: 'grouped', value, params: byBudget.params },
  ]);
  const metrics = samples.length === 0 ? {} : Object.fromEntries([...plain, ...groups]);
  const created = about.frozenAt;
  const times = (of: 'startedAt' | 'completedAt') => counted.flatMap((c) => c[of] ?? []).sort();
  const ids = [...new Set(counted.map(({ id }) => id))];
  return {
    version: 2,
    status: 'success',
    eval: {
      ...{
        eval_id: sha256(`eval ${about.planId}`).slice(0, 22),
        run_id: about.planId,
        created,
        task: 'breakwater',
        task_id: about.planId,
        task_version: 0,
      },
      dataset: { name: about.suiteDigest, samples: ids.length, sample_ids: ids, shuffled: false },
      ...{ model: about.model, model_args: {}, model_generate_config: {}, config: { epochs: about.epochs, epochs_reducer: ['mean'] } },
      packages: { breakwater: about.product },
      scorers: [
        {
          name: scorer,
          options: {},
          metrics: [...plainSpecs(spread), { name: 'inspect_ai/grouped', options: byBudget.params }],
          metadata: {},
        },
      ],
      metadata: { plan_digest: about.planDigest, solver: about.solver, breakwater: { pages } },
    },
    plan: { name: 'plan', steps: [], config: {} },
    results: {
      ...{ total_samples: counted.length, completed_samples: counted.filter((c) => !c.isErrored).length },
      scores: [{ name: scorer, scorer, scored_samples: samples.length, unscored_samples: 0, params: {}, metrics }],
    },
    stats: {
      started_at: times('startedAt')[0] ?? created,
      completed_at: times('completedAt').at(-1) ?? created,
      model_usage: usageOf(counted),
    },
    reductions: [{ scorer, samples: samples.map(({ id, value }) => ({ sample_id: id, value: numberOf(value) })) }],
  };
}

function plainSpecs(spread: MetricSpec): Json[] {
  return [
    { name: 'inspect_ai/accuracy', options: {} },
    { name: 'inspect_ai/stderr', options: spread.params },
  ];
}

function usageOf(counted: readonly Counted[]): Json {
  const all: Record<string, Record<string, number>> = {};
  for (const { usage } of counted)
    for (const [model, given] of Object.entries(usage)) {
      const of = all[model] ?? {};
      all[model] = of;
      for (const [name, tokens] of Object.entries(given as Record<string, number>)) of[name] = (of[name] ?? 0) + tokens;
    }
  return all;
}
