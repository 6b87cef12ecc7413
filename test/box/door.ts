import { createServer, type Socket } from 'node:net';
import { expect } from 'vitest';
import type { BoxDoor } from '../../src/base/doors.ts';
import { allowed, type Kit, out, type Probe } from './kit.ts';

/** A door behind which somebody says everything again, and counts who came. */
function echo(port = 4000) {
  const came: string[] = [];
  const open: { paths: string[]; closed: number } = { paths: [], closed: 0 };
  const door: BoxDoor = {
    ...{ at: '/door', port },
    async open(path) {
      open.paths.push(path);
      const sockets = new Set<Socket>();
      const server = createServer({ allowHalfOpen: true }, (socket) => {
        sockets.add(socket);
        socket.on('error', () => {});
        socket.on('data', (bytes) => came.push(bytes.toString('latin1')));
        socket.pipe(socket);
      });
      await new Promise<void>((resolve) => server.listen(path, resolve));
      return async () => {
        open.closed++;
        for (const socket of sockets) socket.destroy();
        await new Promise<void>((resolve) => server.close(() => resolve()));
      };
    },
  };
  return { came, open, door };
}
const say = (port: number, words: string) =>
  `(exec 3<>/dev/tcp/127.0.0.1/${port} && printf '${words}\\n' >&3 && IFS= read -r -t 10 line <&3 && echo "$line") 2>&1 || echo refused`;
const bash = (kit: Kit, script: string, door: BoxDoor) => kit.run(['/bin/bash', '-c', script], { door, profile: 'agent' });

/** The one way out that a box may have; and that there is no other beside it. */
export const doors: readonly Probe[] = [
  {
    tries: 'speak through the port of a door; through the same port of a box without one',
    must: 'heard and answered; refused',
    happens: async (kit) => {
      const { came, open, door } = echo();
      expect(out(await bash(kit, say(4000, 'good morning'), door))).toBe('good morning\n');
      expect([came.join(''), open.paths.length, open.closed]).toEqual(['good morning\n', 1, 1]);
      expect(out(await kit.run(['/bin/bash', '-c', say(4000, 'x')], { profile: 'agent' }))).toContain('refused');
      return 'answered; refused';
    },
  },
  {
    tries: 'speak through the socket itself',
    must: 'the same door',
    happens: async (kit) => {
      const { door } = echo();
      const said = out(await kit.evil('unix-client /door', { door, profile: 'agent' }));
      expect(said).toBe('hello\n');
      return 'answered';
    },
  },
  {
    tries: '2 MiB there and back at once, thirty connections one after the other',
    must: 'whole, byte for byte',
    happens: async (kit) => {
      const { door } = echo();
      const script = `head -c 2097152 /dev/urandom > /tmp/a
        exec 3<>/dev/tcp/127.0.0.1/4000; cat /tmp/a >&3 & head -c 2097152 <&3 > /tmp/b; cmp /tmp/a /tmp/b && echo same
        for i in $(seq 30); do ${say(4000, 'again')}; done | sort | uniq -c`;
      const said = out(await bash(kit, script, door)).replace(/ +/g, ' ');
      expect(said).toBe('same\n 30 again\n');
      return said.trim().replace('\n', ';');
    },
  },
  {
    tries: 'how the command ended, behind the bridge: 7, a signal, a program that is not there; a child to wait for',
    must: 'its own end; no child but its own',
    happens: async (kit) => {
      const { door } = echo();
      const ends = [];
      for (const argv of [['/bin/sh', '-c', 'exit 7'], ['/bin/sh', '-c', 'kill -TERM $$'], ['/no/such/program']]) {
        const { end, exit, signal } = await kit.run(argv, { door });
        ends.push([end, exit ?? signal]);
      }
      expect(ends).toEqual([
        ['exited', 7],
        ['signalled', 15],
        ['exited', 125],
      ]);
      expect(out(await kit.evil('wait-any', { door }))).toBe('ECHILD\n');
      return 'exited 7, signalled 15, exited 125; ECHILD';
    },
  },
  {
    tries: "with a door: other networks, the host's loopback, abstract sockets, other families",
    must: 'refused as without one',
    happens: async (kit) => {
      const { door, came } = echo();
      const server = createServer().listen(0, '127.0.0.1');
      const named = createServer().listen(`\0door-contract-${process.pid}`);
      await Promise.all([server, named].map((s) => s.listening || new Promise((resolve) => s.once('listening', resolve))));
      const { port } = server.address() as { port: number };
      const said = out(await kit.evil(`network door-contract-${process.pid} ${port}`, { door, profile: 'agent' }));
      server.close();
      named.close();
      for (const family of ['vsock', 'netlink', 'packet', 'alg', 'bluetooth', 'xdp']) expect(said).toContain(`${family}: EAFNOSUPPORT`);
      for (const way of ['connect out', 'send out', 'metadata service'])
        expect(said).toMatch(new RegExp(`^${way}: E(NET|HOST)UNREACH`, 'm'));
      for (const way of ['host loopback', 'abstract socket']) expect(said).toContain(`${way}: ECONNREFUSED`);
      expect(came).toEqual([]);
      return 'unreachable, refused, no such family';
    },
  },
  {
    tries: 'what else of the host is in sight beside the socket; to change, move or take away the socket; to listen in its place',
    must: 'nothing; refused',
    happens: async (kit) => {
      const { door } = echo();
      const script = `find / \\( -path /proc -o -path /sys -o -path /usr \\) -prune -o -type s -print 2>/dev/null; test -S /door && echo socket
        for c in "rm -f /door" "mv /door /other" "chmod 777 /door" "touch /new" "ln /door /tmp/door"; do sh -c "$c" 2>/dev/null && echo "DONE $c"; done
        /hostile unix-server /door; true`;
      const said = out(await kit.sh(script, { door, profile: 'agent' }));
      expect(said).toMatch(/^(\/door\n)?socket\n(EADDRINUSE|EROFS|EACCES)\n$/);
      const [shut, open] = [await kit.evil('files'), await kit.evil('files', { door })].map((r) => allowed(out(r)));
      expect(open).toEqual(shut);
      return 'one socket, as it was';
    },
  },
  {
    tries: "another box's door: by its path on the host, while that one is open",
    must: 'not there; and no other user of the host may use it',
    happens: async (kit) => {
      const one = echo();
      let path = '';
      const open: BoxDoor = {
        ...one.door,
        open: (at: string) => {
          path = at;
          return one.door.open(at);
        },
      };
      const running = bash(kit, 'read -t 2 x < <(sleep 2); true', open);
      while (path === '') await new Promise((resolve) => setTimeout(resolve, 20));
      const other = await kit.evil(`unix-client ${path}`, { door: echo().door, profile: 'agent' });
      expect(out(other)).toMatch(/^(ENOENT|EACCES)\n$/);
      await running;
      expect(one.came).toEqual([]);
      return out(other).trim();
    },
  },
  {
    tries: 'a door that is not opened, at a place of ours, below port 1024, or beneath too long a path',
    must: 'the box fails, and says why',
    happens: async (kit) => {
      const { door } = echo();
      const because = async (of: Partial<BoxDoor>) => (await kit.run(['/bin/true'], { door: { ...door, ...of } })).because;
      expect(await because({ at: '/usr/door' })).toMatch(/nothing may be mounted/);
      expect(await because({ port: 80 })).toMatch(/port/);
      expect(await because({ open: () => Promise.reject(new Error('nobody is there')) })).toBe('nobody is there');
      return 'said, three times';
    },
  },
  {
    tries: 'a box that is cut off while it speaks',
    must: 'its door is shut when it has ended',
    happens: async (kit) => {
      const { door, open } = echo();
      const cut = AbortSignal.timeout(700);
      const result = await kit.run(['/bin/bash', '-c', `while true; do ${say(4000, 'on')}; done`], { door, profile: 'agent' }, cut);
      expect([result.end, open.closed]).toEqual(['killed', 1]);
      return 'killed; shut';
    },
  },
];
