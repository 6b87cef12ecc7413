import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { nativePrograms } from '../../src/io/boxes/native.ts';
import { Spawner } from '../../src/io/boxes/spawner.ts';
import { commandOf } from '../box/ending.ts';

// What starts the launchers, on its own: sbxspawn and the worker's end of it.
const dir = mkdtempSync(join(tmpdir(), 'bw-spawner-'));
let program: string;
beforeAll(async () => {
  program = (await nativePrograms(dir)).spawn;
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const open = () => new Spawner(async () => program);
type More = Partial<Parameters<Spawner['start']>[0]>;

async function started(spawner: Spawner, argv: readonly string[], more: More = {}) {
  const said: Record<1 | 2 | 4, string> = { 1: '', 2: '', 4: '' };
  const heard = (from: 1 | 2 | 4, chunk: Buffer) => {
    said[from] += chunk.toString();
  };
  const running = await spawner.start({ argv, hasStatus: true, heard, ...more });
  return { ...running, said };
}

test('a program has its five descriptors, no other, no environment, and a process group of its own', async () => {
  for (const [name, text] of [
    ['in', 'given'],
    ['filter', 'filtered'],
  ] as const)
    writeFileSync(join(dir, name), text);
  const script = 'cat; echo err >&2; cat <&3 >&4; ls /proc/self/fd | tr "\\n" " "; env; cut -d" " -f5 /proc/self/stat; echo $$';
  const more = { stdin: join(dir, 'in'), seccomp: join(dir, 'filter') };
  const { closed, said } = await started(open(), ['/bin/sh', '-c', script], more);
  expect(await closed).toBe('');
  const [first, ...rest] = said[1].split('\n');
  // The shell's own PWD, and ls's look into the directory.
  expect([first, said[2], said[4]]).toEqual([`given0 1 2 3 4 5 PWD=${process.cwd()}`, 'err\n', 'filtered']);
  expect(rest[0]).toBe(rest[1]);
});

test('many at once are not taken for one another; nobody is left', async () => {
  const spawner = open();
  const all = await Promise.all(
    Array.from({ length: 40 }, (_, i) => started(spawner, ['/bin/sh', '-c', `echo out ${i}; echo err ${i} >&2; echo st ${i} >&4`])),
  );
  expect(await Promise.all(all.map(({ closed }) => closed))).toEqual(Array(40).fill(''));
  expect(all.map(({ said }) => [said[1], said[2], said[4]])).toEqual(all.map((_, i) => [`out ${i}\n`, `err ${i}\n`, `st ${i}\n`]));
  const pid = await spawner.pid();
  expect(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')).toBe('');
});

test('what cannot be started says why, and stops no other', async () => {
  const spawner = open();
  const other = await started(spawner, ['/bin/sleep', '30']);
  const absent = await started(spawner, ['/bin/not-there']);
  expect([await absent.closed, absent.said[2]]).toEqual(['', 'sbxspawn: /bin/not-there: No such file or directory\n']);
  const noInput = await started(spawner, ['/bin/true'], { stdin: '/not-there' });
  expect([await noInput.closed, noInput.said[2]]).toEqual(['', 'sbxspawn: /not-there: No such file or directory\n']);
  const words = Array<string>(16_384 - 4).fill('');
  expect(await (await started(spawner, ['/bin/true', ...words])).closed).toBe('the command is too long');
  expect(await (await started(spawner, ['/bin/true', ...words.slice(1)])).closed).toBe('');
  expect(await (await started(spawner, ['/bin/true', 'x'.repeat(4 << 20)])).closed).toBe('the command is too long');
  // Longer than the kernel takes, and not too long for us.
  const long = await started(spawner, ['/bin/true', 'x'.repeat(3 << 20)]);
  expect([await long.closed, long.said[2]]).toEqual(['', 'sbxspawn: /bin/true: Argument list too long\n']);
  other.kill();
  expect(await other.closed).toBe('');
});

test('killed before it was known to run it is killed all the same', async () => {
  const { closed, kill } = await started(open(), ['/bin/sleep', '30']);
  kill();
  expect(await closed).toBe('');
});

test('when the one that starts them is killed all of its own die, and the next begins anew', async () => {
  const spawner = open();
  const running = await started(spawner, ['/bin/sh', '-c', 'echo $$; exec sleep 30']);
  await expect.poll(() => running.said[1]).toMatch(/\d+\n/);
  const before = await spawner.pid();
  process.kill(before, 'SIGKILL');
  expect(await running.closed).toBe('what starts boxes has ended');
  const next = await started(spawner, ['/bin/echo', 'again']);
  expect([await next.closed, next.said[1]]).toEqual(['', 'again\n']);
  expect(await spawner.pid()).not.toBe(before);
});

test('when the worker is killed nothing of what it started is left, not even what never asked to die with its parent', async () => {
  const mark = `34.${process.pid}`;
  const ours = JSON.stringify(join(import.meta.dirname, '../../src/io/boxes/spawner.ts'));
  const script = `import { Spawner } from ${ours};
    const argv = ['/bin/sh', '-c', '(setsid sleep ${mark} &) ; sleep ${mark} & setsid sleep ${mark} & wait'];
    await (await new Spawner(async () => ${JSON.stringify(program)}).start({ argv, hasStatus: false, heard: () => {} })).closed;`;
  const worker = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'ignore', 'inherit'] });
  const left = () => readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && commandOf(pid) === `sleep ${mark}`);
  await expect.poll(left).toHaveLength(3);
  worker.kill('SIGKILL');
  await expect.poll(left).toEqual([]);
});

test('a stranger who finds the socket is not heard; one that takes it away is got over', async () => {
  const spawner = open();
  const pid = await spawner.pid();
  const address = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')[2]!;
  const other = await started(spawner, ['/bin/sleep', '30']);
  await new Promise<void>((done) =>
    connect(address)
      .on('close', () => done())
      .end('0123456789abcdef0123456789abcdef 1\nforged'),
  );
  other.kill();
  expect([await other.closed, other.said[1]]).toEqual(['', '']);
  rmSync(address);
  expect(await (await started(spawner, ['/bin/true'])).closed).not.toBe('');
  await expect.poll(async () => (await started(spawner, ['/bin/true'])).closed).toBe('');
  expect(readdirSync(dir)).toContain('bin');
});
