import { randomUUID } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, dirname } from 'node:path';
import type { Command } from 'commander';
import type { Doors } from '../base/doors.ts';
import { isRefusal, type Refusal, refusalMapping, refuse } from '../base/refusal.ts';
import { atOnce } from '../lab/at-once.ts';
import { filesOf, parseRecipe } from '../lab/recipe.ts';
import type { LabDoors } from '../lab/run.ts';
import { attackers } from '../reviews/suites/gate/attackers.ts';
import type { Gated } from '../reviews/suites/gate/gate.ts';
import type { Task } from '../reviews/suites/suite.ts';
import { parseTasks } from '../reviews/suites/task-file.ts';
import { buildLab, tasksIn } from './build.ts';
import { type Config, readConfig } from './config.ts';
import { type Ending, finish } from './ending.ts';
import { boundedBox, meteredBox, type Spent } from './gate/boxes.ts';
import { checkTask, type GateOptions } from './gate/check.ts';
import { type Subject, subjectOf } from './gate/subject.ts';
import { summaryOf, Telling } from './gate/telling.ts';
import { interruption, readRecipe } from './lab-inputs.ts';

interface Options {
  readonly only?: string;
  readonly boxes?: string;
}

export function suitesCheckCommand(group: Command, isJson: () => boolean): void {
  group
    .command('check [task...]')
    .description('the gate of tasks: the reference solves, and nobody who cheats does; without a hub. TASK: an id, a file or a directory')
    .option('--only <attacker>', 'one attacker alone')
    .option('--boxes <n>', 'boxes that run at once', boxesAtOnce)
    .action(async (names: readonly string[], options: Options) => finish(await check(names, options, isJson()), isJson()));
}

/** Tasks by id of those that ship, by file, or all of a directory; all that ship where nothing is named. */
export function tasksNamed(names: readonly string[], config: Pick<Config, 'tasksDir'>): Task[] | Refusal {
  const shipped = tasksIn(config.tasksDir);
  const files = names.flatMap((name) => {
    if (!existsSync(name)) return shipped.filter(({ id }) => id === name);
    return statSync(name).isDirectory() ? tasksIn(name) : tasksIn(dirname(name)).filter(({ id }) => id === basename(name, '.yaml'));
  });
  const missing = names.find((name) => !existsSync(name) && !shipped.some(({ id }) => id === name));
  if (missing !== undefined) return refuse('not_found', `no task ${missing}`, 'task');
  return parseTasks(names.length === 0 ? shipped : files);
}

async function check(names: readonly string[], { only, boxes = boxesAtOnce }: Options, isJson: boolean): Promise<Ending> {
  const config = readConfig(process.env);
  if (only !== undefined && !attackers.some(({ name }) => name === only))
    return refuse('not_found', `no attacker ${only}; there are ${[...new Set(attackers.map(({ name }) => name))].join(', ')}`, 'only');
  const tasks = tasksNamed(names, config);
  if (isRefusal(tasks)) return tasks;
  if (!(Number(boxes) >= 1 && Number(boxes) <= 64)) return refuse('malformed', 'between 1 and 64 boxes', 'boxes');
  const lab = buildLab(config);
  const spent: Spent = { boxes: 0, cpuMs: 0 };
  const doors: LabDoors = { sources: lab.sources, box: boundedBox(meteredBox(lab.box, spent), Number(boxes)) };
  const signal = interruption();
  const elapsed = () => performance.now();
  const { telling, close } = watch(tasks.length, elapsed, isJson);
  const recipes = new Map([...new Set(tasks.map(({ recipeId }) => recipeId))].map((id) => [id, readRecipe(id, lab)] as const));
  const options: GateOptions = {
    only,
    others: othersOf(lab),
    elapsed,
    secret: randomUUID(),
    say: (id, of) => telling.begin(id, of),
    signal,
  };
  const subjects = new Map<string, Promise<Subject | Refusal>>();
  const subject = (id: string) => {
    const recipe = recipes.get(id)!;
    const known = subjects.get(id) ?? (isRefusal(recipe) ? Promise.resolve(recipe) : subjectOf(recipe, doors, signal));
    subjects.set(id, known);
    return known;
  };
  const gated = await atOnce(tasks, Number(boxes), async (task) => {
    const done = await checkTask(task, () => subject(task.recipeId), doors, options);
    if (!signal.aborted) telling.end(done);
    return done;
  });
  close();
  process.exitCode ||= exitOf(gated);
  const summary = summaryOf(gated, elapsed(), spent, signal.aborted);
  if (isJson) process.stderr.write(`${summary}\n`);
  return { value: gated, text: summary };
}

/** Beside a call that waits to see whether anything still comes another can compute. */
const boxesAtOnce = String(availableParallelism() + 2);

/** As `lab run`: something is wrong, or it could not be told. */
function exitOf(gated: readonly Gated[]): number {
  if (gated.some(({ state }) => state === 'quarantined')) return 1;
  return gated.some(({ state }) => state === 'could-not-tell') ? refusalMapping.unavailable.exit : 0;
}

/** On standard error: a line for each task that is done, and on a terminal one that goes on with time. */
function watch(tasks: number, elapsed: () => number, isJson: boolean) {
  const { stderr } = process;
  const isLive = stderr.isTTY && !isJson;
  const telling: Telling = new Telling(tasks, {
    line: (text) => void stderr.write(`${isLive ? '\r\x1b[K' : ''}${text}\n`),
    live: isLive ? (text) => void stderr.write(`\r\x1b[K${text.slice(0, (stderr.columns ?? 80) - 1)}`) : undefined,
    elapsed,
  });
  const timer = isLive ? setInterval(() => telling.tick(), 1000) : undefined;
  const close = () => {
    clearInterval(timer);
    if (isLive) stderr.write('\r\x1b[K');
  };
  return { telling, close };
}

/** One PoC of every recipe of the library. */
function othersOf(lab: Pick<Doors, 'recipes'>): GateOptions['others'] {
  return lab.recipes.all().flatMap(({ text, files }) => {
    const recipe = parseRecipe(text);
    const had = isRefusal(recipe) ? recipe : filesOf(recipe, files);
    if (isRefusal(recipe) || isRefusal(had)) return [];
    return recipe.pocs.slice(0, 1).flatMap((name) => (had[name] ? [{ recipe, poc: had[name] }] : []));
  });
}
