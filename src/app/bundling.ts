import { createReadStream, existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { link, mkdir, mkdtemp, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { finished } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { limits } from '../base/limits.ts';
import { isRefusal, type Refusal, refuse } from '../base/refusal.ts';
import { type Manifest, manifestBytes, manifestPath, parseManifest } from '../clearinghouse/releases/bundles/manifest.ts';
import { readTar, tarEnd, tarHeader, tarPadding } from '../clearinghouse/releases/bundles/tar.ts';
import { changedTiles } from '../clearinghouse/releases/log/tiles.ts';
import { type Versions, verifyRepository, versionsIn } from '../clearinghouse/releases/repository/verify.ts';
import { readFreshness, signedHead, type Trust } from '../clearinghouse/releases/verifying/head.ts';
import { doubt, type Read, settled, sure, textOf } from '../clearinghouse/releases/verifying/reading.ts';
import { type Remembered, verifyNamed } from '../clearinghouse/releases/verifying/verify.ts';
import { mirrorIn } from './mirror.ts';

const everything = { sample: undefined, document: undefined };
const bounds = { files: limits.bundleFiles, bytes: limits.bundleBytes, fileBytes: limits.publicFileBytes };

/** What a tree looked like that a bundle is to go on from: its size, or a bundle that was made of it. */
type Since = { readonly size: number } | { readonly file: string } | undefined;

/** What a tree is verified by: its log, and with a root that is trusted the repository of patches too. */
export interface BundleTrust extends Trust {
  /** A TUF root, as it came by another way. */
  readonly tufRoot?: string | undefined;
}

/** Verifies a public tree and packs what was verified, nothing else, into one file; the same tree gives the same bytes, whoever packs it. */
export function makeBundle(read: Read, since: Since, to: string, trust: BundleTrust): Promise<Manifest | Refusal> {
  return settled(async () => {
    const paths = new Set<string>();
    const recording: Read = async (path, maxBytes) => {
      const found = await read(path, maxBytes);
      if (!isRefusal(found)) paths.add(path);
      return found;
    };
    const { summary, named, targets, tree } = sure(await verifyNamed(recording, { trust, remembered: undefined, ...everything }));
    for (const path of await patchesIn(read, trust, new Map())) paths.add(path);
    const { origin, size, root } = summary;
    const word = sure(await read('freshness', limits.checkpointBytes));
    const { expiresAt } = readFreshness(textOf(word, 'freshness'), trust.policy);
    const from = since === undefined ? 0 : 'size' in since ? since.size : sure(await manifestOf(since.file)).size;
    if (from > size) sure(refuse('stale', `this tree has ${size} releases, and the bundle was to go on from ${from}`));
    const base = since === undefined ? null : { size: from, root: (await tree.rootAt(from)).toString('base64') };
    const tiles = new Set(changedTiles(from, size).written.map((tile) => tile.path));
    const isNew = (path: string) => {
      if (path === 'checkpoint' || path === 'freshness' || tiles.has(path)) return true;
      // Roles are small and change with every release; a target that no release names is nobody's to leave out.
      const targetIndex = path.startsWith('tuf/') ? (targets.get(path) ?? from) : -1;
      const about = named.get(path.replace(/\.tlog-proof$/, ''));
      return targetIndex >= from || (about !== undefined && about.index >= from);
    };
    const manifest: Manifest = { type: 'breakwater.bundle/1', origin, size, root, expiresAt, base };
    await pack(read, manifest, [...paths].filter(isNew).sort(), to);
    return manifest;
  });
}

/** Every file of the repository of patches, verified; none where no root is trusted. */
async function patchesIn(read: Read, { tufRoot, now }: BundleTrust, before: Versions): Promise<ReadonlySet<string>> {
  return tufRoot === undefined ? new Set() : sure(await verifyRepository(read, { root: tufRoot, now, isCarried: true, before })).files;
}

async function pack(read: Read, manifest: Manifest, paths: readonly string[], to: string): Promise<void> {
  const file = await open(`${to}.new`, 'w');
  const zip = createGzip({ level: 9 });
  const written = finished(zip.pipe(file.createWriteStream({ flush: true })));
  const put = async (path: string, bytes: Uint8Array) => {
    for (const part of [tarHeader(path, bytes.length), bytes, tarPadding(bytes.length)])
      if (part.length > 0 && !zip.write(part)) await new Promise((drained) => zip.once('drain', drained));
  };
  await put(manifestPath, manifestBytes(manifest));
  for (const path of paths) await put(path, sure(await read(path, limits.publicFileBytes)));
  zip.end(tarEnd);
  await written;
  await rename(`${to}.new`, to);
}

/** Verifies a bundle, with the mirror that it goes on from, and only then puts the whole new mirror in the old one's place. */
export function applyBundle(file: string, into: string, trust: BundleTrust): Promise<Manifest | Refusal> {
  return settled(async () => {
    const dir = resolve(into);
    mend(dir);
    const staged = `${dir}.incoming`;
    await rm(staged, { recursive: true, force: true });
    try {
      const manifest = sure(await unpack(file, staged));
      const before = existsSync(join(dir, 'checkpoint')) ? headIn(dir, await readFile(join(dir, 'checkpoint')), trust) : undefined;
      const { base } = manifest;
      if (base && (before?.size !== base.size || before.root !== base.root))
        sure(
          refuse(
            'wrong_state',
            `this bundle goes on from the tree of ${base.size} releases, and here is ${before ? `one of ${before.size}` : 'none'}`,
          ),
        );
      const [fresh, old] = [mirrorIn(staged), mirrorIn(dir)];
      const used = new Map<string, From>();
      const overlay: Read = async (path, maxBytes) => {
        const { from, found } = await readOver(fresh, base ? old : undefined, path, maxBytes);
        if (!isRefusal(found)) used.set(path, from);
        return found;
      };
      const { summary } = sure(await verifyNamed(overlay, { trust, remembered: before, ...everything }));
      if (summary.size !== manifest.size || summary.root !== manifest.root || summary.origin !== manifest.origin)
        sure(refuse('untrusted', 'is of another tree than what lies with it', manifestPath));
      if (summary.freshness !== 'fresh') sure(refuse('untrusted', 'the log has not said until when this bundle may be used', 'freshness'));
      const staging = filesIn(staged);
      const patches = staging.some(isOfPatches) ? await patchesOver(fresh, old, base !== null, trust) : keptPatches(dir);
      for (const [path, from] of patches) used.set(path, from);
      for (const path of staging) if (!used.has(path)) sure(refuse('untrusted', 'nothing vouches for this file', path));
      for (const [path, from] of used) {
        if (from === 'staged') continue;
        await mkdir(dirname(join(staged, path)), { recursive: true });
        await link(join(dir, path), join(staged, path));
      }
      swap(staged, dir);
      return manifest;
    } finally {
      await rm(staged, { recursive: true, force: true });
    }
  });
}

/** A bundle by itself, as a site without a mirror would take it; one that goes on from another tree only tells with that. */
export async function verifyBundle(file: string, trust: BundleTrust): Promise<Manifest | Refusal> {
  const dir = await mkdtemp(join(tmpdir(), 'breakwater-bundle-'));
  try {
    return await applyBundle(file, join(dir, 'mirror'), trust);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

type From = 'staged' | 'old';

async function readOver(fresh: Read, old: Read | undefined, path: string, maxBytes: number) {
  const found = await fresh(path, maxBytes);
  const isAbsent = isRefusal(found) && found.code === 'not_found' && old !== undefined;
  return isAbsent ? { from: 'old' as const, found: await old(path, maxBytes) } : { from: 'staged' as const, found };
}

const isOfPatches = (path: string) => path.startsWith('tuf/');

async function patchesOver(fresh: Read, old: Read, isDelta: boolean, trust: BundleTrust): Promise<ReadonlyMap<string, From>> {
  if (trust.tufRoot === undefined) doubt('this bundle brings patches: which root of theirs is trusted? (--tuf-root)', 'tuf');
  const from = new Map<string, From>();
  const over: Read = async (path, maxBytes) => {
    const read = await readOver(fresh, isDelta ? old : undefined, path, maxBytes);
    from.set(path, read.from);
    return read.found;
  };
  const files = await patchesIn(over, trust, await versionsIn(old));
  return new Map([...files].map((path) => [path, from.get(path)!]));
}

/** A bundle without patches takes none away: they were verified when they came. */
function keptPatches(dir: string): ReadonlyMap<string, From> {
  return new Map((existsSync(dir) ? filesIn(dir) : []).filter(isOfPatches).map((path) => [path, 'old']));
}

/** Into an empty directory of its own, which is not the mirror. */
async function unpack(file: string, staged: string): Promise<Manifest | Refusal> {
  let manifest: Manifest | undefined;
  for await (const one of filesOf(file)) {
    if (isRefusal(one)) return one;
    if (!manifest) {
      const parsed = one.path === manifestPath ? parseManifest(one.bytes) : refuse('malformed', 'is no bundle of a log of releases', file);
      if (isRefusal(parsed)) return parsed;
      manifest = parsed;
      continue;
    }
    await mkdir(dirname(join(staged, one.path)), { recursive: true });
    await writeFile(join(staged, one.path), one.bytes, { flag: 'wx', flush: true });
  }
  return manifest ?? refuse('malformed', 'the archive is empty', file);
}

async function manifestOf(file: string): Promise<Manifest | Refusal> {
  for await (const one of filesOf(file)) return isRefusal(one) ? one : parseManifest(one.bytes);
  return refuse('malformed', 'the archive is empty', file);
}

async function* filesOf(file: string): ReturnType<typeof readTar> {
  const source = createReadStream(file);
  const inflated = source.pipe(createGunzip());
  source.on('error', (error) => inflated.destroy(error));
  try {
    yield* readTar(inflated, bounds);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    yield refuse(code === 'ENOENT' ? 'not_found' : 'malformed', message, file);
  } finally {
    source.destroy();
    inflated.destroy();
  }
}

function headIn(dir: string, checkpoint: Uint8Array, trust: Trust): Remembered {
  const { logs, witnesses } = trust.policy;
  // What lies here was verified when it came; here it is only asked what it is.
  const { origin, size, root } = signedHead(textOf(checkpoint, dir), {
    ...trust,
    policy: { logs, witnesses, quorum: { least: 0, of: [] } },
  });
  return { origin, size, root: root.toString('base64') };
}

function filesIn(dir: string): string[] {
  const found = readdirSync(dir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return found.map((entry) => join(entry.parentPath, entry.name).slice(dir.length + 1));
}

/** A reader sees the old mirror whole, for a moment none, then the new one whole. */
function swap(staged: string, dir: string): void {
  if (existsSync(dir)) renameSync(dir, `${dir}.outgoing`);
  renameSync(staged, dir);
  rmSync(`${dir}.outgoing`, { recursive: true, force: true });
}

/** After a death between the two names: the old mirror goes back to its place; after one behind them, what was left of it goes. */
function mend(dir: string): void {
  const outgoing = join(dirname(dir), `${basename(dir)}.outgoing`);
  if (!existsSync(outgoing)) return;
  if (existsSync(dir)) rmSync(outgoing, { recursive: true, force: true });
  else renameSync(outgoing, dir);
}
