import { z } from 'zod';
import type { BoxLimits, Source } from '../base/doors.ts';
import { limits } from '../base/limits.ts';
import { type Refusal, refuse } from '../base/refusal.ts';
import { observerCommand } from './observer.ts';
import { readYaml } from './yaml.ts';

const mib = 1024 * 1024;
const word = z.string().min(1).max(4096);
const words = z.array(word).min(1).max(256);
const fileName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/, 'a plain file name');
const name = z.string().min(1).max(limits.nameChars);
const hex = (digits: number) => z.string().regex(new RegExp(`^[0-9a-f]{${digits}}$`), `${digits} hex digits`);

const pythonPackage = { package: name, version: name, sha256: hex(64).optional() };

/** What the registries' drivers check again, more strictly, before a name becomes a word of a command. */
export const sourceSchema = z.discriminatedUnion('kind', [
  /** Without `patch` the whole series of that version is applied. */
  z
    .strictObject({ kind: z.literal('debian'), package: name, version: name, patch: name.optional(), including: z.boolean().optional() })
    .refine((s) => (s.patch === undefined) === (s.including === undefined), 'patch and including stand together or not at all'),
  /** `lock` names a package-lock.json of the recipe's own. */
  z.strictObject({ kind: z.literal('npm'), package: name, version: name, integrity: name.optional(), lock: fileName.optional() }),
  z.strictObject({ kind: z.literal('pypi'), ...pythonPackage, requires: z.array(z.strictObject(pythonPackage)).max(32).optional() }),
  z.strictObject({ kind: z.literal('git'), url: name, revision: hex(40) }),
  z.strictObject({ kind: z.literal('archive'), url: name, sha256: hex(64), strip: z.int().min(0).max(8).optional() }),
]);

/** What each takes as evidence: docs/RECIPES.md. */
const oracle = z.discriminatedUnion('kind', [
  /** `leaks` counts what is never freed; it needs a box that allows ptrace. */
  z.strictObject({ kind: z.literal('sanitizer'), leaks: z.boolean().default(false) }),
  z.strictObject({ kind: z.literal('hang') }),
  /** Trips when more than `overBytes` were held at once, or the box ran out of memory. */
  z.strictObject({
    kind: z.literal('memory-growth'),
    overBytes: z
      .int()
      .min(mib)
      .max(16 * 1024 * mib)
      .default(256 * mib),
  }),
  /** No input is built that is longer than `mostChars`. */
  z.strictObject({ kind: z.literal('super-linear'), mostChars: z.int().min(64).max(mib).default(mib) }),
  z.strictObject({ kind: z.literal('prototype-pollution') }),
  z.strictObject({ kind: z.literal('command-execution') }),
  z.strictObject({ kind: z.literal('code-execution') }),
  z.strictObject({ kind: z.literal('file-read') }),
  z.strictObject({ kind: z.literal('file-write') }),
  z.strictObject({ kind: z.literal('outbound-request') }),
]);

const bounds = z.strictObject({
  wallMs: z.int().min(100).max(limits.buildMs).optional(),
  cpuSec: z.int().min(1).max(3600).optional(),
  memoryBytes: z
    .int()
    .min(mib)
    .max(16 * 1024 * mib)
    .optional(),
  pids: z.int().min(1).max(1024).optional(),
  cpus: z.number().min(0.1).max(64).optional(),
  fileBytes: z
    .int()
    .min(1024)
    .max(1024 * mib)
    .optional(),
  openFiles: z.int().min(16).max(4096).optional(),
  tmpBytes: z
    .int()
    .min(4096)
    .max(1024 * mib)
    .optional(),
  outputBytes: z
    .int()
    .min(1024)
    .max(16 * mib)
    .optional(),
});

const functionalTest = z.strictObject({
  name,
  argv: words,
  exit: z.int().min(0).max(255).default(0),
  /** A status alone can be given by anybody in the test's process. This stays outside of its box. */
  stdout: z
    .string()
    .min(1, 'a test says what it prints')
    .max(64 * 1024),
});

const recipeSchema = z.strictObject({
  id: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/),
  title: z.string().min(1).max(limits.titleChars),
  target: z.strictObject({
    ecosystem: z.enum(['debian', 'npm', 'pypi', 'generic']),
    purl: z.string().startsWith('pkg:').max(limits.nameChars),
  }),
  vulnerability: z.strictObject({ id: name, weaknesses: z.array(z.string().regex(/^CWE-\d{1,5}$/)).max(8) }),
  variants: z.strictObject({ vulnerable: sourceSchema, fixed: sourceSchema.optional() }),
  /** Files that are short enough to stand here; one name, one place: what is here is not in the folder. */
  inline: z.record(fileName, z.union([z.string(), z.strictObject({ base64: z.base64() })])).default({}),
  /** Of the recipe's own; seen in the box at /harness/, read-only, where no patch can reach. */
  files: z.array(fileName).max(32).default([]),
  /** Each step runs in a box of its own, without network, over the tree at /src. */
  build: z.strictObject({ steps: z.array(words).max(16).default([]), limits: bounds.default({}) }).prefault({}),
  /** `{poc}` stands for the input's path. With `stdin` the input comes there as well. Instead of a command a driver: see observer.ts. */
  run: z.strictObject({
    driver: fileName.regex(/\.(cjs|mjs|py)$/, 'a driver is .cjs, .mjs or .py').optional(),
    argv: words.optional(),
    stdin: z.boolean().default(false),
    cwd: word.optional(),
    tools: z.array(z.literal('node')).max(1).default([]),
  }),
  oracle,
  /** A well-formed input on which the target must stay silent. */
  control: fileName,
  /** A command that must trip the oracle by itself: without it, silence may only mean that the oracle is blind. */
  selfCheck: words.optional(),
  limits: bounds.default({}),
  tests: z.array(functionalTest).max(64).default([]),
  patch: z
    .strictObject({ at: z.string().max(256).default('.'), immutable: z.array(z.string().min(1).max(256)).max(64).default([]) })
    .prefault({}),
  /** Inputs of ours that are known to trip it, for trials of the recipe itself. */
  pocs: z.array(fileName).max(16).default([]),
  /**
   * What the advisory says fixes it, and does not: a version that was never published (`missing`), or one that `poc`, of `pocs`, still
   * trips (`incomplete`). `variants.fixed` is the version that does, or, where there is none, this one.
   */
  statedFix: z
    .strictObject({
      version: name,
      fails: z.enum(['missing', 'incomplete']),
      because: z.string().min(1).max(limits.titleChars),
      poc: fileName.optional(),
    })
    .optional(),
});

type Written = z.infer<typeof recipeSchema>;
export type Recipe = Written & { readonly run: Written['run'] & { readonly argv: string[]; readonly cwd: string } };
export type Oracle = Recipe['oracle'];
type Tested = Recipe['tests'][number];
/** Of a recipe; or one that came with a patch, of which nobody here knows what it prints. */
export type FunctionalTest = Omit<Tested, 'stdout'> & Partial<Pick<Tested, 'stdout'>>;
export type Variant = 'vulnerable' | 'fixed';

/** Hostile until parsed, like everything else: a recipe may come from outside. */
export function parseRecipe(text: string): Recipe | Refusal {
  if (Buffer.byteLength(text) > limits.recipeBytes) return refuse('too_large', `a recipe holds at most ${limits.recipeBytes} bytes`);
  let document: unknown;
  try {
    document = readYaml(text);
  } catch (cause) {
    return refuse('malformed', `not YAML: ${(cause as Error).message.split('\n')[0]}`);
  }
  const result = recipeSchema.safeParse(document);
  if (result.success) return outOfPlace(result.data) ?? withCommand(result.data);
  const [issue] = result.error.issues;
  return refuse('malformed', issue?.message ?? 'not a recipe', `/${issue?.path.join('/') ?? ''}`);
}

/** Oracles that need nobody within the box but the target; the others look from inside, through a driver. */
const withoutDriver: readonly Oracle['kind'][] = ['sanitizer', 'hang', 'memory-growth'];

function outOfPlace({ files, patch, run, oracle, selfCheck, pocs, statedFix }: Written): Refusal | undefined {
  if (statedFix?.poc !== undefined && !pocs.includes(statedFix.poc)) return refuse('malformed', 'it is none of the PoCs', '/statedFix/poc');
  if (new Set(files).size !== files.length) return refuse('malformed', 'a file is named twice', '/files');
  if (patch.at.startsWith('/') || patch.at.split('/').includes('..'))
    return refuse('malformed', 'patches are applied within the tree', '/patch/at');
  if ((run.driver === undefined) === (run.argv === undefined)) return refuse('malformed', 'a run has a command or a driver', '/run/argv');
  if (run.driver === undefined)
    return withoutDriver.includes(oracle.kind) ? undefined : refuse('malformed', `${oracle.kind} is seen through a driver`, '/run/driver');
  if (oracle.kind === 'sanitizer') return refuse('malformed', 'a sanitizer watches a command, not a driver', '/run/driver');
  if (run.driver.endsWith('.py') && oracle.kind === 'prototype-pollution')
    return refuse('malformed', 'Python has no prototypes', '/oracle/kind');
  const also = run.stdin || run.tools.length > 0 || run.cwd !== undefined || selfCheck !== undefined;
  return also ? refuse('malformed', 'a driver comes with its own command, directory and self-check', '/run') : undefined;
}

/** What a driver leaves out is the lab's own. */
function withCommand(recipe: Written): Recipe {
  const { run, files, oracle } = recipe;
  const { driver, argv = [], cwd = '/src' } = run;
  if (driver === undefined) return { ...recipe, run: { ...run, argv, cwd } };
  return {
    ...recipe,
    files: [...new Set([driver, ...files])],
    run: { ...run, ...observerCommand(oracle, driver, '{poc}') },
    selfCheck: observerCommand(oracle, driver, '--self-check').argv,
  };
}

/** Everything the recipe names, from its folder and from itself. */
export function filesOf(recipe: Recipe, folder: Readonly<Record<string, Uint8Array>>): Record<string, Uint8Array> | Refusal {
  const twice = Object.keys(recipe.inline).find((name) => Object.hasOwn(folder, name));
  if (twice !== undefined) return refuse('malformed', `${twice} stands in the recipe and lies in its folder`, 'files');
  const inline = Object.entries(recipe.inline).map(([name, said]) => [
    name,
    typeof said === 'string' ? Buffer.from(said) : Buffer.from(said.base64, 'base64'),
  ]);
  return { ...folder, ...Object.fromEntries(inline) };
}

/** With the text of each lock instead of its name, so that a source says everything by itself. */
export function withLocks(recipe: Recipe, files: Readonly<Record<string, Uint8Array>>): Recipe | Refusal {
  const variants = { ...recipe.variants };
  for (const variant of ['vulnerable', 'fixed'] as const) {
    const source = variants[variant];
    if (source?.kind !== 'npm' || source.lock === undefined) continue;
    const bytes = files[source.lock];
    if (!bytes) return refuse('not_found', `the recipe has no ${source.lock}`, 'files');
    variants[variant] = { ...source, lock: Buffer.from(bytes).toString('utf8') };
  }
  return { ...recipe, variants };
}

export function sourceOf(recipe: Recipe, variant: Variant): Source | undefined {
  return recipe.variants[variant] as Source | undefined;
}

const runDefaults: BoxLimits = {
  wallMs: 10_000,
  cpuSec: 10,
  memoryBytes: 512 * mib,
  pids: 64,
  cpus: 1,
  fileBytes: 16 * mib,
  openFiles: 256,
  tmpBytes: 64 * mib,
  outputBytes: mib,
};

const buildDefaults: BoxLimits = {
  wallMs: limits.buildMs,
  cpuSec: limits.buildMs / 1000,
  memoryBytes: 2048 * mib,
  pids: 256,
  cpus: 2,
  fileBytes: limits.treeFileBytes,
  openFiles: 1024,
  tmpBytes: 256 * mib,
  outputBytes: 4 * mib,
};

const over = (defaults: BoxLimits, asked: Recipe['limits']): BoxLimits =>
  ({ ...defaults, ...Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined)) }) as BoxLimits;

/** Growth is measured over many calls, in CPU time; a busy machine may take much longer for them. */
const growthDefaults: BoxLimits = { ...runDefaults, wallMs: 180_000, cpuSec: 60 };

/** What does not end is stopped by its CPU time; the clock allows for a busy machine. */
const driverDefaults: BoxLimits = { ...runDefaults, wallMs: 30_000 };

export function runLimits({ oracle, run, limits: asked }: Recipe): BoxLimits {
  const defaults = oracle.kind === 'super-linear' ? growthDefaults : run.driver === undefined ? runDefaults : driverDefaults;
  return over(defaults, asked);
}
export const buildLimits = (recipe: Recipe): BoxLimits => over(buildDefaults, recipe.build.limits);
