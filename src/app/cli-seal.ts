import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { isRefusal, type Refusal, refuse } from '../base/refusal.ts';
import { commitmentOf, contentDigest } from '../clearinghouse/findings/commitment.ts';
import { openSealed, recipients, sealedFile, submitSealed } from '../clearinghouse/findings/sealed/actions.ts';
import { sealedVersion } from '../clearinghouse/findings/sealed/sealed.ts';
import { sealedContent } from '../clearinghouse/findings/sealed/wire.ts';
import { draftOf, submitInput } from '../clearinghouse/findings/wire.ts';
import { type Ending, finish } from './ending.ts';
import { type Remote, remoteHub } from './remote.ts';

interface SealOptions {
  to: string[];
  title?: string;
  purl?: string;
  exploited?: boolean;
  keep?: string;
}

interface UnsealOptions {
  identity: string;
  handIn?: boolean;
}

/** `breakwater findings seal|unseal`: what is encrypted and decrypted on the finder's and the recipient's own machine, never on the hub. */
export function sealCommands(program: Command): void {
  const group = program.commands.find((command) => command.name() === 'findings');
  if (!group) throw new Error('the verbs of findings come first');
  const hub = () => remoteHub(program.opts<{ url: string }>().url, program.opts<{ token?: string }>().token);
  const isJson = () => program.opts<{ json?: boolean }>().json ?? false;
  group
    .command('seal <file>')
    .description('encrypt a finding (the JSON input of "findings submit") to named people, and hand in what only they can read')
    .requiredOption('--to <person...>', 'psn_ ids of the recipients; "findings recipients" lists them')
    .option('--title <title>', 'what the desk may know beforehand')
    .option('--purl <purl>', 'the package, if the desk may know it beforehand')
    .option('--exploited', 'say that it is being exploited')
    .option('--keep <file>', 'also keep the encrypted file here')
    .action(async (file: string, options: SealOptions) => finish(await seal(file, options, hub()), isJson()));
  group
    .command('unseal <id>')
    .description('fetch a sealed finding and decrypt it here; prints what it says')
    .requiredOption('--identity <file>', 'a file with your AGE-SECRET-KEY-…')
    .option('--hand-in', 'then hand it in opened: from now on it is a finding like others, as of the day it was sealed')
    .action(async (id: string, options: UnsealOptions) => finish(await unseal(id, options, hub()), isJson()));
}

async function seal(path: string, options: SealOptions, hub: Remote): Promise<Ending> {
  const given = readJson(path);
  if (isRefusal(given)) return given;
  const parsed = submitInput.safeParse(given);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return refuse('malformed', issue?.message ?? 'no finding', `/${issue?.path.join('/') ?? ''}`);
  }
  const draft = draftOf(parsed.data);
  if (isRefusal(draft)) return draft;
  const keys = await keysOf(options.to, hub);
  if (isRefusal(keys)) return keys;
  const salt = randomBytes(32).toString('hex');
  // Only here: every other command must start without it.
  const { Encrypter } = await import('age-encryption');
  const encrypter = new Encrypter();
  for (const key of keys) encrypter.addRecipient(key);
  const file = await encrypter.encrypt(JSON.stringify({ version: sealedVersion, salt, finding: given }));
  if (options.keep !== undefined) writeFileSync(options.keep, file, { mode: 0o600 });
  const { title, purl, exploited } = options;
  const beside = {
    ...(title === undefined ? {} : { title }),
    ...(purl === undefined ? {} : { purl }),
    ...(exploited ? { exploited } : {}),
  };
  const commitment = commitmentOf(salt, contentDigest(draft));
  const input = { ciphertext: Buffer.from(file).toString('base64'), commitment, recipientIds: options.to, ...beside };
  const outcome = await hub.call(submitSealed, input);
  if (isRefusal(outcome)) return outcome;
  const { id, receipt } = outcome as { id: string; receipt: string };
  return {
    value: { id, receipt, commitment, salt },
    text: `sealed: ${id}\nreceipt: ${receipt}\ncommitment: ${commitment}\nsalt (keep it): ${salt}`,
  };
}

async function unseal(id: string, options: UnsealOptions, hub: Remote): Promise<Ending> {
  const fetched = await hub.call(sealedFile, { id });
  if (isRefusal(fetched)) return fetched;
  const { Decrypter } = await import('age-encryption');
  const decrypter = new Decrypter();
  try {
    for (const key of readFileSync(options.identity, 'utf8').match(/^AGE-SECRET-KEY-\S+$/gm) ?? []) decrypter.addIdentity(key);
  } catch (error) {
    return refuse('not_found', (error as Error).message, 'identity');
  }
  let text: string;
  try {
    text = await decrypter.decrypt(Buffer.from((fetched as { data: string }).data, 'base64'), 'text');
  } catch {
    return refuse('untrusted', 'this file does not open with that identity', 'identity');
  }
  const content = sealedContent.safeParse(jsonOf(text));
  if (!content.success) return refuse('malformed', 'what is sealed in it is no finding of this hub', '/finding');
  const { salt, finding } = jsonOf(text) as { salt: string; finding: Record<string, unknown> };
  if (!options.handIn) return { value: finding };
  const opened = await hub.call(openSealed, { id, salt, finding });
  return isRefusal(opened) ? opened : { value: opened, text: `${id} is open: a finding like others, as of the day it was sealed` };
}

async function keysOf(personIds: readonly string[], hub: Remote): Promise<string[] | Refusal> {
  const keys = new Map<string, string>();
  for (let after = ''; ; ) {
    const page = await hub.call(recipients, { after });
    if (isRefusal(page)) return page;
    const { items } = page as { items: { personId: string; recipient: string }[] };
    for (const { personId, recipient } of items) keys.set(personId, recipient);
    const last = items.at(-1);
    if (!last) break;
    after = last.personId;
  }
  const unknown = personIds.find((id) => !keys.has(id));
  return unknown === undefined ? personIds.map((id) => keys.get(id)!) : refuse('not_found', `${unknown} offers no key`, 'to');
}

function readJson(path: string): unknown | Refusal {
  try {
    return JSON.parse(readFileSync(path === '-' ? 0 : path, 'utf8'));
  } catch (error) {
    return refuse('malformed', `${path === '-' ? 'standard input' : path} is not readable JSON: ${(error as Error).message}`);
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
