import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { sha256 } from '../../base/canonical.ts';
import type { Fetched, Source } from '../../base/doors.ts';
import { isRefusal, type Refusal, refuse } from '../../base/refusal.ts';
import { withFresh } from '../boxes/fresh.ts';
import { tool } from '../boxes/tool.ts';
import type { Trees } from '../boxes/trees.ts';
import { type Locked, portableLock, readLock } from './npm-lock.ts';
import { stopOfFetch } from './stopping.ts';
import { unpack } from './unpack/unpack.ts';

type NpmSource = Extract<Source, { kind: 'npm' }>;
type Archive = Fetched['archives'][number];

const installMs = 5 * 60 * 1000;
const specsAtOnce = 100;

/**
 * The package with everything it depends on, as `node_modules`. npm finds and fetches; laid down is by us, from archives whose hashes were checked:
 * no script runs, no archive can be a bomb, and with a lock whose archives are here no registry is asked.
 */
export async function fetchNpm(dir: string, trees: Trees, source: NpmSource): Promise<Fetched | Refusal> {
  return withFresh(dir, async (fresh) => {
    const lock = source.lock ?? (await resolved(fresh, dir, source));
    if (isRefusal(lock)) return lock;
    const packages = readLock(lock, source);
    if (isRefusal(packages)) return packages;
    const failure = await haveArchives(dir, source, packages);
    if (failure) return failure;
    const at = join(fresh, 'tree');
    const archives = await laidDown(dir, at, packages);
    if (isRefusal(archives)) return archives;
    const tree = await trees.add(at);
    return isRefusal(tree) ? tree : { tree, archives };
  });
}

/** With what the registry offers today written down: its integrity, and a lock of everything it depends on. */
export async function pinNpm(dir: string, source: NpmSource): Promise<NpmSource | Refusal> {
  return withFresh(dir, async (fresh) => {
    const found = await resolved(fresh, dir, source);
    const lock = isRefusal(found) ? found : portableLock(found);
    if (isRefusal(lock)) return lock;
    const packages = readLock(lock, source);
    if (isRefusal(packages)) return packages;
    const { integrity } = packages.find(({ path }) => path === `node_modules/${source.package}`)!;
    return { ...source, integrity, lock };
  });
}

/** The versions that the registry has today, in no order. */
export async function npmVersions(dir: string, source: NpmSource): Promise<NpmSource[] | Refusal> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const end = await npm(dir, dir, ['view', source.package, 'versions', '--json']);
  if (!end.ok) return whyFailed(source, end.stderr);
  const versions: unknown = JSON.parse(end.stdout || '[]');
  const texts = (Array.isArray(versions) ? versions : [versions]).filter((text): text is string => typeof text === 'string');
  return texts.map((version) => ({ kind: 'npm', package: source.package, version }));
}

/** The lock that npm would install by today. Nothing is unpacked for it. */
async function resolved(fresh: string, dir: string, source: NpmSource): Promise<string | Refusal> {
  await writeFile(join(fresh, 'package.json'), '{"private":true}');
  const asked = ['install', '--package-lock-only', '--lockfile-version=3', '--save-exact', `${source.package}@${source.version}`];
  let end = await npm(fresh, dir, [...asked, '--prefer-offline']);
  // What it remembers of the registry may be older than the version.
  if (!end.ok && isGone(end.stderr)) end = await npm(fresh, dir, asked);
  return end.ok ? await readFile(join(fresh, 'package-lock.json'), 'utf8') : whyFailed(source, end.stderr);
}

/** Only what is not in npm's cache yet is asked for; the cache files an archive under its own hash and is shared by all fetches. */
async function haveArchives(dir: string, source: NpmSource, packages: readonly Locked[]): Promise<Refusal | undefined> {
  const missing: Locked[] = [];
  for (const each of packages) if (!(await cachedArchive(dir, each))) missing.push(each);
  const specs = [...new Set(missing.map(({ name, version }) => `${name}@${version}`))];
  for (let at = 0; at < specs.length; at += specsAtOnce) {
    const end = await npm(dir, dir, ['cache', 'add', ...specs.slice(at, at + specsAtOnce), '--prefer-offline']);
    if (!end.ok) return whyFailed(source, end.stderr);
  }
  for (const each of missing)
    if (!(await cachedArchive(dir, each)))
      return refuse('untrusted', `the registry has another ${each.name}@${each.version} than the one with the hash asked for`, 'integrity');
  return undefined;
}

async function laidDown(dir: string, to: string, packages: readonly Locked[]): Promise<Archive[] | Refusal> {
  const archives: Archive[] = [];
  const used = { files: 0, bytes: 0 };
  for (const each of packages) {
    const archive = await cachedArchive(dir, each);
    if (!archive) return refuse('unavailable', `${each.name}@${each.version} went missing from the cache`);
    const at = join(to, each.path);
    // What a package bundles of the same name gives way; its own archive holds no links that could lead elsewhere.
    await rm(at, { recursive: true, force: true });
    const failure = (await parentOf(at)) ?? (await unpack(archive.path, at, { strip: 1, links: 'skipped', used }));
    if (failure) return refuse(failure.code, `${each.name}@${each.version}: ${failure.because}`, failure.at);
    archives.push({ name: `${each.name}@${each.version}`, sha256: archive.sha256, checkedBy: 'npm-integrity' });
  }
  return archives.sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function parentOf(at: string): Promise<Refusal | undefined> {
  try {
    await mkdir(dirname(at), { recursive: true, mode: 0o755 });
    return undefined;
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOTDIR' || code === 'EEXIST') return refuse('malformed', 'another package has a file where its folder should be');
    throw cause;
  }
}

function npm(cwd: string, dir: string, args: readonly string[]) {
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--no-update-notifier', '--cache', join(dir, 'npm-cache')];
  // By itself it waits a minute and more for a registry that is not there.
  const patience = ['--fetch-retries=2', '--fetch-retry-mintimeout=500', '--fetch-retry-maxtimeout=2000'];
  return tool('npm', [...args, ...quiet, ...patience], { cwd, env: process.env, timeoutMs: installMs, signal: stopOfFetch() });
}

const isGone = (said: string) => /\bE404\b|ETARGET|ENOVERSIONS/.test(said);

function whyFailed(source: NpmSource, said: string): Refusal {
  const named = `${source.package}@${source.version}`;
  if (isGone(said)) return refuse('not_found', `the registry no longer has ${named}, or something it needs: ${lastLines(said)}`, 'version');
  if (/EINTEGRITY/.test(said)) return refuse('untrusted', `what the registry sent for ${named} is not what it announced`);
  if (/ENOENT$/.test(said.trim())) return refuse('unavailable', 'npm is missing: apt-get install -y npm');
  return refuse('unavailable', `npm cannot fetch ${named}: ${lastLines(said)}`);
}

const lastLines = (said: string) =>
  said
    .split('\n')
    .filter((line) => line.startsWith('npm error'))
    .map((line) => line.slice(10))
    .join('\n')
    .slice(0, 300);

/** npm's cache files an archive under its own hash (_cacache/content-v2/sha512/ab/cd/…); it is hashed again each time it is used. */
async function cachedArchive(dir: string, { integrity }: Locked): Promise<{ path: string; sha256: string } | undefined> {
  const hex = Buffer.from(integrity.slice('sha512-'.length), 'base64').toString('hex');
  const path = join(dir, 'npm-cache/_cacache/content-v2/sha512', hex.slice(0, 2), hex.slice(2, 4), hex.slice(4));
  const bytes = await readFile(path).catch(() => undefined);
  if (!bytes || createHash('sha512').update(bytes).digest('hex') !== hex) return undefined;
  return { path, sha256: sha256(bytes) };
}
