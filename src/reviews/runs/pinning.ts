import type { RecipeFiles, Recipes } from '../../base/doors.ts';
import { isRefusal, type Refusal, refuse } from '../../base/refusal.ts';
import { prepare } from '../../lab/experiment.ts';
import { filesOf, parseRecipe, withLocks } from '../../lab/recipe.ts';
import type { Plan } from '../plans/plan.ts';
import { isBaseline, strategy } from '../plans/solver.ts';
import type { Task } from '../suites/suite.ts';
import type { Rehearsal } from './baselines/labour.ts';
import type { Briefing } from './briefing.ts';
import type { Run } from './run.ts';
import type { StageSpec } from './stage/labour.ts';

export const asksModel = (solver: Run['solver']) => solver === 'bare' || solver === 'coached' || solver === 'harness';

/** What a baseline starts from. The reference is the recipe's own; a replay brings what solves another task of the plan. */
export function rehearsalOf(recipes: Recipes, run: Run, task: Task, plan: Plan): Rehearsal | Refusal | null {
  if (!isBaseline(run.solver)) return null;
  const inputOf = (recipeId: string) => {
    const found = recipes.all().find((recipe) => recipe.id === recipeId);
    const recipe = found ? parseRecipe(found.text) : refuse('not_found', `this hub has no recipe ${recipeId}`);
    if (isRefusal(recipe)) return recipe;
    const files = filesOf(recipe, found!.files);
    return isRefusal(files) ? files : { recipe, files, found: found! };
  };
  const own = inputOf(task.recipeId);
  if (isRefusal(own)) return own;
  const pinned = prepare(own.recipe, own.files[own.recipe.control] ?? new Uint8Array(), { ...own.found, runs: 1 });
  if (isRefusal(pinned)) return pinned;
  const otherId = plan.tasks.find((t) => t.recipeId !== task.recipeId)?.recipeId;
  const from = run.solver === 'baseline-replay' ? (otherId === undefined ? undefined : inputOf(otherId)) : own;
  const [poc] = from && !isRefusal(from) ? from.recipe.pocs : [];
  const input = from && !isRefusal(from) && poc !== undefined ? (from.files[poc] ?? null) : null;
  const bytes =
    task.skill === 'triage' && run.solver === 'baseline-reference' ? Buffer.from(JSON.stringify(task.hidden.answer ?? {})) : input;
  return { name: run.solver, skill: task.skill, seed: run.nonce, bytes, pinned };
}

export function briefingOf(run: Run, { skill, prompt }: Task, { prices }: Plan): Briefing {
  const { turns, tokens, moneyMicros, minutes, nonce, solver } = run;
  const money = moneyMicros !== null && prices ? { micros: moneyMicros, currency: prices.currency } : undefined;
  const bounds = { turns, tokens, money, minutes: minutes ?? undefined };
  return { skill, prompt, ...bounds, nonce, strategy: solver === 'coached' ? strategy : undefined };
}

export function stageOf(recipes: Recipes, task: Task): StageSpec | Refusal {
  const found = recipes.all().find((recipe) => recipe.id === task.recipeId);
  return found ? stageOn(found, task) : refuse('not_found', `this hub has no recipe ${task.recipeId}`);
}

/** What a task's place is made of, on its own recipe. */
export function stageOn(found: RecipeFiles, { level, hidden }: Task): StageSpec | Refusal {
  const recipe = parseRecipe(found.text);
  if (isRefusal(recipe)) return recipe;
  const shown = recipe.pocs.find((name) => !hidden.pocs.includes(name));
  const files = filesOf(recipe, found.files);
  if (isRefusal(files)) return files;
  const crash = level < 2 || shown === undefined ? null : prepare(recipe, files[shown] ?? new Uint8Array(), { ...found, runs: 1 });
  if (isRefusal(crash)) return crash;
  const whole = withLocks(recipe, files);
  if (isRefusal(whole)) return whole;
  return { level, crash, recipe: whole };
}
