import { normalQuantile, studentQuantile } from '../../../base/special-functions.ts';
import { isKeyed, isUnscored, numberOf, type Scored } from './score.ts';

/** A metric as a log declares it: its name without its package, and what it was made with. */
export interface MetricSpec {
  readonly name: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** One number, or several by name; undefined = it cannot be worked out from what the log says (a metric of somebody's own, or one of chance). */
type Worked = number | Readonly<Record<string, number>> | undefined;
type Metric = (scores: readonly Scored[], params: MetricSpec['params']) => Worked;

const numbers = (scores: readonly Scored[]) => scores.map((score) => numberOf(score.value));
const sum = (values: readonly number[]) => values.reduce((all, value) => all + value, 0);
const average = (values: readonly number[]) => (values.length === 0 ? 0 : sum(values) / values.length);

/** Sample variance, with n − 1; of fewer than two 0, as Inspect has it. */
function variance(values: readonly number[]): number {
  if (values.length < 2) return 0;
  const centre = average(values);
  return sum(values.map((value) => (value - centre) ** 2)) / (values.length - 1);
}

function deviation(values: readonly number[]): number {
  return Math.sqrt(variance(values));
}

/** Miller 2024, appendix A, with the finite-cluster correction C / (C − 1), which the paper leaves out and Inspect applies. */
function clusteredError(clusters: readonly (readonly number[])[]): number {
  const c = clusters.length;
  if (c < 2) return 0;
  const values = clusters.flat();
  const centre = average(values);
  return Math.sqrt((sum(clusters.map((of) => sum(of.map((value) => value - centre)) ** 2)) * c) / (c - 1)) / values.length;
}

/** undefined: a sample does not say which cluster it is of. */
export function clustersOf(scores: readonly Scored[], key: unknown): number[][] | undefined {
  const clusters = new Map<unknown, number[]>();
  for (const { value, metadata } of scores) {
    const name = typeof key === 'string' && Object.hasOwn(metadata, key) ? metadata[key] : undefined;
    if (name === undefined || name === null || isUnscored(name)) return undefined;
    const cluster = typeof name === 'object' ? JSON.stringify(name) : name;
    const of = clusters.get(cluster);
    if (of) of.push(numberOf(value));
    else clusters.set(cluster, [numberOf(value)]);
  }
  return [...clusters.values()];
}

/** Standard error, and how many independent draws there were. */
function errorOf(scores: readonly Scored[], params: MetricSpec['params']): { se: number; draws: number } | undefined {
  const values = numbers(scores);
  if (params.cluster === undefined || params.cluster === null)
    return { se: values.length < 2 ? 0 : deviation(values) / Math.sqrt(values.length), draws: values.length };
  const clusters = clustersOf(scores, params.cluster);
  return clusters && { se: clusteredError(clusters), draws: clusters.length };
}

const levelOf = ({ level = 0.95 }: MetricSpec['params']) => (typeof level === 'number' && level > 0 && level < 1 ? level : undefined);

const ci: Metric = (scores, params) => {
  const [level, error] = [levelOf(params), errorOf(scores, params)];
  // By resampling it is a matter of chance.
  if (level === undefined || error === undefined || (params.method ?? 't') !== 't') return undefined;
  const centre = average(numbers(scores));
  const half = scores.length < 2 ? 0 : studentQuantile(1 - level, Math.max(1, error.draws - 1)) * error.se;
  return { lower: centre - half, upper: centre + half };
};

const wilson: Metric = (scores, params) => {
  const [level, error] = [levelOf(params), errorOf(scores, params)];
  if (level === undefined || error === undefined) return undefined;
  const p = average(numbers(scores));
  let [n, critical] = [scores.length, -normalQuantile((1 - level) / 2)];
  if (n === 0) return { lower: 0, upper: 0 };
  if (params.cluster !== undefined && params.cluster !== null) {
    // Korn and Graubard's effective number of samples.
    if (p * (1 - p) > 0 && error.se > 0) n = Math.min(n, (p * (1 - p)) / error.se ** 2);
    critical = studentQuantile(1 - level, Math.max(1, error.draws - 1));
  }
  const [square, whole] = [critical ** 2, 1 + critical ** 2 / n];
  const half = (critical * Math.sqrt((p * (1 - p)) / n + square / (4 * n * n))) / whole;
  const centre = (p + square / (2 * n)) / whole;
  return { lower: Math.max(0, centre - half), upper: Math.min(1, centre + half) };
};

function specOf(given: unknown): MetricSpec | undefined {
  const { name, params } = (given ?? {}) as { name?: unknown; params?: unknown };
  return typeof name === 'string' ? { name: unqualified(name), params: isKeyed(params) ? params : {} } : undefined;
}

const grouped: Metric = (scores, { metric, group_key: key, all = 'samples', all_label: label = 'all', name_template: template }) => {
  const inner = specOf(metric);
  if (!inner || typeof key !== 'string' || typeof label !== 'string') return undefined;
  const groups = new Map<string, Scored[]>();
  for (const score of scores) {
    if (!Object.hasOwn(score.metadata, key)) return undefined;
    const name = pythonText(score.metadata[key]);
    const shown = typeof template === 'string' ? template.replaceAll('{group_name}', () => name) : name;
    const group = groups.get(shown);
    if (group) group.push(score);
    else groups.set(shown, [score]);
  }
  const worked = [...groups].map(([name, of]) => [name, workMetric(inner, of)] as const);
  if (worked.some(([, value]) => typeof value !== 'number')) return undefined;
  const byGroup = Object.fromEntries(worked) as Record<string, number>;
  if (all === false) return byGroup;
  const whole = all === 'groups' ? average(Object.values(byGroup)) : workMetric(inner, scores);
  return typeof whole === 'number' ? { ...byGroup, [label]: scores.length === 0 ? Number.NaN : whole } : undefined;
};

const aggregate: Metric = (scores, { key, agg, to_float: own, on_missing: missing = 'error' }) => {
  const inner = specOf(agg);
  if (!inner || typeof key !== 'string' || (own ?? null) !== null) return undefined;
  const picked: Scored[] = [];
  for (const score of scores) {
    if (!isKeyed(score.value)) return undefined;
    const value = Object.hasOwn(score.value, key) ? score.value[key] : null;
    if (isUnscored(value) || (value === null && missing === 'skip')) continue;
    if (value === null && missing !== 'zero') return undefined;
    picked.push({ ...score, value: value ?? 0 });
  }
  return picked.length === 0 ? Number.NaN : workMetric(inner, picked);
};

const frequency: Metric = (scores, { categories, normalize = true }) => {
  const counts = new Map<string, number>((Array.isArray(categories) ? categories : []).map((name) => [String(name), 0]));
  for (const { value } of scores) {
    if (typeof value === 'object' && value !== null) return undefined;
    counts.set(pythonText(value), (counts.get(pythonText(value)) ?? 0) + 1);
  }
  const of = normalize && scores.length > 0 ? scores.length : 1;
  return Object.fromEntries([...counts].map(([name, count]) => [name, count / of]));
};

const metrics: Readonly<Record<string, Metric>> = {
  accuracy: (scores) => average(numbers(scores)),
  mean: (scores) => average(numbers(scores)),
  var: (scores) => variance(numbers(scores)),
  std: (scores) => deviation(numbers(scores)),
  stderr: (scores, params) => errorOf(scores, params)?.se,
  ci,
  ci_wilson: wilson,
  grouped,
  aggregate,
  frequency,
};
export const isClusterable = (name: string) => name === 'stderr' || name === 'ci' || name === 'ci_wilson';

/** Counted over every epoch, whatever they are reduced to. */
export const unreduced: readonly string[] = ['frequency'];

/** What Python's str() makes of it. */
function pythonText(value: unknown): string {
  if (value === null) return 'None';
  return typeof value === 'boolean' ? (value ? 'True' : 'False') : String(value);
}

/** `inspect_ai/accuracy` is `accuracy`. */
export function unqualified(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1);
}

/** Over what was scored; of a metric that takes a conversion of its own, which no log can say, nothing. */
export function workMetric({ name, params }: MetricSpec, scores: readonly Scored[]): Worked {
  if (!Object.hasOwn(metrics, name) || (params.to_float ?? null) !== null) return undefined;
  return metrics[name]!(scores, params);
}

export function meanOf(values: readonly number[]): { readonly mean: number; readonly stderr: number; readonly n: number } {
  return { mean: average(values), stderr: deviation(values) / Math.sqrt(Math.max(1, values.length)), n: values.length };
}
