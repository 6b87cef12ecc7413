import { readFileSync } from 'node:fs';
import { type Command, Option } from 'commander';
import { limits } from '../base/limits.ts';
import { isRefusal, type Refusal, refuse } from '../base/refusal.ts';
import { formats } from '../clearinghouse/advisories/formats/formats.ts';
import { lossesOf } from '../clearinghouse/advisories/formats/loss.ts';
import { type Ending, finish } from './ending.ts';

type Name = keyof typeof formats;
const names = Object.keys(formats) as Name[];
const readable = names.filter((name) => formats[name].read !== null);

/** `breakwater advisories convert --from csaf20 --to csaf21 FILE`: from one format into another, without a hub. */
export function advisoriesCommands(program: Command): void {
  program.commands
    .find((c) => c.name() === 'advisories')
    ?.command('convert <file>')
    .description('write an advisory in another format, offline; what that format cannot carry is named on standard error')
    .addOption(new Option('--from <format>', 'what the file is').choices(readable).makeOptionMandatory())
    .addOption(new Option('--to <format>', 'what to write').choices(names).makeOptionMandatory())
    .action((file: string, { from, to }: { from: Name; to: Name }) => {
      const { json = false } = program.opts<{ json?: boolean }>();
      const ending = convert(file, from, to, (lost) => void process.stderr.write(`not carried: ${lost}\n`));
      finish(ending, json);
    });
}

function convert(file: string, from: Name, to: Name, tell: (lost: string) => void): Ending {
  const document = documentIn(file);
  if (isRefusal(document)) return document;
  const source = formats[from].read?.(document.value) ?? refuse('unsupported', `${from} is not read`);
  if (isRefusal(source)) return source;
  for (const lost of lossesOf(source, formats[to].losses)) tell(lost);
  const written: unknown = formats[to].write(source);
  if (written === undefined)
    return refuse('unsupported', `nothing of this advisory can be said as ${to}: no CVE id, no product, or not in English`);
  return typeof written === 'string' ? { value: written, text: written.trimEnd() } : { value: written };
}

function documentIn(file: string): { readonly value: unknown } | Refusal {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file === '-' ? 0 : file);
  } catch (error) {
    return refuse('not_found', `${file} cannot be read: ${(error as Error).message}`);
  }
  if (bytes.length > limits.importBytes) return refuse('too_large', `a document holds at most ${limits.importBytes} bytes`);
  try {
    return { value: JSON.parse(bytes.toString('utf8')) };
  } catch {
    return refuse('malformed', `${file} is no JSON`);
  }
}
