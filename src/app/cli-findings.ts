import { existsSync, readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { limits } from '../base/limits.ts';
import { isRefusal, refuse } from '../base/refusal.ts';
import { finish } from './ending.ts';
import { sendBulk } from './remote-bulk.ts';

interface BulkOptions {
  upload?: string;
  receipts?: string;
  format?: string;
  purl?: string;
}

/** `breakwater findings import FILE` and `findings bulk FILE`: documents from disk, as a person would hand them in. */
export function findingsCommands(program: Command): void {
  const group = program.commands.find((c) => c.name() === 'findings');
  const importing = group?.commands.find((c) => c.name() === 'import');
  importing?.argument('[file]', 'the document; - or nothing for standard input').hook('preAction', (command) => {
    const { input, document, data } = command.opts<{ input?: unknown; document?: unknown; data?: unknown }>();
    if (input !== undefined || document !== undefined || data !== undefined) return;
    command.setOptionValue('data', readFile(command, command.args[0]));
  });
  group
    ?.command('bulk <file>')
    .description('send many documents, one a line (JSON Lines) or one a file (zip); run again, it goes on where it ended')
    .option('--upload <name>', 'the name of the upload (default: the digest of the file)')
    .option('--receipts <file>', 'where the answers are kept (default: FILE.receipts.jsonl)')
    .option('--format <format>', 'of every document; told from each where it is absent')
    .option('--purl <purl>', 'the package meant, where a document names none')
    .action(async (file: string, options: BulkOptions) => {
      const { json, url, token } = program.opts<{ json?: boolean; url: string; token?: string }>();
      if (!existsSync(file)) return finish(refuse('not_found', `there is no file ${file}`), json ?? false);
      const { upload, receipts, ...said } = options;
      const say = (text: string) => (process.stderr.isTTY && !json ? void process.stderr.write(`\r${text}`) : undefined);
      const sent = await sendBulk({ url, token, file, upload, receipts: receipts ?? `${file}.receipts.jsonl`, said, say });
      if (isRefusal(sent)) return finish(sent, json ?? false);
      const { received, quarantined, refused, skipped, entries } = sent;
      const text = `${entries} entries: ${received} findings received, ${skipped} told of nothing open, ${quarantined} in quarantine, ${refused} refused; answers are in ${sent.receipts}`;
      finish({ value: sent, text }, json ?? false);
    });
}

function readFile(command: Command, file: string | undefined): string {
  const from = file === undefined || file === '-' ? 0 : file;
  if (from === 0 && process.stdin.isTTY) command.error('name a file, or send the document on standard input');
  let bytes: Buffer;
  try {
    bytes = readFileSync(from);
  } catch (error) {
    return command.error(`${from === 0 ? 'standard input' : file} cannot be read: ${(error as Error).message}`);
  }
  if (bytes.length > limits.importBytes)
    command.error(`a document holds at most ${limits.importBytes} bytes; many in one file go by "findings bulk"`);
  return bytes.toString('base64');
}
