import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { sha256 } from '../base/canonical.ts';
import { isRefusal, type Refusal, refuse } from '../base/refusal.ts';
import { rawPublicKey, type Signer, signerOf } from '../base/signature.ts';
import { draftOut } from '../clearinghouse/releases/artefacts/wire.ts';
import { trustRoot } from '../clearinghouse/releases/repository/actions.ts';
import { initRoot, type OnlineKeys, rotateRoot, signRoot } from '../clearinghouse/releases/repository/ceremony.ts';
import type { TargetsMetadata } from '../clearinghouse/releases/repository/metadata.ts';
import { type Root, readRoot, signersOf } from '../clearinghouse/releases/repository/root.ts';
import { onlineKeysOut, wireKey } from '../clearinghouse/releases/repository/wire.ts';
import { readConfig } from './config.ts';
import { type Ending, finish } from './ending.ts';
import { remoteHub } from './remote.ts';

interface Making {
  rootKey?: string[];
  add?: string[];
  remove?: string[];
  threshold?: string;
  online?: string;
  days: string;
  out: string;
}

/** `breakwater tuf`: what is done with keys that the hub never sees, on another machine, on files. */
export function tufCommands(program: Command): void {
  const group = program.command('tuf').description('keys and roots of the TUF repository, offline');
  const isJson = () => program.opts<{ json?: boolean }>().json ?? false;
  const run = (ending: Ending) => finish(ending, isJson());
  group
    .command('key <file>')
    .description('make an Ed25519 key: the private key into the file, the public key in hexadecimal on standard output')
    .action((file: string) => run(makeKey(file)));
  const root = group.command('root').description('the root of trust');
  const making = (command: Command) =>
    command
      .option('--threshold <n>', 'how many root keys must sign')
      .option('--days <n>', 'until it expires', '365')
      .requiredOption('--out <file>', 'where the root to be signed is written');
  making(root.command('init'))
    .description('write version 1 for a hub, to be signed')
    .requiredOption('--root-key <hex...>', 'public root keys')
    .requiredOption('--online <file>', 'what "repository online-keys" printed')
    .action(async (options: Making) => run(await init(options)));
  making(root.command('rotate <file>'))
    .description('write the version after a root, to be signed by old and new root keys')
    .option('--add <hex...>', 'public root keys')
    .option('--remove <hex...>', 'public root keys, or keyids')
    .option('--online <file>', 'what "repository renew-keys" printed')
    .action(async (file: string, options: Making) => run(await rotate(file, options)));
  root
    .command('sign <file>')
    .description('add a signature to a root, in place')
    .requiredOption('--key <file>', 'a private root key')
    .option('--previous <file>', 'the root before it, whose keys sign too')
    .action((file: string, options: { key: string; previous?: string }) => run(signFile(file, options)));
  root
    .command('hand-in <file>')
    .description('give a signed root to the hub')
    .action(async (file: string) => {
      const { url, token } = program.opts<{ url: string; token?: string }>();
      const text = textOf(file);
      const outcome = isRefusal(text) ? text : await remoteHub(url, token).call(trustRoot, { root: text });
      run(isRefusal(outcome) ? outcome : { value: outcome, text: `the hub trusts ${file}` });
    });
  group
    .command('sign <file>')
    .description('sign, with a project\'s own key, what "artefacts draft-metadata" printed; prints the input of "artefacts sign-metadata"')
    .requiredOption('--key <file>', 'the private key of the project')
    .requiredOption('--advisory <id>', 'the advisory it was asked for')
    .action((file: string, options: { key: string; advisory: string }) => run(signMetadata(file, options)));
}

function makeKey(file: string): Ending {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  try {
    writeFileSync(file, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600, flag: 'wx' });
  } catch (error) {
    return refuse('conflict', (error as Error).message);
  }
  const key = rawPublicKey(publicKey).toString('hex');
  return { value: { key }, text: key };
}

async function init(options: Making): Promise<Ending> {
  const online = onlineOf(options.online ?? '');
  if (isRefusal(online)) return online;
  const numbers = numbersOf(options);
  if (isRefusal(numbers)) return numbers;
  const rootKeys = keysOf(options.rootKey ?? [], '--root-key');
  if (isRefusal(rootKeys)) return rootKeys;
  const { threshold = rootKeys.length, lastsDays } = numbers;
  return written(initRoot({ rootKeys, threshold, online, lastsDays }, await now()), options.out);
}

async function rotate(file: string, options: Making): Promise<Ending> {
  const before = rootIn(file);
  if (isRefusal(before)) return before;
  const online = options.online === undefined ? undefined : onlineOf(options.online);
  if (isRefusal(online)) return online;
  const numbers = numbersOf(options);
  if (isRefusal(numbers)) return numbers;
  const add = keysOf(options.add ?? [], '--add');
  if (isRefusal(add)) return add;
  const { threshold, lastsDays } = numbers;
  return written(rotateRoot(before, { add, remove: options.remove ?? [], threshold, online, lastsDays }, await now()), options.out);
}

function signFile(file: string, options: { key: string; previous?: string }): Ending {
  const root = rootIn(file);
  if (isRefusal(root)) return root;
  const before = options.previous === undefined ? undefined : rootIn(options.previous);
  if (isRefusal(before)) return before;
  const signer = signerIn(options.key);
  if (isRefusal(signer)) return signer;
  const text = signRoot(root, before, signer);
  if (isRefusal(text)) return text;
  writeFileSync(file, text);
  const signed = readRoot(text) as Root;
  const needs = [signed, ...(before ? [before] : [])].map(({ signed: by }) => {
    const [have, need] = [signersOf(signed, by).length, by.roles.root.threshold];
    return `${have} of ${need} by the root keys of version ${by.version}`;
  });
  return { value: { version: signed.signed.version, signatures: needs }, text: `signed: ${needs.join(', ')}` };
}

function signMetadata(file: string, options: { key: string; advisory: string }): Ending {
  const text = textOf(file);
  if (isRefusal(text)) return text;
  const draft = draftOut.safeParse(jsonOf(text)).data;
  if (!draft || sha256(draft.text) !== draft.sha256) return refuse('malformed', 'is not what "artefacts draft-metadata" printed', 'file');
  const signer = signerIn(options.key);
  if (isRefusal(signer)) return signer;
  if (rawPublicKey(signer.publicKey).toString('hex') !== draft.key)
    return refuse('not_permitted', 'asks for the signature of another key', '--key');
  const { version, expires, targets } = jsonOf(draft.text) as TargetsMetadata;
  for (const [path, { hashes }] of Object.entries(targets)) process.stderr.write(`${hashes.sha256}  ${path}\n`);
  process.stderr.write(`version ${version}, until ${expires}\n`);
  const sig = signer.sign(Buffer.from(draft.text)).toString('hex');
  return { value: { advisoryId: options.advisory, sha256: draft.sha256, sig } };
}

/** Only here: every other command starts without what constructs a hub. */
async function now() {
  const { clockOf } = await import('./build.ts');
  return clockOf(readConfig(process.env)).now();
}

function written(text: string | Refusal, out: string): Ending {
  if (isRefusal(text)) return text;
  writeFileSync(out, text);
  const { signed } = readRoot(text) as Root;
  const { version, expires, roles } = signed;
  const summary = { version, expires, threshold: roles.root.threshold, keyids: roles.root.keyids };
  return {
    value: summary,
    text: `${out}: version ${version} until ${expires}, to be signed by ${roles.root.threshold} of ${roles.root.keyids.length} root keys`,
  };
}

function numbersOf(options: Making): { threshold: number | undefined; lastsDays: number } | Refusal {
  const lastsDays = Number(options.days);
  if (!Number.isInteger(lastsDays) || lastsDays < 1 || lastsDays > 3660) return refuse('malformed', 'must be 1 to 3660', '--days');
  const threshold = options.threshold === undefined ? undefined : Number(options.threshold);
  if (threshold !== undefined && (!Number.isInteger(threshold) || threshold < 1))
    return refuse('malformed', 'must be 1 or more', '--threshold');
  return { threshold, lastsDays };
}

function keysOf(given: readonly string[], at: string): string[] | Refusal {
  const bad = given.find((key) => !wireKey.safeParse(key).success);
  return bad === undefined ? [...given] : refuse('malformed', `${bad} is not a public key as "tuf key" prints it`, at);
}

function onlineOf(file: string): OnlineKeys | Refusal {
  const text = textOf(file);
  if (isRefusal(text)) return text;
  const found = onlineKeysOut.safeParse(jsonOf(text)).data;
  const keys = found && [found.timestamp, found.snapshot, found.targets];
  if (!found || keys?.some((k) => !wireKey.safeParse(k.keyval.public).success))
    return refuse('malformed', 'is not what "repository online-keys" printed', '--online');
  return found as unknown as OnlineKeys;
}

function rootIn(file: string): Root | Refusal {
  const text = textOf(file);
  return isRefusal(text) ? text : readRoot(text);
}

function signerIn(file: string): Signer | Refusal {
  const pem = textOf(file);
  if (isRefusal(pem)) return pem;
  try {
    const key = createPrivateKey(pem);
    return key.asymmetricKeyType === 'ed25519' ? signerOf('offline', key) : refuse('unsupported', 'keys are Ed25519', '--key');
  } catch {
    return refuse('malformed', 'is not a private key in PEM', '--key');
  }
}

function textOf(file: string): string | Refusal {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    return refuse('not_found', (error as Error).message);
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
