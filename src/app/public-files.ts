import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline, type Readable, type Transform } from 'node:stream';
import { constants, createBrotliCompress, createGzip } from 'node:zlib';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { httpDate } from '../base/instant.ts';
import { limits } from '../base/limits.ts';
import { refuse } from '../base/refusal.ts';
import { type ByteRange, encodingFor, isUnchanged, rangeOf } from './http-conditions.ts';

type SendRefusal = (reply: FastifyReply, refusal: ReturnType<typeof refuse>) => FastifyReply;

/** Addresses that standards fix at the root of a host, and the files of the tree that they mean. */
const wellKnown: Readonly<Record<string, string>> = {
  '/.well-known/csaf/provider-metadata.json': 'csaf/provider-metadata.json',
  '/.well-known/csaf/v2.0/provider-metadata.json': 'csaf/v2.0/provider-metadata.json',
  '/.well-known/csaf/v2.1/provider-metadata.json': 'csaf/v2.1/provider-metadata.json',
  '/.well-known/security.txt': 'security.txt',
};

/** Whether a request is for what anybody may mirror whole. */
export function isPublicFile(url: string): boolean {
  return url.startsWith('/public/') || url.startsWith('/.well-known/');
}

/**
 * Serves the public tree as a web server would (RFC 9110): strong validators, ranges, compression, any origin, no cookies. Every answer is
 * read from one open file, so that a file replaced meanwhile is sent as it was.
 */
export function servePublicFiles(app: FastifyInstance, dir: string, sendRefusal: SendRefusal): void {
  const compressing = { count: 0 };
  const send = (path: string, request: FastifyRequest, reply: FastifyReply) =>
    sendFile(dir, path, request, reply, compressing, sendRefusal);
  const methods = { method: ['GET', 'HEAD'], exposeHeadRoute: false } as { method: ['GET', 'HEAD'] };
  app.route<{ Params: { '*': string } }>({
    ...methods,
    url: '/public/*',
    handler: (request, reply) => send(request.params['*'], request, reply),
  });
  for (const [url, path] of Object.entries(wellKnown))
    app.route({ ...methods, url, handler: (request, reply) => send(path, request, reply) });
  app.options('/public/*', async (_request, reply) =>
    openToAll(reply)
      .header('access-control-allow-methods', 'GET, HEAD')
      .header('access-control-allow-headers', 'Range, If-Range, If-None-Match, If-Modified-Since')
      .header('access-control-max-age', '86400')
      .code(204)
      .send(),
  );
}

async function sendFile(
  dir: string,
  asked: string,
  request: FastifyRequest,
  reply: FastifyReply,
  compressing: { count: number },
  sendRefusal: SendRefusal,
): Promise<FastifyReply> {
  const path = asked === '' || asked.endsWith('/') ? `${asked}index.html` : asked;
  // Dot files are the writer's own; nothing public has a segment that leads elsewhere.
  const isPlain = path.split('/').every((segment) => segment !== '' && !segment.startsWith('.') && !/[\\\0]/.test(segment));
  const file = isPlain ? await open(join(dir, path)).catch(() => undefined) : undefined;
  const found = await file?.stat({ bigint: true });
  if (!file || !found?.isFile()) {
    await file?.close();
    return sendRefusal(openToAll(reply), refuse('not_found', found?.isDirectory() ? 'a folder ends in a slash' : 'no such file'));
  }
  const { headers } = request;
  const size = Number(found.size);
  const type = typeOf(path);
  const hasRange = headers.range !== undefined;
  const mayCompress = type.compresses && size >= limits.leastCompressedBytes && size <= limits.mostCompressedBytes;
  const encoding =
    mayCompress && !hasRange && compressing.count < limits.compressedAtOnce ? encodingFor(headers['accept-encoding']) : undefined;
  // A file is replaced, never changed: inode, size and time name its content.
  const tag = `"${found.ino.toString(36)}-${found.size.toString(36)}-${found.mtimeNs.toString(36)}${encoding ? `-${encoding}` : ''}"`;
  const modified = httpDate(Number(found.mtimeMs));
  openToAll(reply)
    .headers({ etag: tag, 'last-modified': modified, 'accept-ranges': 'bytes', 'cache-control': cachingOf(path) })
    .type(type.name);
  if (type.compresses) reply.header('vary', 'Accept-Encoding');
  if (type.name.startsWith('text/html'))
    reply.header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'");
  if (isUnchanged(headers, tag, modified)) {
    await file.close();
    return reply.code(304).send();
  }
  const range = rangeOf(headers, size, tag, modified);
  if (range === 'unsatisfiable') {
    await file.close();
    return reply.code(416).header('content-range', `bytes */${size}`).type('text/plain; charset=utf-8').send('no such range\n');
  }
  if (range) reply.code(206).header('content-range', `bytes ${range.from}-${range.to}/${size}`);
  if (encoding) reply.header('content-encoding', encoding);
  else reply.header('content-length', range ? range.to - range.from + 1 : size);
  if (request.method === 'HEAD' || size === 0) {
    await file.close();
    return reply.send(size === 0 && request.method !== 'HEAD' ? Buffer.alloc(0) : undefined);
  }
  const bytes: ByteRange = range ?? { from: 0, to: size - 1 };
  const stream = file.createReadStream({ start: bytes.from, end: bytes.to, highWaterMark: 64 * 1024 });
  return reply.send(encoding ? compressed(stream, encoding, compressing) : stream);
}

function compressed(from: Readable, encoding: 'br' | 'gzip', compressing: { count: number }): Readable {
  // Small windows: what one answer holds in memory is some hundred kilobytes.
  const through: Transform =
    encoding === 'gzip'
      ? createGzip({ level: 6 })
      : createBrotliCompress({ params: { [constants.BROTLI_PARAM_QUALITY]: 4, [constants.BROTLI_PARAM_LGWIN]: 18 } });
  compressing.count++;
  return pipeline(from, through, () => void compressing.count--);
}

/** No cookie is read or set here, so that every page of the web may read along (CSAF 2.1 §7.1.25). */
function openToAll(reply: FastifyReply): FastifyReply {
  return reply.headers({
    'access-control-allow-origin': '*',
    'access-control-expose-headers': 'ETag, Last-Modified, Content-Range, Accept-Ranges',
    'cross-origin-resource-policy': 'cross-origin',
  });
}

interface Type {
  readonly name: string;
  readonly compresses: boolean;
}

const text = (name: string): Type => ({ name, compresses: true });
const binary = (name: string): Type => ({ name, compresses: false });
/** The first that fits. ROLIE in JSON has no media type of its own. */
const types: readonly (readonly [RegExp, Type])[] = [
  [/^atom(\.xml|\/)/, text('application/atom+xml; charset=utf-8')],
  [/^jsonfeed(\.json|\/)/, text('application/feed+json')],
  [/\/openpgp\/[^/]*\.asc$/, text('application/pgp-keys')],
  [/\.asc$/, binary('application/pgp-signature')],
  [/\.json$/, text('application/json')],
  [/\.csv$/, text('text/csv; charset=utf-8')],
  [/\.html$/, text('text/html; charset=utf-8')],
  [/\.zip$/, binary('application/zip')],
  [/\.(txt|sha256|sha512|tlog-proof)$|^(checkpoint|freshness)$/, text('text/plain; charset=utf-8')],
  [/./, binary('application/octet-stream')],
];

function typeOf(path: string): Type {
  return types.find(([pattern]) => pattern.test(path))![1];
}

/** What is named by what it holds stays for ever; what says how things stand is asked for again soon. */
function cachingOf(path: string): string {
  if (/^(tile|feed|atom|jsonfeed|csaf\/openpgp|tuf\/targets)\/|^tuf\/metadata\/(.+\/)?\d+\.[^/]+$/.test(path))
    return 'public, max-age=31536000, immutable';
  return /^(checkpoint|feed\.json|tuf\/metadata\/timestamp\.json)$/.test(path) ? 'public, max-age=5' : 'public, max-age=60';
}
