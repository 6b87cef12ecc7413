import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

export interface External {
  readonly url: string;
  /** As the superuser, whom the hub must refuse. */
  readonly superUrl: string;
  stop(): Promise<void>;
}

/** The distribution's own PostgreSQL on a directory of its own; a sentence when there is none. */
export async function externalPostgres(): Promise<External | string> {
  const bin = newestBin();
  if (!bin) return 'no PostgreSQL of the distribution under /usr/lib/postgresql (apt-get install -y postgresql)';
  const dir = mkdtempSync(join(tmpdir(), 'bw-ext-'));
  const as = process.getuid?.() === 0 ? ['unshare', '--user', '--map-user=1000', '--map-group=1000'] : [];
  const [init, ...initArgs] = [...as, join(bin, 'initdb'), '-D', join(dir, 'data'), '-U', 'postgres', '-A', 'trust', '-E', 'UTF8'];
  const made = spawnSync(init!, initArgs, { encoding: 'utf8' });
  if (made.status !== 0) return `initdb of ${bin} failed: ${made.stderr}`;
  const [command, ...args] = [
    ...as,
    'setpriv',
    '--pdeathsig',
    'INT',
    join(bin, 'postgres'),
    '-D',
    join(dir, 'data'),
    '-k',
    dir,
    '-c',
    'listen_addresses=',
  ];
  const child = spawn(command!, args, { stdio: 'ignore' });
  await ready(dir);
  const base = `postgresql://USER@localhost/DATABASE?host=${encodeURIComponent(dir)}`;
  return {
    url: base.replace('USER', 'breakwater').replace('DATABASE', 'breakwater'),
    superUrl: base.replace('USER', 'postgres').replace('DATABASE', 'breakwater'),
    async stop() {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGINT');
      await gone;
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

function newestBin(): string | undefined {
  const root = '/usr/lib/postgresql';
  if (!existsSync(root)) return undefined;
  const versions = readdirSync(root).filter((v) => Number(v) >= 15 && existsSync(join(root, v, 'bin/postgres')));
  const newest = versions.sort((a, b) => Number(a) - Number(b)).at(-1);
  return newest && join(root, newest, 'bin');
}

async function ready(dir: string): Promise<void> {
  for (let tries = 0; ; tries++) {
    const client = new pg.Client({ host: dir, user: 'postgres', database: 'postgres' });
    client.on('error', () => {});
    try {
      await client.connect();
      await client.query('CREATE ROLE breakwater LOGIN');
      await client.query('CREATE DATABASE breakwater OWNER breakwater');
      return;
    } catch (error) {
      if (tries > 200) throw error;
      await sleep(50);
    } finally {
      await client.end().catch(() => {});
    }
  }
}
