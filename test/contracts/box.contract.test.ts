import { type ChildProcessByStdio, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Box, BoxLimits, BoxResult, BoxSpec } from '../../src/base/doors.ts';
import { limits } from '../../src/base/limits.ts';
import { insist } from '../../src/base/refusal.ts';
import { bubblewrapBox } from '../../src/io/boxes/bubblewrap.ts';
import { type Trees, treeStore } from '../../src/io/boxes/trees.ts';

const mib = 1 << 20;
const bounds: BoxLimits = {
  wallMs: 8000,
  cpuSec: 5,
  memoryBytes: 128 * mib,
  pids: 24,
  cpus: 1,
  fileBytes: 8 * mib,
  openFiles: 64,
  tmpBytes: 4 * mib,
  outputBytes: 64 * 1024,
};
const isRoot = process.getuid?.() === 0;
const dir = mkdtempSync(join(tmpdir(), 'box-contract-'));
const usable = existsSync('/usr/bin/bwrap') && readable(() => execFileSync('clang', ['--version']));
if (!usable) console.warn('box contract skipped: `apt-get install -y bubblewrap clang`');

function readable(work: () => unknown): boolean {
  try {
    work();
    return true;
  } catch {
    return false;
  }
}

describe.skipIf(!usable)('bubblewrap box', () => {
  let box: Box;
  let trees: Trees;
  let hostile: Uint8Array;

  beforeAll(async () => {
    const program = join(dir, 'hostile');
    execFileSync('clang', ['-static', '-O1', '-o', program, join(import.meta.dirname, 'box', 'hostile.c')]);
    hostile = readFileSync(program);
    trees = treeStore(join(dir, 'store', 'trees'));
    box = bubblewrapBox({ dir: join(dir, 'store'), trees });
    await box.probe();
  });
  afterAll(async () => {
    for (const owner of ['agent', 'other']) await box.discard(owner);
    rmSync(dir, { recursive: true, force: true });
  });

  const specOf = (argv: readonly string[], more: Partial<Omit<BoxSpec, 'limits'>> & { limits?: Partial<BoxLimits> } = {}): BoxSpec => ({
    cwd: '/tmp',
    env: {},
    trees: [],
    profile: 'poc',
    ...more,
    argv,
    files: [...(more.files ?? []), { at: '/hostile', bytes: hostile, executable: true }],
    limits: { ...bounds, ...more.limits },
  });
  const evil = (words: string, more: Parameters<typeof specOf>[1] = {}) => box.run(specOf(['/hostile', ...words.split(' ')], more));
  /** Another process with a box on the same store, and with a descriptor 7 that its own parent left open. */
  const workerOf = (script: string) => {
    const driver = JSON.stringify(join(import.meta.dirname, '../../src/io/boxes/bubblewrap.ts'));
    const head = `
      import { readFileSync } from 'node:fs';
      import { bubblewrapBox } from ${driver};
      const box = bubblewrapBox({ dir: ${JSON.stringify(join(dir, 'store'))}, acceptUnenforced: true });
      const files = [{ at: '/hostile', bytes: readFileSync(${JSON.stringify(join(dir, 'hostile'))}), executable: true }];
      const spec = { cwd: '/tmp', env: {}, trees: [], files, profile: 'poc', limits: ${JSON.stringify({ ...bounds, wallMs: 60_000 })} };`;
    const stdio = ['ignore', 'pipe', 'inherit', 'ignore', 'ignore', 'ignore', 'ignore', 'pipe'] as const;
    return spawn(process.execPath, ['--input-type=module', '-e', head + script], { stdio: [...stdio] }) as ChildProcessByStdio<
      null,
      Readable,
      null
    >;
  };
  const out = (result: BoxResult) => Buffer.from(result.stdout).toString('utf8');
  const treeOf = async (files: Record<string, string>) => {
    const from = mkdtempSync(join(dir, 'tree-'));
    for (const [name, text] of Object.entries(files)) execFileSync('sh', ['-c', 'cat > "$0"', join(from, name)], { input: text });
    return insist(await trees.add(from));
  };

  test('the probe finds every bound enforced', async () => {
    const probe = await box.probe();
    expect(probe).toMatchObject({ usable: true, isolation: 'process' });
    expect(probe.enforced).toEqual({ memory: true, pids: true, cpu: true, disk: isRoot, net: true, seccomp: true });
  });

  test('says the exact wait status: exit 139 is not SIGSEGV', async () => {
    expect(await evil('exit 42')).toMatchObject({ end: 'exited', exit: 42, signal: null });
    expect(await evil('exit 139')).toMatchObject({ end: 'exited', exit: 139, signal: null });
    expect(await evil('signal 11')).toMatchObject({ end: 'signalled', exit: null, signal: 11 });
    expect(await evil('signal 6')).toMatchObject({ end: 'signalled', exit: null, signal: 6 });
  });

  test('a command that cannot be executed is a failure of the box, not of the target', async () => {
    expect(await box.run(specOf(['/nowhere']))).toMatchObject({ end: 'box-failed', because: expect.stringContaining('errno 2') });
  });

  test('memory: below the limit it runs, beyond it dies and is counted', async () => {
    expect(await evil('eat 90')).toMatchObject({ end: 'exited', exit: 0, oomKills: 0 });
    const beyond = await evil('eat 200');
    expect(beyond.end).toBe('oom');
    expect(beyond.oomKills).toBeGreaterThan(0);
    expect(beyond.peakBytes).toBeLessThanOrEqual(bounds.memoryBytes);
  });

  test('memory: a dead child is counted although its parent lives on', async () => {
    const result = await evil('child-eats 200');
    expect(result.oomKills).toBeGreaterThan(0);
  });

  test('processes: exactly as many as allowed, and not one more', async () => {
    expect(out(await evil('fork 24'))).toBe('24 all\n');
    expect(out(await evil('fork 25'))).toBe('24 EAGAIN\n');
  });

  test('a fork bomb is over when its time is, and leaves nobody behind', async () => {
    const result = await evil('fork-bomb', { limits: { wallMs: 700 } });
    expect(result.end).toMatch(/timeout|cpu-limit/);
    expect(result.pidsRefused).toBeGreaterThan(0);
    expect(await box.reap()).toBe(0);
  });

  test('time: CPU, wall, and a sleeper that ignores SIGTERM', async () => {
    expect((await evil('spin', { limits: { cpuSec: 1 } })).end).toBe('cpu-limit');
    expect((await evil('spin', { limits: { wallMs: 400 } })).end).toBe('timeout');
    const sleeper = await evil('sleep', { limits: { wallMs: 400 } });
    expect(sleeper.end).toBe('timeout');
    expect(sleeper.cpuUs).toBeLessThan(200_000);
  });

  test('output: up to the limit it is kept, one byte more ends the run', async () => {
    const full = await evil(`print ${bounds.outputBytes}`);
    expect([full.end, full.stdout.length]).toEqual(['exited', bounds.outputBytes]);
    const more = await evil(`print ${bounds.outputBytes + 1}`);
    expect(more.end).toBe('output-limit');
    expect(more.stdout.length).toBeLessThanOrEqual(bounds.outputBytes);
    expect((await evil('print 9999999999')).end).toBe('output-limit');
  });

  test('files: up to the limit, one byte more is SIGXFSZ', async () => {
    const room = { limits: { tmpBytes: 16 * mib } };
    expect(out(await evil(`fill ${bounds.fileBytes} /tmp/f`, room))).toBe(`${bounds.fileBytes}\n`);
    expect((await evil(`fill ${bounds.fileBytes + 1} /tmp/f`, room)).end).toBe('file-limit');
  });

  test('/tmp and /dev/shm are bounded, /dev cannot be written', async () => {
    expect(out(await evil(`fill ${8 * mib} /tmp/f`))).toBe(`${bounds.tmpBytes}\n`);
    const room = { limits: { fileBytes: 64 * mib } };
    expect(out(await evil(`fill ${16 * mib} /dev/shm/f`, room))).toBe(`${8 * mib}\n`);
    expect((await evil('fill 10 /dev/f')).exit).toBe(4);
  });

  test('a daemon dies with the box and cannot hold its output open', async () => {
    const result = await evil('daemon');
    expect([result.end, result.exit]).toEqual(['exited', 0]);
    expect(result.wallMs).toBeLessThan(3000);
  });

  test("no descriptor of the worker's is inherited, not even one that it inherited itself", async () => {
    const worker = workerOf(`const result = await box.run({ ...spec, argv: ['/hostile', 'descriptors'] });
      process.stdout.write(Buffer.from(result.stdout));`);
    const said: Buffer[] = [];
    worker.stdout.on('data', (chunk: Buffer) => said.push(chunk));
    await once(worker, 'close');
    expect(Buffer.concat(said).toString().trim().split(' ')).toEqual(['0', '1', '2']);
  });

  test("the worker's environment is nowhere to be seen, nor the host's boot parameters", async () => {
    process.env.BOX_CONTRACT_SECRET = 'secret-of-the-worker';
    const shown = [await evil('show /proc/1/environ'), await evil('show /proc/self/environ'), await evil('show /proc/2/environ')].map(out);
    delete process.env.BOX_CONTRACT_SECRET;
    expect(shown.join('|')).not.toContain('secret-of-the-worker');
    expect(shown[1]).toMatch(/PATH=\/usr\/bin:\/bin/);
    expect(out(await evil('show /proc/cmdline'))).toMatch(/^(EACCES)?$/);
  });

  test('it sees itself alone', async () => {
    expect(Number(out(await evil('processes')))).toBe(3);
  });

  test("no network: not out, not the hypervisor's vsock, not the kernel's netlink, not the host's abstract sockets", async () => {
    const name = `box-contract-${process.pid}`;
    const server = createServer().listen(`\0${name}`);
    const said = out(await evil(`network ${name}`));
    server.close();
    expect(said).not.toContain('ALLOWED');
    for (const family of ['vsock', 'netlink', 'packet', 'alg']) expect(said).toContain(`${family}: EAFNOSUPPORT`);
    expect(said).toContain('abstract socket: ECONNREFUSED');
  });

  test('system calls that reach the kernel or the host are refused', async () => {
    const said = out(await evil('calls'));
    expect(said.split('\n').filter((line) => line.includes('ALLOWED'))).toEqual([]);
    expect(said).toContain('io_uring: ENOSYS');
  });

  test('a build may be debugged, but still has no network and no keys', async () => {
    const said = out(await evil('calls', { profile: 'build' }));
    expect(said.split('\n').filter((line) => line.includes('ALLOWED'))).toEqual(['process_vm_readv: ALLOWED', 'ptrace: ALLOWED']);
    expect(out(await evil('network none', { profile: 'agent' }))).not.toContain('ALLOWED');
  });

  test("nothing outside of /tmp can be written, nothing of the host's people and state be seen", async () => {
    const said = out(await evil('files', { files: [{ at: '/input/x', bytes: Buffer.from('x') }] }));
    expect(said.split('\n').filter((line) => line.includes('ALLOWED'))).toEqual([]);
  });

  test('it runs as nobody', async () => {
    expect(out(await box.run(specOf(['/usr/bin/id', '-u'])))).toBe('65534\n');
    expect(
      out(await box.run(specOf(['/bin/sh', '-c', 'grep -E "^(CapEff|NoNewPrivs|Seccomp):" /proc/self/status | tr -d "\\n\\t"']))),
    ).toBe('CapEff:0000000000000000NoNewPrivs:1Seccomp:2');
  });

  test.skipIf(!isRoot)('two boxes at once never share a uid of the host', async () => {
    const running = [evil('sleep', { limits: { wallMs: 1500 } }), evil('sleep', { limits: { wallMs: 1500 } })];
    await wait(700);
    const uids = execFileSync('ps', ['-eo', 'uid=,args='])
      .toString()
      .split('\n')
      .filter((line) => / \/hostile sleep/.test(line) && !line.includes('bwrap'))
      .map((line) => Number(line.trim().split(' ')[0]));
    await Promise.all(running);
    const own = new Set(uids.filter((uid) => uid >= 700_000));
    expect(own.size).toBe(2);
  });

  test('addresses are the same in every run', async () => {
    const [a, b] = [out(await evil('where')), out(await evil('where'))];
    expect(a).toBe(b);
    expect(a).toMatch(/^0x[0-9a-f]+\n$/);
  });

  test('no one can speak in the name of init', async () => {
    for (const profile of ['poc', 'build'] as const) {
      const result = await evil('forge', { profile });
      expect([result.end, result.exit]).toEqual(['exited', 7]);
      expect(out(result)).toBe('tried\n');
    }
  });

  test('a target that kills init is said to be killed, not to have failed by our fault', async () => {
    expect((await evil('kill-init')).end).toBe('killed');
  });

  test('reports: as many and as large as allowed; more is left out, longer is cut', async () => {
    const most = { collect: '/reports', limits: { fileBytes: 16 * mib } };
    const full = await evil(`reports 16 1000`, most);
    expect(full.reports.map((r) => r.bytes.length)).toEqual(Array(limits.reportFiles).fill(1000));
    expect((await evil(`reports 17 10`, most)).reports).toHaveLength(limits.reportFiles);
    const one = await evil(`reports 1 ${limits.reportFileBytes}`, most);
    expect(one.reports[0]?.bytes.length).toBe(limits.reportFileBytes);
    const long = await evil(`reports 1 ${limits.reportFileBytes + 1}`, most);
    expect(long.reports[0]?.bytes.length).toBe(limits.reportFileBytes);
  });

  test('reports: links, pipes, directories and names with line ends are not handed over', async () => {
    const result = await evil('traps', { collect: '/reports' });
    expect(result.end).toBe('exited');
    expect(result.reports.map((r) => [r.name, Buffer.from(r.bytes).toString()])).toEqual([['r0', 'rrrr']]);
  });

  test('reports printed to the output are not reports', async () => {
    const forged = '==1==ERROR: AddressSanitizer: heap-buffer-overflow on address 0x1';
    const result = await box.run(specOf(['/bin/sh', '-c', `echo "${forged}"; echo "${forged}" >&2; exit 86`], { collect: '/reports' }));
    expect(result).toMatchObject({ end: 'exited', exit: 86, reports: [] });
  });

  test('stdin is exactly what was given; without any it is empty', async () => {
    const bytes = Buffer.from([0, 255, 10, 13, 0]);
    expect(Buffer.from((await box.run(specOf(['/bin/cat'], { stdin: bytes }))).stdout)).toEqual(bytes);
    expect(out(await box.run(specOf(['/bin/cat'])))).toBe('');
  });

  test('trees are read-only; a writable one is a private copy, kept only on success', async () => {
    const tree = await treeOf({ 'a.txt': 'one' });
    expect((await box.run(specOf(['/bin/sh', '-c', 'echo x > /src/a.txt'], { trees: [{ tree, at: '/src' }] }))).exit).not.toBe(0);
    const writable = { trees: [{ tree, at: '/src', writable: true }], keep: '/src' };
    const failed = await box.run(specOf(['/bin/sh', '-c', 'echo two > /src/a.txt; exit 1'], writable));
    expect(failed.kept).toBeUndefined();
    const kept = await box.run(specOf(['/bin/sh', '-c', 'echo two > /src/a.txt; mkdir -p /src/d; ln -s ../a.txt /src/d/l'], writable));
    expect(kept.kept).toMatch(/^tree_[0-9a-f]{64}$/);
    expect(Buffer.from((await trees.read(kept.kept!, 'a.txt')) as Uint8Array).toString()).toBe('two\n');
    expect(Buffer.from((await trees.read(tree, 'a.txt')) as Uint8Array).toString()).toBe('one');
    expect(await trees.read(kept.kept!, 'd/l')).toMatchObject({ code: 'not_found' });
    const again = await box.run(specOf(['/bin/sh', '-c', 'echo two > /src/a.txt; mkdir -p /src/d; ln -s ../a.txt /src/d/l'], writable));
    expect(again.kept).toBe(kept.kept);
  });

  test('a tree to keep may hold no way out and no device', async () => {
    const tree = await treeOf({ 'a.txt': 'one' });
    const keep = { trees: [{ tree, at: '/src', writable: true }], keep: '/src' };
    for (const trap of ['ln -s /etc/passwd /src/l', 'ln -s ../../x /src/l', 'mkfifo /src/p']) {
      const result = await box.run(specOf(['/bin/sh', '-c', trap], keep));
      expect([trap, result.end, result.kept]).toEqual([trap, 'box-failed', undefined]);
    }
  });

  test('the same key gives the same build, across workers', async () => {
    const tree = await treeOf({ 'a.txt': 'cached' });
    const key = 'ab'.repeat(32);
    expect(await box.cached(key)).toBeUndefined();
    await box.remember(key, tree);
    expect(await bubblewrapBox({ dir: join(dir, 'store'), trees }).cached(key)).toBe(tree);
    expect(await box.cached('../../etc/passwd')).toBeUndefined();
  });

  test('a workspace outlives the box, belongs to one owner, is bounded, and goes when discarded', async () => {
    const at = (owner: string) => ({ workspace: { owner, at: '/space', maxBytes: 2 * mib } });
    const sh = (script: string, owner = 'agent') => box.run(specOf(['/bin/sh', '-c', script], at(owner)));
    expect((await sh('echo kept > /space/f')).exit).toBe(0);
    expect(out(await sh('cat /space/f'))).toBe('kept\n');
    expect((await sh('cat /space/f', 'other')).exit).not.toBe(0);
    if (isRoot) expect(Number(out(await evil(`fill ${4 * mib} /space/big`, at('agent'))))).toBeLessThanOrEqual(2 * mib);
    await box.discard('agent');
    expect((await sh('cat /space/f')).exit).not.toBe(0);
  });

  test('node is there when asked for, and only then', async () => {
    const argv = ['/tools/node', '-p', 'process.version'];
    const room = { limits: { memoryBytes: 256 * mib } };
    expect(out(await box.run(specOf(argv, { tools: ['node'], ...room })))).toBe(`${process.version}\n`);
    expect((await box.run(specOf(argv, room))).end).toBe('box-failed');
  });

  test('an aborted run is over at once', async () => {
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 200);
    const result = await box.run(specOf(['/hostile', 'sleep']), stop.signal);
    expect(result.end).toBe('killed');
    expect(result.wallMs).toBeLessThan(3000);
  });

  test('what cannot be asked is refused before anything starts', async () => {
    const bad: Parameters<typeof specOf>[1][] = [
      { files: [{ at: '/usr/x', bytes: hostile }] },
      { files: [{ at: '/input/../etc/x', bytes: hostile }] },
      { trees: [{ tree: `tree_${'0'.repeat(64)}`, at: '/src' }] },
      { trees: [{ tree: 'tree_../../etc', at: '/src' }] },
      { env: { 'A=B': 'x' } },
      { collect: '/src/reports', trees: [{ tree: await treeOf({ a: '' }), at: '/src' }] },
      { keep: '/src' },
    ];
    for (const more of bad) expect([more, (await evil('exit 0', more)).end]).toEqual([more, 'box-failed']);
  });

  test('a killed worker takes its boxes along, and the next one clears up', async () => {
    const worker = workerOf(`await box.run({ ...spec, argv: ['/bin/sleep', '31.${process.pid}'] });`);
    const sleepers = () =>
      readdirSync('/proc').filter(
        (pid) => /^\d+$/.test(pid) && readable(() => assertSleeper(readFileSync(`/proc/${pid}/cmdline`, 'utf8'))),
      );
    for (let i = 0; i < 100 && sleepers().length === 0; i++) await wait(50);
    expect(sleepers().length).toBeGreaterThan(0);
    expect(await box.reap()).toBe(0);
    worker.kill('SIGKILL');
    for (let i = 0; i < 40 && sleepers().length > 0; i++) await wait(50);
    expect(sleepers()).toEqual([]);
    expect(await box.reap()).toBe(1);
    expect(readdirSync(join(dir, 'store', 'runs')).filter((name) => /^\d+$/.test(name))).toEqual([]);
  });

  test('nothing is left behind: no place, no mount, no control group', async () => {
    expect(readdirSync(join(dir, 'store', 'runs'))).toEqual([]);
    expect(readFileSync('/proc/mounts', 'utf8')).not.toMatch(new RegExp(`${dir}/store/runs`));
  });

  test('where memory and processes are not limited it fails closed, unless that was accepted', async () => {
    const none = { version: 'none' as const, make: () => undefined, reap: async () => {} };
    const open = bubblewrapBox({ dir: join(dir, 'open'), groups: none });
    expect(await open.probe()).toMatchObject({ usable: false, enforced: { memory: false } });
    expect(await open.run(specOf(['/usr/bin/true']))).toMatchObject({
      end: 'box-failed',
      because: expect.stringContaining('memory is not limited'),
    });
    const accepted = bubblewrapBox({ dir: join(dir, 'open'), groups: none, acceptUnenforced: true });
    expect(await accepted.run(specOf(['/usr/bin/true']))).toMatchObject({ end: 'exited', exit: 0 });
    expect((await accepted.probe()).usable).toBe(true);
  });
});

function assertSleeper(commandLine: string): void {
  if (commandLine !== `/bin/sleep\x0031.${process.pid}\0`) throw new Error('another process');
}
