import { writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { sha256 } from '../base/canonical.ts';
import { isRefusal } from '../base/refusal.ts';
import { concludeMinimise } from '../lab/minimise/conclude.ts';
import { prepareMinimise } from '../lab/minimise/minimise.ts';
import { runMinimise } from '../lab/minimise/run.ts';
import type { Ending } from './ending.ts';
import { fileAt, type LabTask, whole, withRecipe } from './lab-inputs.ts';

interface Options {
  readonly poc: string;
  readonly to?: string;
  readonly runs?: string;
  readonly tries?: string;
  readonly seconds?: string;
}

export function minimiseCommand(group: Command, isJson: () => boolean): void {
  group
    .command('minimise <recipe>')
    .description('make a PoC smaller while it keeps its crash; confirmed by a whole run on both builds')
    .requiredOption('--poc <file>', 'the input that trips it')
    .option('--to <file>', 'where the smaller one is written (default: FILE.min)')
    .option('--tries <n>', 'answers that are followed at most')
    .option('--seconds <n>', 'how long is searched at most')
    .option('--runs <n>', 'how often each build is run to confirm it (default 3)')
    .action((name: string, options: Options) => withRecipe(name, isJson(), (task) => minimiseOf(task, options)));
}

/** A smaller input with the same crash, written beside the one it came from. */
async function minimiseOf({ found, doors, say, signal }: LabTask, options: Options): Promise<Ending> {
  const poc = fileAt(options.poc, 'poc');
  if (isRefusal(poc)) return poc;
  const wallMs = options.seconds === undefined ? {} : { wallMs: Number(options.seconds) * 1000 };
  const plan = prepareMinimise(found.recipe, poc, {
    ...found.beside,
    ...whole(options.runs, 'runs'),
    ...whole(options.tries, 'tries'),
    ...wallMs,
  });
  if (isRefusal(plan)) return plan;
  const seen = concludeMinimise(plan, await runMinimise(plan, doors, say, signal));
  if (seen.outcome === 'could-not-tell') process.exitCode ||= 69;
  const to = options.to ?? `${options.poc}.min`;
  if (seen.poc) writeFileSync(to, seen.poc);
  const { bytes, outcome, because, family, tries, boxes, before, after } = seen;
  const counts = `${tries} tries in ${boxes} boxes`;
  const text = {
    smaller: `${bytes.before} → ${bytes.after} bytes, written to ${to}: ${because}\n  ${family ?? ''}\n  ${after?.because}\n  ${counts}`,
    'as-small-as-it-was': `${bytes.before} bytes: ${because}\n  ${family ?? ''}\n  ${counts}`,
    'could-not-tell': `could not tell: ${because}`,
  }[outcome];
  const { poc: smaller, ...said } = seen;
  return { value: { ...said, poc: smaller && { path: to, sha256: sha256(smaller) }, before, after }, text };
}
