import type { Command } from 'commander';
import { isRefusal } from '../base/refusal.ts';
import { readSeries } from '../lab/fix/mail.ts';
import { verifyPatch } from '../lab/fix/run.ts';
import type { Ending } from './ending.ts';
import { each, filesAt, type LabTask, whole, withRecipe } from './lab-inputs.ts';

interface Options {
  readonly patch: readonly string[];
  readonly poc: readonly string[];
  readonly runs?: string;
}

export function verifyPatchCommand(group: Command, isJson: () => boolean): void {
  group
    .command('verify-patch <recipe>')
    .description('does a patch mend it? every PoC, every functional test, variants of the PoCs and inputs thrown at the patched build')
    .requiredOption(
      '--patch <file>',
      'a unified diff on the vulnerable source, or mails of git format-patch; in order, as often as there are',
      each,
    )
    .requiredOption('--poc <file>', 'an input that trips the unpatched build; as often as there are PoCs', each)
    .option('--runs <n>', 'how often each PoC is run on the patched build (default 3)')
    .action((name: string, options: Options) => withRecipe(name, isJson(), (task) => verify(task, options)));
}

async function verify({ found, doors, say, signal }: LabTask, options: Options): Promise<Ending> {
  const given = filesAt(options.patch, 'patch');
  if (isRefusal(given)) return given;
  const series = readSeries(given.map(({ bytes }) => bytes));
  if (isRefusal(series)) return series;
  const pocs = filesAt(options.poc, 'poc');
  if (isRefusal(pocs)) return pocs;
  const seen = await verifyPatch(
    found.recipe,
    series.patches,
    pocs.map(({ bytes }) => bytes),
    { ...found.beside, ...whole(options.runs, 'runs') },
    doors,
    say,
    signal,
  );
  if (isRefusal(seen)) return seen;
  const { verdict, evidence } = seen;
  if (verdict.verdict !== 'verified') process.exitCode ||= verdict.verdict === 'could-not-tell' ? 69 : 1;
  const loud = [...evidence.variants.loud, ...evidence.attacks.loud].map(({ sha256, after, because, poc }) => {
    const shown = poc === null ? '(too long to be shown)' : JSON.stringify(Buffer.from(poc, 'base64').toString('latin1').slice(0, 200));
    return `  ${sha256.slice(0, 12)}  ${after ?? `could not tell: ${because}`}  ${shown}`;
  });
  const steps = evidence.steps.map(({ outcome, tripped }, i) => {
    const { subject, sha256 } = series.mails[i]!;
    return `  ${i + 1}/${series.mails.length} ${outcome}${tripped > 0 ? ` (${tripped} of ${pocs.length} PoCs)` : ''}  ${subject ?? sha256.slice(0, 12)}`;
  });
  return { value: { ...verdict, evidence }, text: [`${verdict.verdict}: ${verdict.because}`, ...steps, ...loud].join('\n') };
}
