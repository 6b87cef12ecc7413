import { limits } from '../../../base/limits.ts';
import type { EvalLog } from './eval-log.ts';
import { clustersOf, isClusterable, type MetricSpec, unreduced, workMetric } from './metrics.ts';
import { reduced, reducerNamed } from './reducers.ts';
import { isKeyed, isUnscored, numberOf, type Scalar, type Scored, type Value } from './score.ts';
import type { Declared, StatedMetric, StatedScore } from './stated.ts';

interface Problem {
  /** A JSON pointer into the log, or the entry of its archive. */
  readonly where: string;
  readonly stated: number | null;
  readonly recomputed: number | null;
  readonly message: string;
}

interface Recomputed {
  readonly samples: number;
  readonly metrics: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly problems: readonly Problem[];
  /** Stated, and not to be worked out from a log: metrics and reducers of somebody's own, and those of chance. */
  readonly notRecomputed: readonly string[];
}

/** Works out anew what a log says of its samples, from the samples. */
export function recompute(log: EvalLog): Recomputed {
  const work = new Work(log);
  work.stated();
  work.unstated();
  work.repeated();
  work.counts();
  const metrics = Object.fromEntries([...work.metrics].map(([name, of]) => [name, Object.fromEntries(of)]));
  return { samples: log.samples.length, metrics, problems: work.problems, notRecomputed: work.notRecomputed };
}

const specOf = ({ name, group, params }: StatedMetric): MetricSpec => ({ name: group ?? name, params });

/** Of a clustered metric, that the samples do not say which cluster they are of; else nothing. */
function whyNot({ name, params: { cluster } }: MetricSpec, scores: readonly Scored[]): string {
  if (!isClusterable(name) || (cluster ?? null) === null || clustersOf(scores, cluster)) return '';
  return `: it is clustered by ${JSON.stringify(cluster)}, and not every sample says its own`;
}

const usual: readonly MetricSpec[] = ['accuracy', 'stderr'].map((name) => ({ name, params: {} }));

class Work {
  readonly metrics = new Map<string, Map<string, number>>();
  readonly problems: Problem[] = [];
  readonly notRecomputed: string[] = [];
  readonly #log: EvalLog;
  readonly #scores = new Map<string, Scored[]>();
  readonly #views = new Map<string, readonly Scored[] | undefined>();

  constructor(log: EvalLog) {
    this.#log = log;
    for (const { id, scores, metadata } of log.samples)
      for (const [scorer, value] of scores) {
        const of = this.#scores.get(scorer);
        if (of) of.push({ id, value, metadata });
        else this.#scores.set(scorer, [{ id, value, metadata }]);
      }
  }

  #problem(where: string, message: string, stated: number | null = null, recomputed: number | null = null): void {
    if (this.problems.length < limits.evalProblems) this.problems.push({ where, stated, recomputed, message });
  }

  /** undefined: by a reducer that is not one of Inspect's. */
  #view(scorer: string, reducer: string | null): readonly Scored[] | undefined {
    const key = JSON.stringify([scorer, reducer]);
    if (!this.#views.has(key)) {
      const scores = this.#scores.get(scorer) ?? [];
      const reduce = reducer === null ? undefined : reducerNamed(reducer);
      this.#views.set(key, reducer === null ? scores : reduce && reduced(scores, reduce));
    }
    return this.#views.get(key);
  }

  #reducerOf(named: string | null): string | null {
    const { reducers } = this.#log.stated;
    return named ?? (reducers === null ? 'mean' : reducers.length === 0 ? null : reducers[0]!);
  }

  #take(label: string, key: string, value: number): void {
    const of = this.metrics.get(label) ?? new Map<string, number>();
    this.metrics.set(label, of);
    if (!of.has(key)) of.set(key, value);
  }

  stated(): void {
    for (const [i, score] of this.#log.stated.scores.entries()) {
      const where = `/results/scores/${i}`;
      const scorer = this.#scores.has(score.scorer) ? score.scorer : score.name;
      if (!this.#scores.has(scorer)) {
        for (const { key, value } of score.metrics)
          this.#problem(`${where}/metrics/${key}`, `no sample has a score by ${score.scorer}: nothing gives it`, value);
        continue;
      }
      this.#score(score, scorer, where);
    }
  }

  #score(score: StatedScore, scorer: string, where: string): void {
    const reducer = this.#reducerOf(score.reducer);
    const key = score.name === score.scorer ? null : score.name;
    const [all, view] = [this.#view(scorer, null)!, this.#view(scorer, reducer)];
    if (view === undefined) {
      this.notRecomputed.push(`${score.name} reduced by ${reducer}`);
      return;
    }
    const [raw, scores] = [scoredOf(all, key), scoredOf(view, key)];
    const label = this.#label(score);
    const isCounted = ({ group }: StatedMetric) => group !== null && unreduced.includes(group);
    for (const metric of score.metrics) this.#metric(metric, isCounted(metric) ? raw : scores, label, `${where}/metrics/${metric.key}`);
    const over = score.metrics.length > 0 && score.metrics.every(isCounted) ? raw : scores;
    if (over === scores) this.#takeUsual(label, score.metrics.map(specOf), scores);
    if (score.scored !== null && score.scored !== over.length)
      this.#problem(`${where}/scored_samples`, 'so many samples are not scored', score.scored, over.length);
  }

  /** The score's name; what else goes by it (another reducer, another scorer) is told apart. */
  #label({ name, scorer, reducer }: StatedScore): string {
    if (!this.metrics.has(name)) return name;
    const longer = name === scorer ? `${name} (${reducer ?? 'unreduced'})` : `${scorer}/${name}`;
    return this.metrics.has(longer) ? `${scorer}/${longer}` : longer;
  }

  #metric(stated: StatedMetric, scores: readonly Scored[], label: string, where: string): void {
    const spec = specOf(stated);
    const worked = workOver(spec, scores);
    if (worked === undefined) {
      this.notRecomputed.push(`${label} ${stated.key}${whyNot(spec, scores)}`);
      return;
    }
    const value = typeof worked === 'number' ? worked : worked[stated.name];
    if (value === undefined) this.#problem(where, 'the samples give no such number', stated.value);
    else {
      this.#take(label, stated.key, value);
      if (!isSame(stated.value, value)) this.#problem(where, 'the samples give another number', stated.value, value);
    }
  }

  /** A plain error by the name of a clustered one would be taken for it; where samples of a cluster are alike it is smaller. */
  #takeUsual(label: string, stated: readonly MetricSpec[], scores: readonly Scored[]): void {
    const isLost = stated.some((spec) => spec.name === 'stderr' && whyNot(spec, scores) !== '');
    for (const spec of usual) {
      const worked = workOver(spec, scores);
      const name = isLost && spec.name === 'stderr' && !this.metrics.get(label)?.has('stderr') ? 'stderr (not clustered)' : spec.name;
      if (typeof worked === 'number') this.#take(label, name, worked);
    }
  }

  #takeDeclared(label: string, specs: readonly MetricSpec[], scores: readonly Scored[]): void {
    for (const spec of specs) this.#takeWorked(label, spec, scores);
    this.#takeUsual(label, specs, scores);
  }

  #takeWorked(label: string, spec: MetricSpec, scores: readonly Scored[]): void {
    const worked = workOver(spec, scores);
    if (worked === undefined) this.notRecomputed.push(`${label} ${spec.name}${whyNot(spec, scores)}`);
    if (typeof worked === 'number') this.#take(label, spec.name, worked);
    else for (const [key, value] of Object.entries(worked ?? {})) this.#take(label, key, value);
  }

  /** A log that broke off, or was never scored as a whole, says nothing; its samples do. */
  unstated(): void {
    const said = new Set(this.#log.stated.scores.flatMap(({ name, scorer }) => [name, scorer]));
    for (const scorer of this.#scores.keys()) {
      if (said.has(scorer)) continue;
      const view = this.#view(scorer, this.#reducerOf(null));
      if (view === undefined) continue;
      const { plain, byKey } = this.#log.stated.declared.get(scorer) ?? inferred(view);
      if (plain.length > 0) this.#takeDeclared(scorer, plain, scoredOf(view, null));
      const keys = new Set(view.flatMap(({ value }) => (isKeyed(value) ? Object.keys(value) : [])));
      for (const key of keys) {
        const specs = byKey.filter((of) => matchesGlob(of.key, key)).flatMap((of) => of.metrics);
        const label = this.metrics.has(key) ? `${scorer}/${key}` : key;
        if (specs.length > 0) this.#takeDeclared(label, specs, scoredOf(view, key));
      }
    }
  }

  /** What a log repeats of its samples, the samples must say. */
  repeated(): void {
    for (const [i, { scorer, reducer, values }] of this.#log.reductions.entries()) {
      const view = this.#scores.has(scorer) ? this.#view(scorer, this.#reducerOf(reducer)) : undefined;
      for (const score of view ?? []) {
        const value = values.get(score.id);
        if (value === undefined || isSameValue(value, score.value)) continue;
        this.#problem(
          `/reductions/${i}`,
          `sample ${score.id} is reduced to something else`,
          numberOrNull(value),
          numberOrNull(score.value),
        );
      }
    }
    const samples = new Map(this.#log.samples.map((sample) => [`${sample.id} ${sample.epoch}`, sample]));
    for (const { id, epoch, scores } of this.#log.summaries) {
      const sample = samples.get(`${id} ${epoch}`);
      if (!sample) this.#problem('summaries.json', `sample ${id} of epoch ${epoch} is not in the log`);
      else
        for (const [scorer, value] of scores) {
          const own = sample.scores.get(scorer);
          if (own !== undefined && !isSameValue(value, own))
            this.#problem(
              'summaries.json',
              `${scorer} of sample ${id}, epoch ${epoch}, is another there`,
              numberOrNull(value),
              numberOrNull(own),
            );
        }
    }
  }

  counts(): void {
    const { samples, stated, superseded } = this.#log;
    if (stated.completed !== null && stated.completed > samples.length)
      this.#problem('/results/completed_samples', 'so many samples are not in the log', stated.completed, samples.length);
    if (stated.total !== null && stated.total < samples.length)
      this.#problem('/results/total_samples', 'more samples are in the log', stated.total, samples.length);
    for (const name of superseded) this.#problem(name, 'stands twice in the archive; the last one counts, as for Inspect');
    const seen = new Set<string>();
    for (const { id, epoch, dangling } of samples) {
      const key = `${id} ${epoch}`;
      if (seen.has(key)) this.#problem('/samples', `sample ${id} of epoch ${epoch} is there twice`);
      seen.add(key);
      if (dangling.length > 0)
        this.#problem('/samples', `sample ${id} of epoch ${epoch} refers to ${dangling.length} attachments that it does not hold`);
    }
  }
}

/** Those with a value, of a keyed value that of its key. */
function scoredOf(view: readonly Scored[], key: string | null): Scored[] {
  const part = ({ value }: Scored): Value | undefined => {
    if (key === null) return value;
    return isKeyed(value) && Object.hasOwn(value, key) ? value[key]! : undefined;
  };
  return view.flatMap((score) => {
    const value = part(score);
    return value === undefined || isUnscored(value) ? [] : [{ ...score, value }];
  });
}

/** Of no scores at all there is no number, as Inspect has it. */
function workOver(spec: MetricSpec, scores: readonly Scored[]): ReturnType<typeof workMetric> {
  const worked = workMetric(spec, scores);
  return scores.length === 0 && worked !== undefined && (typeof worked === 'number' || Object.keys(worked).length === 0)
    ? Number.NaN
    : worked;
}

function inferred(view: readonly Scored[]): Declared {
  return view.some(({ value }) => isKeyed(value)) ? { plain: [], byKey: [{ key: '*', metrics: usual }] } : { plain: usual, byKey: [] };
}

/** fnmatch without its classes: `*` and `?`, in time that grows with the product of both lengths. */
function matchesGlob(glob: string, text: string): boolean {
  let [g, t, star, mark] = [0, 0, -1, 0];
  while (t < text.length) {
    if (glob[g] === '*') [star, mark, g] = [g, t, g + 1];
    else if (g < glob.length && (glob[g] === '?' || glob[g] === text[t])) [g, t] = [g + 1, t + 1];
    else if (star >= 0) [g, mark, t] = [star + 1, mark + 1, mark + 1];
    else return false;
  }
  while (glob[g] === '*') g++;
  return g === glob.length;
}

/** Numbers are added up in another order by others: the last digits may differ. */
function isSame(a: number, b: number): boolean {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number.isNaN(a) && Number.isNaN(b);
  return a === b || Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(a), Math.abs(b));
}

function isSameValue(a: Value, b: Value): boolean {
  if (typeof a === 'object' && a !== null && typeof b === 'object' && b !== null) {
    const [x, y] = [a, b] as [Record<string, Scalar>, Record<string, Scalar>];
    return Object.keys(x).every((key) => Object.hasOwn(y, key) && isSameValue(x[key]!, y[key]!));
  }
  // A NaN that went through strict JSON is null.
  const [p, q] = [a ?? Number.NaN, b ?? Number.NaN];
  return typeof p === 'string' && typeof q === 'string' ? p === q : isSame(numberOf(p), numberOf(q));
}

function numberOrNull(value: Value): number | null {
  return typeof value === 'number' ? value : null;
}
