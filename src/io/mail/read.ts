import { Worker } from 'node:worker_threads';
import type { IncomingMail } from '../../base/doors.ts';
import { limits } from '../../base/limits.ts';
import { type Refusal, refuse } from '../../base/refusal.ts';
import type { Envelope } from './parse.ts';

interface ReadBounds {
  readonly readMs: number;
  readonly heapMb: number;
}

export const readBounds: ReadBounds = { readMs: limits.mailReadMs, heapMb: limits.mailHeapMb };

/**
 * What somebody sent, taken apart; `malformed` or `too_large` when it is more, or more tangled, than a person's mail ever is. In a thread of
 * its own, which is ended when its time or its memory is used up: whatever a mail does to a parser, the hub goes on.
 */
export async function readMail(envelope: Envelope, bytes: Uint8Array, bounds: ReadBounds = readBounds): Promise<IncomingMail | Refusal> {
  if (bytes.length > limits.mailBytes) return refuse('too_large', `a mail has at most ${limits.mailBytes} bytes`);
  // Counted before anything is made of it: two million parts fit in here, each a thousand times as large in memory.
  if (linesThatMayBegin(bytes) > limits.mailParts) return refuse('malformed', `a mail has at most ${limits.mailParts} parts`);
  if (linesOf(bytes) > limits.mailLines) return refuse('malformed', `a mail has at most ${limits.mailLines} lines`);
  const thread = new Worker(new URL('./thread.ts', import.meta.url), {
    ...{ workerData: { envelope, bytes }, env: {}, execArgv: [], stdout: true, stderr: true },
    resourceLimits: { maxOldGenerationSizeMb: bounds.heapMb },
  });
  let late: NodeJS.Timeout | undefined;
  try {
    return await new Promise((read) => {
      late = setTimeout(() => read(refuse('malformed', `a mail is read within ${bounds.readMs} ms`)), bounds.readMs);
      thread.once('message', read);
      thread.once('error', () => read(refuse('malformed', 'this mail cannot be read')));
      thread.once('exit', () => read(refuse('malformed', 'this mail cannot be read')));
    });
  } finally {
    clearTimeout(late);
    await thread.terminate();
  }
}

function linesThatMayBegin(bytes: Uint8Array): number {
  return (bytes[0] === 0x2d && bytes[1] === 0x2d ? 1 : 0) + countOf(bytes, '\n--');
}

function linesOf(bytes: Uint8Array): number {
  return 1 + countOf(bytes, '\n');
}

function countOf(bytes: Uint8Array, wanted: string): number {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let count = 0;
  for (let at = buffer.indexOf(wanted); at >= 0; at = buffer.indexOf(wanted, at + wanted.length)) count++;
  return count;
}
