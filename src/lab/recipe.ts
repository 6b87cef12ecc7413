import { parse } from 'yaml';
import { z } from 'zod';
import type { BoxLimits, Source } from '../base/doors.ts';
import { limits } from '../base/limits.ts';
import { type Refusal, refuse } from '../base/refusal.ts';

const mib = 1024 * 1024;
const word = z.string().min(1).max(4096);
const words = z.array(word).min(1).max(256);
const fileName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/, 'a plain file name');
const name = z.string().min(1).max(limits.nameChars);

/** What the registries' drivers check again, more strictly, before a name becomes a word of a command. */
const source = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('debian'), package: name, version: name, patch: name, including: z.boolean() }),
  z.strictObject({ kind: z.literal('npm'), package: name, version: name, integrity: name.optional() }),
]);

const oracle = z.discriminatedUnion('kind', [
  /** `leaks` counts what is never freed; it needs a box that allows ptrace. */
  z.strictObject({ kind: z.literal('sanitizer'), leaks: z.boolean().default(false) }),
  z.strictObject({ kind: z.literal('hang') }),
  z.strictObject({ kind: z.literal('prototype-pollution') }),
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
  stdout: z
    .string()
    .max(64 * 1024)
    .optional(),
});

const recipeSchema = z.strictObject({
  id: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/),
  title: z.string().min(1).max(limits.titleChars),
  target: z.strictObject({ ecosystem: z.enum(['debian', 'npm']), purl: z.string().startsWith('pkg:').max(limits.nameChars) }),
  vulnerability: z.strictObject({ id: name, weaknesses: z.array(z.string().regex(/^CWE-\d{1,5}$/)).max(8) }),
  variants: z.strictObject({ vulnerable: source, fixed: source.optional() }),
  /** Of the recipe's own folder; seen in the box at /harness/, read-only, where no patch can reach. */
  files: z.array(fileName).max(32).default([]),
  /** Each step runs in a box of its own, without network, over the tree at /src. */
  build: z.strictObject({ steps: z.array(words).max(16).default([]), limits: bounds.default({}) }).prefault({}),
  /** `{poc}` stands for the input's path. With `stdin` the input comes there as well. */
  run: z.strictObject({
    argv: words,
    stdin: z.boolean().default(false),
    cwd: word.default('/src'),
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
});

export type Recipe = z.infer<typeof recipeSchema>;
export type Oracle = Recipe['oracle'];
export type FunctionalTest = Recipe['tests'][number];
export type Variant = 'vulnerable' | 'fixed';

/** Hostile until parsed, like everything else: a recipe may come from outside. */
export function parseRecipe(text: string): Recipe | Refusal {
  if (Buffer.byteLength(text) > limits.recipeBytes) return refuse('too_large', `a recipe holds at most ${limits.recipeBytes} bytes`);
  let document: unknown;
  try {
    // Warnings would go to the hub's own standard error, with the stranger's text in them.
    document = parse(text, { maxAliasCount: 0, logLevel: 'error' });
  } catch (cause) {
    return refuse('malformed', `not YAML: ${(cause as Error).message.split('\n')[0]}`);
  }
  const result = recipeSchema.safeParse(document);
  if (result.success) return usesOwnFiles(result.data) ?? result.data;
  const [issue] = result.error.issues;
  return refuse('malformed', issue?.message ?? 'not a recipe', `/${issue?.path.join('/') ?? ''}`);
}

function usesOwnFiles(recipe: Recipe): Refusal | undefined {
  if (new Set(recipe.files).size !== recipe.files.length) return refuse('malformed', 'a file is named twice', '/files');
  const outside = recipe.patch.at.startsWith('/') || recipe.patch.at.split('/').includes('..');
  return outside ? refuse('malformed', 'patches are applied within the tree', '/patch/at') : undefined;
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

export const runLimits = (recipe: Recipe): BoxLimits => over(runDefaults, recipe.limits);
export const buildLimits = (recipe: Recipe): BoxLimits => over(buildDefaults, recipe.build.limits);
