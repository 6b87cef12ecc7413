import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { isRefusal, type Refusal, refuse } from '../base/refusal.ts';
import { conclude } from '../lab/conclude.ts';
import type { Evidence } from '../lab/evidence.ts';
import { prepare } from '../lab/experiment.ts';
import { recordOf } from '../lab/record.ts';
import { runExperiment } from '../lab/run.ts';
import type { Verdict } from '../lab/verdict.ts';
import type { Ending } from './ending.ts';
import { fileAt, type LabTask, whole, withRecipe } from './lab-inputs.ts';

interface Options {
  readonly poc: string;
  readonly runs?: string;
  readonly out?: string;
}

/** `breakwater lab run`: what a finder or a maintainer does before sending or believing anything. */
export function runCommand(group: Command, isJson: () => boolean): void {
  group
    .command('run <recipe>')
    .description('run a PoC against the vulnerable and the fixed build of a recipe (its id, or a path to its YAML)')
    .requiredOption('--poc <file>', 'the input that should trip it')
    .option('--runs <n>', 'how often each build is run (default 3)')
    .option(
      '--out <directory>',
      'a new directory for what belongs into a report: the record, unsigned, and what the sanitizer or observer said',
    )
    .action((recipe: string, options: Options) => withRecipe(recipe, isJson(), (task) => run(task, options)));
}

async function run({ found, doors, say, signal }: LabTask, options: Options): Promise<Ending> {
  const poc = fileAt(options.poc, 'poc');
  if (isRefusal(poc)) return poc;
  const spec = prepare(found.recipe, poc, { ...found.beside, ...whole(options.runs, 'runs') });
  if (isRefusal(spec)) return spec;
  const parts = stopwatch();
  const evidence = await runExperiment(
    spec,
    doors,
    (progress) => {
      parts.at(progress.step);
      say(progress);
    },
    signal,
  );
  parts.at('');
  if (signal.aborted) return refuse('unavailable', 'interrupted; nothing of it goes on');
  const verdict = conclude(spec, evidence);
  if (verdict.verdict !== 'reproduced') process.exitCode = verdict.verdict === 'could-not-tell' ? 69 : 1;
  const { predicate } = recordOf(spec, evidence, verdict, await doors.box.probe());
  const kept = options.out === undefined ? undefined : keep(options.out, predicate, evidence);
  if (isRefusal(kept)) return kept;
  return { value: predicate, text: [...sentences(verdict), `  took ${parts.said()}`, ...(kept ? [`  ${kept}`] : [])].join('\n') };
}

function sentences({ verdict, because, crash, counts }: Verdict): string[] {
  const lines = crash ? [crash.type, crash.state].flatMap((text) => text.trim().split('\n')) : [];
  const told = Object.entries(counts).filter(([, { of }]) => of > 0);
  return [
    `${verdict}: ${because}`,
    ...lines.map((line) => `    ${line}`),
    `  ${told.map(([part, { crashes, of }]) => `${part} ${crashes}/${of}`).join(' · ')}`,
  ];
}

/** Where the time went, part by part. */
function stopwatch() {
  const took = new Map<string, number>();
  let [part, sinceMs] = ['', performance.now()];
  return {
    at(next: string) {
      const nowMs = performance.now();
      if (part !== '') took.set(part, (took.get(part) ?? 0) + nowMs - sinceMs);
      [part, sinceMs] = [next, nowMs];
    },
    said: () => [...took].map(([name, ms]) => `${name} ${(ms / 1000).toFixed(1)} s`).join(', '),
  };
}

function keep(dir: string, record: object, evidence: Evidence): string | Refusal {
  try {
    mkdirSync(dir);
    writeFileSync(join(dir, 'record.json'), `${JSON.stringify(record, null, 2)}\n`);
    for (const { variant, input, index, symbolized, reports } of evidence.runs)
      for (const report of reports) {
        const of = `${variant}-${input}-${index + 1}${symbolized ? '-named' : ''}`;
        writeFileSync(join(dir, `${of}.${report.name}.txt`), report.text);
      }
    return `${dir} holds the record and the reports; send them with the input`;
  } catch (error) {
    return refuse('conflict', (error as Error).message, 'out');
  }
}
