import { type ClientRequest, get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { eventBounds, eventRoutes } from '../../src/app/events.ts';
import { buildHttp } from '../../src/app/http.ts';
import { limits } from '../../src/base/limits.ts';
import { leafHash, verifyInclusion } from '../../src/base/merkle.ts';
import { openNote } from '../../src/base/signature.ts';
import { releaseActions } from '../../src/clearinghouse/releases/actions.ts';
import { withinBytes } from '../../src/clearinghouse/releases/feed.ts';
import * as wire from '../../src/clearinghouse/releases/wire.ts';
import type { Actor } from '../../src/trust/access.ts';
import { openCase, publishCase } from '../case.ts';
import { entryText, insertPublished } from '../equipment/published.ts';
import { openHub, type TestHub } from '../hub.ts';

const month = 1_500;
let hub: TestHub;
let app: FastifyInstance;
let port: number;
let entries: string[];
let [desk, second, finder]: Actor[] = [];
const faults: string[] = [];
const listening: ClientRequest[] = [];

const serve = async (bounds: Partial<typeof eventBounds> = {}) => {
  const log = (problem: string) => void faults.push(problem);
  const served = await buildHttp(hub.doors, {
    actions: releaseActions,
    version: '1',
    deskDir: '/none',
    publicDir: import.meta.dirname,
    log,
  });
  eventRoutes(served, hub.doors, log, { ...eventBounds, ...bounds });
  await served.listen({ host: '127.0.0.1', port: 0 });
  return served;
};
const portOf = (of: FastifyInstance) => (of.server.address() as AddressInfo).port;

beforeAll(async () => {
  hub = await openHub();
  desk = await hub.join('House', 'coordinator');
  second = await hub.join('House two', 'coordinator');
  finder = await hub.join('Lab', 'finder');
  await insertPublished(hub, 0, month);
  entries = Array.from({ length: month }, (_, i) => entryText(i + 1));
  app = await serve();
  port = portOf(app);
});
afterAll(async () => {
  await app.close();
  await hub.close();
});
afterEach(() => {
  for (const request of listening.splice(0)) request.destroy();
});

interface Heard {
  readonly response: IncomingMessage;
  text(): string;
  events(): { id: number; data: string }[];
}

const listen = (path = '', headers: Record<string, string> = {}, at = port): Promise<Heard> =>
  new Promise((resolve, reject) => {
    const request = get({ host: '127.0.0.1', port: at, path: `/api/feed/events${path}`, headers }, (response) => {
      let text = '';
      response.on('data', (part: Buffer) => (text += part.toString()));
      response.on('error', () => {});
      const events = () =>
        [...text.matchAll(/id: (\d+)\nevent: release\ndata: ([^\n]*)\n\n/g)].map((m) => ({ id: Number(m[1]), data: m[2]! }));
      resolve({ response, text: () => text, events });
    });
    request.on('error', reject);
    listening.push(request);
  });
const until = (what: () => unknown) => vi.waitFor(what, { timeout: 15_000, interval: 20 });

test('who was away a month has everything since in one stream, and then hears what comes', async () => {
  const heard = await listen('', { 'last-event-id': '100' });
  expect(heard.response.statusCode).toBe(200);
  expect(heard.response.headers).toMatchObject({
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store, no-transform',
    'x-accel-buffering': 'no',
  });
  await until(() => expect(heard.events()).toHaveLength(month - 100));
  expect(heard.events().map((e) => e.data)).toEqual(entries.slice(100));
  expect(heard.events()[0]!.id).toBe(101);
  const of = await openCase(hub, 'pkg:npm/heard', [finder!]);
  const releaseId = await publishCase(hub, of, [desk!, second!], [{ fixed: '1.0.1' }]);
  await until(() => expect(heard.events().at(-1)).toMatchObject({ id: month + 1 }));
  expect(JSON.parse(heard.events().at(-1)!.data)).toMatchObject({ seq: month + 1, release: releaseId });

  // Cut off and back again: nothing twice, nothing missing.
  heard.response.destroy();
  const again = await listen('', { 'last-event-id': String(month) });
  await until(() => expect(again.events()).toHaveLength(1));
  expect((await listen(`?after=${month + 1}`)).events()).toEqual([]);
});

test('one request of the feed holds a month, each entry with its proof', async () => {
  const reply = await app.inject({ url: `/api/feed?after=100&limit=${limits.feedRows}` });
  const { items, checkpoint, key, size } = reply.json();
  expect(items).toHaveLength(size - 100);
  const root = Buffer.from(openNote(checkpoint, key)!.split('\n')[2]!, 'base64');
  for (const { entry, seq, proof } of [items[0], items.at(-1)]) {
    const hashes = proof.map((h: string) => Buffer.from(h, 'base64'));
    expect(verifyInclusion(leafHash(Buffer.from(entry)), seq - 1, size, hashes, root)).toBe(true);
  }
});

test('it holds so many entries and so many bytes, and one entry at least', () => {
  const asked = (limit: number) => wire.feedInput.safeParse({ limit }).success;
  expect([asked(limits.feedRows), asked(limits.feedRows + 1)]).toEqual([true, false]);
  const half = 'x'.repeat(limits.feedBytes / 2);
  expect(withinBytes([half, half], limits.feedBytes)).toHaveLength(2);
  expect(withinBytes([half, `${half}x`], limits.feedBytes)).toHaveLength(1);
  expect(withinBytes([`${half}${half}x`], limits.feedBytes)).toHaveLength(1);
});

test('silence is broken before a proxy hangs up', async () => {
  const quick = await serve({ silenceMs: 50 });
  const heard = await listen(`?after=${month + 1}`, {}, portOf(quick));
  await until(() => expect(heard.text().split(':\n\n').length).toBeGreaterThan(3));
  // And a server that stops does not wait for streams that have no end.
  await quick.close();
  await until(() => expect(heard.response.complete).toBe(true));
  expect(eventBounds.silenceMs).toBe(limits.eventSilenceMs);
});

test('so many may listen, and so many from one address; who leaves makes room', async () => {
  const { eventStreams: streams, eventStreamsPerAddress: perAddress, eventStalledMs: stalledMs } = limits;
  expect(eventBounds).toMatchObject({ streams, perAddress, stalledMs });
  expect(limits.eventStreams).toBeGreaterThan(limits.eventStreamsPerAddress);
  expect(limits.eventStalledMs).toBeGreaterThan(limits.eventSilenceMs);
  for (const bounds of [{ streams: 2 }, { perAddress: 2 }]) {
    const narrow = await serve(bounds);
    const [first] = [await listen(`?after=${month + 1}`, {}, portOf(narrow)), await listen(`?after=${month + 1}`, {}, portOf(narrow))];
    const third = await listen(`?after=${month + 1}`, {}, portOf(narrow));
    expect([third.response.statusCode, third.response.headers['retry-after']]).toEqual([429, '60']);
    first!.response.destroy();
    await until(async () => expect((await listen(`?after=${month + 1}`, {}, portOf(narrow))).response.statusCode).toBe(200));
    await narrow.close();
  }
});

test.each(['x', '-1', '1.5', '9'.repeat(10)])('Last-Event-ID: %s is refused', async (id) => {
  const reply = await app.inject({ url: '/api/feed/events', headers: { 'last-event-id': id } });
  expect([reply.statusCode, reply.json().code]).toEqual([400, 'malformed']);
});

test('nothing went wrong on the way', () => expect(faults).toEqual([]));
