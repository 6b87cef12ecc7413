import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { gunzipSync, gzipSync } from 'node:zlib';
import { sha256 } from '../../base/canonical.ts';
import { limits } from '../../base/limits.ts';
import { type ChatReply, type ModelEndpoint, noTokens, type Relay, type RelayWatch } from '../../base/model-door.ts';
import { isRefusal, type Refusal, refuse } from '../../base/refusal.ts';
import { answeredWith, type Broken, readAnswer, readBroken, unreached } from './answer.ts';
import { boundedFetch } from './bounded-fetch.ts';
import { charged } from './charged.ts';
import { type Driver, Unreadable } from './driver.ts';
import { type Outgoing, outgoing } from './outgoing.ts';

interface RelayOptions {
  readonly replyMs?: number;
  readonly silenceMs?: number;
  /** For a request to come whole, and for its headers. */
  readonly requestMs?: number;
}

/** As the box hears it. */
interface Heard {
  readonly status: number;
  readonly type: string;
  readonly retryAfterSec?: number;
  readonly body: string;
}

const pingMs = 10_000;
/** For a request to come whole. */
const longestRequestMs = 60_000;
const json = 'application/json';
const statuses: Readonly<Record<string, number>> = { malformed: 400, not_found: 404, too_large: 413, unsupported: 415, unavailable: 429 };

/**
 * What stands outside a box and speaks for it to one endpoint. A request is read whole, judged, written anew and sent by us: nothing of how it
 * was framed, addressed or headed goes on. An answer is read whole and recorded before the box hears it.
 */
export function relayOf(endpoint: ModelEndpoint, driver: Driver, watch: RelayWatch, options: RelayOptions = {}): Relay {
  return async (path) => {
    const requestMs = options.requestMs ?? longestRequestMs;
    const relaying = new Relaying(endpoint, driver, watch, options);
    const server = createServer(
      {
        ...{ maxHeaderSize: limits.relayedHeaderBytes, headersTimeout: requestMs, requestTimeout: requestMs },
        ...{ connectionsCheckingInterval: Math.min(1000, requestMs / 2), keepAliveTimeout: 60_000, insecureHTTPParser: false },
      },
      (request, response) => void relaying.answer(request, response).catch(() => response.destroy()),
    );
    server.maxConnections = limits.relayedConnections;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(path, resolve);
    });
    return () =>
      new Promise<void>((resolve) => {
        relaying.end();
        server.close(() => resolve());
        server.closeAllConnections();
      });
  };
}

class Relaying {
  readonly #endpoint: ModelEndpoint;
  readonly #driver: Driver;
  readonly #watch: RelayWatch;
  readonly #options: RelayOptions;
  readonly #ended = new AbortController();
  #atOnce = 0;

  constructor(endpoint: ModelEndpoint, driver: Driver, watch: RelayWatch, options: RelayOptions) {
    this.#endpoint = endpoint;
    this.#driver = driver;
    this.#watch = watch;
    this.#options = options;
  }

  end(): void {
    this.#ended.abort(new Error('the box ended'));
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url?.split('?', 1)[0];
    // What is not taken is not read: the connection ends with the answer.
    const turnAway = (refusal: Refusal) => send(response, turnedAway(refusal), true);
    if (request.method !== 'POST') return turnAway(refuse('not_found', 'there is nothing here'));
    if (path === '/hand-in') {
      const bytes = await readWhole(request, limits.attachmentBytes);
      if (isRefusal(bytes)) return turnAway(bytes);
      return send(response, { status: 200, type: 'text/plain; charset=utf-8', body: `${await this.#watch.handedIn(bytes)}\n` });
    }
    if (path !== pathOf(this.#endpoint)) return turnAway(refuse('not_found', `there is nothing here but ${pathOf(this.#endpoint)}`));
    if (request.headers['content-encoding'] !== undefined) return turnAway(refuse('unsupported', 'requests are not compressed here'));
    const bytes = await readWhole(request, limits.relayedRequestBytes);
    if (isRefusal(bytes)) return turnAway(bytes);
    const out = outgoing(this.#endpoint, bytes);
    if (isRefusal(out)) return send(response, turnedAway(out));
    if (this.#atOnce >= limits.relayedAtOnce) return send(response, turnedAway(refuse('unavailable', 'too many calls at once')));
    this.#atOnce++;
    try {
      await this.#relay(out, headersOf(request), response);
    } finally {
      this.#atOnce--;
    }
  }

  async #relay(out: Outgoing, given: Readonly<Record<string, string>>, response: ServerResponse): Promise<void> {
    const { body, sha256: digest } = out;
    const call = await this.#watch.asked({ sha256: digest, body });
    if (isRefusal(call)) return send(response, turnedAway(call));
    if ('kept' in call) return send(response, JSON.parse(gunzipSync(Buffer.from(call.kept, 'base64')).toString('utf8')) as Heard);
    const stream: { ping?: NodeJS.Timeout } = {};
    const beganMs = performance.now();
    try {
      const { heard, reply, broken } = await this.#ask(out, given, (type) => {
        // Whoever waits for a stream hears that there will be one; what is in it waits until it is written down.
        response.writeHead(200, { 'content-type': type });
        response.flushHeaders();
        stream.ping = setInterval(() => response.write(': \n\n'), pingMs);
      });
      const kept = heard ? gzipSync(JSON.stringify(heard)).toString('base64') : '';
      const of = { number: call.number, status: heard?.status ?? 0, sha256: sha256(heard?.body ?? ''), kept };
      const tookMs = Math.round(performance.now() - beganMs);
      const refused = await this.#watch.answered(broken ? { ...of, broken: { ...broken, tookMs } } : { ...of, reply: reply! });
      if (refused && !response.headersSent) return send(response, turnedAway(refused));
      if (refused || !heard) return void response.destroy();
      send(response, heard);
    } finally {
      clearInterval(stream.ping);
    }
  }

  async #ask(
    out: Outgoing,
    given: Readonly<Record<string, string>>,
    begun: (type: string) => void,
  ): Promise<{ heard?: Heard; reply?: ChatReply; broken?: Broken }> {
    const replyMs = this.#options.replyMs ?? limits.modelReplyMs;
    const silenceMs = this.#options.silenceMs ?? Math.min(replyMs, limits.modelSilenceMs);
    const signal = AbortSignal.any([this.#ended.signal, ...(this.#watch.signal ? [this.#watch.signal] : [])]);
    const fetch = boundedFetch({ maxBytes: limits.modelReplyBytes, replyMs, silenceMs, signal });
    const headers = { ...given, ...credentialOf(this.#endpoint), 'content-type': json, accept: `${json}, text/event-stream` };
    let response: Response;
    try {
      response = await fetch(urlOf(this.#endpoint, this.#driver), { method: 'POST', headers, body: out.body });
    } catch (error) {
      const broken = unreached(error as Error);
      return { broken, heard: { status: 502, type: json, body: problem('the endpoint does not answer') } };
    }
    const { status } = response;
    const isStream = response.headers.get('content-type')?.startsWith('text/event-stream') ?? false;
    const type = isStream ? 'text/event-stream; charset=utf-8' : json;
    if (status === 200 && isStream) begun(type);
    try {
      const body = await response.text();
      if (status !== 200) {
        const broken = answeredWith(status, response.headers);
        const { retryAfterMs } = broken;
        return {
          broken,
          heard: { status, type, body, ...(retryAfterMs === undefined ? {} : { retryAfterSec: Math.ceil(retryAfterMs / 1000) }) },
        };
      }
      return { heard: { status, type, body }, reply: await this.#read(body, type, out) };
    } catch (error) {
      return { broken: readBroken(error) };
    }
  }

  /** In what this protocol can say there is more than we read: what is not understood is passed on, and charged by bytes. */
  async #read(body: string, type: string, { sent }: Outgoing): Promise<ChatReply> {
    try {
      return await readAnswer(this.#driver, new Response(body, { headers: { 'content-type': type } }), sent);
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      const message = { role: 'assistant', content: body.toWellFormed() } as const;
      const use = error.use === noTokens ? undefined : error.use;
      return { message, stop: 'end', ...charged({ message, use }, sent) };
    }
  }
}

/** Where the box finds it: as the vendors' clients ask, whatever the endpoint's own path is. */
function pathOf({ protocol }: ModelEndpoint): string {
  return { 'chat-completions': '/v1/chat/completions', responses: '/v1/responses', messages: '/v1/messages' }[protocol];
}

function urlOf({ url, protocol }: ModelEndpoint, driver: Driver): string {
  const base = protocol === 'messages' ? url.replace(/\/v1\/?$/, '') : url;
  return base.replace(/\/$/, '') + driver.path;
}

function credentialOf({ key = 'none', protocol }: ModelEndpoint): Record<string, string> {
  return protocol === 'messages' ? { 'x-api-key': key } : { authorization: `Bearer ${key}` };
}

/** All that a box may say beside its request: which edition of the protocol it speaks. */
function headersOf({ headers }: IncomingMessage): Record<string, string> {
  const edition = String(headers['anthropic-version'] ?? '');
  const features = String(headers['anthropic-beta'] ?? '');
  return {
    ...(/^\d{4}-\d\d-\d\d$/.test(edition) ? { 'anthropic-version': edition } : {}),
    ...(/^[a-z0-9, -]{1,512}$/.test(features) ? { 'anthropic-beta': features } : {}),
  };
}

async function readWhole(request: IncomingMessage, maxBytes: number): Promise<Uint8Array | Refusal> {
  const tooLarge = refuse('too_large', `at most ${maxBytes} bytes`);
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) return tooLarge;
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > maxBytes) return tooLarge;
    parts.push(part);
  }
  return Buffer.concat(parts);
}

const problem = (message: string, code?: string) => JSON.stringify({ error: { type: 'refused', message, ...(code ? { code } : {}) } });

/** `unavailable` may be asked again; whatever else was refused, is. */
function turnedAway({ code, because }: Refusal): Heard {
  const status = statuses[code] ?? 403;
  return { status, type: json, body: problem(because, code), ...(status === 429 ? { retryAfterSec: 1 } : {}) };
}

function send(response: ServerResponse, { status, type, retryAfterSec, body }: Heard, isLast = false): void {
  if (!response.headersSent)
    response.writeHead(status, {
      'content-type': type,
      ...(retryAfterSec === undefined ? {} : { 'retry-after': String(retryAfterSec) }),
      ...(isLast ? { connection: 'close' } : {}),
    });
  response.end(body);
}
