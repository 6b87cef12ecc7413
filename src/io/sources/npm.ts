import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256 } from '../../base/canonical.ts';
import type { Fetched, Source } from '../../base/doors.ts';
import { isRefusal, type Refusal, refuse } from '../../base/refusal.ts';
import { tool } from '../boxes/tool.ts';
import type { Trees } from '../boxes/trees.ts';

type NpmSource = Extract<Source, { kind: 'npm' }>;
type Archive = Fetched['archives'][number];
interface Locked {
  readonly version?: string;
  readonly integrity?: string;
}

const installMs = 5 * 60 * 1000;

/** The package with everything it depends on, as `node_modules`; no script of any of them runs. */
export async function fetchNpm(dir: string, trees: Trees, source: NpmSource): Promise<Fetched | Refusal> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const work = await mkdtemp(join(dir, 'install-'));
  const cache = join(dir, 'npm-cache');
  try {
    await writeFile(join(work, 'package.json'), '{"private":true}');
    const end = await npm(work, cache, ['install', '--save-exact', `${source.package}@${source.version}`]);
    if (!end.ok) return whyFailed(source, end.stderr);
    const archives = await checkedArchives(work, cache, source);
    if (isRefusal(archives)) return archives;
    // They name the registry that was asked; the same package from another mirror must be the same tree.
    for (const lock of ['package-lock.json', 'node_modules/.package-lock.json']) await rm(join(work, lock), { force: true });
    const tree = await trees.add(work);
    return isRefusal(tree) ? tree : { tree, archives };
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** The versions that the registry has today, in no order. */
export async function npmVersions(dir: string, source: NpmSource): Promise<NpmSource[] | Refusal> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const end = await npm(dir, join(dir, 'npm-cache'), ['view', source.package, 'versions', '--json']);
  if (!end.ok) return whyFailed(source, end.stderr);
  const versions: unknown = JSON.parse(end.stdout || '[]');
  const texts = (Array.isArray(versions) ? versions : [versions]).filter((text): text is string => typeof text === 'string');
  return texts.map((version) => ({ kind: 'npm', package: source.package, version }));
}

function npm(cwd: string, cache: string, args: readonly string[]) {
  const quiet = [
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--no-update-notifier',
    '--no-bin-links',
    '--install-links',
    '--cache',
    cache,
  ];
  return tool('npm', [...args, ...quiet], { cwd, env: process.env, timeoutMs: installMs });
}

function whyFailed(source: NpmSource, said: string): Refusal {
  const named = `${source.package}@${source.version}`;
  if (/\bE404\b|ETARGET|ENOVERSIONS/.test(said))
    return refuse('not_found', `the registry no longer has ${named}: ${lastLines(said)}`, 'version');
  if (/EINTEGRITY/.test(said)) return refuse('untrusted', `what the registry sent for ${named} is not what it announced`);
  return refuse('unavailable', `npm cannot install ${named}: ${lastLines(said)}`);
}

const lastLines = (said: string) =>
  said
    .split('\n')
    .filter((line) => line.startsWith('npm error'))
    .map((line) => line.slice(10))
    .join('\n')
    .slice(0, 300);

/** npm has checked every archive against the lock; we check again what lies in its cache, and take our own digest of it. */
async function checkedArchives(work: string, cache: string, source: NpmSource): Promise<Archive[] | Refusal> {
  const lock = JSON.parse(await readFile(join(work, 'package-lock.json'), 'utf8')) as { packages: Record<string, Locked> };
  const main = lock.packages[`node_modules/${source.package}`];
  if (!main || main.version !== source.version) return refuse('untrusted', `the registry sent version ${main?.version ?? 'none'}`);
  if (source.integrity && main.integrity !== source.integrity)
    return refuse('untrusted', `the registry announces ${main.integrity}, the recipe asks for ${source.integrity}`, 'integrity');
  const archives: Archive[] = [];
  for (const [path, { version, integrity }] of Object.entries(lock.packages)) {
    if (path === '') continue;
    const bytes = await cachedArchive(cache, integrity);
    if (!bytes) return refuse('untrusted', `${path} has no archive whose hash could be checked`);
    const name = `${path.slice(path.lastIndexOf('node_modules/') + 13)}@${version}`;
    archives.push({ name, sha256: sha256(bytes), checkedBy: 'npm-integrity' });
  }
  return archives.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** npm's cache files an archive under its own hash: _cacache/content-v2/sha512/ab/cd/…. */
async function cachedArchive(cache: string, integrity: string | undefined): Promise<Buffer | undefined> {
  const match = /(?:^|\s)(sha512|sha1)-([A-Za-z0-9+/=]+)/.exec(integrity ?? '');
  if (match?.[1] !== 'sha512') return undefined;
  const hex = Buffer.from(match[2]!, 'base64').toString('hex');
  const bytes = await readFile(join(cache, '_cacache/content-v2/sha512', hex.slice(0, 2), hex.slice(2, 4), hex.slice(4))).catch(
    () => undefined,
  );
  return bytes && createHash('sha512').update(bytes).digest('hex') === hex ? bytes : undefined;
}
