import { readFileSync, writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { limits } from '../base/limits.ts';
import { isRefusal, type Refusal, refuse } from '../base/refusal.ts';
import { assist } from '../clearinghouse/advisories/assistance/actions.ts';
import { kindOf, lookUp } from '../clearinghouse/cases/contacts/suggestions/look-up.ts';
import type { GivenFile } from '../clearinghouse/cases/contacts/suggestions/suggestion.ts';
import { clockOf } from './build.ts';
import { readConfig } from './config.ts';
import { type Ending, finish } from './ending.ts';
import { remoteHub } from './remote.ts';

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
      finish(isRefusal(taken) ? taken : saved(taken as { data: string; filename: string; sha256: string }, out), json);
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

function saved({ data, filename, sha256 }: { data: string; filename: string; sha256: string }, out = filename): Ending {
  try {
    // Never over what is there: an archive of before may be all that somebody has.
    writeFileSync(out, Buffer.from(data, 'base64'), { flag: 'wx' });
  } catch (error) {
    return refuse('conflict', (error as Error).message);
  }
  return { value: { file: out, sha256 }, text: `${out}\nSHA-256 ${sha256}` };
}
