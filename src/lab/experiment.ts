import { digestOf, sha256 } from '../base/canonical.ts';
import type { BoxLimits, BoxSpec, Probe, Source, TreeId } from '../base/doors.ts';
import { limits } from '../base/limits.ts';
import { isRefusal, type Refusal, refuse } from '../base/refusal.ts';
import { driverEnvironment, observerFile } from './observer.ts';
import { oracleEnvironment } from './oracle.ts';
import { buildLimits, filesOf, type Recipe, runLimits, type Variant, withLocks } from './recipe.ts';

/** Bytes and the digest they were pinned by. */
interface PinnedBytes {
  readonly sha256: string;
  readonly bytes: Uint8Array;
}

/** An experiment, complete: nothing that happens later can change what was asked. */
export interface Pinned {
  /** Of everything below. */
  readonly digest: string;
  readonly recipe: Recipe;
  /** N of "k of N". */
  readonly runs: number;
  /** k, where it is not all of them: for flaws that show by chance. */
  readonly needed?: number;
  /** A secret that the nonces of all runs hang on too: who knows recipe and input, as a model may that is graded, cannot work them out. */
  readonly salt?: string;
  readonly limits: { readonly run: BoxLimits; readonly build: BoxLimits };
  readonly poc: PinnedBytes;
  readonly control: PinnedBytes;
  readonly files: Readonly<Record<string, PinnedBytes>>;
  /** The lab's own programs beside a driver; none where the recipe has none. */
  readonly observers: Readonly<Record<string, PinnedBytes>>;
}

export interface PrepareOptions {
  /** The recipe's own folder, by name. */
  readonly files: Readonly<Record<string, Uint8Array>>;
  /** The lab's own, from the door that reads recipes: never from whoever wrote the recipe. */
  readonly observers?: Readonly<Record<string, Uint8Array>> | undefined;
  readonly runs?: number;
  readonly needed?: number;
  readonly salt?: string | undefined;
  readonly limits?: Partial<BoxLimits>;
}

export const defaultRuns = 3;
const pin = (bytes: Uint8Array): PinnedBytes => ({ sha256: sha256(bytes), bytes });

/** The trusted half before the box: pins recipe, inputs and limits by digest. */
export function prepare(given: Recipe, poc: Uint8Array, options: PrepareOptions): Pinned | Refusal {
  const runs = options.runs ?? defaultRuns;
  if (!Number.isInteger(runs) || runs < 1 || runs > limits.experimentRuns)
    return refuse('malformed', `between 1 and ${limits.experimentRuns} runs`, 'runs');
  const needed = options.needed ?? runs;
  if (!Number.isInteger(needed) || needed < 1 || needed > runs) return refuse('malformed', `between 1 and ${runs} of the runs`, 'needed');
  if (poc.length > limits.attachmentBytes) return refuse('too_large', `a PoC holds at most ${limits.attachmentBytes} bytes`, 'poc');
  const had = filesOf(given, options.files);
  if (isRefusal(had)) return had;
  const recipe = withLocks(given, had);
  if (isRefusal(recipe)) return recipe;
  const missing = [...recipe.files, recipe.control].find((name) => !Object.hasOwn(had, name));
  if (missing !== undefined) return refuse('not_found', `the recipe's folder has no ${missing}`, 'files');
  const isDriven = recipe.run.driver !== undefined;
  if (isDriven && !Object.hasOwn(options.observers ?? {}, 'observe.cjs')) return refuse('not_found', 'there is no observer', 'observers');
  const asked = Object.fromEntries(Object.entries(options.limits ?? {}).filter(([, value]) => value !== undefined));
  const plan = {
    recipe,
    runs,
    ...(needed === runs ? {} : { needed }),
    ...(options.salt === undefined ? {} : { salt: options.salt }),
    limits: { run: { ...runLimits(recipe), ...asked }, build: buildLimits(recipe) },
    poc: pin(poc),
    control: pin(had[recipe.control]!),
    files: Object.fromEntries(recipe.files.map((name) => [name, pin(had[name]!)])),
    observers: Object.fromEntries(Object.entries((isDriven && options.observers) || {}).map(([name, bytes]) => [name, pin(bytes)])),
  };
  return { digest: digestOfPlan(plan), ...plan };
}

/** Recomputed wherever a spec comes back, over the bytes themselves: nobody is believed. */
export function digestOfPlan(plan: Omit<Pinned, 'digest'>): string {
  const { recipe, runs, needed, salt, poc, control } = plan;
  const digests = (files: Pinned['files']) => Object.fromEntries(Object.entries(files).map(([name, file]) => [name, sha256(file.bytes)]));
  const [files, observers] = [digests(plan.files), digests(plan.observers)];
  const asked = { recipe, runs, ...(needed === undefined ? {} : { needed }), ...(salt === undefined ? {} : { salt }), limits: plan.limits };
  return digestOf({ ...asked, poc: sha256(poc.bytes), control: sha256(control.bytes), files, observers });
}

/** The same experiment on another input. */
export function withInput({ digest: _, ...plan }: Pinned, bytes: Uint8Array): Pinned {
  const other = { ...plan, poc: pin(bytes) };
  return { digest: digestOfPlan(other), ...other };
}

/** The same experiment on one source alone. */
export function withSource({ digest: _, ...plan }: Pinned, source: Source): Pinned {
  const other = { ...plan, recipe: { ...plan.recipe, variants: { vulnerable: source as Recipe['variants']['vulnerable'] } } };
  return { digest: digestOfPlan(other), ...other };
}

/** `self-check` feeds nothing: the recipe's own command trips the oracle. */
export type Input = 'poc' | 'control' | 'self-check';

export interface PlannedRun {
  readonly variant: Variant;
  readonly input: Input;
  /** From 0, within variant and input. */
  readonly index: number;
}

/** Every run whose outcome the verdict needs. Symbolised repeats come on top and add no vote. */
export function plannedRuns(spec: Pinned): PlannedRun[] {
  const times = (variant: Variant, input: Input, n: number) => Array.from({ length: n }, (_, index) => ({ variant, input, index }));
  const once = spec.recipe.selfCheck ? 1 : 0;
  // A driver that does not fit the fixed build's interface would be silent there.
  const driven = spec.recipe.run.driver === undefined ? 0 : 1;
  const vulnerable = [
    ...times('vulnerable', 'poc', spec.runs),
    ...times('vulnerable', 'control', spec.runs),
    ...times('vulnerable', 'self-check', once),
  ];
  return spec.recipe.variants.fixed
    ? [...vulnerable, ...times('fixed', 'poc', spec.runs), ...times('fixed', 'control', driven), ...times('fixed', 'self-check', once)]
    : vulnerable;
}

/** Unguessable for whoever wrote the input, because it depends on the input's own digest. */
export function nonceOf(specDigest: string, run: PlannedRun): string {
  return sha256(`${specDigest} ${run.variant} ${run.input} ${run.index}`);
}

export const sourceAt = '/src';
const reportsAt = '/reports';
const inputAt = '/input/poc';
const nonceAt = '/input/nonce';

const harness = (spec: Pick<Pinned, 'files'>) => Object.entries(spec.files).map(([name, { bytes }]) => ({ at: `/harness/${name}`, bytes }));
const observers = (spec: Pinned) => Object.entries(spec.observers).map(([name, { bytes }]) => ({ at: observerFile(name), bytes }));

/** Everything a build depends on. The tools in the box are the host's own: what they were yesterday built another tree. */
export function buildKey(spec: Pinned, tree: TreeId, { tools }: Pick<Probe, 'tools'>): string {
  const files = Object.fromEntries(Object.entries(spec.files).map(([name, file]) => [name, file.sha256]));
  const { steps } = spec.recipe.build;
  const used = tools && steps.length > 0 ? { tools } : {};
  return digestOf({ tree, steps, files, limits: spec.limits.build, ...used });
}

export function buildBox(spec: Pinned, tree: TreeId, step: readonly string[]): BoxSpec {
  return {
    argv: step,
    cwd: sourceAt,
    env: {},
    trees: [{ tree, at: sourceAt, writable: true }],
    files: harness(spec),
    profile: 'build',
    limits: spec.limits.build,
    keep: sourceAt,
  };
}

export function runBox(spec: Pinned, tree: TreeId, run: PlannedRun, symbolize: boolean): BoxSpec {
  const { recipe } = spec;
  const bytes = run.input === 'control' ? spec.control.bytes : run.input === 'poc' ? spec.poc.bytes : new Uint8Array();
  const argv = run.input === 'self-check' ? recipe.selfCheck! : recipe.run.argv;
  const nonce = Buffer.from(nonceOf(spec.digest, run));
  return {
    argv: argv.map((part) => part.replaceAll('{poc}', inputAt).replaceAll('{wallMs}', String(spec.limits.run.wallMs))),
    cwd: recipe.run.cwd,
    env: { ...oracleEnvironment(recipe.oracle, reportsAt, symbolize), ...(recipe.run.driver === undefined ? {} : driverEnvironment) },
    ...(recipe.run.stdin ? { stdin: bytes } : {}),
    trees: [{ tree, at: sourceAt }],
    files: [...harness(spec), ...observers(spec), { at: inputAt, bytes }, { at: nonceAt, bytes: nonce }],
    tools: recipe.run.tools,
    // LeakSanitizer stops the world by ptrace.
    profile: recipe.oracle.kind === 'sanitizer' && recipe.oracle.leaks ? 'build' : 'poc',
    limits: spec.limits.run,
    collect: reportsAt,
  };
}
