import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { isRefusal, type Refusal, refuse } from '../base/refusal.ts';
import { type Ledger, type LedgerVerified, verifyLedger } from '../clearinghouse/cases/ledger/ledger.ts';
import { ledgerOut } from '../clearinghouse/cases/ledger/wire.ts';
import { type Ending, finish } from './ending.ts';

interface Options {
  readonly key?: string;
  readonly previous?: string;
}

/** `breakwater cases verify-ledger`: a participant's check of what they were given of a case, with no hub and no database. */
export function ledgerCommand(program: Command): void {
  program.commands
    .find((c) => c.name() === 'cases')!
    .command('verify-ledger <files...>')
    .description(
      'verify, offline, what "cases ledger" printed: every entry is in the signed log, none was altered, and none was left out since',
    )
    .requiredOption('--key <verifier>', 'the key of the log as it is known from elsewhere (name+hash+key); "log checkpoint" prints it')
    .option('--previous <file>', 'an earlier export of yours: nothing of it may be gone')
    .action((files: string[], options: Options) => finish(verifyAll(files, options), program.opts<{ json?: boolean }>().json ?? false));
}

/** The parts in their order, each following the one before, the last with nothing after it. */
export function verifyAll(files: readonly string[], { key, previous }: Options): Ending {
  const before = previous === undefined ? undefined : read(previous);
  if (isRefusal(before)) return before;
  let last: LedgerVerified | undefined;
  const sum = { entries: 0, withheld: 0, nameless: 0 };
  for (const file of files) {
    const ledger = read(file);
    if (isRefusal(ledger)) return ledger;
    const found = verifyLedger(ledger, key!, before);
    if (isRefusal(found)) return refuse(found.code, `${file}: ${found.because}`, found.at);
    const follows = last
      ? last.next === found.after && last.caseId === found.caseId && last.viewerId === found.viewerId
      : found.after === 0;
    if (!follows) return refuse('untrusted', `${file}: does not follow what comes before it; a part is missing`);
    sum.entries += found.entries;
    sum.withheld += found.withheld;
    sum.nameless += found.nameless;
    last = found;
  }
  if (last!.next !== null) return refuse('untrusted', `the export goes on after entry ${last!.next}; a part is missing`);
  const { caseId, viewerId, tier, at, size } = last!;
  const told = `${sum.entries} entries, of ${sum.withheld} not what was said, of ${sum.nameless} not who it was; in a log of ${size}, as it was signed`;
  const text = `the events of ${caseId} that ${viewerId} saw at tier ${tier} on ${at} verify: ${told}`;
  return { value: { caseId, viewerId, tier, at, size, ...sum, previous: before ? 'agrees' : 'could-not-tell' }, text };
}

function read(file: string): Ledger | Refusal {
  try {
    const parsed = ledgerOut.safeParse(JSON.parse(readFileSync(file, 'utf8')));
    return parsed.success ? (parsed.data as Ledger) : refuse('malformed', `${file} is not what "cases ledger" printed`);
  } catch (error) {
    return refuse('not_found', `${file}: ${(error as Error).message}`);
  }
}
