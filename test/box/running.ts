import { expect } from 'vitest';
import { out, type Probe } from './kit.ts';
import { mib } from './kit-specs.ts';

/** Commands: how they begin, what they are given, how they end. */
export const running: readonly Probe[] = [
  {
    tries: 'exit 0, 42, 139 and 255',
    must: 'exactly these, none taken for a signal',
    happens: async ({ evil }) => {
      const said = await Promise.all([0, 42, 139, 255].map((n) => evil(`exit ${n}`)));
      expect(said.map((r) => [r.end, r.exit, r.signal])).toEqual([0, 42, 139, 255].map((n) => ['exited', n, null]));
      return 'exited 0, 42, 139, 255';
    },
  },
  {
    tries: 'end by SIGSEGV, SIGABRT, SIGILL, SIGKILL, SIGTERM',
    must: 'the exact signal, none taken for an exit status',
    happens: async ({ evil }) => {
      const said = await Promise.all([11, 6, 4, 9, 15].map((n) => evil(`signal ${n}`)));
      expect(said.map((r) => [r.end, r.exit, r.signal])).toEqual([11, 6, 4, 9, 15].map((n) => ['signalled', null, n]));
      return 'signalled 11, 6, 4, 9, 15';
    },
  },
  {
    tries: 'a command that is not there',
    must: 'a failure of the box, not of the target',
    happens: async ({ run }) => {
      const result = await run(['/nowhere']);
      expect(result).toMatchObject({ end: 'box-failed', exit: null, because: expect.stringContaining('errno 2') });
      return result.because!;
    },
  },
  {
    tries: 'a file without the right to be executed, and a directory, as command',
    must: 'failures of the box (EACCES)',
    happens: async ({ run }) => {
      const files = [{ at: '/input/plain', bytes: Buffer.from('x') }];
      const said = [await run(['/input/plain'], { files }), await run(['/tmp'])];
      for (const r of said) expect(r).toMatchObject({ end: 'box-failed', because: expect.stringContaining('errno 13') });
      return 'box-failed, errno 13, both';
    },
  },
  {
    tries: 'arguments with blanks, quotes, line ends, stars and other scripts, and one of 100,000 bytes',
    must: 'arrive as they are',
    happens: async ({ run }) => {
      const words = ['a b', '"', "'", 'x\ny', '*', '$HOME', '✨🚀', 'л'.repeat(50_000)];
      const result = await run(['/usr/bin/printf', '%s\\0', ...words], { limits: { outputBytes: 200_000 } });
      expect(out(result)).toBe(words.map((w) => `${w}\0`).join(''));
      return 'as they are';
    },
  },
  {
    tries: 'print the environment',
    must: 'PATH, HOME, LC_ALL and what the spec says, nothing else',
    happens: async ({ run }) => {
      const result = await run(['/usr/bin/env'], { env: { GIVEN: 'a=b c' } });
      const names = out(result).trim().split('\n').sort();
      expect(names.filter((n) => !n.startsWith('PWD='))).toEqual(['GIVEN=a=b c', 'HOME=/tmp', 'LC_ALL=C.UTF-8', 'PATH=/usr/bin:/bin']);
      return names.join(', ');
    },
  },
  {
    tries: 'override PATH in the spec',
    must: "the spec's own value, once",
    happens: async ({ run }) => {
      const said = out(await run(['/usr/bin/env'], { env: { PATH: '/nothing' } })).split('\n');
      expect(said.filter((line) => line.startsWith('PATH='))).toEqual(['PATH=/nothing']);
      return 'PATH=/nothing';
    },
  },
  {
    tries: 'begin in another directory, and in one that is not there',
    must: 'there; a failure of the box',
    happens: async ({ run }) => {
      expect(out(await run(['/bin/pwd'], { cwd: '/usr/bin' }))).toBe('/usr/bin\n');
      expect((await run(['/bin/pwd'], { cwd: '/nowhere' })).end).toBe('box-failed');
      return '/usr/bin; box-failed';
    },
  },
  {
    tries: 'standard input: five odd bytes, none, and 8 MiB',
    must: 'exactly what was given; without any it is empty',
    happens: async ({ run, sh }) => {
      const odd = Buffer.from([0, 255, 10, 13, 0]);
      expect(Buffer.from((await run(['/bin/cat'], { stdin: odd })).stdout)).toEqual(odd);
      expect((await run(['/bin/cat'])).stdout.length).toBe(0);
      const large = Buffer.alloc(8 * mib, 'x\n');
      expect(out(await sh('wc -c', { stdin: large })).trim()).toBe(String(large.length));
      return 'as given: 5, 0 and 8388608 bytes';
    },
  },
  {
    tries: 'never read 8 MiB of standard input',
    must: 'ends like any other',
    happens: async ({ evil }) => {
      expect(await evil('exit 3', { stdin: Buffer.alloc(8 * mib) })).toMatchObject({ end: 'exited', exit: 3 });
      return 'exited 3';
    },
  },
  {
    tries: 'write bytes that are no UTF-8 to both outputs',
    must: 'kept as they are, apart',
    happens: async ({ sh }) => {
      const result = await sh("printf '\\303\\050\\000'; printf '\\377\\376' >&2");
      expect([Buffer.from(result.stdout).toString('hex'), Buffer.from(result.stderr).toString('hex')]).toEqual(['c32800', 'fffe']);
      return 'c32800 and fffe';
    },
  },
  {
    tries: 'close both outputs and go on',
    must: 'the status is still told',
    happens: async ({ sh }) => {
      expect(await sh('exec >&- 2>&-; sleep 0.3; exit 9')).toMatchObject({ end: 'exited', exit: 9 });
      return 'exited 9';
    },
  },
  {
    tries: 'ask for node; ask for it without the spec naming it',
    must: 'the version of the worker; a failure of the box',
    happens: async ({ run }) => {
      const argv = ['/tools/node', '-p', 'process.version'];
      const room = { limits: { memoryBytes: 512 * mib } };
      expect(out(await run(argv, { tools: ['node'], ...room }))).toBe(`${process.version}\n`);
      expect((await run(argv, room)).end).toBe('box-failed');
      return `${process.version}; box-failed`;
    },
  },
  {
    tries: 'where a variable lies, in two runs',
    must: 'the same address: crashes can be compared',
    unless: ({ isShared }) => !isShared && 'gVisor places memory itself, anew each time',
    happens: async ({ evil }) => {
      const [a, b] = [out(await evil('where')), out(await evil('where'))];
      expect(a).toBe(b);
      expect(a).toMatch(/^0x[0-9a-f]+\n$/);
      return `${a.trim()} twice`;
    },
  },
  {
    tries: 'mounts over /usr, ../ in paths, unknown trees, "A=B" as a name, two things at one place, NUL in a word',
    must: 'refused before anything starts',
    happens: async ({ evil, run, hostile, treeOf }) => {
      const one = { at: '/input/x', bytes: hostile };
      const bad: Parameters<typeof run>[1][] = [
        { files: [{ at: '/usr/x', bytes: hostile }] },
        { files: [{ at: '/input/../etc/x', bytes: hostile }] },
        { files: [{ at: '/.box/said', bytes: hostile }] },
        { files: [one, one] },
        { trees: [{ tree: `tree_${'0'.repeat(64)}`, at: '/src' }] },
        { trees: [{ tree: 'tree_../../etc', at: '/src' }] },
        { env: { 'A=B': 'x' } },
        { collect: '/src/reports', trees: [{ tree: await treeOf({ a: '' }), at: '/src' }] },
        { keep: '/src' },
        { cwd: '/tmp\0' },
      ];
      for (const more of bad) expect([more, (await evil('exit 0', more)).end]).toEqual([more, 'box-failed']);
      return `${bad.length} of ${bad.length} box-failed`;
    },
  },
];
