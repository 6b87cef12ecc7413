import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { isMap, parseDocument } from 'yaml';
import type { Source } from '../base/doors.ts';
import { isRefusal, type Refusal } from '../base/refusal.ts';
import { sourceOf } from '../lab/recipe.ts';
import { buildLab } from './build.ts';
import { readConfig } from './config.ts';
import { type Ending, finish } from './ending.ts';
import { readRecipe } from './lab-inputs.ts';

/** What a recipe is fetched by: pinned while its registry has it, handed in when it has not. */
export function sourceCommands(group: Command, isJson: () => boolean): void {
  group
    .command('lock <recipe>')
    .description('say by which hashes a recipe’s sources are pinned: integrity and lock (npm), sha256 (Python)')
    .option('--write', 'write them into the recipe’s YAML, and the locks beside it')
    .action(async (name: string, options: { write?: boolean }) => finish(await lock(name, options.write ?? false), isJson()));
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

async function lock(name: string, isWritten: boolean): Promise<Ending> {
  const doors = buildLab(readConfig(process.env));
  const found = readRecipe(name, doors);
  if (isRefusal(found)) return found;
  const pins: Record<string, Source> = {};
  for (const variant of ['vulnerable', 'fixed'] as const) {
    const source = sourceOf(found.recipe, variant);
    const pinned: Source | Refusal | undefined = source && (await doors.sources.pin(source));
    if (isRefusal(pinned)) return pinned;
    if (pinned) pins[variant] = pinned;
  }
  if (isWritten) write(name.endsWith('.yaml') ? name : join(readConfig(process.env).recipesDir, `${name}.yaml`), pins);
  return {
    value: pins,
    text: Object.entries(pins)
      .map(([variant, source]) => `${variant}: ${sayPins(source)}`)
      .join('\n'),
  };
}

function sayPins(source: Source): string {
  const { lock: text, ...said } = source as Source & { lock?: string };
  return `${JSON.stringify(said)}${text === undefined ? '' : `\n${text.trim()}`}`;
}

/** Only the pins change: the recipe's comments, order and style are its author's. */
function write(path: string, pins: Readonly<Record<string, Source>>): void {
  for (const [variant, source] of Object.entries(pins)) {
    const { lock: text, ...said } = source as Source & { lock?: string };
    const [folder, file] = [path.slice(0, -'.yaml'.length), `${variant}.lock.json`];
    if (text !== undefined) {
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, file), text);
    }
    const wanted = { ...said, ...(text === undefined ? {} : { lock: file }) };
    for (const [key, value] of Object.entries(wanted)) writeFileSync(path, withMember(readFileSync(path, 'utf8'), variant, key, value));
  }
}

/** Replaces a member of a variant where it stands, or adds it. */
export function withMember(text: string, variant: string, key: string, value: unknown): string {
  const map = parseDocument(text).getIn(['variants', variant], true);
  if (!isMap(map) || !map.range) return text;
  const said =
    /^[A-Za-z0-9@][A-Za-z0-9@/+=._-]*$/.test(String(value)) && Number.isNaN(Number(value)) ? String(value) : JSON.stringify(value);
  const known = map.get(key, true) as { range?: readonly number[]; toJSON?: () => unknown } | undefined;
  if (known?.range) return known.toJSON?.() === value ? text : text.slice(0, known.range[0]) + said + text.slice(known.range[1]);
  if (map.flow) {
    const end = text
      .slice(0, map.range[1] - 1)
      .trimEnd()
      .replace(/,$/, '');
    return `${end}, ${key}: ${said} ${text.slice(map.range[1] - 1)}`;
  }
  const start = map.range[0];
  const indent = text.slice(text.lastIndexOf('\n', start - 1) + 1, start);
  return `${text.slice(0, start)}${key}: ${said}\n${indent}${text.slice(start)}`;
}
