import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { Command } from 'commander';
import { limits } from '../base/limits.ts';
import { isRefusal, type Refusal, refuse } from '../base/refusal.ts';
import { assist } from '../clearinghouse/advisories/assistance/actions.ts';
import { kindOf, lookUp } from '../clearinghouse/cases/contacts/suggestions/look-up.ts';
import type { GivenFile } from '../clearinghouse/cases/contacts/suggestions/suggestion.ts';
import { clockOf } from './build.ts';
import { pushCommand } from './cli-push.ts';
import { readConfig } from './config.ts';
import { type Ending, finish } from './ending.ts';
import { each } from './lab-inputs.ts';
import { remoteHub } from './remote.ts';
import { saved } from './saving.ts';

interface Global {
  readonly json?: boolean;
  readonly url: string;
  readonly token?: string;
}

/** Commands of cases that a verb alone does not make: files in, a file out. */
export function casesCommands(program: Command): void {
  const cases = program.commands.find((c) => c.name() === 'cases')!;
  cases
    .command('look-up <files...>')
    .description('where files of a project (SECURITY.md, security.txt, registry metadata) say that it may be reached; offline')
    .action((paths: string[]) => finish(lookedUp(paths), program.opts<Global>().json ?? false));
  cases
    .command('bundle <id>')
    .description('save all that a maintainer needs of a case in one archive')
    .option('--out <file>', 'where to; its own name, when left out')
    .action(async (id: string, { out }: { out?: string }) => {
      const { json = false, url, token } = program.opts<Global>();
      const taken = await remoteHub(url, token).call(assist, { id });
      if (isRefusal(taken)) return finish(taken, json);
      const { data, filename } = taken as { data: string; filename: string };
      finish(saved(data, out ?? filename), json);
    });
  pushCommand(cases, () => program.opts<Global>());
  const messages = cases.commands.find((c) => c.name() === 'message')!;
  messages.option('--attach <file>', 'a file that goes with it; as often as there are', each).hook('preAction', (command) => {
    const { attach = [] } = command.opts<{ attach?: string[] }>();
    command.setOptionValue('attach', undefined);
    if (attach.length > 0)
      command.setOptionValue(
        'files',
        attach.map((path) => attached(command, path)),
      );
  });
}

function lookedUp(paths: readonly string[]): Ending {
  if (paths.length > limits.lookUpFiles) return refuse('too_many', `at most ${limits.lookUpFiles} files`);
  const files: GivenFile[] = [];
  for (const path of paths) {
    const kind = kindOf(path);
    if (!kind) return refuse('unsupported', `${path}: its name does not say what it is`);
    const text = textAt(path);
    if (isRefusal(text)) return text;
    files.push({ name: path, kind, text, url: null });
  }
  const found = lookUp(files, clockOf(readConfig(process.env)).now());
  const lines = found.suggestions.map((s) => {
    const doubts = s.doubts.map((doubt) => `\n     but: ${doubt}`).join('');
    return `${s.attempt}  ${s.value}  (${s.file}${s.line === null ? '' : `:${s.line}`}: ${s.because})${doubts}`;
  });
  const unread = found.unread.map((name) => `could not be read as what it is called: ${name}`);
  return { value: found, text: [...lines, ...unread].join('\n') || 'nothing found' };
}

function textAt(path: string): string | Refusal {
  try {
    const text = readFileSync(path, 'utf8');
    return text.length <= limits.lookUpFileChars ? text : refuse('too_large', `${path}: at most ${limits.lookUpFileChars} characters`);
  } catch (error) {
    return refuse('not_found', (error as Error).message);
  }
}

function attached(command: Command, path: string): { filename: string; data: string } {
  try {
    return { filename: basename(path), data: readFileSync(path).toString('base64') };
  } catch (error) {
    return command.error(`${path} cannot be read: ${(error as Error).message}`);
  }
}
