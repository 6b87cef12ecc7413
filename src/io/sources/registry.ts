import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { digestOf } from '../../base/canonical.ts';
import type { Fetched, Source, Sources } from '../../base/doors.ts';
import { isRefusal, type Refusal } from '../../base/refusal.ts';
import type { Trees } from '../boxes/trees.ts';
import { Apt } from './apt.ts';
import { fetchDebian } from './debian.ts';
import { checkSource } from './names.ts';
import { fetchNpm } from './npm.ts';

interface RegistryOptions {
  readonly dir: string;
  /** The same store that the box mounts from. */
  readonly trees: Trees;
}

/** Debian's archive and npm's registry, by the machine's own clients and configuration. What was fetched once needs no network again. */
export function registrySources({ dir, trees }: RegistryOptions): Sources {
  const apt = new Apt(join(dir, 'apt'));
  const underWay = new Map<string, Promise<Fetched | Refusal>>();
  const fetchNow = async (source: Source, file: string): Promise<Fetched | Refusal> => {
    const known = await remembered(file);
    if (known && (await trees.has(known.tree))) return known;
    const fetched = source.kind === 'debian' ? await fetchDebian(dir, apt, trees, source) : await fetchNpm(dir, trees, source);
    if (!isRefusal(fetched)) await remember(file, fetched);
    return fetched;
  };
  return {
    read: (tree, path) => trees.read(tree, path),
    fetch: async (source) => {
      const bad = checkSource(source);
      if (bad) return bad;
      await mkdir(join(dir, 'requests'), { recursive: true, mode: 0o700 });
      const key = digestOf(source);
      const running = underWay.get(key) ?? fetchNow(source, join(dir, 'requests', `${key}.json`)).finally(() => underWay.delete(key));
      underWay.set(key, running);
      return running;
    },
  };
}

async function remembered(file: string): Promise<Fetched | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as Fetched);
}

async function remember(file: string, fetched: Fetched): Promise<void> {
  const fresh = `${file}.${process.pid}`;
  await writeFile(fresh, JSON.stringify(fetched));
  await rename(fresh, file);
}
