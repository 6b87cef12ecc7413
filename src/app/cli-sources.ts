import { existsSync, mkdirSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { isMap, isNode, isScalar, parseDocument } from 'yaml';
import type { Source } from '../base/doors.ts';
import { isRefusal, type Refusal, refuse } from '../base/refusal.ts';
import { filesOf, parseRecipe, type Recipe, sourceOf, type Variant } from '../lab/recipe.ts';
import { buildLab } from './build.ts';
import { readConfig } from './config.ts';
import { type Ending, finish } from './ending.ts';
import { type ReadRecipe, readRecipe } from './lab-inputs.ts';

/** What a recipe is fetched by: pinned while its registry has it, handed in when it has not. */
export function sourceCommands(group: Command, isJson: () => boolean): void {
  group
    .command('lock <recipe>')
    .description('say by which hashes a recipe’s sources are pinned: integrity and lock (npm), sha256 (Python)')
    .option('--write', 'write them into the recipe’s YAML, whose comments and order stay, and the locks beside it')
    .option('--replace', 'with --write: also where the recipe has another hash or a lock already')
    .action(async (name: string, options: LockOptions) => finish(await lock(name, options), isJson()));
  group
    .command('hand-in <archive...>')
    .description('keep archives that a recipe names by their SHA-256, so that nobody is asked for them')
    .action(async (paths: string[]) => finish(await handIn(paths), isJson()));
}

async function handIn(paths: readonly string[]): Promise<Ending> {
  const { sources } = buildLab(readConfig(process.env));
  const kept: { path: string; sha256: string }[] = [];
  for (const path of paths) {
    const sha256 = await sources.handIn(path);
    if (isRefusal(sha256)) return sha256;
    kept.push({ path, sha256 });
  }
  return { value: kept, text: kept.map(({ path, sha256 }) => `${sha256}  ${path}`).join('\n') };
}

interface LockOptions {
  readonly write?: boolean;
  readonly replace?: boolean;
}

async function lock(name: string, { write: isWritten = false, replace = false }: LockOptions): Promise<Ending> {
  const config = readConfig(process.env);
  const doors = buildLab(config);
  const found = readRecipe(name, doors);
  if (isRefusal(found)) return found;
  const pins: Record<string, Source> = {};
  for (const variant of ['vulnerable', 'fixed'] as const) {
    const source = sourceOf(found.recipe, variant);
    const pinned: Source | Refusal | undefined = source && (await doors.sources.pin(replace ? unpinned(source) : source));
    if (isRefusal(pinned)) return pinned.code === 'untrusted' ? { ...pinned, because: `${pinned.because}; ${orReplace}` } : pinned;
    if (pinned) pins[variant] = pinned;
  }
  const said = Object.entries(pins).map(([variant, source]) => `${variant}: ${sayPins(source)}`);
  if (!isWritten) return { value: pins, text: said.join('\n') };
  const pinned = pinRecipe(found, pins, replace);
  if (isRefusal(pinned)) return pinned;
  const path = realpathSync(existsSync(name) ? name : join(config.recipesDir, `${name}.yaml`));
  const isChanged = pinned.text !== found.text || Object.keys(pinned.locks).length > 0;
  if (isChanged) write(path, pinned);
  return { value: pins, text: [...said, isChanged ? `written into ${path}` : 'nothing to write: it is pinned so'].join('\n') };
}

const orReplace = 'where you know why, --write --replace takes what is there today';

/** What a registry has is otherwise held against the hash that the recipe has. */
function unpinned(source: Source): Source {
  if (source.kind === 'npm') return { kind: source.kind, package: source.package, version: source.version };
  if (source.kind !== 'pypi') return source;
  const { requires, ...main } = source;
  const bare = ({ package: name, version }: { package: string; version: string }) => ({ package: name, version });
  return { kind: main.kind, ...bare(main), ...(requires ? { requires: requires.map(bare) } : {}) };
}

function sayPins(source: Source): string {
  const { lock: text, ...said } = source as Source & { lock?: string };
  return `${JSON.stringify(said)}${text === undefined ? '' : `\n${text.trim()}`}`;
}

interface PinnedRecipe {
  /** The recipe's YAML: its comments, order and style are its author's. */
  readonly text: string;
  /** Files to lie beside it, by name. */
  readonly locks: Readonly<Record<string, string>>;
}

/**
 * What a recipe says by itself already is kept: another hash of the same version is a conflict, for either somebody changed the file or the
 * registry has, and a lock stays the one that the recipe was tried with. `replace` takes what the registry says today instead.
 */
export function pinRecipe(
  { recipe, text, beside }: ReadRecipe,
  pins: Readonly<Record<string, Source>>,
  replace: boolean,
): PinnedRecipe | Refusal {
  const files = filesOf(recipe, beside.files);
  if (isRefusal(files)) return files;
  const locks: Record<string, string> = {};
  let pinned = text;
  for (const [variant, source] of Object.entries(pins)) {
    for (const { at, key, value } of hashesOf(source)) {
      const known = parseDocument(pinned).getIn(['variants', variant, ...at, key]);
      if (known !== undefined && known !== value && !replace)
        return refuse('conflict', `it is ${known} in the recipe, and ${value} where it comes from; ${orReplace}`, `${variant}.${key}`);
      pinned = withMember(pinned, [variant, ...at], key, value);
    }
    if (source.kind !== 'npm' || source.lock === undefined) continue;
    const had = (recipe.variants[variant as Variant] as { lock?: string }).lock;
    const kept = had === undefined ? undefined : Buffer.from(files[had] ?? []).toString('utf8');
    if (kept !== undefined && !replace) {
      if (integrityIn(kept, source.package) === source.integrity) continue;
      return refuse('conflict', `${had} locks another file than the registry has; ${orReplace}`, `${variant}.lock`);
    }
    const name = `${variant}.lock.json`;
    if (Object.hasOwn(files, name) && !replace)
      return refuse('conflict', `the recipe has a ${name} of its own; ${orReplace}`, `${variant}.lock`);
    if (kept === source.lock) continue;
    if (Object.hasOwn(recipe.inline, name))
      return refuse('conflict', `${name} stands in the recipe itself: take it out`, `${variant}.lock`);
    locks[name] = source.lock;
    pinned = withMember(pinned, [variant], 'lock', name);
  }
  return isOnlyPinned(recipe, pinned)
    ? { text: pinned, locks }
    : refuse('unsupported', 'its YAML is written in a way that no hash can be put into; without --write they are shown', 'recipe');
}

function hashesOf(source: Source): { readonly at: readonly (string | number)[]; readonly key: string; readonly value: string }[] {
  if (source.kind === 'npm') return source.integrity === undefined ? [] : [{ at: [], key: 'integrity', value: source.integrity }];
  if (source.kind !== 'pypi') return [];
  const required = (source.requires ?? []).map(({ sha256 }, i) => ({ at: ['requires', i], key: 'sha256', value: sha256! }));
  return [{ at: [], key: 'sha256', value: source.sha256! }, ...required];
}

function integrityIn(lock: string, name: string): unknown {
  const { packages } = JSON.parse(lock) as { packages?: Record<string, { integrity?: unknown }> };
  return packages?.[`node_modules/${name}`]?.integrity;
}

/** All that a reader of the recipe sees is as it was, but for hashes and locks. */
function isOnlyPinned(before: Recipe, text: string): boolean {
  const after = parseRecipe(text);
  const isPin = (key: string) => ['integrity', 'sha256', 'lock'].includes(key);
  const rest = ({ variants, ...recipe }: Recipe) =>
    JSON.stringify({ ...recipe, variants }, (key, value) => (isPin(key) ? undefined : (value as unknown)));
  return !isRefusal(after) && rest(after) === rest(before);
}

/** Whole or not at all: until the recipe takes its place nothing names a new lock. */
function write(path: string, { text, locks }: PinnedRecipe): void {
  const folder = path.slice(0, -'.yaml'.length);
  const files = [...Object.entries(locks).map(([name, lock]) => ({ at: join(folder, name), bytes: lock })), { at: path, bytes: text }];
  const { mode } = statSync(path);
  if (files.length > 1) mkdirSync(folder, { recursive: true });
  try {
    for (const { at, bytes } of files) writeFileSync(`${at}.new`, bytes, { mode, flush: true });
    for (const { at } of files) renameSync(`${at}.new`, at);
  } finally {
    for (const { at } of files) rmSync(`${at}.new`, { force: true });
  }
}

/** Replaces a member of a variant, or of what is in it, where it stands; or adds it. */
export function withMember(text: string, at: readonly (string | number)[], key: string, value: string): string {
  const map = parseDocument(text).getIn(['variants', ...at], true);
  if (!isMap(map) || !map.range) return text;
  const said = /^[A-Za-z][A-Za-z0-9@/+=._-]*$/.test(value) ? value : JSON.stringify(value);
  const known = map.get(key, true);
  if (isScalar(known) && known.range)
    return known.value === value ? text : text.slice(0, known.range[0]) + said + text.slice(known.range[1]);
  if (map.flow) {
    const last = map.items.at(-1)?.value;
    const end = isNode(last) ? last.range?.[1] : undefined;
    return end === undefined ? text : `${text.slice(0, end)}, ${key}: ${said}${text.slice(end)}`;
  }
  const start = map.range[0];
  const indent = text.slice(text.lastIndexOf('\n', start - 1) + 1, start).replaceAll('-', ' ');
  return `${text.slice(0, start)}${key}: ${said}\n${indent}${text.slice(start)}`;
}
