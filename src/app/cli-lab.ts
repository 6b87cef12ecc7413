import type { Command } from 'commander';
import type { RecipeFiles } from '../base/doors.ts';
import { isRefusal } from '../base/refusal.ts';
import { conclude } from '../lab/conclude.ts';
import { prepare } from '../lab/experiment.ts';
import { parseRecipe } from '../lab/recipe.ts';
import { recordOf } from '../lab/record.ts';
import { runExperiment } from '../lab/run.ts';
import { buildLab } from './build.ts';
import { bisectCommand } from './cli-bisect.ts';
import { doctorCommand } from './cli-doctor.ts';
import { type MatrixOptions, matrixOf } from './cli-matrix.ts';
import { minimiseCommand } from './cli-minimise.ts';
import { replayCommand } from './cli-replay.ts';
import { sourceCommands } from './cli-sources.ts';
import { verifyPatchCommand } from './cli-verify-patch.ts';
import { readConfig } from './config.ts';
import { finish } from './ending.ts';
import { each, fileAt, recipeNamed, sayer } from './lab-inputs.ts';

interface RunOptions {
  poc: string;
  runs?: string;
}

/** `breakwater lab …`: the lab alone, without a hub, for whoever wants to see it crash before sending or believing anything. */
export function labCommands(program: Command): void {
  const group = program.command('lab').description('reproduce in a box, without a hub');
  const isJson = () => program.opts<{ json?: boolean }>().json ?? false;
  group
    .command('run <recipe>')
    .description('run a PoC against the vulnerable and the fixed build of a recipe (its id, or a path to its YAML)')
    .requiredOption('--poc <file>', 'the input that should trip it')
    .option('--runs <n>', 'how often each build is run (default 3)')
    .action(async (recipe: string, options: RunOptions) => finish(await run(recipe, options, isJson()), isJson()));
  group
    .command('matrix <recipe>')
    .description('every PoC against every patched build of a recipe: are two crashes one flaw?')
    .requiredOption('--poc <file>', 'an input that trips the unpatched build; give two at least', each)
    .option('--patch <file>', 'a unified diff that may be a fix, besides the recipe’s own', each)
    .option('--runs <n>', 'how often each input is run on each build (default 3)')
    .action(async (name: string, options: MatrixOptions) => {
      const doors = buildLab(readConfig(process.env));
      const recipe = recipeNamed(name, doors);
      finish(isRefusal(recipe) ? recipe : await matrixOf(recipe, options, doors, sayer(isJson())), isJson());
    });
  minimiseCommand(group, isJson);
  verifyPatchCommand(group, isJson);
  bisectCommand(group, isJson);
  replayCommand(group, isJson);
  sourceCommands(group, isJson);
  doctorCommand(group, isJson);
  group
    .command('recipes')
    .description('list the recipes of the library')
    .action(() => {
      const { recipes } = buildLab(readConfig(process.env));
      const listed = recipes.all().map(({ id, text }) => {
        const recipe = parseRecipe(text);
        return isRefusal(recipe) ? { id, refused: recipe } : { id, title: recipe.title, target: recipe.target.purl };
      });
      finish(
        { value: listed, text: listed.map((r) => `${r.id}  ${'title' in r ? r.title : `unusable: ${r.refused.because}`}`).join('\n') },
        isJson(),
      );
    });
}

async function run(name: string, options: RunOptions, isJson: boolean) {
  const doors = buildLab(readConfig(process.env));
  const found = recipeNamed(name, doors);
  if (isRefusal(found)) return found;
  const spec = pinned(found, options);
  if (isRefusal(spec)) return spec;
  const say = sayer(isJson);
  const evidence = await runExperiment(spec, doors, ({ step, of }) => say(`${step} ${of}`));
  const verdict = conclude(spec, evidence);
  if (verdict.verdict !== 'reproduced') process.exitCode = verdict.verdict === 'could-not-tell' ? 69 : 1;
  const { predicate } = recordOf(spec, evidence, verdict, await doors.box.probe());
  const frames = verdict.crash?.state ? `\n  ${verdict.crash.type}\n  ${verdict.crash.state.trim().replaceAll('\n', '\n  ')}` : '';
  return { value: predicate, text: `${verdict.verdict}: ${verdict.because}${frames}` };
}

function pinned(found: RecipeFiles, options: RunOptions): ReturnType<typeof prepare> {
  const recipe = parseRecipe(found.text);
  if (isRefusal(recipe)) return recipe;
  const poc = fileAt(options.poc, 'poc');
  if (isRefusal(poc)) return poc;
  return prepare(recipe, poc, {
    files: found.files,
    observers: found.observers,
    ...(options.runs === undefined ? {} : { runs: Number(options.runs) }),
  });
}
