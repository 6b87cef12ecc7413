import type { z } from 'zod';
import { sha256 } from '../../../base/canonical.ts';
import type { Instant } from '../../../base/instant.ts';
import { limits } from '../../../base/limits.ts';
import { isRefusal, type Refusal } from '../../../base/refusal.ts';
import { doubt, each, isPlainPath, type Read, settled, sure, textOf } from '../verifying/reading.ts';
import { type fileMeta, roleFiles, type SignedFile, signersAmong } from './files.ts';
import { tufTime } from './metadata.ts';
import { metadataPath, targetFilePath } from './repository.ts';
import { type Root, readRoot, signersOf } from './root.ts';

/** Versions that a client has trusted (TUF §5): nobody may take them back. */
export type Versions = ReadonlyMap<string, number>;

interface Asked {
  /** The root that came by another way. */
  readonly root: string;
  readonly now: Instant;
  /**
   * Of what is carried to a site without a network the timestamp is out of date when it arrives: how new it must be there is the log's word
   * on freshness to say. Every other role must still be good.
   */
  readonly isCarried: boolean;
  readonly before: Versions;
}

interface VerifiedRepository {
  /** Every file that was vouched for, by its path in the public tree. */
  readonly files: ReadonlySet<string>;
  readonly targets: number;
  readonly versions: Versions;
}

interface Walk extends Asked {
  readonly read: Read;
  readonly files: Set<string>;
  readonly targets: Set<string>;
  /** Of every targets role, what the snapshot says of it. */
  readonly meta: Readonly<Record<string, z.infer<typeof fileMeta>>>;
  readonly seen: Set<string>;
}

/** Files of targets that are read side by side. */
const atOnce = 8;

/**
 * A TUF repository below a public root, whole: the chain of roots from the trusted one, timestamp, snapshot, every role, every target
 * (TUF 1.0 §5.3–5.7). `untrusted` names what does not hold, `expired` what is too old, `not_found` that there is none.
 */
export function verifyRepository(read: Read, asked: Asked): Promise<VerifiedRepository | Refusal> {
  return settled(async () => {
    const files = new Set<string>();
    const root = await newestRoot(read, asked, files);
    const stamp = await fileFor('timestamp', root, { read, asked, files, path: metadataPath('timestamp', 0), of: undefined });
    const { 'snapshot.json': about } = stamp.signed.meta;
    const path = metadataPath('snapshot', about.version);
    const snapshot = await fileFor('snapshot', root, { read, asked, files, path, of: about });
    const { meta } = snapshot.signed;
    for (const [name, version] of asked.before) {
      const now = meta[`${name}.json`]?.version;
      if (now !== undefined && now < version) doubt(`went back from version ${version} to ${now}`, `${name}.json`);
    }
    const walk: Walk = { ...asked, read, files, targets: new Set(), meta, seen: new Set() };
    await walkTargets(walk, 'targets', signersOfRole(root, 'targets'), () => true);
    const versions = new Map(Object.entries(meta).map(([name, { version }]) => [name.replace(/\.json$/, ''), version]));
    versions.set('root', root.signed.version).set('timestamp', stamp.signed.version).set('snapshot', snapshot.signed.version);
    return { files, targets: walk.targets.size, versions };
  });
}

/** What a mirror that was verified before has come to; nothing where it has no repository. */
export async function versionsIn(read: Read): Promise<Versions> {
  const found = new Map<string, number>();
  const stamp = parsedFile('timestamp', await read(metadataPath('timestamp', 0), limits.publicFileBytes));
  if (!stamp) return found;
  found.set('timestamp', stamp.signed.version).set('snapshot', stamp.signed.meta['snapshot.json'].version);
  const path = metadataPath('snapshot', stamp.signed.meta['snapshot.json'].version);
  const snapshot = parsedFile('snapshot', await read(path, limits.publicFileBytes));
  for (const [name, { version }] of Object.entries(snapshot?.signed.meta ?? {})) found.set(name.replace(/\.json$/, ''), version);
  return found;
}

/** §5.3: from the trusted root to the newest, each signed by enough keys of the one before and of its own. */
async function newestRoot(read: Read, { root: text, now }: Asked, files: Set<string>): Promise<Root> {
  let trusted = sure(readRoot(text));
  mustBeSigned(trusted, trusted);
  for (let n = 0; ; n++) {
    const path = metadataPath('root', trusted.signed.version + 1);
    const bytes = await read(path, limits.tufRootBytes);
    if (isRefusal(bytes) && bytes.code === 'not_found') break;
    if (n === limits.tufRootsFollowed) doubt(`more than ${limits.tufRootsFollowed} roots follow the one that is trusted`, path);
    const next = sure(readRoot(textOf(sure(bytes), path)));
    if (next.signed.version !== trusted.signed.version + 1) doubt('is not the version that its name says', path);
    mustBeSigned(next, trusted);
    mustBeSigned(next, next);
    files.add(path);
    trusted = next;
  }
  // The trusted one itself, where the repository has it as it is.
  const own = rootName(sure(readRoot(text)));
  const bytes = await read(own, limits.tufRootBytes);
  if (!isRefusal(bytes) && sha256(bytes) === sha256(text)) files.add(own);
  mustBeGood(trusted.signed.expires, now, rootName(trusted));
  return trusted;
}

function mustBeSigned(of: Root, by: Root): void {
  const signers = signersOf(of, by.signed).length;
  const { threshold } = by.signed.roles.root;
  if (signers < threshold) doubt(`is signed by ${signers} of the ${threshold} keys that root ${by.signed.version} asks for`, rootName(of));
}

const rootName = (of: Root) => metadataPath('root', of.signed.version);

interface Signers {
  readonly keys: Root['signed']['keys'];
  readonly keyids: readonly string[];
  readonly threshold: number;
}

const signersOfRole = ({ signed }: Root, role: 'timestamp' | 'snapshot' | 'targets'): Signers => ({
  keys: signed.keys,
  ...signed.roles[role],
});

interface Place {
  readonly read: Read;
  readonly asked: Asked;
  readonly files: Set<string>;
  readonly path: string;
  /** What the file before it says of this one. */
  readonly of: z.infer<typeof fileMeta> | undefined;
}

async function fileFor<R extends 'timestamp' | 'snapshot'>(role: R, root: Root, place: Place): Promise<SignedFile<R>> {
  const file = await signedFile(role, signersOfRole(root, role), place);
  const { asked, path } = place;
  const least = asked.before.get(role) ?? 0;
  if (file.signed.version < least) doubt(`went back from version ${least} to ${file.signed.version}`, path);
  if (role === 'snapshot' || !asked.isCarried) mustBeGood(file.signed.expires, asked.now, path);
  return file;
}

async function signedFile<R extends keyof typeof roleFiles>(
  role: R,
  by: Signers,
  { read, files, path, of }: Place,
): Promise<SignedFile<R>> {
  const bytes = sure(await read(path, limits.publicFileBytes));
  if (of && (bytes.length !== of.length || sha256(bytes) !== of.hashes.sha256)) doubt('is not the file that was announced', path);
  const file = parsedFile(role, bytes) ?? doubt(`is no ${role} of a repository`, path);
  if (of && file.signed.version !== of.version) doubt('has another version than was announced', path);
  const signers = signersAmong(file, by.keys, by.keyids);
  if (signers < by.threshold) doubt(`is signed by ${signers} of the ${by.threshold} keys that may sign it`, path);
  files.add(path);
  return file;
}

function parsedFile<R extends keyof typeof roleFiles>(role: R, bytes: Uint8Array | Refusal): SignedFile<R> | undefined {
  if (isRefusal(bytes)) return undefined;
  try {
    return roleFiles[role].parse(JSON.parse(Buffer.from(bytes).toString('utf8'))) as SignedFile<R>;
  } catch {
    return undefined;
  }
}

/** §5.6 for every role and not only for one target: a mirror is right only if all of it is. */
async function walkTargets(walk: Walk, role: string, by: Signers, mayList: (path: string) => boolean): Promise<void> {
  const of = walk.meta[`${role}.json`] ?? doubt('is delegated to, and the snapshot does not name it', `${role}.json`);
  const path = metadataPath(role, of.version);
  const { signed } = await signedFile('targets', by, { ...walk, asked: walk, path, of });
  mustBeGood(signed.expires, walk.now, path);
  await each(Object.entries(signed.targets), atOnce, async ([target, { length, hashes }]) => {
    if (!isPlainPath(target) || !mayList(target)) doubt(`lists ${target}, for which nobody delegated to it`, path);
    const at = targetFilePath(target, hashes.sha256);
    const bytes = sure(await walk.read(at, limits.publicFileBytes));
    if (bytes.length !== length || sha256(bytes) !== hashes.sha256) doubt('is not the target that was signed', at);
    walk.targets.add(target);
    walk.files.add(at);
  });
  for (const { name, keyids, threshold, paths, path_hash_prefixes: prefixes } of signed.delegations?.roles ?? []) {
    if (walk.seen.has(name)) doubt(`is delegated to twice`, `${name}.json`);
    walk.seen.add(name);
    const covers = (target: string) =>
      prefixes ? prefixes.some((prefix) => sha256(target).startsWith(prefix)) : (paths ?? []).some((pattern) => isWithin(target, pattern));
    await walkTargets(walk, name, { keys: signed.delegations!.keys, keyids, threshold }, (target) => mayList(target) && covers(target));
  }
}

/** §4.5: `*` stands for anything but a slash. */
function isWithin(target: string, pattern: string): boolean {
  const [given, wanted] = [target.split('/'), pattern.split('/')];
  return given.length === wanted.length && wanted.every((part, i) => part === '*' || part === given[i]);
}

function mustBeGood(expires: string, now: Instant, path: string): void {
  if (expires <= tufTime(now)) doubt(`expired at ${expires}`, path);
}
