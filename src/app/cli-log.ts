import { createReadStream, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Command } from 'commander';
import { limits } from '../base/limits.ts';
import { type Refusal, refuse } from '../base/refusal.ts';
import { openNote } from '../base/signature.ts';
import { checkpoint as checkpointVerb, exportLog } from '../trust/log/actions.ts';
import { chainVerifier, checkpointText, type Exported, type Verified } from '../trust/log/entry.ts';
import { entryOut } from '../trust/log/wire.ts';
import { finish } from './ending.ts';
import { remoteHub } from './remote.ts';

interface Options {
  checkpoint?: string;
  key?: string;
}

/** `breakwater log verify` and `log save`: anybody's check of the whole log, with no hub and no database. */
export function logCommands(program: Command): void {
  const group = program.commands.find((c) => c.name() === 'log') ?? program.command('log');
  const global = () => program.opts<{ json?: boolean; url: string; token?: string }>();
  group
    .command('verify [file]')
    .description('verify a saved log (JSON lines) from genesis, offline; without a file, fetch the log from the hub and verify it here')
    .option('--checkpoint <file>', 'a signed checkpoint the log must agree with: a note, or what "log checkpoint" printed')
    .option('--key <verifier>', 'the key the checkpoint must be signed with (name+hash+key); from a note alone it is not known')
    .action(async (file: string | undefined, options: Options) => {
      const { url, token, json } = global();
      const outcome = file ? await verifyFile(file, options) : await verifyHub(url, token, options.key);
      finish('refused' in outcome ? outcome : { value: outcome, text: sentence(outcome) }, json ?? false);
    });
  group
    .command('save')
    .description('print the whole log as JSON lines, as far as you are cleared')
    .action(async () => {
      const { url, token, json } = global();
      for await (const entry of entriesOf(url, token)) {
        if ('refused' in entry) return finish(entry, json ?? false);
        process.stdout.write(`${JSON.stringify(entry)}\n`);
      }
    });
}

interface Summary {
  readonly size: number;
  readonly head: string;
  readonly revealed: number;
  readonly withheld: number;
  readonly erased: number;
  readonly checkpoint: 'agrees' | 'could-not-tell';
  /** How many entries the checkpoint vouches for; those after it are only chained to them. */
  readonly signed: number;
}

interface Note {
  readonly note: string;
  readonly key: string;
}

function sentence(s: Summary): string {
  const signed =
    s.checkpoint === 'agrees'
      ? `agrees with the signed checkpoint${s.signed < s.size ? ` of its first ${s.signed} entries` : ''}`
      : 'no checkpoint was given to compare with: could-not-tell whether this is the whole log';
  return `log verifies: ${s.size} entries from genesis, ${s.revealed} with their content, ${s.withheld} withheld, ${s.erased} erased; ${signed}`;
}

async function verifyFile(file: string, options: Options): Promise<Summary | Refusal> {
  const given = options.checkpoint === undefined ? undefined : readNote(options.checkpoint, options.key);
  if (given && 'refused' in given) return given;
  const verifier = chainVerifier();
  const vouched = given && sizeOf(given.note);
  let then: Verified | undefined;
  let line = 0;
  try {
    for await (const text of createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY })) {
      line++;
      if (text === '') continue;
      const parsed = parseEntry(text);
      if (!parsed) return refuse('malformed', `line ${line} is not a log entry`);
      const bad = verifier.add(parsed);
      if (bad) return bad;
      if (verifier.end().size === vouched) then = verifier.end();
    }
  } catch (error) {
    return refuse('not_found', (error as Error).message);
  }
  return compare(verifier.end(), then ?? verifier.end(), given);
}

/** A signed note as it is, or inside the JSON that `log checkpoint` prints, which brings its key along. */
function readNote(file: string, key: string | undefined): Note | Refusal {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    return refuse('not_found', (error as Error).message);
  }
  const inside = text.startsWith('{') ? noteInside(text) : { note: text };
  if (!inside) return refuse('malformed', 'is neither a signed note nor what "log checkpoint" printed', '--checkpoint');
  const known = key ?? inside.key;
  return known === undefined
    ? refuse('malformed', 'a note alone does not say which key is trusted', '--key')
    : { note: inside.note, key: known };
}

function noteInside(text: string): { note: string; key?: string } | undefined {
  try {
    const { note, key } = JSON.parse(text) as { note?: unknown; key?: unknown };
    return typeof note === 'string' && typeof key === 'string' ? { note, key } : undefined;
  } catch {
    return undefined;
  }
}

/** C2SP tlog-checkpoint: origin, then size, each on a line of its own. */
function sizeOf(note: string): number {
  return Number(note.split('\n')[1]);
}

function parseEntry(text: string): Exported | undefined {
  if (text.length > limits.toolLineBytes) return undefined;
  try {
    const parsed = entryOut.safeParse(JSON.parse(text));
    return parsed.success ? (parsed.data as Exported) : undefined;
  } catch {
    return undefined;
  }
}

async function verifyHub(url: string, token: string | undefined, key: string | undefined): Promise<Summary | Refusal> {
  const signed = (await remoteHub(url, token).call(checkpointVerb, {})) as { note: string; key: string; size: number } | Refusal;
  if ('refused' in signed) return signed;
  const verifier = chainVerifier();
  // Entries written after the checkpoint was signed are not under it: stop where it stops.
  for await (const entry of entriesOf(url, token)) {
    if ('refused' in entry) return entry;
    if (entry.seq > signed.size) break;
    const bad = verifier.add(entry);
    if (bad) return bad;
  }
  return compare(verifier.end(), verifier.end(), { note: signed.note, key: key ?? signed.key });
}

/** `then` is the log at the size that the checkpoint was signed for, as far as it goes. */
function compare(found: Verified, then: Verified, given: Note | undefined): Summary | Refusal {
  const { size, head, revealed, withheld, erased } = found;
  const summary = { size, head, revealed, withheld, erased };
  if (!given) return { ...summary, checkpoint: 'could-not-tell', signed: 0 };
  const text = openNote(given.note, given.key);
  if (text === undefined) return refuse('untrusted', 'the checkpoint is not signed by this key');
  const signed = sizeOf(text);
  if (signed > size)
    return refuse('untrusted', `the checkpoint was signed for ${signed} entries, and this log holds ${size}: its end is missing`);
  const origin = text.slice(0, text.indexOf('\n'));
  if (checkpointText(origin, then.size, then.frontier) !== text)
    return refuse('untrusted', `the log of ${then.size} entries is not the one the checkpoint was signed for`);
  return { ...summary, checkpoint: 'agrees', signed };
}

async function* entriesOf(url: string, token: string | undefined): AsyncGenerator<Exported | Refusal> {
  const hub = remoteHub(url, token);
  for (let after = 0; ; ) {
    const page = (await hub.call(exportLog, { after, limit: 1000 })) as { entries: Exported[] } | Refusal;
    if ('refused' in page) return void (yield page);
    yield* page.entries;
    const last = page.entries.at(-1);
    if (!last) return;
    after = last.seq;
  }
}
