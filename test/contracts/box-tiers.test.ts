import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { absent, allowed } from '../box/kit.ts';

/** The worker as somebody else than the tests are: what SANDBOX calls tiers B and C. A is what every other test runs in. */
const somebody = 54_321;
const isRoot = process.getuid?.() === 0;
const dir = mkdtempSync(join(tmpdir(), 'box-tiers-'));
const program = join(dir, 'hostile');
const worker = join(import.meta.dirname, '../box/tier-worker.ts');
const asSomebody = ['setpriv', '--reuid', String(somebody), '--regid', String(somebody), '--clear-groups'];
const isReadable = () => spawnSync(asSomebody[0]!, [...asSomebody.slice(1), process.execPath, '--check', worker]).status === 0;
const unless =
  absent.bubblewrap || (!isRoot && 'only root can become somebody else') || (!isReadable() && 'nobody else can read this repository');
if (unless) console.warn(`box tiers skipped: ${unless}`);

interface Told {
  readonly probe: {
    readonly usable: boolean;
    readonly isolation: string;
    readonly enforced: Record<string, boolean>;
    readonly missing: string[];
  };
  readonly way: string;
  readonly reports: readonly string[];
  readonly said: Readonly<Record<string, string>>;
  readonly reaped: number;
}

describe.skipIf(unless !== false)('box tiers', () => {
  beforeAll(() => {
    chmodSync(dir, 0o755);
    execFileSync('clang', ['-static', '-O1', '-o', program, join(import.meta.dirname, '../box/hostile.c')]);
  });
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  const storeOf = (name: string, uid: number) => {
    const store = join(dir, name);
    mkdirSync(store);
    chownSync(store, uid, uid);
    return store;
  };
  const heard = async (child: ReturnType<typeof spawn>): Promise<Told> => {
    const said: Buffer[] = [];
    child.stdout!.on('data', (chunk: Buffer) => said.push(chunk));
    await once(child, 'close');
    return JSON.parse(Buffer.concat(said).toString());
  };
  const holds = ({ said, reports, reaped }: Told, harmless: readonly string[] = []) => {
    expect(said['exit 42']).toBe('exited 42\n');
    expect(said['signal 11']).toBe('signalled 11\n');
    expect(said.forge).toBe('exited 7\ntried\n');
    for (const words of ['calls', 'files', 'network none 1']) {
      const lines = allowed(said[words]!).filter((line) => !harmless.includes(line.split(':')[0]!));
      expect([words, lines]).toEqual([words, []]);
    }
    expect(said['show /proc/1/environ']).not.toContain('BOX_TIER_SECRET');
    expect(said.rights).toMatch(/CapPrm:0{16}\nCapEff:0{16}\n/);
    expect(said.rights).toMatch(/Seccomp:2/);
    expect(reports).toContain('r0');
    expect(reports).not.toContain('link');
    expect(reaped).toBe(0);
  };
  const env = { PATH: process.env.PATH ?? '', BOX_TIER_SECRET: 'x' };

  test('B: a worker without rights: everything holds but what only root can bound, and the probe says so', async () => {
    const args = [...asSomebody.slice(1), process.execPath, worker, 'bubblewrap', storeOf('b', somebody), program];
    const told = await heard(spawn(asSomebody[0]!, args, { env, stdio: ['ignore', 'pipe', 'inherit'] }));
    expect(told.way).toBe('shared-user');
    expect(told.probe.enforced).toMatchObject({ cpu: true, net: true, seccomp: true, disk: false });
    expect(told.said.rights).toMatch(/^65534\n/);
    holds(told);
  }, 120_000);

  test.skipIf(absent.gvisor !== false)(
    'B: gVisor runs without rights as well',
    async () => {
      const args = [...asSomebody.slice(1), process.execPath, worker, 'gvisor', storeOf('g', somebody), program];
      const told = await heard(spawn(asSomebody[0]!, args, { env, stdio: ['ignore', 'pipe', 'inherit'] }));
      expect(told.probe.isolation).toBe('userspace-kernel');
      expect(told.said.rights).toMatch(/^65534\n/);
      holds(told, ['nice', 'realtime', '/proc/self/oom_score_adj']);
    },
    240_000,
  );

  test('C: root where user namespaces are forbidden: the target is a user of its own without any capability', async () => {
    const store = storeOf('c', 0);
    // Forbidden in a namespace of our own, and not for the machine.
    const inside = `read go; exec sh -c 'echo 0 > /proc/sys/user/max_user_namespaces && exec "$@"' sh "$@"`;
    const command = [process.execPath, worker, 'bubblewrap', store, program];
    const child = spawn('unshare', ['--user', '--mount', 'sh', '-c', inside, 'sh', ...command], {
      env,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const answer = heard(child);
    await wait(500);
    for (const map of ['uid_map', 'gid_map']) writeFileSync(`/proc/${child.pid}/${map}`, '0 0 4294967295');
    child.stdin!.end('go\n');
    const told = await answer;
    expect(told.way).toBe('no-user-namespace');
    expect(told.probe).toMatchObject({ usable: true, isolation: 'process' });
    expect(told.probe.enforced).toEqual({ memory: true, pids: true, cpu: true, disk: true, net: true, seccomp: true });
    expect(Number(told.said.rights!.split('\n')[0])).toBeGreaterThanOrEqual(700_000);
    expect(told.said.rights).toMatch(/CapBnd:0{16}/);
    expect(told.said['kill-init']).toBe('exited 3\n');
    holds(told);
  }, 120_000);
});
