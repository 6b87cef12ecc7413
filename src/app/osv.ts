import { setImmediate as breathe } from 'node:timers/promises';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { sha256 } from '../base/canonical.ts';
import type { Doors } from '../base/doors.ts';
import { limits } from '../base/limits.ts';
import { Fault } from '../base/refusal.ts';
import { fillOsv } from '../clearinghouse/releases/osv/actions.ts';
import { type OsvQuery, pageToken, readQuery } from '../clearinghouse/releases/osv/query.ts';
import { keyFor } from '../clearinghouse/releases/osv/record.ts';
import { osvShelf, type Shelf, type Shelved } from './osv-shelf.ts';

type Log = (problem: string, error: unknown) => void;

/** google.rpc.Code, and what api.osv.dev makes of it in HTTP. */
const codes = { invalid: [400, 3], missing: [404, 5], exhausted: [429, 8], internal: [500, 13], unavailable: [503, 14] } as const;

/** Whether an address is one of this door. Everything behind it is public, so that a credential opens nothing more. */
export function isOsvUrl(url: string): boolean {
  return /^\/v1\/(?:query|querybatch|vulns)(?:[/?]|$)/.test(url);
}

export function osvError(reply: FastifyReply, kind: keyof typeof codes, message: string): FastifyReply {
  const [status, code] = codes[kind];
  return send(reply.code(status).header('cache-control', 'no-store'), JSON.stringify({ code, message }));
}

/** The wire of api.osv.dev (google.github.io/osv.dev/api): `POST /v1/query`, `POST /v1/querybatch`, `GET /v1/vulns/{id}`. */
export async function osvRoutes(app: FastifyInstance, doors: Doors, log: Log, shelf: Shelf = osvShelf(doors)): Promise<void> {
  await doors.db.transaction([], (tx) => fillOsv(tx, doors.clock.now()));
  await app.register(async (osv) => {
    // Clients send JSON under any name, curl under that of a form.
    osv.removeAllContentTypeParsers();
    osv.addContentTypeParser('*', { parseAs: 'string', bodyLimit: limits.osvQueryBytes }, (_request, body, parsed) => parsed(null, body));
    osv.setErrorHandler((error, _request, reply) => sendError(reply, error, log));
    let isClosing = false;
    osv.addHook('onClose', async () => {
      isClosing = true;
    });
    osv.addHook('onListen', async () => void shelf.warm(() => isClosing).catch((error) => isClosing || log('osv', error)));
    osv.post('/v1/query', { bodyLimit: limits.osvQueryBytes }, (request, reply) => query(shelf, request, reply));
    osv.post('/v1/querybatch', { bodyLimit: limits.osvQueryBytes }, (request, reply) => queryBatch(shelf, request, reply));
    osv.get<{ Params: { id: string } }>('/v1/vulns/:id', (request, reply) => vulnerability(shelf, request, reply));
  });
}

function send(reply: FastifyReply, text: string): FastifyReply {
  return reply.type('application/json').send(text);
}

async function query(shelf: Shelf, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const asked = readQuery(bodyOf(request));
  if (typeof asked === 'string') return osvError(reply, 'invalid', asked);
  const room = { comparisons: limits.osvComparisons, bytes: limits.osvPageBytes };
  const page = await pageOf(asked, await shelf.under(asked.keys), room, (record) => record.text);
  return send(reply.header('cache-control', 'no-store'), page);
}

/** All of the questions are understood, or none is answered. */
async function queryBatch(shelf: Shelf, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const queries = (bodyOf(request) as { queries?: unknown } | null | undefined)?.queries ?? [];
  if (!Array.isArray(queries)) return osvError(reply, 'invalid', 'queries must be a list');
  if (queries.length > limits.osvQueries) return osvError(reply, 'invalid', 'Too many queries.');
  const asked: OsvQuery[] = [];
  for (const [i, given] of queries.entries()) {
    const one = readQuery(given);
    if (typeof one === 'string') return osvError(reply, 'invalid', `error in query at index ${i}: ${one}`);
    asked.push(one);
  }
  const found = await shelf.under(asked.flatMap((one) => one.keys));
  const room = { comparisons: limits.osvComparisons, bytes: limits.osvPageBytes };
  const pages: string[] = [];
  let at = 0;
  for (const one of asked) {
    const records = found.slice(at, at + one.keys.length);
    at += one.keys.length;
    pages.push(await pageOf(one, records, room, ({ id, modified }) => JSON.stringify({ id, modified })));
  }
  return send(reply.header('cache-control', 'no-store'), `{"results":[${pages.join(',')}]}`);
}

interface Room {
  comparisons: number;
  bytes: number;
}

const breatheEvery = 5_000;

/** One page as JSON. It ends where it is full, or where the whole answer has no room; a question always gets on. */
async function pageOf(
  { isMeant, after }: OsvQuery,
  found: readonly (readonly Shelved[])[],
  room: Room,
  show: (record: Shelved) => string,
): Promise<string> {
  const shown: string[] = [];
  let [last, sinceBreath] = [after, 0];
  const told = (token: string) =>
    `{${shown.length > 0 ? `"vulns":[${shown.join(',')}]` : ''}${shown.length > 0 && token ? ',' : ''}${token}}`;
  const more = () => told(`"next_page_token":${JSON.stringify(pageToken(last))}`);
  for (const record of merged(found, after)) {
    if (shown.length >= limits.osvPageRecords || room.bytes <= 0 || room.comparisons <= 0) return more();
    const cost = record.affected.reduce((sum, a) => sum + 1 + a.versions.length + a.ranges.reduce((n, r) => n + r.events.length, 0), 1);
    room.comparisons -= cost;
    sinceBreath += cost;
    if (!record.withdrawn && record.affected.some(isMeant)) {
      const text = show(record);
      room.bytes -= text.length;
      shown.push(text);
    }
    last = record.id;
    if (sinceBreath < breatheEvery) continue;
    sinceBreath = 0;
    await breathe();
  }
  return told('');
}

/** The records of several keys, each once, in the order of their ids. */
function merged(found: readonly (readonly Shelved[])[], after: string): readonly Shelved[] {
  const filled = found.filter((records) => records.length > 0);
  const all =
    filled.length === 1 ? filled[0]! : [...new Map(filled.flat().map((r) => [r.id, r])).values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  return after === '' ? all : all.filter((record) => record.id > after);
}

/** Also what was withdrawn, and says so. */
async function vulnerability(
  shelf: Shelf,
  request: FastifyRequest<{ Params: { id: string } }>,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { id } = request.params;
  if (id.length > limits.osvIdChars) return osvError(reply, 'invalid', 'ID too long');
  const [own, aliased] = await shelf.under([keyFor.id(id), keyFor.alias(id)]);
  const record = own?.[0];
  if (!record) {
    const others = (aliased ?? []).map((r) => r.id).slice(0, limits.pageRows);
    const told = others.length === 0 ? 'Bug not found.' : `Bug not found, but the following aliases were: ${others.join(' ')}`;
    return osvError(reply, 'missing', told);
  }
  const tag = `"${sha256(record.text).slice(0, 32)}"`;
  reply.header('etag', tag).header('cache-control', 'public, max-age=60');
  const known = (request.headers['if-none-match'] ?? '').split(',').map((one) => one.trim().replace(/^W\//, ''));
  if (known.includes(tag) || known.includes('*')) return reply.code(304).send();
  return send(reply, record.text);
}

function bodyOf(request: FastifyRequest): unknown {
  try {
    return JSON.parse(String(request.body ?? ''));
  } catch {
    return undefined;
  }
}

function sendError(reply: FastifyReply, error: unknown, log: Log): FastifyReply {
  const status = (error as { statusCode?: number }).statusCode ?? 500;
  if (status === 413) return osvError(reply, 'invalid', `a request holds at most ${limits.osvQueryBytes} bytes`);
  if (status < 500) return osvError(reply, 'invalid', 'the request could not be read');
  const reference = error instanceof Fault ? error.reference : 'F-000000000000';
  log(`fault ${reference}`, error);
  return osvError(reply, 'internal', `something broke here, not with you; quote ${reference} to whoever runs this hub`);
}
