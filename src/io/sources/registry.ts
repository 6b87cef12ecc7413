import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { digestOf } from '../../base/canonical.ts';
import type { Fetched, Source, Sources } from '../../base/doors.ts';
import { isRefusal, type Refusal, refuse } from '../../base/refusal.ts';
import type { Trees } from '../boxes/trees.ts';
import { Apt } from './apt.ts';
import { debianPositions, debianVersions, fetchDebian } from './debian.ts';
import { between, type CompareVersions, inOrder } from './history.ts';
import { checkSource } from './names.ts';
import { fetchNpm, npmVersions } from './npm.ts';

interface RegistryOptions {
  readonly dir: string;
  /** The same store that the box mounts from. */
  readonly trees: Trees;
  /** The house's own order of versions: no registry tells it. */
  readonly compare: CompareVersions;
}

/** Debian's archive and npm's registry, by the machine's own clients and configuration. What was fetched once needs no network again. */
export function registrySources({ dir, trees, compare }: RegistryOptions): Sources {
  const apt = new Apt(join(dir, 'apt'));
  const underWay = new Map<string, Promise<Fetched | Refusal>>();
  const fetchKind = async (source: Source): Promise<Fetched | Refusal> => {
    if (source.kind === 'debian') return fetchDebian(dir, apt, trees, source);
    if (source.kind === 'npm') return fetchNpm(dir, trees, source);
    return refuse('unsupported', `a ${source.kind} source cannot be fetched yet`, 'kind');
  };
  const fetchNow = async (source: Source, file: string): Promise<Fetched | Refusal> => {
    const known = await remembered(file);
    if (known && (await trees.has(known.tree))) return known;
    const fetched = await fetchKind(source);
    if (!isRefusal(fetched)) await remember(file, fetched);
    return fetched;
  };
  const lineOf = async (source: Source, until: Source | undefined): Promise<readonly Source[] | Refusal> => {
    const other = until ?? source;
    if (source.kind === 'debian' && other.kind === 'debian') {
      if (other.version === source.version && (source.patch !== undefined || !until)) return debianPositions(dir, apt, source);
      const found = await debianVersions(dir, apt, other);
      return isRefusal(found) ? found : inOrder(found, until ? [source, other] : [source], compare);
    }
    if (source.kind === 'npm' && other.kind === 'npm') {
      const found = await npmVersions(dir, source);
      return isRefusal(found) ? found : inOrder(found, until ? [source, other] : [source], compare);
    }
    return refuse('unsupported', `a ${source.kind} source has no history yet`, 'kind');
  };
  return {
    history: async (source, until) => {
      const bad = checkSource(source) ?? (until && checkSource(until));
      if (bad) return bad;
      if (until && !isSameLine(source, until))
        return refuse('conflict', 'two sources of different things have no line between them', 'until');
      const line = await lineOf(source, until);
      return isRefusal(line) ? line : between(line, source, until);
    },
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

function isSameLine(a: Source, b: Source): boolean {
  const nameOf = (source: Source) => ('package' in source ? source.package : source.url);
  return a.kind === b.kind && nameOf(a) === nameOf(b);
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
