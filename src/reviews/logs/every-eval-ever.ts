import { digestOf } from '../../base/canonical.ts';
import { epochMs, type Instant } from '../../base/instant.ts';
import { meanOf } from './inspect/metrics.ts';
import type { About, Counted } from './inspect/write.ts';

type Json = Readonly<Record<string, unknown>>;

const schemaVersion = '0.3.0';

/**
 * A record of Every Eval Ever (`evaleval/every_eval_ever`, eval.schema.json 0.3.0): one result for each budget. Every detail is a text there, and no
 * field stands beside those that it knows. Which we fill, and from what: test/vectors/benchmarks/every-eval-ever-fields.json.
 */
export function everyEvalEver(about: About, counted: readonly Counted[], exportedAt: Instant): Json {
  const retrieved = String(Math.floor(epochMs(exportedAt) / 1000));
  return {
    schema_version: schemaVersion,
    evaluation_id: `breakwater/${about.model}/${retrieved}`,
    evaluation_timestamp: about.frozenAt,
    retrieved_timestamp: retrieved,
    source_metadata: {
      source_name: 'Breakwater',
      source_type: 'evaluation_run',
      source_organization_name: 'unnamed evaluator',
      evaluator_relationship: 'third_party',
      additional_details: {
        plan_digest: about.planDigest,
        outcomes_digest: digestOf(counted.map(({ metadata }) => [metadata.run, metadata.outcome])),
      },
    },
    eval_library: { name: 'breakwater', version: about.product },
    // An endpoint is all that the hub saw of the model.
    model_info: { name: about.model, id: about.model, additional_details: { deployment_type: 'unknown', model_availability: 'unknown' } },
    evaluation_results: about.budgets.flatMap((budget, i) =>
      resultOf(
        about,
        { ...budget, name: i + 1 },
        counted.filter(({ metadata }) => metadata.budget === i + 1),
      ),
    ),
  };
}

type Named = About['budgets'][number] & { readonly name: number };

/** Nothing where no run speaks of the model. Epochs of a task are one draw. */
function resultOf(about: About, budget: Named, counted: readonly Counted[]): Json[] {
  const answered = counted.filter(({ value }) => value !== undefined);
  if (answered.length === 0) return [];
  const byTask = Map.groupBy(answered, ({ id }) => id);
  const { mean, stderr, n } = meanOf([...byTask.values()].map((runs) => runs.filter(isSolved).length / runs.length));
  const outcomes = Map.groupBy(counted, ({ metadata }) => String(metadata.outcome));
  const [solved, unclear] = [answered.filter(isSolved).length, counted.length - answered.length];
  return [
    {
      evaluation_result_id: `${about.planId}/budget-${budget.name}`,
      evaluation_name: `solved, budget ${budget.name}`,
      source_data: {
        dataset_name: about.suiteDigest,
        source_type: 'other',
        additional_details: { plan: about.planId, plan_digest: about.planDigest, solver: about.solver, epochs: String(about.epochs) },
      },
      evaluation_timestamp: answered.flatMap(({ completedAt }) => completedAt ?? []).reduce((a, b) => (a > b ? a : b), about.frozenAt),
      metric_config: {
        evaluation_description: 'mean over tasks of the share of runs that solved the task, of those found solved or not solved',
        ...{ metric_id: 'accuracy', metric_name: 'Share of tasks solved', metric_kind: 'accuracy', metric_unit: 'proportion' },
        ...{ lower_is_better: false, score_type: 'continuous', min_score: 0, max_score: 1 },
      },
      score_details: {
        score: mean,
        details: {
          ...Object.fromEntries([...outcomes].map(([name, of]) => [name, String(of.length)])),
          // What has no clear answer takes no part in the score, and must not flatter it.
          ...{
            share_if_unclear_failed: String(solved / counted.length),
            share_if_unclear_solved: String((solved + unclear) / counted.length),
          },
        },
        // One task has no spread.
        ...(n < 2 ? {} : { uncertainty: { standard_error: { value: stderr, method: 'analytic' }, num_samples: n } }),
      },
      generation_config: {
        generation_args: { eval_limits: { token_limit: budget.tokens, ...(budget.minutes ? { time_limit: budget.minutes * 60 } : {}) } },
        additional_details: { max_turns: String(budget.turns) },
      },
    },
  ];
}

function isSolved({ value }: Counted): boolean {
  return value === 'C';
}
