import { spawn } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import type { Fetched, Source } from '../../base/doors.ts';
import { limits } from '../../base/limits.ts';
import { isRefusal, type Refusal, refuse } from '../../base/refusal.ts';
import { withFresh } from '../boxes/fresh.ts';
import { type ToolEnd, tool } from '../boxes/tool.ts';
import type { Trees } from '../boxes/trees.ts';
import { blocksOf } from '../net/address.ts';
import { addressesOf, systemResolve } from '../net/dial.ts';
import { downloadMs } from './download.ts';
import { isMissing } from './missing.ts';
import { stopOfFetch } from './stopping.ts';
import { unpackTar } from './unpack/unpack.ts';

type GitSource = Extract<Source, { kind: 'git' }>;

/** Of address space: a pack of the largest size, its index, and what it holds. */
const memoryBytes = 4 * 1024 * 1024 * 1024;

interface GitReach {
  readonly own: readonly string[];
  /** Whether repositories on this machine's own disk may be read: for whoever sits at it, never for a recipe from outside. */
  readonly files: boolean;
}

/** One commit's tree, without its history and without `.git`. git checks every object against its name. */
export async function fetchGit(dir: string, trees: Trees, source: GitSource, reach: GitReach): Promise<Fetched | Refusal> {
  return withRepository(dir, source, reach, async (git, fresh) => {
    const failure = await git.fetch(['--depth=1', source.url, source.revision]);
    if (failure) return failure;
    const at = join(fresh, 'tree');
    const archive = git.stream(['archive', '--format=tar', source.revision]);
    const bad = await unpackTar(archive.stdout, at, { strip: 0, links: 'kept' });
    const ended = await archive.ended;
    if (bad) return bad;
    if (ended) return refuse('untrusted', `git archive: ${ended}`);
    const tree = await trees.add(at);
    if (isRefusal(tree)) return tree;
    return {
      tree,
      archives: [{ name: `${source.url}@${source.revision}`, sha256: tree.slice('tree_'.length), checkedBy: 'git-revision' }],
    };
  });
}

/** First-parent commits, oldest first: from `source` to `until`, or all up to `source`. Only commits are fetched, no files. */
export async function gitCommits(
  dir: string,
  source: GitSource,
  until: GitSource | undefined,
  reach: GitReach,
): Promise<GitSource[] | Refusal> {
  const last = until ?? source;
  return withRepository(dir, source, reach, async (git) => {
    const failure = await git.fetch(['--filter=tree:0', source.url, last.revision]);
    if (failure) return failure;
    const list = await git.run(['rev-list', '--first-parent', `--max-count=${limits.historyPoints + 1}`, last.revision]);
    if (!list.ok) return refuse('untrusted', `git rev-list: ${list.stderr.trim().slice(-300)}`);
    const commits = list.stdout.split('\n').filter((line) => line !== '');
    const from = until ? commits.indexOf(source.revision) : commits.length - 1;
    if (from < 0 && commits.length > limits.historyPoints)
      return refuse('too_many', `more than ${limits.historyPoints} commits lie between the two`);
    if (from < 0) return refuse('conflict', `${source.revision} is not before ${last.revision} on its first-parent line`, 'until');
    return commits
      .slice(0, from + 1)
      .reverse()
      .map((revision) => ({ ...source, revision }));
  });
}

async function withRepository<T>(
  dir: string,
  source: GitSource,
  reach: GitReach,
  use: (git: Git, fresh: string) => Promise<T | Refusal>,
): Promise<T | Refusal> {
  const pinned = await whereTo(source.url, reach);
  if (isRefusal(pinned)) return pinned;
  return withFresh(dir, async (fresh) => {
    const at = join(fresh, 'repository');
    await mkdir(at);
    const git = new Git(at, pinned);
    const made = await git.run(['init', '--quiet', '--bare', '--template=', '.']);
    if (isMissing(made)) return refuse('unavailable', 'git is missing: apt-get install -y git');
    if (!made.ok) return refuse('unavailable', `git init: ${made.stderr.trim().slice(-300)}`);
    // The repository's own attributes neither leave files out of an archive nor change what is in them.
    await mkdir(join(at, 'info'), { recursive: true });
    await writeFile(join(at, 'info', 'attributes'), '* -export-ignore -export-subst -text -eol -ident -filter -working-tree-encoding\n');
    return use(git, fresh);
  });
}

/** What git is told of the way: the one protocol, and the one address that was looked at. */
async function whereTo(text: string, reach: GitReach): Promise<string[] | Refusal> {
  const url = new URL(text);
  const protocol = url.protocol.slice(0, -1);
  const only = ['-c', 'protocol.allow=never', '-c', `protocol.${protocol}.allow=always`];
  if (protocol === 'file') return reach.files ? only : refuse('untrusted', 'this hub reads no repositories from its own disk', 'url');
  const addresses = await addressesOf(url, blocksOf(reach.own), systemResolve).catch(() => undefined);
  if (!addresses) return refuse('unavailable', `${url.host} cannot be reached: the name is not known`);
  if (isRefusal(addresses)) return addresses;
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const port = url.port || (protocol === 'https' ? '443' : '80');
  const dialled = addresses.map(({ address }) => (address.includes(':') ? `[${address}]` : address)).join(',');
  return [...only, '-c', `http.curloptResolve=${host}:${port}:${dialled}`, '-c', 'http.proxy='];
}

/** Every setting that could run something, ask somebody or follow something is off, whatever the machine's own are. */
const settings: Readonly<Record<string, string>> = {
  'core.hooksPath': '/dev/null',
  'core.fsmonitor': 'false',
  'core.attributesFile': '/dev/null',
  'core.askPass': 'false',
  'credential.helper': '',
  'fetch.recurseSubmodules': 'false',
  'submodule.recurse': 'false',
  'fetch.fsckObjects': 'true',
  'fetch.writeCommitGraph': 'false',
  'transfer.unpackLimit': '1',
  'transfer.bundleURI': 'false',
  'http.followRedirects': 'false',
  'http.lowSpeedLimit': '1',
  'http.lowSpeedTime': '60',
  'gc.auto': '0',
  'maintenance.auto': 'false',
};

class Git {
  readonly #dir: string;
  readonly #words: readonly string[];
  constructor(dir: string, pinned: readonly string[]) {
    this.#dir = dir;
    this.#words = [...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]), ...pinned];
  }

  async fetch(asked: readonly string[]): Promise<Refusal | undefined> {
    const words = ['fetch', '--quiet', '--no-tags', '--no-recurse-submodules', '--no-write-fetch-head', '--no-auto-gc', '--end-of-options'];
    const options = asked.filter((word) => word.startsWith('--'));
    const end = await this.run([...words.slice(0, -1), ...options, ...words.slice(-1), ...asked.filter((word) => !word.startsWith('--'))]);
    if (!end.ok) return whyFailed(end);
    const revision = asked.at(-1)!;
    const is = await this.run(['cat-file', '-t', revision]);
    return is.stdout.trim() === 'commit' ? undefined : refuse('not_found', `${revision} is no commit`, 'revision');
  }

  run(words: readonly string[]): Promise<ToolEnd> {
    return tool('prlimit', this.#limited(words), {
      cwd: this.#dir,
      env: this.#environment(),
      timeoutMs: downloadMs,
      signal: stopOfFetch(),
    });
  }

  stream(words: readonly string[]) {
    const child = spawn('prlimit', this.#limited(words), { cwd: this.#dir, env: this.#environment(), stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    child.stderr.on('data', (part: Buffer) => {
      said = (said + part.toString()).slice(0, 300);
    });
    const ended = new Promise<string | undefined>((done) => {
      child.once('error', (cause) => done(cause.message));
      child.once('close', (code) => done(code === 0 ? undefined : said.trim() || `exited with ${code}`));
    });
    // Read from the first moment on: when a child ends, Node throws away what nobody listens to.
    const stdout = child.stdout.pipe(new PassThrough());
    stdout.once('close', () => stdout.readableEnded || child.kill('SIGKILL'));
    return { stdout: stdout as AsyncIterable<Buffer>, ended };
  }

  /** No pack beyond the limit is written, and no delta makes git take the machine's memory. */
  #limited(words: readonly string[]): string[] {
    return [`--fsize=${limits.archiveBytes}`, `--as=${memoryBytes}`, '--core=0', '--', 'git', ...this.#words, ...words];
  }

  #environment(): NodeJS.ProcessEnv {
    const authorities = ['SSL_CERT_FILE', 'SSL_CERT_DIR', 'GIT_SSL_CAINFO'].flatMap((name) =>
      process.env[name] === undefined ? [] : [[name, process.env[name]] as const],
    );
    return {
      PATH: process.env.PATH ?? '/usr/bin:/bin',
      HOME: this.#dir,
      GIT_DIR: this.#dir,
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_ATTR_NOSYSTEM: '1',
      GIT_TERMINAL_PROMPT: '0',
      GIT_NO_REPLACE_OBJECTS: '1',
      GIT_NO_LAZY_FETCH: '1',
      ...Object.fromEntries(authorities),
    };
  }
}

function whyFailed({ stderr }: ToolEnd): Refusal {
  const said = stderr.trim().slice(-400);
  if (/not our ref|unadvertised object|couldn't find remote ref/i.test(said))
    return refuse('not_found', `the repository has no such commit: ${said}`, 'revision');
  if (/does not (appear to be a git repository|exist)|repository .* not found|returned error: (404|410)/i.test(said))
    return refuse('not_found', `the repository is gone: ${said}`, 'url');
  if (/fsck|bad object|corrupt|inflate|sha1 mismatch|did not send all/i.test(said))
    return refuse('untrusted', `what git was sent is not sound: ${said}`);
  if (/file size limit|signal 25|SIGXFSZ|File too large/i.test(said))
    return refuse('too_large', `a commit is at most ${limits.archiveBytes} bytes of archive`);
  return refuse('unavailable', `git cannot fetch it: ${said || 'it ended without a word'}`);
}
