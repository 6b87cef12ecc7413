import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256 } from '../../base/canonical.ts';
import type { Fetched, Source } from '../../base/doors.ts';
import { isRefusal, type Refusal, refuse } from '../../base/refusal.ts';
import { tool } from '../boxes/tool.ts';
import type { Trees } from '../boxes/trees.ts';
import type { Apt } from './apt.ts';
import { patchesUpTo } from './series.ts';

type DebianSource = Extract<Source, { kind: 'debian' }>;

/** The minimal pair: upstream plus every patch before the one in question is the vulnerable tree, plus that one the fixed. */
export async function fetchDebian(dir: string, apt: Apt, trees: Trees, source: DebianSource): Promise<Fetched | Refusal> {
  const archives = join(dir, 'archives', `${source.package}_${source.version.replace(':', '%3a')}`);
  await mkdir(join(dir, 'archives'), { recursive: true, mode: 0o700 });
  const names = await readdir(archives).catch(() => undefined);
  const failure = names ? undefined : await apt.download(source.package, source.version, archives);
  if (failure) return failure;
  const work = await mkdtemp(join(dir, 'unpack-'));
  try {
    const unpacked = await unpack(archives, join(work, 'tree'), source);
    if (unpacked) return unpacked;
    const tree = await trees.add(join(work, 'tree'));
    return isRefusal(tree) ? tree : { tree, archives: await digests(archives) };
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function unpack(archives: string, to: string, source: DebianSource): Promise<Refusal | undefined> {
  const description = (await readdir(archives)).find((name) => name.endsWith('.dsc'));
  if (!description) return refuse('untrusted', 'the archive sent no .dsc file');
  const end = await tool('dpkg-source', ['--skip-patches', '-x', join(archives, description), to]);
  if (!end.ok) return refuse('untrusted', `dpkg-source: ${end.stderr.trim().slice(-500)}`);
  const patches = join(to, 'debian', 'patches');
  const series = await readFile(join(patches, 'series'), 'utf8').catch(() => '');
  const wanted = patchesUpTo(series, source.patch, source.including);
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
      join(patches, name),
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
