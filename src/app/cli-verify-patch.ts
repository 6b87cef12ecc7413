import type { Command } from 'commander';
import { isRefusal } from '../base/refusal.ts';
import { verifyPatch } from '../lab/fix/run.ts';
import type { Ending } from './ending.ts';
import { each, fileAt, filesAt, type LabTask, whole, withRecipe } from './lab-inputs.ts';

interface Options {
  readonly patch: string;
  readonly poc: readonly string[];
  readonly runs?: string;
}

export function verifyPatchCommand(group: Command, isJson: () => boolean): void {
  group
    .command('verify-patch <recipe>')
    .description('does a patch mend it? every PoC, every functional test, variants of the PoCs and inputs thrown at the patched build')
    .requiredOption('--patch <file>', 'a unified diff on the vulnerable source')
    .requiredOption('--poc <file>', 'an input that trips the unpatched build; as often as there are PoCs', each)
    .option('--runs <n>', 'how often each PoC is run on the patched build (default 3)')
    .action((name: string, options: Options) => withRecipe(name, isJson(), (task) => verify(task, options)));
}

async function verify({ found, doors, say, signal }: LabTask, options: Options): Promise<Ending> {
  const patch = fileAt(options.patch, 'patch');
  if (isRefusal(patch)) return patch;
  const pocs = filesAt(options.poc, 'poc');
  if (isRefusal(pocs)) return pocs;
  const seen = await verifyPatch(
    found.recipe,
    patch,
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
  return { value: { ...verdict, evidence }, text: [`${verdict.verdict}: ${verdict.because}`, ...loud].join('\n') };
}
