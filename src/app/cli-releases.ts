import { randomInt } from 'node:crypto';
import { closeSync, existsSync, openSync, readFileSync, readSync, renameSync, statSync, writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { z } from 'zod';
import { sha256 } from '../base/canonical.ts';
import { hour } from '../base/instant.ts';
import { parseVerifierKey } from '../base/note.ts';
import { isRefusal, type Refusal, refuse } from '../base/refusal.ts';
import { parseTlogPolicy, quorumOf, type TlogPolicy } from '../base/tlog-policy.ts';
import { verifyRepository } from '../clearinghouse/releases/repository/verify.ts';
import type { Trust } from '../clearinghouse/releases/verifying/head.ts';
import type { Read } from '../clearinghouse/releases/verifying/reading.ts';
import { verifyDocument, verifyTree } from '../clearinghouse/releases/verifying/verify.ts';
import { clockOf } from './build.ts';
import { applyBundle, type BundleTrust, makeBundle, verifyBundle } from './bundling.ts';
import { readConfig } from './config.ts';
import { type Ending, finish } from './ending.ts';
import { mirrorAt, mirrorIn } from './mirror.ts';

interface TrustOptions {
  readonly key?: string[];
  readonly witness?: string[];
  readonly quorum?: string;
  readonly policy?: string;
  readonly maxAge?: string;
}

interface PatchOptions extends TrustOptions {
  readonly tufRoot?: string;
}

interface BundleOptions extends PatchOptions {
  readonly from: string;
  readonly output: string;
  readonly since?: string;
  readonly previous?: string;
}

interface Options extends PatchOptions {
  readonly state?: string;
  readonly document?: string;
  readonly quick?: boolean;
}

/** Where not all are looked at. */
const sampledReleases = 1024;
const rootHelp = 'the TUF root that is trusted, as it came by another way: the patches are verified too';
const remembered = z.object({ origin: z.string(), size: z.number(), root: z.string(), roles: z.record(z.string(), z.number()).optional() });
type State = z.infer<typeof remembered>;
const many = (value: string, before: string[] = []) => [...before, value];

/** `breakwater releases verify`: a stranger's check of a public tree, a mirror or one document, with no hub and no database. */
export function releasesCommands(program: Command): void {
  const group = program.commands.find((c) => c.name() === 'releases') ?? program.command('releases');
  const json = () => program.opts<{ json?: boolean }>().json ?? false;
  trusting(
    group
      .command('verify <where>')
      .description(
        'verify a public tree (URL or directory), or a document that has its .tlog-proof beside it, trusting nothing but the keys',
      )
      .option('--state <file>', 'what was seen the last time: a tree that goes back or aside is refused; kept for the next time')
      .option('--document <file>', 'a document that must be in the log')
      .option('--quick', 'the newest releases and a sample of the others, instead of all')
      .option('--tuf-root <file>', rootHelp),
  ).action(async (where: string, options: Options) => finish(await verify(where, options), json()));
  trusting(
    group
      .command('bundle')
      .description('verify a public tree and pack it into one file for a site without a network')
      .requiredOption('--from <where>', 'the public tree: URL or directory')
      .requiredOption('-o, --output <file>', 'the bundle')
      .option('--since <seq>', 'only what was released after this one')
      .option('--previous <file>', 'only what was released after this bundle was made')
      .option('--tuf-root <file>', `${rootHelp}; without it the bundle brings none`),
  ).action(async (options: BundleOptions) => finish(await bundle(options), json()));
  trusting(
    group
      .command('apply <bundle> <directory>')
      .description('verify a bundle, wholly and offline, and only then make or bring up to date the mirror in a directory')
      .option('--tuf-root <file>', rootHelp),
  ).action(async (file: string, dir: string, options: PatchOptions) => finish(await apply(file, dir, options), json()));
}

function trusting(command: Command): Command {
  return command
    .option('--key <verifier>', 'the key of the log (name+id+key), by a way that you trust; repeat for a key it had before', many)
    .option('--witness <verifier>', 'the key of a witness; repeatable', many)
    .option('--quorum <n>', 'how many of the witnesses must have cosigned (default: all that are named)')
    .option('--policy <file>', 'log, witnesses and quorum as a c2sp.org/tlog-policy file, instead of the three above')
    .option('--max-age <hours>', 'refuse a tree that nobody has called the newest for so long');
}

function trustOf({ key = [], witness = [], quorum, policy, maxAge }: TrustOptions): Trust | Refusal {
  const read = policy === undefined ? policyOf(key, witness, quorum) : readPolicy(policy);
  if (isRefusal(read)) return read;
  if (read.logs.length === 0) return refuse('malformed', 'which log is trusted? give its key', '--key');
  if (maxAge !== undefined && !(Number(maxAge) > 0)) return refuse('malformed', 'takes a number of hours', '--max-age');
  return { policy: read, now: clockOf(readConfig(process.env)).now(), maxAgeMs: maxAge === undefined ? null : Number(maxAge) * hour };
}

function bundleTrustOf({ tufRoot, ...options }: PatchOptions): BundleTrust | Refusal {
  const trust = trustOf(options);
  if (isRefusal(trust) || tufRoot === undefined) return trust;
  try {
    return { ...trust, tufRoot: readFileSync(tufRoot, 'utf8') };
  } catch (error) {
    return refuse('not_found', (error as Error).message, '--tuf-root');
  }
}

function policyOf(keys: readonly string[], witnesses: readonly string[], quorum: string | undefined): TlogPolicy | Refusal {
  const [logs, seen] = [keys.map(parseVerifierKey), witnesses.map(parseVerifierKey)];
  if (!logs.every((k) => k?.type === 'log')) return refuse('malformed', 'is no key of a log (name+id+key)', '--key');
  if (!seen.every((k) => k?.type === 'witness')) return refuse('malformed', 'is no key of a witness (name+id+key)', '--witness');
  const least = quorum === undefined ? seen.length : /^\d{1,4}$/.test(quorum) ? Number(quorum) : Number.NaN;
  if (!(least <= seen.length)) return refuse('malformed', 'is a number of the witnesses named', '--quorum');
  const known = (of: typeof logs) => of.map((key) => ({ key: key!, url: null }));
  return {
    logs: known(logs),
    witnesses: known(seen),
    quorum: quorumOf(
      least,
      seen.map((key) => key!),
    ),
  };
}

function readPolicy(file: string): TlogPolicy | Refusal {
  try {
    return parseTlogPolicy(readFileSync(file, 'utf8'));
  } catch (error) {
    return refuse('not_found', (error as Error).message, '--policy');
  }
}

async function verify(where: string, options: Options): Promise<Ending> {
  const trust = bundleTrustOf(options);
  if (isRefusal(trust)) return trust;
  if (!isUrl(where) && !existsSync(where)) return refuse('not_found', 'is not there', where);
  if (!isUrl(where) && statSync(where).isFile()) return isGzip(where) ? verifyBundled(where, trust) : verifyFile(where, trust);
  const before = options.state === undefined ? undefined : readState(options.state);
  if (isRefusal(before)) return before;
  const mirror = await mirrorOf(where);
  const verified = await verifyTree(mirror, {
    trust,
    remembered: before,
    sample: options.quick ? { releases: sampledReleases, chance: () => randomInt(2 ** 40) / 2 ** 40 } : undefined,
    document: options.document === undefined ? undefined : sha256(readFileSync(options.document)),
  });
  if (isRefusal(verified)) return verified;
  const patches = trust.tufRoot === undefined ? undefined : await verifyRepository(mirror, asOf(trust, trust.tufRoot, before));
  if (isRefusal(patches)) return patches;
  const { origin, size, root } = verified;
  const roles = patches && Object.fromEntries(patches.versions);
  if (options.state !== undefined) writeState(options.state, { origin, size, root, ...(roles ? { roles } : {}) });
  const said = patches ? `; ${patches.targets} targets of the repository of patches verify` : '';
  return { value: { ...verified, ...(patches ? { targets: patches.targets } : {}) }, text: `${sentence(verified)}${said}` };
}

function asOf({ now }: Trust, root: string, before: State | undefined) {
  return { root, now, isCarried: false, before: new Map(Object.entries(before?.roles ?? {})) };
}

function isGzip(file: string): boolean {
  const head = Buffer.alloc(2);
  const fd = openSync(file, 'r');
  readSync(fd, head, 0, 2, 0);
  closeSync(fd);
  return head[0] === 0x1f && head[1] === 0x8b;
}

async function verifyBundled(file: string, trust: BundleTrust): Promise<Ending> {
  const manifest = await verifyBundle(file, trust);
  if (isRefusal(manifest)) return manifest;
  const { origin, size, expiresAt } = manifest;
  return { value: manifest, text: `verifies: a bundle of all ${size} releases of ${origin}, to be used until ${expiresAt}` };
}

async function bundle({ from, output, since, previous, ...options }: BundleOptions): Promise<Ending> {
  const trust = bundleTrustOf(options);
  if (isRefusal(trust)) return trust;
  if (since !== undefined && !/^\d{1,15}$/.test(since)) return refuse('malformed', 'takes the number of a release', '--since');
  const base = since !== undefined ? { size: Number(since) } : previous !== undefined ? { file: previous } : undefined;
  const made = await makeBundle(await mirrorOf(from), base, output, trust);
  if (isRefusal(made)) return made;
  const of = made.base ? `releases ${made.base.size + 1} to ${made.size}` : `all ${made.size} releases`;
  return { value: made, text: `${output} holds ${of} of ${made.origin}, to be used until ${made.expiresAt}` };
}

async function apply(file: string, dir: string, options: PatchOptions): Promise<Ending> {
  const trust = bundleTrustOf(options);
  if (isRefusal(trust)) return trust;
  const applied = await applyBundle(file, dir, trust);
  if (isRefusal(applied)) return applied;
  return {
    value: applied,
    text: `${dir} is the tree of ${applied.size} releases of ${applied.origin}, to be used until ${applied.expiresAt}`,
  };
}

const isUrl = (where: string) => /^https?:\/\//.test(where);
const mirrorOf = async (where: string): Promise<Read> => (isUrl(where) ? mirrorAt(where) : mirrorIn(where));

async function verifyFile(file: string, trust: Trust): Promise<Ending> {
  const beside = `${file}.tlog-proof`;
  if (!existsSync(beside)) return refuse('not_found', 'a document is verified by the proof beside it, and there is none', beside);
  const verified = await verifyDocument(readFileSync(file), readFileSync(beside, 'utf8'), trust);
  if (isRefusal(verified)) return verified;
  const { id, version, path, size } = verified;
  return { value: verified, text: `verifies: ${id}, version ${version}, published as ${path}, in the log of ${size} releases` };
}

type Summary = Exclude<Awaited<ReturnType<typeof verifyTree>>, Refusal>;

function sentence(v: Summary): string {
  const seen = v.cosignatures.length
    ? `cosigned by ${v.cosignatures.map((c) => `${c.name} at ${c.at}`).join(', ')}`
    : 'no witness was asked for';
  const fresh = v.freshness === 'fresh' ? 'it is the newest as far as anybody trusted says' : 'could-not-tell whether it is the newest';
  const continues = v.continues === null ? '' : `, continuing the ${v.continues} seen before`;
  const document = v.document
    ? `; the document is ${v.document.id}, version ${v.document.version}${v.document.isReplaced ? ', replaced since' : ''}`
    : '';
  const of = v.checked === 'all' ? 'all' : `a sample of ${v.releases}`;
  return `${v.origin} verifies: ${v.size} releases${continues}, ${of} looked at, ${v.documents} documents, ${v.proofs} with a proof beside them; ${seen}; ${fresh}${document}`;
}

/** undefined the first time. */
function readState(file: string): State | undefined | Refusal {
  if (!existsSync(file)) return undefined;
  try {
    return remembered.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return refuse('malformed', 'is not what this command wrote; without it nobody can tell whether the log went back', file);
  }
}

function writeState(file: string, state: State): void {
  writeFileSync(`${file}.new`, `${JSON.stringify(state)}\n`, { flush: true });
  renameSync(`${file}.new`, file);
}
