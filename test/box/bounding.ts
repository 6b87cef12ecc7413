import { expect } from 'vitest';
import { out, type Probe } from './kit.ts';
import { bounds, mib } from './kit-specs.ts';

const room = { limits: { fileBytes: 64 * mib } };

/** Every limit at the limit and beyond. */
export const bounding: readonly Probe[] = [
  {
    tries: 'probe each bound on this machine',
    must: 'every one is enforced',
    happens: async ({ box, isRoot, isShared }) => {
      const probe = await box.probe();
      expect(probe.enforced).toEqual({ memory: true, pids: true, cpu: true, disk: isRoot, net: true, seccomp: true });
      expect(probe).toMatchObject({ usable: true, isolation: isShared ? 'process' : 'userspace-kernel' });
      return Object.keys(probe.enforced).join(', ');
    },
  },
  {
    tries: 'allocate 90 MiB of 128',
    must: 'runs',
    happens: async ({ evil }) => {
      expect(await evil('eat 90')).toMatchObject({ end: 'exited', exit: 0, oomKills: 0 });
      return 'exited 0, no kill';
    },
  },
  {
    tries: 'allocate 400 MiB of 128',
    must: 'dies at the limit and is counted as out of memory',
    happens: async ({ evil, isShared }) => {
      const result = await evil('eat 400');
      expect(result.end).toBe('oom');
      expect(result.oomKills).toBeGreaterThan(0);
      // A page or a few are charged where the kernel cannot fail.
      expect(result.peakBytes).toBeLessThanOrEqual(bounds.memoryBytes + (isShared ? 0 : 96 * mib) + mib / 4);
      return `oom, ${result.oomKills} kills, peak ${result.peakBytes} bytes`;
    },
  },
  {
    tries: 'let a child allocate 400 MiB and live on',
    must: 'the kill is told all the same',
    happens: async ({ evil }) => {
      const result = await evil('child-eats 400');
      expect(result.oomKills).toBeGreaterThan(0);
      return `${result.end}, ${result.oomKills} kills`;
    },
  },
  {
    tries: 'hide 400 MiB in memfd files',
    must: 'the same limit',
    happens: async ({ evil }) => {
      const result = await evil('memfd 400', { limits: { fileBytes: 512 * mib } });
      expect(result.end).toBe('oom');
      return `oom, peak ${result.peakBytes} bytes`;
    },
  },
  {
    tries: '24 processes of 24, then a 25th',
    must: '24 and not one more',
    unless: ({ isShared }) => !isShared && "gVisor's count runs behind: see the next",
    happens: async ({ evil }) => {
      expect(out(await evil('fork 24'))).toBe('24 all\n');
      expect(out(await evil('fork 25'))).toBe('24 EAGAIN\n');
      return '24 all; 24 EAGAIN';
    },
  },
  {
    tries: '200 processes and 200 threads of 24',
    must: 'at most 24, on gVisor 64 more',
    happens: async ({ evil, isShared }) => {
      const said = [out(await evil('fork 200')), out(await evil('threads 200'))].map((text) => text.trim());
      for (const text of said) {
        expect(text).toMatch(/^\d+ EAGAIN$/);
        expect(Number(text.split(' ')[0])).toBeLessThanOrEqual(24 + (isShared ? 0 : 64));
      }
      return said.join('; ');
    },
  },
  {
    tries: 'a fork bomb',
    must: 'over when its time is, nobody left',
    happens: async ({ evil, box, isShared }) => {
      const result = await evil('fork-bomb', { limits: { wallMs: 1500 } });
      expect(result.end).toMatch(/timeout|cpu-limit/);
      if (isShared) expect(result.pidsRefused).toBeGreaterThan(0);
      expect(await box.reap()).toBe(0);
      return `${result.end}, ${result.pidsRefused} forks refused by the host`;
    },
  },
  {
    tries: 'spin with one second of CPU time, and let a child do it',
    must: 'cpu-limit; the child dies of it',
    happens: async ({ evil }) => {
      const [own, childs] = await Promise.all([
        evil('spin', { limits: { cpuSec: 1, wallMs: 90_000 } }),
        evil('child-spins', { limits: { cpuSec: 1, wallMs: 6000 } }),
      ]);
      expect(own.end).toBe('cpu-limit');
      expect(['exited', 'timeout']).toContain(childs.end);
      return `${own.end}; ${childs.end} after ${(childs.cpuUs / 1e6).toFixed(1)} s of CPU`;
    },
  },
  {
    tries: 'spin beyond the wall time',
    must: 'timeout',
    happens: async ({ evil }) => {
      const result = await evil('spin', { limits: { wallMs: 600 } });
      expect(result).toMatchObject({ end: 'timeout', exit: null, signal: null });
      return `timeout after ${result.wallMs.toFixed(0)} ms`;
    },
  },
  {
    tries: 'sleep, ignoring SIGTERM; stop oneself (SIGSTOP)',
    must: 'timeout, both',
    happens: async ({ evil }) => {
      const said = await Promise.all([evil('sleep', { limits: { wallMs: 800 } }), evil('stop', { limits: { wallMs: 800 } })]);
      expect(said.map((r) => r.end)).toEqual(['timeout', 'timeout']);
      return `timeout after ${said.map((r) => r.wallMs.toFixed(0)).join(' and ')} ms`;
    },
  },
  {
    tries: 'print as much as is kept, and one byte more',
    must: 'kept whole; ended',
    happens: async ({ evil }) => {
      const full = await evil(`print ${bounds.outputBytes}`);
      expect([full.end, full.stdout.length]).toEqual(['exited', bounds.outputBytes]);
      const more = await evil(`print ${bounds.outputBytes + 1}`);
      expect(more.end).toBe('output-limit');
      expect(more.stdout.length).toBeLessThanOrEqual(bounds.outputBytes);
      return `exited with ${full.stdout.length} bytes; output-limit`;
    },
  },
  {
    tries: 'flood one output, then both at once',
    must: 'ended at the limit of both together',
    happens: async ({ evil, sh }) => {
      expect((await evil('print 9999999999')).end).toBe('output-limit');
      const both = await sh('cat /dev/zero & cat /dev/zero >&2');
      expect(both.end).toBe('output-limit');
      expect(both.stdout.length + both.stderr.length).toBeLessThanOrEqual(bounds.outputBytes);
      return `output-limit, ${both.stdout.length + both.stderr.length} bytes kept`;
    },
  },
  {
    tries: 'a file as large as allowed, and one byte more',
    must: 'written; file-limit (SIGXFSZ)',
    happens: async ({ evil }) => {
      const wide = { limits: { tmpBytes: 16 * mib } };
      expect(out(await evil(`fill ${bounds.fileBytes} /tmp/f`, wide))).toBe(`${bounds.fileBytes}\n`);
      expect((await evil(`fill ${bounds.fileBytes + 1} /tmp/f`, wide)).end).toBe('file-limit');
      return `${bounds.fileBytes} bytes; file-limit`;
    },
  },
  {
    tries: 'fill /tmp beyond 4 MiB and /dev/shm beyond 8',
    must: 'ENOSPC at the limit',
    happens: async ({ evil }) => {
      expect(out(await evil(`fill ${8 * mib} /tmp/f`))).toBe(`${bounds.tmpBytes}\n`);
      expect(out(await evil(`fill ${16 * mib} /dev/shm/f`, room))).toBe(`${8 * mib}\n`);
      return `${bounds.tmpBytes} and ${8 * mib} bytes`;
    },
  },
  {
    tries: 'write to /dev, where no tmpfs is bounded',
    must: 'refused',
    happens: async ({ evil }) => {
      expect((await evil('fill 10 /dev/f')).exit).toBe(4);
      return 'cannot be opened';
    },
  },
  {
    tries: 'a million empty files in /tmp',
    must: 'over by the memory, the time or the disk; the worker is well',
    happens: async ({ evil, box }) => {
      const result = await evil('inodes 1000000 /tmp', { limits: { wallMs: 8000, memoryBytes: 64 * mib } });
      expect(result.end === 'exited' ? out(result) : result.end).toMatch(/oom|timeout|cpu-limit|ENOSPC/);
      expect(await box.reap()).toBe(0);
      return result.end === 'exited' ? out(result).trim() : result.end;
    },
  },
  {
    tries: 'open descriptors without end',
    must: '64 of 64',
    happens: async ({ evil }) => {
      expect(out(await evil('open-many'))).toBe('64 EMFILE\n');
      return '64 EMFILE';
    },
  },
  {
    tries: 'fill a workspace of 2 MiB',
    must: 'ENOSPC at the limit',
    unless: ({ isRoot }) => !isRoot && 'the kernel bounds no directory for a worker that is not root; the probe says so',
    happens: async ({ evil, box }) => {
      const workspace = { owner: 'filler', at: '/space', maxBytes: 2 * mib };
      const said = Number(out(await evil(`fill ${4 * mib} /space/big`, { workspace })));
      await box.discard('filler');
      expect(said).toBeLessThanOrEqual(2 * mib);
      expect(said).toBeGreaterThan(mib);
      return `${said} bytes`;
    },
  },
];
