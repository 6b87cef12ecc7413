import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sendRefusal } from '../../src/app/http.ts';
import { servePublicFiles } from '../../src/app/public-files.ts';
import { limits } from '../../src/base/limits.ts';

const dir = mkdtempSync(join(tmpdir(), 'bw-files-'));
const long = JSON.stringify({ text: 'the same words again and again. '.repeat(200) });
let app: FastifyInstance;

beforeAll(() => {
  const put = (path: string, content: string | Buffer) => {
    mkdirSync(join(dir, path, '..'), { recursive: true });
    writeFileSync(join(dir, path), content);
    utimesSync(join(dir, path), 1_790_000_000, 1_790_000_000);
  };
  put('feed.json', long);
  put('index.html', '<!doctype html>');
  put('advisories/2026/index.html', '<!doctype html>');
  put('checkpoint', 'a\n');
  put('empty.txt', '');
  put('osv/all.zip', 'x'.repeat(5000));
  put('tile/0/000.p/3', Buffer.alloc(96));
  put('csaf/white/2026/a.json.asc', 'signature');
  put('csaf/openpgp/AB.asc', 'key');
  put('tuf/metadata/timestamp.json', '{}');
  put('tuf/metadata/3.snapshot.json', '{}');
  put('csaf/provider-metadata.json', '{}');
  put('.complete.json', 'secret');
  put('.drafts/x', 'secret');
  put('small.json', 'x'.repeat(limits.leastCompressedBytes - 1));
  put('least.json', 'x'.repeat(limits.leastCompressedBytes));
  // Nothing that compresses well: what nobody reads stays in the pipe.
  put('most.json', randomBytes(limits.mostCompressedBytes));
  put('larger.json', Buffer.alloc(limits.mostCompressedBytes + 1, 120));
  app = Fastify();
  servePublicFiles(app, dir, sendRefusal);
});
afterAll(async () => {
  await app.close();
  rmSync(dir, { recursive: true, force: true });
});

const get = (path: string, headers: Record<string, string> = {}, method: 'GET' | 'HEAD' = 'GET') =>
  app.inject({ method, url: path.startsWith('/') ? path : `/public/${path}`, headers });

test('every kind of file has its type, and says how long it holds', async () => {
  const about = async (path: string) => {
    const { headers } = await get(path);
    return [headers['content-type'], headers['cache-control']];
  };
  const forever = 'public, max-age=31536000, immutable';
  expect(await about('feed.json')).toEqual(['application/json', 'public, max-age=5']);
  expect(await about('checkpoint')).toEqual(['text/plain; charset=utf-8', 'public, max-age=5']);
  expect(await about('')).toEqual(['text/html; charset=utf-8', 'public, max-age=60']);
  expect(await about('advisories/2026/')).toEqual(['text/html; charset=utf-8', 'public, max-age=60']);
  expect(await about('osv/all.zip')).toEqual(['application/zip', 'public, max-age=60']);
  expect(await about('tile/0/000.p/3')).toEqual(['application/octet-stream', forever]);
  expect(await about('csaf/white/2026/a.json.asc')).toEqual(['application/pgp-signature', 'public, max-age=60']);
  expect(await about('csaf/openpgp/AB.asc')).toEqual(['application/pgp-keys', forever]);
  expect(await about('tuf/metadata/timestamp.json')).toEqual(['application/json', 'public, max-age=5']);
  expect(await about('tuf/metadata/3.snapshot.json')).toEqual(['application/json', forever]);
  expect(await about('/.well-known/csaf/provider-metadata.json')).toEqual(['application/json', 'public, max-age=60']);
});

test('any origin may read, nobody gets a cookie, and the page may run nothing', async () => {
  const { headers } = await get('', { origin: 'https://elsewhere.example' });
  expect(headers).toMatchObject({ 'access-control-allow-origin': '*', 'cross-origin-resource-policy': 'cross-origin' });
  expect(headers['set-cookie']).toBeUndefined();
  expect(headers['content-security-policy']).toContain("default-src 'none'");
  const preflight = await app.inject({ method: 'OPTIONS', url: '/public/feed.json', headers: { origin: 'https://elsewhere.example' } });
  expect([preflight.statusCode, preflight.headers['access-control-allow-methods']]).toEqual([204, 'GET, HEAD']);
});

test('what did not change is not sent again', async () => {
  const { headers } = await get('feed.json');
  const tag = headers.etag as string;
  expect(tag).toMatch(/^"[^"]+"$/);
  for (const given of [
    { 'if-none-match': tag },
    { 'if-none-match': `"other", W/${tag}` },
    { 'if-none-match': '*' },
    { 'if-modified-since': headers['last-modified'] as string },
  ]) {
    const again = await get('feed.json', given);
    expect([again.statusCode, again.body, again.headers.etag]).toEqual([304, '', tag]);
  }
  // A tag is asked before a time, and a time that is none counts for nothing.
  const later = 'Fri, 01 Jan 2100 00:00:00 GMT';
  expect((await get('feed.json', { 'if-none-match': '"other"', 'if-modified-since': later })).statusCode).toBe(200);
  expect((await get('feed.json', { 'if-modified-since': 'soon' })).statusCode).toBe(200);
  const before = (await get('checkpoint')).headers.etag;
  writeFileSync(join(dir, 'checkpoint.new'), 'b\n');
  rmSync(join(dir, 'checkpoint'));
  writeFileSync(join(dir, 'checkpoint'), 'b\n');
  expect((await get('checkpoint')).headers.etag).not.toBe(before);
});

test.each([
  ['bytes=0-3', 206, 'bytes 0-3/5000', 4],
  ['bytes=4990-', 206, 'bytes 4990-4999/5000', 10],
  ['bytes=-5', 206, 'bytes 4995-4999/5000', 5],
  ['bytes=-9000', 206, 'bytes 0-4999/5000', 5000],
  ['bytes=4999-9999', 206, 'bytes 4999-4999/5000', 1],
  ['bytes=5000-', 416, 'bytes */5000', 14],
  ['bytes=-0', 416, 'bytes */5000', 14],
  ['bytes=3-1', 200, undefined, 5000],
  ['bytes=0-1,3-4', 200, undefined, 5000],
  ['bytes=-', 200, undefined, 5000],
  ['lines=0-3', 200, undefined, 5000],
])('range %s', async (range, status, contentRange, length) => {
  const reply = await get('osv/all.zip', { range });
  expect([reply.statusCode, reply.headers['content-range'], reply.rawPayload.length]).toEqual([status, contentRange, length]);
  const head = await get('osv/all.zip', { range }, 'HEAD');
  expect([head.statusCode, head.rawPayload.length]).toEqual([status, 0]);
});

test('a range is of the state that it was meant for', async () => {
  const { headers } = await get('osv/all.zip');
  const of = async (ifRange: string) => (await get('osv/all.zip', { range: 'bytes=0-3', 'if-range': ifRange })).statusCode;
  expect([await of(headers.etag as string), await of(headers['last-modified'] as string), await of('"other"')]).toEqual([206, 206, 200]);
});

describe('compression', () => {
  const encoding = async (path: string, accept: string, more = {}) =>
    (await get(path, { 'accept-encoding': accept, ...more })).headers['content-encoding'];

  test('the better one that is taken; never of what is packed, of parts, or beyond its bounds', async () => {
    expect(await encoding('feed.json', 'gzip, deflate, br')).toBe('br');
    expect(await encoding('feed.json', 'gzip')).toBe('gzip');
    expect(await encoding('feed.json', 'br;q=0.1, gzip;q=0.5')).toBe('gzip');
    expect(await encoding('feed.json', 'br;q=0, *')).toBe('gzip');
    expect(await encoding('feed.json', 'identity')).toBeUndefined();
    expect(await encoding('feed.json', '')).toBeUndefined();
    expect(await encoding('osv/all.zip', 'gzip')).toBeUndefined();
    expect(await encoding('feed.json', 'gzip', { range: 'bytes=0-3' })).toBeUndefined();
    expect([await encoding('small.json', 'gzip'), await encoding('least.json', 'gzip')]).toEqual([undefined, 'gzip']);
    expect([await encoding('most.json', 'gzip'), await encoding('larger.json', 'gzip')]).toEqual(['gzip', undefined]);
  });

  test('what comes out is what went in, under a tag of its own', async () => {
    const [plain, gzip, br] = [
      await get('feed.json'),
      await get('feed.json', { 'accept-encoding': 'gzip' }),
      await get('feed.json', { 'accept-encoding': 'br' }),
    ];
    expect(gunzipSync(gzip.rawPayload).toString()).toBe(long);
    expect(brotliDecompressSync(br.rawPayload).toString()).toBe(long);
    expect(new Set([plain, gzip, br].map((r) => r.headers.etag)).size).toBe(3);
    expect(gzip.headers.vary).toBe('Accept-Encoding');
    expect((await get('feed.json', { 'accept-encoding': 'gzip', 'if-none-match': gzip.headers.etag as string })).statusCode).toBe(304);
  });

  test(`${limits.compressedAtOnce} at once, and one more goes as it is`, async () => {
    const url = await app.listen({ port: 0, host: '127.0.0.1' });
    const ask = () => fetch(`${url}/public/most.json`, { headers: { 'accept-encoding': 'gzip' } });
    const held: Response[] = [];
    for (let i = 0; i <= limits.compressedAtOnce; i++) held.push(await ask());
    const encodings = held.map((r) => r.headers.get('content-encoding'));
    expect([encodings.filter((e) => e === 'gzip').length, encodings.at(-1)]).toEqual([limits.compressedAtOnce, null]);
    await Promise.all(held.map((r) => r.body?.cancel()));
    // Whoever went away is counted no more.
    await expect.poll(async () => (await ask()).headers.get('content-encoding')).toBe('gzip');
  });
});

test('HEAD says what GET would', async () => {
  const [head, whole] = [await get('osv/all.zip', {}, 'HEAD'), await get('osv/all.zip')];
  expect([head.statusCode, head.body, head.headers['content-length']]).toEqual([200, '', '5000']);
  expect(head.headers.etag).toBe(whole.headers.etag);
  expect((await get('empty.txt')).rawPayload).toHaveLength(0);
});

test.each(['.complete.json', '.drafts/x', 'advisories', 'advisories//2026/', 'none', '%2e%2e/x', '..%2fx', '%00', 'a%5cb'])(
  '%s is not there',
  async (path) => {
    const reply = await get(path);
    expect([reply.statusCode, reply.body.includes('secret')]).toEqual([404, false]);
  },
);
