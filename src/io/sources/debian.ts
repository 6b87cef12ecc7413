import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256 } from '../../base/canonical.ts';
import type { Fetched, Source } from '../../base/doors.ts';
import { isRefusal, type Refusal, refuse } from '../../base/refusal.ts';
import { withFresh } from '../boxes/fresh.ts';
import { tool } from '../boxes/tool.ts';
import type { Trees } from '../boxes/trees.ts';
import type { Apt } from './apt.ts';
import { patchesUpTo, patchNames } from './series.ts';

type DebianSource = Extract<Source, { kind: 'debian' }>;

/** The minimal pair: upstream plus every patch before the one in question is the vulnerable tree, plus that one the fixed. */
export async function fetchDebian(dir: string, apt: Apt, trees: Trees, source: DebianSource): Promise<Fetched | Refusal> {
  return withUnpacked(dir, apt, source, async (at, archives) => {
    const failure = await applyPatches(at, source);
    if (failure) return failure;
    const tree = await trees.add(at);
    return isRefusal(tree) ? tree : { tree, archives: await digests(archives) };
  });
}

/** Each position of a version's patch series; before the first comes upstream's own. */
export async function debianPositions(dir: string, apt: Apt, { package: name, version }: DebianSource): Promise<DebianSource[] | Refusal> {
  return withUnpacked(dir, apt, { kind: 'debian', package: name, version }, async (at) => {
    const patches = patchNames(await seriesOf(at));
    if (isRefusal(patches)) return patches;
    const [first] = patches;
    const whole = { kind: 'debian', package: name, version } as const;
    if (first === undefined) return [whole];
    return [{ ...whole, patch: first, including: false }, ...patches.map((patch) => ({ ...whole, patch, including: true }))];
  });
}

/** What the archive has of a package, and what is kept of it here. */
export async function debianVersions(dir: string, apt: Apt, source: DebianSource): Promise<DebianSource[] | Refusal> {
  const { package: name, version } = source;
  const listed = await apt.versions(name, version);
  const names = await readdir(join(dir, 'archives')).catch(() => []);
  const kept = names.filter((n) => n.startsWith(`${name}_`)).map((n) => n.slice(name.length + 1).replaceAll('%3a', ':'));
  if (isRefusal(listed) && kept.length === 0) return listed;
  return [...new Set([...(isRefusal(listed) ? [] : listed), ...kept])].map((each) => ({ kind: 'debian', package: name, version: each }));
}

async function withUnpacked<T>(
  dir: string,
  apt: Apt,
  source: DebianSource,
  use: (at: string, archives: string) => Promise<T | Refusal>,
): Promise<T | Refusal> {
  const archives = join(dir, 'archives', `${source.package}_${source.version.replaceAll(':', '%3a')}`);
  await mkdir(join(dir, 'archives'), { recursive: true, mode: 0o700 });
  const names = await readdir(archives).catch(() => undefined);
  const failure = names ? undefined : await apt.download(source.package, source.version, archives);
  if (failure) return failure;
  return withFresh(dir, async (work) => {
    const description = (await readdir(archives)).find((name) => name.endsWith('.dsc'));
    if (!description) return refuse('untrusted', 'the archive sent no .dsc file');
    const to = join(work, 'tree');
    const end = await tool('dpkg-source', ['--skip-patches', '-x', join(archives, description), to]);
    return end.ok ? await use(to, archives) : refuse('untrusted', `dpkg-source: ${end.stderr.trim().slice(-500)}`);
  });
}

/** As dpkg-source chooses it: a series of the distribution's own goes first. */
async function seriesOf(tree: string): Promise<string> {
  const read = (name: string) => readFile(join(tree, 'debian', 'patches', name), 'utf8');
  return read('debian.series').catch(() => read('series').catch(() => ''));
}

async function applyPatches(to: string, source: DebianSource): Promise<Refusal | undefined> {
  const wanted = patchesUpTo(await seriesOf(to), source.patch, source.including ?? true);
  if (isRefusal(wanted)) return wanted;
  for (const name of wanted) {
    // As dpkg-source itself applies them: no fuzz, never reversed, never asking.
    const args = [
      '-d',
      to,
      '-p1',
      '-F',
      '0',
      '-N',
      '-t',
      '-s',
      '-u',
      '-V',
      'never',
      '-E',
      '--no-backup-if-mismatch',
      '-i',
      join(to, 'debian', 'patches', name),
    ];
    const applied = await tool('patch', args);
    if (!applied.ok)
      return refuse('untrusted', `the patch ${name} does not apply: ${(applied.stdout + applied.stderr).trim().slice(-500)}`);
  }
  return undefined;
}

async function digests(archives: string): Promise<Fetched['archives']> {
  const names = (await readdir(archives)).sort();
  return Promise.all(
    names.map(async (name) => ({ name, sha256: sha256(await readFile(join(archives, name))), checkedBy: 'apt' as const })),
  );
}
