import type { Command } from 'commander';
import { isRefusal } from '../base/refusal.ts';
import { parseRecipe } from '../lab/recipe.ts';
import { buildLab } from './build.ts';
import { bisectCommand } from './cli-bisect.ts';
import { doctorCommand } from './cli-doctor.ts';
import { type MatrixOptions, matrixOf } from './cli-matrix.ts';
import { minimiseCommand } from './cli-minimise.ts';
import { replayCommand } from './cli-replay.ts';
import { runCommand } from './cli-run.ts';
import { sourceCommands } from './cli-sources.ts';
import { verifyPatchCommand } from './cli-verify-patch.ts';
import { readConfig } from './config.ts';
import { finish } from './ending.ts';
import { each, recipeNamed, sayer } from './lab-inputs.ts';

/** `breakwater lab …`: the lab alone, without a hub, for whoever wants to see it crash before sending or believing anything. */
export function labCommands(program: Command): void {
  const group = program.command('lab').description('reproduce in a box, without a hub');
  const isJson = () => program.opts<{ json?: boolean }>().json ?? false;
  runCommand(group, isJson);
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
