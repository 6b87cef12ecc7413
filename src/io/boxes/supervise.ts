import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import type { BoxEnd, BoxLimits, BoxResult } from '../../base/doors.ts';
import type { Counters, Group } from './cgroups.ts';
import type { Spawner } from './spawner.ts';
import { parseStatus, type Status, statusBytes } from './status.ts';

/** A box ready to be started: the launcher's command line and the files that it reads. */
export interface Prepared {
  readonly argv: readonly string[];
  readonly stdin?: string | undefined;
  /** Handed on as descriptor 3, for bwrap. */
  readonly seccomp?: string;
  /** Where init says how it ended, if it cannot on descriptor 4. */
  readonly said?: string;
  /** The host's out-of-memory killer hits the runtime's processes: the target then seems to have ended by itself, or never ends. */
  readonly hidesKills?: boolean;
}

interface Supervised extends Prepared {
  readonly spawner: Spawner;
  readonly limits: BoxLimits;
  readonly group: Group | undefined;
  readonly signal: AbortSignal | undefined;
}

const killsEveryMs = 250;

/** Starts the launcher, bounds time and output, and says how it ended. The group is dead when it returns. */
export async function supervise(run: Supervised): Promise<BoxResult> {
  const startedAt = performance.now();
  let stopped: BoxEnd | undefined;
  let stopRunning = () => {};
  const stop = (why: BoxEnd) => {
    stopped ??= why;
    stopRunning();
    run.group?.kill();
  };
  const room = { bytes: run.limits.outputBytes };
  const [out, err] = [gathering(room, () => stop('output-limit')), gathering(room, () => stop('output-limit'))];
  const status = gathering({ bytes: statusBytes }, () => stop('killed'));
  const heard = { 1: out, 2: err, 4: status };
  const { argv, stdin, seccomp } = run;
  const running = await run.spawner.start({ argv, stdin, seccomp, hasStatus: !run.said, heard: (from, chunk) => heard[from].take(chunk) });
  stopRunning = running.kill;
  const timer = setTimeout(() => stop('timeout'), run.limits.wallMs);
  const kills = run.hidesKills ? setInterval(() => run.group?.counters().oomKills && stop('oom'), killsEveryMs) : undefined;
  const abort = () => stop('killed');
  run.signal?.addEventListener('abort', abort);
  if (run.signal?.aborted) abort();
  const failure = await running.closed;
  clearTimeout(timer);
  clearInterval(kills);
  run.signal?.removeEventListener('abort', abort);
  const wallMs = performance.now() - startedAt;
  const counters = run.group?.counters() ?? { oomKills: 0, pidsRefused: 0, cpuUs: 0, peakBytes: 0 };
  run.group?.kill();
  const said = parseStatus(run.said ? await headOf(run.said) : Buffer.concat(status.chunks));
  const decided = decideEnd(stopped, said, counters, failure || Buffer.concat(err.chunks).toString('utf8'));
  const ended: Ended = run.hidesKills && counters.oomKills > 0 ? { end: 'oom', exit: null, signal: null } : decided;
  return { ...ended, ...counters, wallMs, stdout: Buffer.concat(out.chunks), stderr: Buffer.concat(err.chunks), reports: said.reports };
}

const sigkill = 9;
const sigxcpu = 24;
const sigxfsz = 25;

type Ended = Pick<BoxResult, 'end' | 'exit' | 'signal' | 'because'>;

/** Our own kill first, then the kernel's, then what init saw. */
export function decideEnd(stopped: BoxEnd | undefined, said: Status, counters: Counters, complaint: string): Ended {
  const none = { exit: null, signal: null };
  if (stopped) return { end: stopped, ...none };
  if (said.execErrno) return { end: 'box-failed', ...none, because: `the command cannot be executed (errno ${said.execErrno})` };
  const { exit, signal } = said;
  if (counters.oomKills > 0 && (exit === null || !said.complete) && (signal === null || signal === sigkill)) return { end: 'oom', ...none };
  if (!said.started) return { end: 'box-failed', ...none, because: complaint.trim().slice(0, 500) || 'the box did not start' };
  // Without the last word nobody knows what else is missing.
  if (!said.complete) return { end: 'killed', ...none };
  if (signal === sigxcpu) return { end: 'cpu-limit', ...none };
  if (signal === sigxfsz) return { end: 'file-limit', ...none };
  if (signal === sigkill && counters.oomKills > 0) return { end: 'oom', ...none };
  return signal === null ? { end: 'exited', exit, signal } : { end: 'signalled', exit: null, signal };
}

/** As much as init may say: a sandbox that was broken out of could have written anything. */
async function headOf(file: string): Promise<Buffer> {
  const from = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const bytes = Buffer.alloc(Math.min(statusBytes, (await from.stat()).size));
    return bytes.subarray(0, (await from.read(bytes, 0, bytes.length, 0)).bytesRead);
  } finally {
    await from.close();
  }
}

/** Keeps what comes until the room is used up; the room may be shared by several outputs. */
function gathering(room: { bytes: number }, full: () => void) {
  const chunks: Buffer[] = [];
  const take = (chunk: Buffer) => {
    if (room.bytes <= 0 && chunk.length > 0) return full();
    chunks.push(chunk.subarray(0, room.bytes));
    room.bytes -= chunk.length;
    if (room.bytes < 0) full();
  };
  return { chunks, take };
}
