import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A program to be started: its descriptors 0 and 3 are files, read to their end, or empty. */
interface Start {
  readonly argv: readonly string[];
  readonly stdin?: string | undefined;
  readonly seccomp?: string | undefined;
  /** It has a descriptor 4 that is heard. */
  readonly hasStatus: boolean;
  /** What it writes, as it comes. */
  heard(descriptor: 1 | 2 | 4, chunk: Buffer): void;
}

interface Running {
  /** Resolves when it has ended and nobody holds its outputs any more: '' or why it never began. */
  readonly closed: Promise<string>;
  /** Its whole process group. */
  kill(): void;
}

interface Begun {
  readonly start: Start;
  readonly expected: number;
  connected: number;
  left: number;
  pid: number | undefined;
  hasEnded: boolean;
  isKilled: boolean;
  /** False when it was over already. */
  done(failure: string): boolean;
}

/** Of a Unix socket's address, its last NUL counted. */
const addressBytes = 108;
/** What sbxspawn reads at most (MAX_REQUEST, MAX_WORDS): beyond it would end, and with it every other box. */
const requestBytes = 4 << 20;
const requestWords = 16_384;
/** How long a connection that was made may take to be seen after its process has ended. */
const connectionMs = 2000;

/** Where the sockets of this process's spawners lie. */
const places = new Set<string>();
process.once('exit', () => {
  for (const dir of places) rmSync(dir, { recursive: true, force: true });
});

/**
 * Starts programs through a small process of our own (native/sbxspawn.c). Node forks itself for each, which copies the tables of all its
 * memory: 50 ms for a hub of 400 MiB, and nothing else happens meanwhile. Must be used from the main thread: all dies with it.
 */
export class Spawner {
  readonly #program: () => Promise<string>;
  #process: Promise<{ readonly child: ChildProcess; readonly server: Server }> | undefined;
  readonly #begun = new Map<string, Begun>();

  constructor(program: () => Promise<string>) {
    this.#program = program;
  }

  /** Whose death the program is to take for its own. */
  async pid(): Promise<number> {
    return (await this.#ready()).child.pid!;
  }

  async start(start: Start): Promise<Running> {
    const { child, server } = await this.#ready();
    const token = randomBytes(16).toString('hex');
    const words = [token, start.stdin ?? '-', start.seccomp ?? '-', start.hasStatus ? '1' : '0', ...start.argv];
    const request = requestOf(words);
    if (request.length > requestBytes || words.length > requestWords)
      return { closed: Promise.resolve('the command is too long'), kill: () => {} };
    const { promise: closed, resolve } = Promise.withResolvers<string>();
    const begun: Begun = {
      ...{ start, expected: start.hasStatus ? 3 : 2, connected: 0, left: 0, pid: undefined, hasEnded: false, isKilled: false },
      done: (failure) => {
        if (!this.#begun.delete(token)) return false;
        if (this.#begun.size === 0) server.unref();
        resolve(failure);
        return true;
      },
    };
    this.#begun.set(token, begun);
    server.ref();
    child.stdin!.write(request);
    return { closed, kill: () => killed(begun) };
  }

  #ready() {
    this.#process ??= this.#launch().catch((cause) => {
      this.#process = undefined;
      throw cause;
    });
    return this.#process;
  }

  async #launch() {
    const program = await this.#program();
    const dir = mkdtempSync(join(tmpdir(), 'bw-box-'));
    const address = join(dir, 's');
    if (Buffer.byteLength(address) >= addressBytes) throw new Error(`the path of the temporary directory is too long: ${tmpdir()}`);
    const server = createServer((socket) => this.#connected(socket));
    await new Promise<void>((done, failed) => server.once('error', failed).listen(address, done));
    const child = spawn(program, [String(process.pid), address], { stdio: ['pipe', 'pipe', 'ignore'], detached: true, env: {} });
    // Nobody is held up by what only waits.
    child.unref();
    for (const stream of [child.stdin, child.stdout]) (stream as unknown as Socket).unref();
    server.unref();
    places.add(dir);
    const ended = (because: string) => {
      this.#process = undefined;
      server.close();
      places.delete(dir);
      rmSync(dir, { recursive: true, force: true });
      for (const begun of [...this.#begun.values()]) begun.done(because);
    };
    child.stdin!.on('error', () => {});
    child.once('error', (cause) => ended(cause.message));
    child.once('exit', () => ended('what starts boxes has ended'));
    let said = '';
    child.stdout!.on('data', (chunk: Buffer) => {
      const lines = (said + chunk.toString('latin1')).split('\n');
      said = lines.pop()!;
      for (const line of lines) this.#told(line.split(' '));
    });
    return { child, server };
  }

  #told([what, name, number]: readonly string[]): void {
    if (what === 'began') {
      const begun = this.#begun.get(name!);
      if (begun && number === '0') begun.done('no more processes can be started');
      else if (begun) {
        begun.pid = Number(number);
        if (begun.isKilled) killed(begun);
      }
    } else {
      const begun = [...this.#begun.values()].find(({ pid }) => pid === Number(name));
      if (!begun) return;
      // Its number is another's from now on.
      begun.pid = undefined;
      begun.hasEnded = true;
      settle(begun);
      if (begun.connected < begun.expected) setTimeout(() => this.#unheard(begun), connectionMs);
    }
  }

  /** It could not reach us: whoever is started by another one may. */
  #unheard(begun: Begun): void {
    if (begun.connected === begun.expected || !begun.done('it ended before it could say anything')) return;
    void this.#process?.then(({ child }) => child.kill('SIGKILL'));
  }

  /** One of a program's outputs; the first line says whose and which. */
  #connected(socket: Socket): void {
    let head = Buffer.alloc(0);
    socket.on('error', () => {});
    const first = (chunk: Buffer) => {
      head = Buffer.concat([head, chunk]);
      const end = head.indexOf(10);
      if (end < 0) return head.length > addressBytes ? void socket.destroy() : undefined;
      socket.off('data', first);
      const [token, descriptor] = head.toString('latin1', 0, end).split(' ');
      const begun = this.#begun.get(token!);
      if (!begun) return void socket.destroy();
      begun.connected++;
      const hear = (bytes: Buffer) => begun.start.heard(Number(descriptor) as 1 | 2 | 4, bytes);
      if (end + 1 < head.length) hear(head.subarray(end + 1));
      socket.on('data', hear);
      socket.once('close', () => {
        begun.left++;
        settle(begun);
      });
    };
    socket.on('data', first);
  }
}

function settle(begun: Begun): void {
  if (begun.hasEnded && begun.left === (begun.isKilled ? begun.connected : begun.expected)) begun.done('');
}

function requestOf(words: readonly string[]): Buffer {
  const body = Buffer.from(words.map((word) => `${word}\0`).join(''));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(body.length);
  return Buffer.concat([length, body]);
}

function killed(begun: Begun): void {
  begun.isKilled = true;
  if (begun.pid === undefined) return;
  try {
    process.kill(-begun.pid, 'SIGKILL');
  } catch {
    // already gone
  }
}
