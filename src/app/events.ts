import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Doors } from '../base/doors.ts';
import { limits } from '../base/limits.ts';
import { refuse } from '../base/refusal.ts';
import { entriesAfter, headOf } from '../clearinghouse/releases/store.ts';
import { openEventStream } from './event-stream.ts';
import { sendRefusal } from './http.ts';
import { repeat } from './jobs.ts';
import { networkOf } from './strangers.ts';

const lookEveryMs = 500;

interface Bounds {
  readonly streams: number;
  readonly perAddress: number;
  readonly silenceMs: number;
  readonly stalledMs: number;
  readonly pageRows: number;
}

export const eventBounds: Bounds = {
  streams: limits.eventStreams,
  perAddress: limits.eventStreamsPerAddress,
  silenceMs: limits.eventSilenceMs,
  stalledMs: limits.eventStalledMs,
  pageRows: limits.pageRows,
};

interface Listener {
  readonly address: string;
  /** Wakes it, when it waits. */
  wake(): void;
  end(): void;
}

/**
 * `GET /api/feed/events`: the feed as server-sent events (WHATWG HTML §9.2). An event's id is its `seq`, its data the entry as it stands in
 * the log; whoever comes back says by `Last-Event-ID` (or `?after=`) what they have, and gets everything since in the same stream.
 * However many listen, the database is asked once a moment whether there is something new.
 */
export function eventRoutes(
  app: FastifyInstance,
  doors: Doors,
  log: (problem: string, error: unknown) => void,
  bounds: Bounds = eventBounds,
): void {
  const listeners = new Set<Listener>();
  let size = -1;
  const looking = repeat(lookEveryMs, log, async () => {
    if (listeners.size === 0) return;
    const head = await doors.db.transaction([], headOf);
    if (head.size === size) return;
    size = head.size;
    for (const listener of listeners) listener.wake();
  });
  // Before the server closes: it would wait for streams that have no end.
  app.addHook('preClose', async () => {
    await looking.stop();
    for (const listener of listeners) listener.end();
  });
  app.get('/api/feed/events', async (request, reply) => {
    const after = afterOf(request);
    if (after === undefined) return sendRefusal(reply, refuse('malformed', 'Last-Event-ID and after are the seq of an entry of the feed'));
    const address = networkOf(request.ip);
    const own = [...listeners].filter((l) => l.address === address).length;
    if (listeners.size >= bounds.streams || own >= bounds.perAddress)
      return sendRefusal(reply.header('retry-after', '60'), refuse('too_many', 'too many listen already; ask GET /api/feed instead'));
    const raw = openEventStream(reply);
    void stream(doors, raw, after, address, listeners, bounds).catch((error) => {
      raw.destroy();
      log('events', error);
    });
  });
}

async function stream(
  doors: Doors,
  raw: ServerResponse,
  after: number,
  address: string,
  listeners: Set<Listener>,
  bounds: Bounds,
): Promise<void> {
  const gone = new AbortController();
  const send = (text: string) => write(raw, text, gone.signal, bounds.stalledMs);
  let wake = () => {};
  const close = () => {
    gone.abort();
    wake();
  };
  const listener: Listener = { address, wake: () => wake(), end: close };
  raw.on('close', close);
  raw.on('error', close);
  listeners.add(listener);
  try {
    // Five seconds until a browser comes back, and something at once, so that a proxy passes the head on.
    if (!(await send('retry: 5000\n\n'))) return;
    let at = after;
    while (!gone.signal.aborted) {
      // Taken before the database is asked: what comes meanwhile wakes us from this.
      const woken = new Promise<void>((resolve) => (wake = resolve));
      const entries = await doors.db.transaction([], async (tx) => entriesAfter(tx, at, (await headOf(tx)).size, bounds.pageRows));
      for (const entry of entries) {
        at += 1;
        if (!(await send(`id: ${at}\nevent: release\ndata: ${entry}\n\n`))) return;
      }
      if (entries.length === bounds.pageRows) continue;
      if (!(await wokenWithin(woken, bounds.silenceMs)) && !(await send(':\n\n'))) return;
    }
  } finally {
    listeners.delete(listener);
    raw.end();
  }
}

/** False when the listener took nothing for too long, or is gone. */
async function write(raw: ServerResponse, text: string, gone: AbortSignal, stalledMs: number): Promise<boolean> {
  if (raw.destroyed || gone.aborted) return false;
  if (raw.write(text)) return true;
  try {
    await once(raw, 'drain', { signal: AbortSignal.any([gone, AbortSignal.timeout(stalledMs)]) });
    return true;
  } catch {
    raw.destroy();
    return false;
  }
}

async function wokenWithin(woken: Promise<void>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(resolve, ms, false);
  });
  const first = await Promise.race([woken.then(() => true), late]);
  clearTimeout(timer);
  return first;
}

/** undefined: it says something, and it is no number. */
function afterOf(request: FastifyRequest): number | undefined {
  const said = request.headers['last-event-id'] ?? (request.query as { after?: unknown }).after ?? '0';
  return typeof said === 'string' && /^\d{1,9}$/.test(said) ? Number(said) : undefined;
}
