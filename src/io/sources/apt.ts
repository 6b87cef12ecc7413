import { mkdir, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isRefusal, type Refusal, refuse } from '../../base/refusal.ts';
import { withFresh } from '../boxes/fresh.ts';
import { type ToolEnd, tool } from '../boxes/tool.ts';
import { sourceLines, sourceStanzas } from './apt-lists.ts';
import { forAll, stopOfFetch } from './stopping.ts';

const staleAfterMs = 6 * 60 * 60 * 1000;
const downloadMs = 10 * 60 * 1000;

/** A private state of apt, so that the machine's own stays as it was. Signatures and hashes are apt's own, never switched off. */
export class Apt {
  readonly #dir: string;
  readonly #etc: string;
  #updating: Promise<string> | undefined;
  constructor(dir: string, etc = '/etc/apt') {
    this.#dir = dir;
    this.#etc = etc;
  }

  /** Downloads one version's files into a fresh directory beside `into` and moves them there at once. */
  async download(name: string, version: string, into: string): Promise<Refusal | undefined> {
    const versions = await this.versions(name, version);
    if (isRefusal(versions)) return versions;
    if (!versions.includes(version)) {
      const has = versions.length > 0 ? `it has ${versions.join(', ')}` : 'it has no version of it';
      return refuse('not_found', `the archive no longer has ${name} ${version}; ${has}`, 'version');
    }
    return withFresh(this.#dir, async (above) => {
      const fresh = join(above, 'download');
      await mkdir(fresh);
      const end = await this.#apt('apt-get', ['source', '--download-only', '--only-source', `${name}=${version}`], fresh);
      if (!end.ok) return refuse(whyFailed(end.stderr), `apt-get source ${name}=${version}: ${end.stderr.trim().slice(-500)}`);
      await rename(fresh, into).catch(async (cause) => {
        if (!(await stat(into).catch(() => undefined))) throw cause;
      });
      return undefined;
    });
  }

  /** What the archive has of a package, in no order; asked anew when the lists are old or lack `wanted`. Empty when it has none. */
  async versions(name: string, wanted: string): Promise<string[] | Refusal> {
    await this.#prepare();
    const listed = await this.#versions(name);
    if (listed.includes(wanted) && !(await this.#isStale())) return listed;
    const failure = await this.#update();
    const versions = await this.#versions(name);
    return versions.length === 0 && failure ? refuse('unavailable', `the package archive cannot be reached: ${failure}`) : versions;
  }

  async #versions(name: string): Promise<string[]> {
    const end = await this.#apt('apt-cache', ['--only-source', 'showsrc', name], this.#dir);
    const stanzas = end.stdout
      .split(/\n\n+/)
      .filter((stanza) => new RegExp(`^Package: ${name.replace(/[.+]/g, '\\$&')}$`, 'm').test(stanza));
    return [...new Set(stanzas.flatMap((stanza) => /^Version: (\S+)$/m.exec(stanza)?.[1] ?? []))];
  }

  /** The empty string when all lists came; otherwise what apt said. One at a time, for apt locks its lists. */
  #update(): Promise<string> {
    this.#updating ??= forAll(() => this.#apt('apt-get', ['update'], this.#dir))
      .then(async (end) => {
        if (end.ok) await writeFile(join(this.#dir, 'updated'), '');
        // With a list that did not come it ends well all the same, and only warns.
        const isWhole = end.ok && !/^[WE]: (Failed to fetch|Some index files failed)/m.test(end.stderr);
        return isWhole ? '' : end.stderr.trim().slice(-500);
      })
      .finally(() => {
        this.#updating = undefined;
      });
    return this.#updating;
  }

  async #isStale(): Promise<boolean> {
    const updated = await stat(join(this.#dir, 'updated')).catch(() => undefined);
    return !updated || performance.timeOrigin + performance.now() - updated.mtimeMs > staleAfterMs;
  }

  async #prepare(): Promise<void> {
    for (const part of ['lists/partial', 'cache/archives/partial', 'parts']) await mkdir(join(this.#dir, part), { recursive: true });
    const listed = await readFile(join(this.#etc, 'sources.list'), 'utf8').catch(() => '');
    await this.#part('main.list', sourceLines(listed));
    for (const name of await readdir(join(this.#etc, 'sources.list.d')).catch(() => [])) {
      const text = await readFile(join(this.#etc, 'sources.list.d', name), 'utf8');
      if (name.endsWith('.list')) await this.#part(name, sourceLines(text));
      if (name.endsWith('.sources')) await this.#part(name, sourceStanzas(text));
    }
  }

  async #part(name: string, text: string): Promise<void> {
    if (text) await writeFile(join(this.#dir, 'parts', name), text);
  }

  #apt(program: string, args: readonly string[], cwd: string): Promise<ToolEnd> {
    const settings = {
      'Dir::Etc::SourceList': '/dev/null',
      'Dir::Etc::SourceParts': join(this.#dir, 'parts'),
      'Dir::State::Lists': join(this.#dir, 'lists'),
      'Dir::Cache': join(this.#dir, 'cache'),
      'Acquire::AllowInsecureRepositories': 'false',
      'Acquire::AllowWeakRepositories': 'false',
      'APT::Get::AllowUnauthenticated': 'false',
      'Acquire::Languages': 'none',
      // apt's own low user cannot write into a directory that is closed to others.
      'APT::Sandbox::User': 'root',
    };
    const options = Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
    // apt gives up at once when another process holds its lists; the lock dies with whoever holds it.
    const words = [join(this.#dir, 'lock'), program, ...options, ...args];
    return tool('flock', ['--no-fork', ...words], { cwd, env: process.env, timeoutMs: downloadMs, signal: stopOfFetch() });
  }
}

function whyFailed(said: string): Refusal['code'] {
  if (/Hash Sum mismatch|unexpected size|not signed|cannot be authenticated/i.test(said)) return 'untrusted';
  return /404 {1,2}Not Found|Unable to find a source package|Can not find version/i.test(said) ? 'not_found' : 'unavailable';
}
