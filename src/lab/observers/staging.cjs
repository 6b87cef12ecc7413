// The process in which a driver runs, seen from outside: started, spoken to on descriptor 3, timed, stopped.
'use strict';
const { spawn } = require('node:child_process');
const { randomBytes } = require('node:crypto');
const { readdirSync, readFileSync } = require('node:fs');

/** For work that the driver left behind: commands, sockets, timers. */
const graceMs = 400;
/** What a target prints is for people: a little of it. */
const shownBytes = 16 * 1024;
const lineBytes = 64 * 1024;
const ticksPerSecond = 100;

const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

class Stage {
  #child;
  #token = randomBytes(16).toString('hex');
  #deadline;
  #startedAt = performance.now();
  #gone;
  #said = '';
  #answers = [];
  #hear = () => {};
  #end = { how: 'died', isOver: false, because: '', polluted: [], called: false, leaked: '', reached: [], frames: [], cpuMs: 0 };

  /** `asked` goes to the stage as it is; the deadline is in milliseconds since this process began. */
  constructor(asked, deadline) {
    this.#deadline = deadline;
    const python = asked.driver.endsWith('.py');
    const argv = python
      ? ['/usr/bin/python3', '-I', '-S', '-B', '/observer/stage.py']
      : [process.execPath, '--no-warnings', '/observer/stage.cjs'];
    this.#child = spawn(argv[0], argv.slice(1), { cwd: '/tmp/root', stdio: ['ignore', 'pipe', 'pipe', 'pipe'] });
    this.#gone = new Promise((resolve) => {
      this.#child.on('exit', (status, signal) => resolve({ status, signal }));
      this.#child.on('error', (cause) =>
        resolve({
          status: null,
          signal: null,
          cannot: `${argv[0]} cannot be started in the box (${cause.code}): \`apt-get install -y python3\``,
        }),
      );
    });
    for (const [stream, to] of [
      [this.#child.stdout, process.stdout],
      [this.#child.stderr, process.stderr],
    ])
      passOn(stream, to);
    const channel = this.#child.stdio[3];
    channel.on('error', () => {});
    channel.on('data', (bytes) => this.#listen(bytes));
    this.tell({ token: this.#token, graceMs, ...asked });
  }

  tell(message) {
    this.#child.stdio[3].write(`${JSON.stringify(message)}\n`);
  }

  /** CPU time of the process so far, to the hundredth of a second; of what it waited for as well. */
  cpuMs() {
    const fields = statOf(this.#child.pid);
    return fields ? (fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) * 1000) / ticksPerSecond : 0;
  }

  /** The next answer to a measured call, or undefined: it is gone, or had used `cpuMs`, or the time is up. */
  async answer(cpuMs) {
    const before = this.cpuMs();
    let gone = false;
    void this.#gone.then(() => {
      gone = true;
      this.#hear();
    });
    while (this.#answers.length === 0 && !gone && performance.now() < this.#deadline && this.cpuMs() - before < cpuMs) {
      const heard = new Promise((resolve) => {
        this.#hear = resolve;
      });
      await Promise.race([heard, wait(20)]);
    }
    return this.#answers.shift() ?? { cut: true, cpuMs: this.cpuMs() - before, isGone: gone, isLate: performance.now() >= this.#deadline };
  }

  stop() {
    this.#child.kill('SIGKILL');
    return this.#gone;
  }

  /** How it ended, and what it said of the canaries that only it can see. */
  async finished() {
    const left = Math.max(this.#deadline - performance.now(), 50);
    let timer;
    const late = new Promise((resolve) => {
      timer = setTimeout(resolve, left, undefined);
    });
    const gone = await Promise.race([this.#gone, late]);
    clearTimeout(timer);
    const end = this.#end;
    end.cpuMs = this.cpuMs();
    end.wallMs = performance.now() - this.#startedAt;
    if (!gone) {
      await this.stop();
      return Object.assign(end, { how: 'stopped', isOver: false, because: `the driver did not come to an end in ${Math.round(left)} ms` });
    }
    // What it said last may still be on its way.
    await Promise.race([new Promise((resolve) => this.#child.once('close', resolve)), wait(200)]);
    if (end.how !== 'died') return end;
    if (gone.signal === 'SIGXCPU')
      return Object.assign(end, { how: 'stopped', because: 'the driver did not come to an end within its CPU time', cpuMs: end.wallMs });
    const how = gone.signal ? `was ended by ${gone.signal}` : `exited with ${gone.status}`;
    return Object.assign(end, { because: gone.cannot ?? `the driver's process ${how} and said nothing` });
  }

  #listen(bytes) {
    this.#said += bytes.toString('utf8');
    for (let at = this.#said.indexOf('\n'); at >= 0; at = this.#said.indexOf('\n')) {
      this.#take(this.#said.slice(0, at));
      this.#said = this.#said.slice(at + 1);
    }
    if (this.#said.length > lineBytes) this.#said = '';
  }

  /** Only lines with the token are the stage's own: a target may find the descriptor and write to it. */
  #take(line) {
    let said;
    try {
      said = JSON.parse(line);
    } catch {
      return;
    }
    if (said?.token !== this.#token) return;
    const end = this.#end;
    const frames = Array.isArray(said.frames) ? said.frames.slice(0, 5) : [];
    if (frames.length > 0 && end.frames.length === 0) end.frames = frames;
    if (said.called === true) end.called = true;
    if (typeof said.leaked === 'string') end.leaked = said.leaked;
    if (typeof said.reached === 'string' && end.reached.length < 8) end.reached.push(said.reached.slice(0, 200));
    if (Array.isArray(said.polluted) && end.polluted.length === 0) end.polluted = said.polluted;
    if (typeof said.how === 'string') Object.assign(end, { how: said.how, because: said.because ?? '', isOver: isOver[said.how] === true });
    if (typeof said.cpuMs === 'number') {
      this.#answers.push(said);
      this.#hear();
    }
  }
}

/** Ends of a driver after which silence means something. `unsettled`: nothing was left to do, and its promise was never kept. */
const isOver = { returned: true, threw: true, exited: true, failed: true };

function passOn(stream, to) {
  let left = shownBytes;
  stream.on('error', () => {});
  stream.on('data', (bytes) => {
    if (left > 0) to.write(bytes.subarray(0, left));
    left -= bytes.length;
  });
}

/** The fields of /proc/PID/stat after the name, which may hold anything; undefined when there is no such process. */
function statOf(pid) {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}

/** Every process of the box but the first, who started us, and we. The dead ones do not count. */
function others() {
  const ours = new Set([1, process.pid, process.ppid]);
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && !ours.has(Number(name)))
    .map(Number)
    .filter((pid) => (statOf(pid) ?? ['Z'])[0] !== 'Z');
}

/** What the driver began in the background may take a moment to show. */
async function settle(deadline) {
  const until = Math.min(performance.now() + graceMs, deadline + graceMs);
  while (performance.now() < until && others().length > 0) await wait(15);
}

async function killOthers() {
  for (let left = others(), tries = 0; left.length > 0 && tries < 20; left = others(), tries++) {
    for (const pid of left) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // gone by itself
      }
    }
    await wait(5);
  }
}

module.exports = { Stage, settle, killOthers };
