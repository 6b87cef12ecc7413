import type { Command } from 'commander';
import { isRefusal } from '../base/refusal.ts';
import { type AffectedRange, type NamedBoundary, prepareBisect } from '../lab/bisect/bisect.ts';
import { concludeBisect } from '../lab/bisect/conclude.ts';
import { runBisect } from '../lab/bisect/run.ts';
import type { Ending } from './ending.ts';
import { fileAt, type LabTask, whole, withRecipe } from './lab-inputs.ts';

interface Options {
  readonly poc: string;
  readonly all?: boolean;
  readonly tries?: string;
  readonly runs?: string;
}

export function bisectCommand(group: Command, isJson: () => boolean): void {
  group
    .command('bisect <recipe>')
    .description('which versions, or positions of a patch series, are affected: the change that brought it and the one that mended it')
    .requiredOption('--poc <file>', 'the input that trips it')
    .option('--all', 'try every point, so that nothing is interpolated')
    .option('--tries <n>', 'points that are tried at most')
    .option('--runs <n>', 'how often each build is run (default 3)')
    .action((name: string, options: Options) => withRecipe(name, isJson(), (task) => bisect(task, options)));
}

async function bisect({ found, doors, say, signal }: LabTask, options: Options): Promise<Ending> {
  const poc = fileAt(options.poc, 'poc');
  if (isRefusal(poc)) return poc;
  const asked = { ...found.beside, all: options.all ?? false, ...whole(options.tries, 'tries'), ...whole(options.runs, 'runs') };
  const plan = prepareBisect(found.recipe, poc, asked);
  if (isRefusal(plan)) return plan;
  const evidence = await runBisect(plan, doors, say, signal);
  const seen = concludeBisect(plan, evidence);
  if (seen.outcome !== 'found') process.exitCode ||= seen.outcome === 'non-monotone' ? 1 : 69;
  const points = seen.points.filter((point) => point.measured).map(({ name, told, because }) => `  ${told.padEnd(14)} ${name}  ${because}`);
  const text = [`${seen.outcome}: ${seen.because}`, ...seen.ranges.map(rangeSaid), ...points].join('\n');
  return { value: seen, text };
}

function rangeSaid({ introduced, lastKnownAffected, fixed }: AffectedRange): string {
  const within = ({ after, by, exact }: NamedBoundary) => (exact || after === null ? by : `${by} at the latest, after ${after}`);
  const from = introduced.after === null ? `${introduced.by} or before` : within(introduced);
  return `affected from ${from} to ${lastKnownAffected}; ${fixed ? `fixed in ${within(fixed)}` : 'not fixed in anything later'}`;
}
