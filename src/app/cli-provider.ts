import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { refuse } from '../base/refusal.ts';
import { readConfig } from './config.ts';
import { finish } from './ending.ts';
import { fetcher } from './provider-check/fetcher.ts';
import { type Judged, judge, roleOf } from './provider-check/requirements.ts';
import { walk } from './provider-check/walk.ts';
import { markerPath } from './publisher-marker.ts';

interface Options {
  readonly documents: number;
  readonly instead: readonly (readonly [string, string])[];
}

/** `breakwater releases check` and `releases rebuild`: what needs no verb of the hub. */
export function providerCommands(program: Command): void {
  const group = program.commands.find((c) => c.name() === 'releases') ?? program.command('releases');
  group
    .command('check <url>')
    .description('walk a CSAF provider, ours or any other, and judge each requirement of CSAF 2.0 and 2.1 §7.1')
    .option('--documents <number>', 'so many documents are read, the newest', count, 100)
    .option('--instead <origin=url>', 'ask for what begins with this origin at that address', instead, [])
    .action(async (url: string, { documents, instead: pairs }: Options) => {
      const json = program.opts<{ json?: boolean }>().json ?? false;
      if (!URL.canParse(url)) return finish(refuse('malformed', 'must be a URL', 'url'), json);
      const asking = fetcher(new Map(pairs));
      const judged = await judge(await walk(url, documents, asking), asking);
      const role = roleOf(judged);
      finish({ value: { role, requirements: judged }, text: [...judged.map(line), `role: ${role}`].join('\n') }, json);
    });
  group
    .command('rebuild')
    .description("make this data directory's public tree anew from the database: at once if its hub runs, or when it starts")
    .action(() => {
      const { dataDir } = readConfig(process.env);
      const marker = join(dataDir, 'public', markerPath);
      const json = program.opts<{ json?: boolean }>().json ?? false;
      if (!existsSync(join(dataDir, 'public'))) return finish(refuse('not_found', `${dataDir} has no public tree`), json);
      rmSync(marker, { force: true });
      finish(
        { value: { rebuild: join(dataDir, 'public') }, text: 'The tree will be made anew; readers see the older one until it is whole.' },
        json,
      );
    });
}

function line({ requirement, name, verdict, because }: Judged): string {
  return `${String(requirement).padStart(2)} ${verdict.padEnd(14)} ${name}${because === '' ? '' : `: ${because}`}`;
}

function count(text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 1) throw new InvalidArgumentError('A whole number from 1 on.');
  return number;
}

function instead(text: string, before: readonly (readonly [string, string])[]): (readonly [string, string])[] {
  const [from = '', to = ''] = text.split(/=(.*)/s);
  if (!URL.canParse(from) || !URL.canParse(to)) throw new InvalidArgumentError('Like https://hub.example=http://127.0.0.1:8420.');
  return [...before, [new URL(from).origin, new URL(to).origin]];
}
