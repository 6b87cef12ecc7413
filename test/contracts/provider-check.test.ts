import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sendRefusal } from '../../src/app/http.ts';
import { fetcher } from '../../src/app/provider-check/fetcher.ts';
import { type Judged, judge, roleOf } from '../../src/app/provider-check/requirements.ts';
import { walk } from '../../src/app/provider-check/walk.ts';
import { servePublicFiles } from '../../src/app/public-files.ts';
import { publisher } from '../../src/app/publisher.ts';
import type { Instant } from '../../src/base/instant.ts';
import { limits } from '../../src/base/limits.ts';
import { diskTree } from '../../src/io/public/disk.ts';
import { release } from '../equipment/synthetic-releases.ts';
import { openHub, type TestHub } from '../hub.ts';
import { referenceText } from '../reference-data.ts';

async function check(url: string, instead: ReadonlyMap<string, string> = new Map()): Promise<{ role: string; judged: Judged[] }> {
  const asking = fetcher(instead);
  const judged = await judge(await walk(url, 100, asking), asking);
  return { role: roleOf(judged), judged };
}
const verdicts = (judged: readonly Judged[]) => Object.fromEntries(judged.map((j) => [j.requirement, j.verdict]));
const but = (verdict: Judged['verdict'], judged: readonly Judged[]) =>
  judged.filter((j) => j.verdict !== verdict).map((j) => [j.requirement, j.verdict, j.because]);

describe('our own provider', () => {
  let hub: TestHub;
  let app: FastifyInstance;
  let at: string;
  const dir = mkdtempSync(join(tmpdir(), 'bw-provider-'));
  const origin = 'https://test.example';
  beforeAll(async () => {
    hub = await openHub();
    await release(hub.doors, '2026-11-01T00:00:00.000Z' as Instant, 45);
    const site = { origin: 'test.example', security: { contacts: ['mailto:psirt@test.example'], policy: undefined } };
    await publisher(hub.doors, diskTree(join(dir, 'public')), site, () => 0).publish('whole');
    app = Fastify();
    servePublicFiles(app, join(dir, 'public'), sendRefusal);
    at = await app.listen({ port: 0, host: '127.0.0.1' });
  });
  afterAll(async () => {
    await app.close();
    await hub.close();
    rmSync(dir, { recursive: true, force: true });
  });

  test('is a trusted provider: every requirement but the name that is in no DNS', async () => {
    const { role, judged } = await check(origin, new Map([[origin, at]]));
    expect(but('passed', judged)).toEqual([[10, 'could-not-tell', 'csaf.data.security.test.example could not be reached from here']]);
    expect(role).toBe('csaf_trusted_provider');
  });

  const harm: readonly [number, string, (text: string) => string][] = [
    [7, 'csaf/provider-metadata.json', (t) => t.replace('"csaf_trusted_provider"', '"somebody"')],
    [8, 'security.txt', (t) => t.replace(/^CSAF:.*$/gm, '')],
    [1, 'csaf/white/2026/bw-2026-0001.json', (t) => t.replace('"csaf_security_advisory"', '""')],
    [11, 'csaf/white/2026/bw-2026-0001.json', (t) => t.replace(/"initial_release_date":"2026/, '"initial_release_date":"2025')],
    [12, 'csaf/white/index.txt', (t) => t.split('\n').slice(1).join('\n')],
    [13, 'csaf/white/changes.csv', (t) => t.split('\n').filter(Boolean).reverse().join('\n')],
    [14, 'csaf/white/index.html', () => 'nothing'],
    [15, 'csaf/feed-tlp-white.json', (t) => t.replace('"rel":"signature"', '"rel":"other"')],
    [16, 'csaf/service.json', () => '{}'],
    [18, 'csaf/white/2026/bw-2026-0001.json.sha512', (t) => `0${t.slice(1)}`],
    [19, 'csaf/white/2026/bw-2026-0001.json', (t) => t.replace('A crafted', 'A cracked')],
  ];
  test.each(harm)('requirement %s fails when %s is not as it should be', async (requirement, path, change) => {
    const file = join(dir, 'public', path);
    const before = readFileSync(file, 'utf8');
    expect(change(before)).not.toBe(before);
    writeFileSync(file, change(before));
    try {
      expect(verdicts((await check(origin, new Map([[origin, at]]))).judged)[requirement]).toBe('failed');
    } finally {
      writeFileSync(file, before);
    }
  });

  test('without TLS it is no provider, whatever else is right', async () => {
    const { role, judged } = await check(`${at}/public/csaf/provider-metadata.json`, new Map([[origin, at]]));
    expect([role, verdicts(judged)[3]]).toEqual(['none', 'failed']);
  });
});

describe('providers of others', () => {
  const isThere = referenceText('csaf-provider/simple-directory-provider/provider-metadata.json') !== undefined;
  const data = join(process.env.BREAKWATER_REFERENCE ?? join(import.meta.dirname, '../../../shared/data'), 'csaf-provider');
  const files = ['simple-directory-provider', 'simple-rolie-provider'] as const;

  /** As the data's own checker serves it: templates filled in, documents shared, TLS left out. */
  async function serve(name: string): Promise<{ url: string; close: () => void }> {
    const server = createServer((request, response) => {
      const path = new URL(request.url!, 'http://x').pathname;
      const plain =
        path === '/.well-known/csaf/provider-metadata.json' ? '/provider-metadata.json' : path.endsWith('/') ? `${path}index.html` : path;
      try {
        const bytes = readFileSync(join(data, name, plain));
        const isText = !/avendor.*json$|asc$/.test(plain);
        const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
        const text = bytes
          .toString('utf8')
          .replaceAll('{{.URL}}', url)
          .replaceAll(/\{\{(if [^}]*|end)\}\}/g, '');
        response.end(isText ? text : bytes);
      } catch {
        response.writeHead(404).end();
      }
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', () => listening()));
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => server.close() };
  }

  test.skipIf(!isThere).each(files)('%s: what it fulfils and what it does not', async (name) => {
    const { url, close } = await serve(name);
    try {
      const { judged } = await check(url);
      const found = verdicts(judged);
      // Signed with a key of another program: our reader of keys and signatures agrees with it.
      expect([found[7], found[18], found[19], found[20], found[4], found[6], found[2]]).toEqual(Array(7).fill('passed'));
      expect([found[3], found[8]]).toEqual(['failed', 'failed']); // http, as tests are
      if (name.includes('rolie')) expect([found[12], found[15]]).toEqual(['could-not-tell', 'passed']);
      else
        expect([found[12], found[13], found[14], found[15], found[11]]).toEqual(['passed', 'passed', 'passed', 'could-not-tell', 'failed']);
    } finally {
      close();
    }
  });
});

describe('what a provider sends', () => {
  const asked = async (send: (path: string, response: ServerResponse) => void, path = '/') => {
    const server = createServer((request, response) => send(request.url!, response));
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', () => listening()));
    const asking = fetcher();
    const got = await asking.get(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`);
    server.close();
    return { got, redirects: asking.mostRedirects() };
  };

  test('one file has a limit', async () => {
    const mebibyte = Buffer.alloc(1024 * 1024);
    const of = (bytes: number) => (_: string, response: ServerResponse) => {
      const parts = Array.from({ length: Math.floor(bytes / mebibyte.length) }, () => mebibyte);
      Readable.from([...parts, mebibyte.subarray(0, bytes % mebibyte.length)]).pipe(response);
    };
    expect((await asked(of(limits.providerFileBytes))).got?.bytes.length).toBe(limits.providerFileBytes);
    expect((await asked(of(limits.providerFileBytes + 1))).got).toBeUndefined();
  }, 120_000);

  test('twenty redirects are followed and told; more are an answer of their own', async () => {
    const hops = (path: string, response: ServerResponse) => {
      const left = Number(path.slice(1));
      if (left === 0) response.end('here');
      else response.writeHead(302, { location: `/${left - 1}` }).end();
    };
    const [twenty, more] = [await asked(hops, '/20'), await asked(hops, '/22')];
    expect([twenty.got?.text, twenty.redirects]).toEqual(['here', 20]);
    expect([more.got?.status, more.redirects]).toEqual([302, 21]);
  });
});
