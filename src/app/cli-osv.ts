import { createReadStream, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Command } from 'commander';
import { limits } from '../base/limits.ts';
import { isRefusal, type Refusal, refuse } from '../base/refusal.ts';
import { isZip, readEntry } from '../clearinghouse/findings/formats/zip.ts';
import { mirrorOsv } from '../clearinghouse/releases/osv/actions.ts';
import { finish } from './ending.ts';
import { type Remote, remoteHub } from './remote.ts';

interface Mirrored {
  readonly kept: number;
  readonly same: number;
  readonly older: number;
  readonly refused: readonly { readonly index: number; readonly id: string | null; readonly because: string }[];
}

/** So many bytes of records at once: far below what one request holds, as each is written once more as JSON. */
const batchBytes = limits.osvRecordBytes;

/** `breakwater osv import FILE…`: records of another database, as its `all.zip`, as JSON lines, or as JSON. */
export function osvCommands(program: Command): void {
  program
    .command('osv')
    .description('records of other databases, to be asked for beside our own')
    .command('import <files...>')
    .description('mirror OSV records from files: all.zip, JSON lines, one record or a list of them; run again, only what is newer is taken')
    .requiredOption('--source <name>', 'whose records these are, as everybody may know it')
    .action(async (files: string[], { source }: { source: string }) => {
      const { json, url, token } = program.opts<{ json?: boolean; url: string; token?: string }>();
      const sum = { kept: 0, same: 0, older: 0, refused: [] as { file: string; record: string; because: string }[] };
      for (const file of files) {
        const problem = await importFile(remoteHub(url, token), file, source, sum);
        if (problem) return finish(problem, json ?? false);
      }
      const refused = sum.refused.map((r) => `\n${r.file}: ${r.record}: ${r.because}`).join('');
      const text = `${sum.kept} records kept, ${sum.same} were here, ${sum.older} are older than what is here, ${sum.refused.length} refused${refused}`;
      finish({ value: sum, text }, json ?? false);
    });
}

async function importFile(
  hub: Remote,
  file: string,
  source: string,
  sum: { kept: number; same: number; older: number; refused: { file: string; record: string; because: string }[] },
): Promise<Refusal | undefined> {
  let [batch, names, bytes]: [unknown[], string[], number] = [[], [], 0];
  const send = async (): Promise<Refusal | undefined> => {
    if (batch.length === 0) return undefined;
    const reply = (await hub.call(mirrorOsv, { source, records: batch })) as Mirrored | Refusal;
    if (isRefusal(reply)) return reply;
    sum.kept += reply.kept;
    sum.same += reply.same;
    sum.older += reply.older;
    for (const { index, id, because } of reply.refused) sum.refused.push({ file, record: id ?? names[index]!, because });
    [batch, names, bytes] = [[], [], 0];
    return undefined;
  };
  try {
    for await (const { name, text } of textsOf(file)) {
      const records = recordsIn(text);
      if (!records) sum.refused.push({ file, record: name, because: 'is no JSON' });
      for (const record of records ?? []) {
        batch.push(record);
        names.push(name);
        bytes += text.length / records!.length;
        const problem = batch.length >= limits.osvRecordsAtOnce || bytes >= batchBytes ? await send() : undefined;
        if (problem) return problem;
      }
    }
  } catch (error) {
    return isRefusal(error) ? error : refuse('not_found', (error as Error).message);
  }
  return send();
}

/** One record, a list of them, or an answer of the query API. */
function recordsIn(text: string): unknown[] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const list = (value as { vulns?: unknown } | null)?.vulns ?? value;
    return Array.isArray(list) ? list : [list];
  } catch {
    return undefined;
  }
}

/** The JSON texts of a file: its entries, its lines, or all of it. A broken archive is thrown as its refusal. */
async function* textsOf(file: string): AsyncGenerator<{ name: string; text: string }> {
  if (/\.(jsonl|ndjson)$/.test(file)) {
    let line = 0;
    for await (const text of createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY })) {
      line++;
      if (text.trim() !== '') yield { name: `line ${line}`, text };
    }
    return;
  }
  const bytes = readFileSync(file);
  if (!isZip(bytes)) return yield { name: file, text: bytes.toString('utf8') };
  for (let at = 0; ; ) {
    const read = readEntry(bytes, at, true, limits.osvRecordBytes);
    if (read === 'end') return;
    if (read === 'more' || isRefusal(read)) throw read === 'more' ? refuse('malformed', 'the archive is cut short') : read;
    at = read.used;
    const { name, bytes: packed } = read.entry;
    if (name.endsWith('.json')) yield { name, text: Buffer.from(packed).toString('utf8') };
  }
}
