import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { expect } from 'vitest';
import { allowed, out, type Probe, saidBy } from './kit.ts';

/** What gVisor's own kernel lets pass that means nothing there. */
const harmlessInGvisor = new Set(['nice', 'realtime', '/proc/self/oom_score_adj']);

function nothingAllowed(said: string, isShared: boolean): string {
  const found = allowed(said).filter((line) => isShared || !harmlessInGvisor.has(line.split(':')[0]!));
  expect(found).toEqual([]);
  const lines = said.trim().split('\n');
  const let_ = lines.length - lines.filter((line) => !line.includes('ALLOWED')).length;
  return `${lines.length - let_} of ${lines.length} refused${let_ ? `; the sandbox's own: ${allowed(said).join(', ').replaceAll(': ALLOWED', '')}` : ''}`;
}

/** Ways out, and what of the host may be seen or reached. */
export const escaping: readonly Probe[] = [
  {
    tries: 'some 50 system calls that reach the kernel or the host',
    must: 'refused; io_uring does not exist',
    happens: async ({ evil, isShared }) => {
      const said = out(await evil('calls'));
      expect(said).toContain('io_uring: ENOSYS');
      return nothingAllowed(said, isShared);
    },
  },
  {
    tries: 'the same as a build, which may be debugged',
    must: 'ptrace and process_vm_readv alone are allowed',
    happens: async ({ evil }) => {
      const said = allowed(out(await evil('calls', { profile: 'build' }))).filter((line) => !harmlessInGvisor.has(line.split(':')[0]!));
      for (const line of said) expect(['process_vm_readv: ALLOWED', 'ptrace: ALLOWED']).toContain(line);
      expect(said).toContain('ptrace: ALLOWED');
      return said.join(', ').replaceAll(': ALLOWED', '') || 'none';
    },
  },
  {
    tries: 'write to the root, /usr, /etc, /dev, /proc/sys; see passwd, /root, /home, /work, /sys, disks, kvm, kernel memory',
    must: 'refused or not there',
    happens: async ({ evil, isShared }) => {
      const said = out(await evil('files', { files: [{ at: '/input/x', bytes: Buffer.from('x') }] }));
      return nothingAllowed(said, isShared);
    },
  },
  {
    tries: 'sockets to vsock, netlink, packet, alg, bluetooth, xdp, raw',
    must: 'no such family: not the hypervisor, not the kernel',
    happens: async ({ evil }) => {
      const said = out(await evil('network none 1', { profile: 'agent' }));
      for (const family of ['vsock', 'netlink', 'packet', 'alg', 'bluetooth', 'xdp']) expect(said).toContain(`${family}: EAFNOSUPPORT`);
      expect(said).toMatch(/^raw: (EPERM|EPROTONOSUPPORT)$/m);
      return 'EAFNOSUPPORT, all; raw refused';
    },
  },
  {
    tries: '1.1.1.1 by TCP and UDP, 169.254.169.254',
    must: 'unreachable',
    happens: async ({ evil }) => {
      const said = out(await evil('network none 1'));
      const lines = said.split('\n').filter((line) => /^(connect out|send out|metadata)/.test(line));
      expect(lines).toHaveLength(3);
      for (const line of lines) expect(line).toMatch(/ENETUNREACH|EHOSTUNREACH/);
      return lines.map((line) => line.split(': ')[1]).join(', ');
    },
  },
  {
    tries: "a server on the host's 127.0.0.1, and an abstract socket of the host",
    must: 'refused: another loopback, another namespace',
    happens: async ({ evil }) => {
      const name = `box-contract-${process.pid}`;
      const servers = [createServer().listen(`\0${name}`), createServer().listen(0, '127.0.0.1')];
      await Promise.all(servers.map((server) => server.listening || once(server, 'listening')));
      const port = (servers[1]!.address() as { port: number }).port;
      const said = out(await evil(`network ${name} ${port}`));
      for (const server of servers) server.close();
      expect(said).toContain('host loopback: ECONNREFUSED');
      expect(said).toContain('abstract socket: ECONNREFUSED');
      return 'ECONNREFUSED, both';
    },
  },
  {
    tries: 'an abstract socket of another box that runs at the same time',
    must: 'refused',
    happens: async ({ evil }) => {
      const server = evil('abstract-server met-in-a-box');
      await wait(1500);
      const said = out(await evil('abstract-client met-in-a-box'));
      await server;
      expect(said).toBe('ECONNREFUSED\n');
      return 'ECONNREFUSED';
    },
  },
  {
    tries: "list one's own descriptors, run by a worker that itself inherited one",
    must: '0, 1 and 2',
    happens: async ({ workerOf }) => {
      const worker = workerOf(`const result = await box.run({ ...spec, argv: ['/hostile', 'descriptors'] });
        process.stdout.write(result.end + ' ' + Buffer.from(result.stdout));`);
      const said = (await saidBy(worker)).trim();
      expect(said).toBe('exited 0 1 2');
      return said.slice(7);
    },
  },
  {
    tries: "find the worker's environment in /proc/*/environ",
    must: 'nowhere',
    happens: async ({ sh }) => {
      process.env.BOX_CONTRACT_SECRET = 'secret-of-the-worker';
      const said = out(await sh('cat /proc/[0-9]*/environ 2>/dev/null | tr "\\0" "\\n"'));
      delete process.env.BOX_CONTRACT_SECRET;
      expect(said).not.toContain('secret-of-the-worker');
      expect(said).toContain('PATH=/usr/bin:/bin');
      return "only the box's own";
    },
  },
  {
    tries: "read the host's boot parameters",
    must: 'masked',
    happens: async ({ evil }) => {
      const said = out(await evil('show /proc/cmdline'));
      expect(said).toMatch(/^(EACCES|BOOT_IMAGE=\/vmlinuz-[0-9.]+-gvisor quiet\s*)?$/);
      return said.trim() || 'empty';
    },
  },
  {
    tries: 'count the processes in sight',
    must: "the box's own, three at most",
    happens: async ({ evil }) => {
      const said = Number(out(await evil('processes')));
      expect(said).toBeLessThanOrEqual(3);
      return String(said);
    },
  },
  {
    tries: 'who am I, with what rights',
    must: 'nobody; no capability, no new privileges, filtered',
    happens: async ({ run, sh }) => {
      expect(out(await run(['/usr/bin/id', '-u']))).toBe('65534\n');
      const said = out(
        await sh(
          'while read -r k v; do case $k in CapPrm:|CapEff:|NoNewPrivs:|Seccomp:) printf "%s%s " $k $v;; esac; done < /proc/self/status',
        ),
      );
      expect(said).toMatch(/CapPrm:0{16} CapEff:0{16} /);
      expect(said).toMatch(/Seccomp:2/);
      return `65534 ${said.trim()}`;
    },
  },
  {
    tries: 'a copy of id with the set-user-ID bit; su; newuidmap',
    must: 'still nobody',
    happens: async ({ sh }) => {
      const said = await sh(
        'cp /usr/bin/id /tmp/id && chmod 4755 /tmp/id && /tmp/id -u; su -c id </dev/null; newuidmap $$ 0 0 1; unshare -U true; true',
      );
      expect(out(said)).toBe('65534\n');
      return '65534';
    },
  },
  {
    tries: 'two boxes at once, seen from the host',
    must: 'two users that nobody else is',
    unless: ({ isRoot, isShared }) =>
      (!isRoot && 'the worker is not root (tier B)') || (!isShared && 'the host sees only the sentry; see the next'),
    happens: async ({ evil }) => {
      // Others are tried beside us.
      const mark = `two-of-${process.pid}`;
      const running = [evil(`sleep ${mark}`, { limits: { wallMs: 2000 } }), evil(`sleep ${mark}`, { limits: { wallMs: 2000 } })];
      await wait(1000);
      const own = usersOf(new RegExp(` /hostile sleep ${mark}`), /bwrap/);
      await Promise.all(running);
      expect(own.size).toBe(2);
      return 'two users above 700000';
    },
  },
  {
    tries: 'as whom the runtime itself runs on the host',
    must: 'nobody of the host; not root',
    unless: ({ isRoot }) => !isRoot && 'the worker is not root (tier B)',
    happens: async ({ evil, isShared }) => {
      const running = evil('sleep', { limits: { wallMs: 3000 } });
      await wait(1500);
      const users = usersOf(isShared ? /bwrap .*\/hostile sleep/ : /runsc-(sandbox|gofer)|runsc .* run /);
      await running;
      expect(users.size).toBeGreaterThan(0);
      for (const uid of users) expect(uid).toBeGreaterThanOrEqual(700_000);
      return 'a user above 700000';
    },
  },
  {
    tries: "speak in init's name on any descriptor in /proc, write to its memory, trace it (as poc and as build)",
    must: 'only our own status counts',
    happens: async ({ evil }) => {
      for (const profile of ['poc', 'build'] as const) {
        const result = await evil('forge', { profile });
        expect([result.end, result.exit]).toEqual(['exited', 7]);
        expect(out(result)).toBe('tried\n');
      }
      return 'exited 7, nothing reached';
    },
  },
  {
    tries: "what the box's first process could do for us, if its memory (/proc/1/mem) is within reach",
    must: 'no more than we (no capability, the same filter), or out of reach',
    happens: async ({ sh }) => {
      const said = out(
        await sh('while read -r k v; do case $k in CapPrm:|CapEff:|Seccomp:) printf "%s%s " $k $v;; esac; done < /proc/1/status'),
      );
      const reached = out(await sh('exec 3<>/proc/1/mem && echo open')).trim() || 'not within reach';
      if (reached === 'open') expect(said).toMatch(/CapPrm:0{16} CapEff:0{16} Seccomp:2/);
      return `${reached}; ${said.trim()}`;
    },
  },
  {
    tries: 'kill init; kill everybody',
    must: 'killed, never a failure of ours nor a success',
    happens: async ({ evil }) => {
      const [one, all] = [await evil('kill-init'), await evil('kill-all')];
      expect(one.end === 'killed' || (one.end === 'exited' && one.exit === 3)).toBe(true);
      expect(all.end === 'killed' || (all.end === 'exited' && [3, 5].includes(all.exit!)) || all.end === 'signalled').toBe(true);
      return `${one.end}; ${all.end}`;
    },
  },
  {
    tries: 'the kernel: version, name of the machine, times of the boot',
    must: 'the name is masked; the rest is fingerprinting a box does not stop',
    happens: async ({ run, isShared }) => {
      expect(out(await run(['/usr/bin/uname', '-n']))).toBe('sandbox\n');
      return `sandbox; kernel ${isShared ? "of the host's version" : out(await run(['/usr/bin/uname', '-r'])).trim()}`;
    },
  },
];

function usersOf(wanted: RegExp, but?: RegExp): ReadonlySet<number> {
  const lines = execFileSync('ps', ['-eo', 'uid=,args='], { maxBuffer: 1 << 26 })
    .toString()
    .split('\n');
  const found = lines.filter((line) => wanted.test(line) && !but?.test(line) && / (\/|runsc-|bwrap)/.test(line));
  return new Set(found.map((line) => Number(line.trim().split(' ')[0])).filter((uid) => uid !== process.getuid?.() || uid !== 0));
}
