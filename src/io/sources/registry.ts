import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { digestOf } from '../../base/canonical.ts';
import type { Fetched, Source, Sources } from '../../base/doors.ts';
import { isRefusal, type Refusal, refuse } from '../../base/refusal.ts';
import type { Trees } from '../boxes/trees.ts';
import { Apt } from './apt.ts';
import { fetchArchive } from './archive.ts';
import { debianPositions, debianVersions, fetchDebian } from './debian.ts';
import { Files } from './files.ts';
import { fetchGit, gitCommits } from './git.ts';
import { between, type CompareVersions, inOrder } from './history.ts';
import { checkSource } from './names.ts';
import { fetchNpm, npmVersions, pinNpm } from './npm.ts';
import { pipIndex } from './pip.ts';
import { fetchPypi, type Index, pinPypi, pypiVersions } from './pypi.ts';
import { Shared } from './stopping.ts';

interface RegistryOptions {
  readonly dir: string;
  /** The same store that the box mounts from. */
  readonly trees: Trees;
  /** The house's own order of versions: no registry tells it. */
  readonly compare: CompareVersions;
  /** Addresses and blocks of one's own network that a recipe may name. */
  readonly own?: readonly string[];
  /** Whether a recipe may name repositories on this machine's own disk. */
  readonly files?: boolean;
  /** The index of Python packages; otherwise the one that this machine's pip uses. */
  readonly pypiIndex?: string;
  /** apt's own configuration, of this machine or another. */
  readonly aptDir?: string;
}

export interface RegistrySources extends Sources {
  /** The source with everything that decides what it is written down, as the registry has it today. */
  pin(source: Source): Promise<Source | Refusal>;
  /** Keeps an archive that somebody has, so that no recipe that names it by its digest asks for it elsewhere. Its SHA-256. */
  handIn(path: string): Promise<string | Refusal>;
}

/** Debian's archive, npm's registry, a Python index, git, archives. What was fetched once needs no network again. */
export function registrySources(options: RegistryOptions): RegistrySources {
  const registries = new Registries(options);
  const { dir, trees } = options;
  const shared = new Shared<Fetched>();
  const fetchNow = async (source: Source, file: string): Promise<Fetched | Refusal> => {
    const known = await remembered(file);
    if (known && (await trees.has(known.tree))) return known;
    const fetched = await registries.fetch(source);
    if (!isRefusal(fetched)) await remember(file, fetched);
    return fetched;
  };
  return {
    history: async (source, until) => {
      const bad = checkSource(source) ?? (until && checkSource(until));
      if (bad) return bad;
      if (until && !isSameLine(source, until))
        return refuse('conflict', 'two sources of different things have no line between them', 'until');
      const line = await withRoom(() => registries.line(source, until));
      return isRefusal(line) ? line : between(line, source, until);
    },
    read: (tree, path) => trees.read(tree, path),
    fetch: async (source, signal) => {
      const bad = checkSource(source);
      if (bad) return bad;
      await mkdir(join(dir, 'requests'), { recursive: true, mode: 0o700 });
      const key = digestOf(source);
      return shared.join(key, () => withRoom(() => fetchNow(source, join(dir, 'requests', `${key}.json`))), signal);
    },
    pin: async (source) => checkSource(source) ?? withRoom(() => registries.pin(source)),
    handIn: (path) => withRoom(() => registries.files.handIn(path)),
  };
}

class Registries {
  readonly files: Files;
  readonly #options: RegistryOptions;
  readonly #apt: Apt;
  #index: Promise<Index | Refusal> | undefined;
  constructor(options: RegistryOptions) {
    this.#options = options;
    this.files = new Files(join(options.dir, 'files'));
    this.#apt = new Apt(join(options.dir, 'apt'), options.aptDir);
  }

  async fetch(source: Source): Promise<Fetched | Refusal> {
    const { dir, trees } = this.#options;
    if (source.kind === 'debian') return fetchDebian(dir, this.#apt, trees, source);
    if (source.kind === 'npm') return fetchNpm(dir, trees, source);
    if (source.kind === 'git') return fetchGit(dir, trees, source, this.#reach());
    if (source.kind === 'archive') return fetchArchive(dir, this.files, trees, source, { chosenBy: 'recipe', own: this.#reach().own });
    const index = await this.#pypi();
    return isRefusal(index) ? index : fetchPypi(index, trees, source);
  }

  async line(source: Source, until: Source | undefined): Promise<readonly Source[] | Refusal> {
    const { dir, compare } = this.#options;
    const last = until ?? source;
    if (source.kind === 'git') return gitCommits(dir, source, until as typeof source | undefined, this.#reach());
    if (source.kind === 'archive') return refuse('unsupported', 'an archive has no history', 'kind');
    if (source.kind === 'debian') {
      const isOneVersion = last.kind === 'debian' && last.version === source.version;
      if (isOneVersion && (source.patch !== undefined || !until)) return debianPositions(dir, this.#apt, source);
    }
    const found = await this.#versions(source);
    return isRefusal(found) ? found : inOrder(found, until ? [source, last as typeof source] : [source], compare);
  }

  async #versions(source: Extract<Source, { readonly version: string }>) {
    const { dir } = this.#options;
    if (source.kind === 'debian') return debianVersions(dir, this.#apt, source);
    if (source.kind === 'npm') return npmVersions(dir, source);
    const index = await this.#pypi();
    return isRefusal(index) ? index : pypiVersions(index, source);
  }

  async pin(source: Source): Promise<Source | Refusal> {
    if (source.kind === 'npm') return pinNpm(this.#options.dir, source);
    // A Debian version is pinned by the archive's signature, a commit by its name, an archive by its digest.
    if (source.kind !== 'pypi') return source;
    const index = await this.#pypi();
    return isRefusal(index) ? index : pinPypi(index, source);
  }

  #reach() {
    return { own: this.#options.own ?? [], files: this.#options.files ?? false };
  }

  /** Asked once; a pip that is installed later is found later. */
  async #pypi(): Promise<Index | Refusal> {
    const { dir, compare, pypiIndex } = this.#options;
    this.#index ??= Promise.resolve(pypiIndex ?? pipIndex()).then((url) =>
      isRefusal(url) ? url : { dir, url, files: this.files, compare },
    );
    const index = await this.#index;
    if (isRefusal(index)) this.#index = undefined;
    return index;
  }
}

/** A full disk is this machine's state and no word about the source. */
async function withRoom<T>(work: () => Promise<T | Refusal>): Promise<T | Refusal> {
  try {
    return await work();
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOSPC' || code === 'EDQUOT') return refuse('unavailable', 'the disk that sources are kept on is full');
    throw cause;
  }
}

function isSameLine(a: Source, b: Source): boolean {
  const nameOf = (source: Source) => ('package' in source ? source.package : source.url);
  return a.kind === b.kind && nameOf(a) === nameOf(b);
}

async function remembered(file: string): Promise<Fetched | undefined> {
  const text = await readFile(file, 'utf8').catch(() => '');
  try {
    return JSON.parse(text) as Fetched;
  } catch {
    return undefined;
  }
}

async function remember(file: string, fetched: Fetched): Promise<void> {
  const fresh = `${file}.${process.pid}`;
  await writeFile(fresh, JSON.stringify(fetched));
  await rename(fresh, file);
}
