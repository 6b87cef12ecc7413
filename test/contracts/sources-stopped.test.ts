import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { insist } from '../../src/base/refusal.ts';
import { comparePackageVersions } from '../../src/clearinghouse/inventories/versions/compare.ts';
import { treeStore } from '../../src/io/boxes/trees.ts';
import { registrySources } from '../../src/io/sources/registry.ts';
import { tarOf } from '../equipment/tar.ts';

/** A server that sends one byte and then waits until it is told to go on: a download that nobody stops would wait for it. */
const dir = mkdtempSync(join(tmpdir(), 'sources-stopped-'));
const bytes = gzipSync(tarOf([{ name: 'x/a.txt', bytes: Buffer.from('a') }]));
const sources = registrySources({
  ...{ dir: join(dir, 'sources'), trees: treeStore(join(dir, 'trees')), compare: comparePackageVersions, own: ['127.0.0.1'] },
});
let server: Server;
let goOn = Promise.withResolvers<void>();
let [begun, gone] = [0, 0];
let arrived = Promise.withResolvers<void>();
let left = Promise.withResolvers<void>();

beforeAll(async () => {
  server = createServer((_request, response) => {
    begun++;
    response.on('close', () => {
      gone += response.writableFinished ? 0 : 1;
      left.resolve();
    });
    response.writeHead(200, { 'content-length': bytes.length });
    response.write(bytes.subarray(0, 1));
    arrived.resolve();
    void goOn.promise.then(() => response.end(bytes.subarray(1)));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
  rmSync(dir, { recursive: true, force: true });
});

const source = () => {
  [arrived, left, goOn] = [Promise.withResolvers(), Promise.withResolvers(), Promise.withResolvers()];
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { kind: 'archive', url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/x.tar.gz`, sha256, strip: 1 } as const;
};

test('a stopped fetch lets go of the server, keeps nothing of what came, and the next one begins anew', async () => {
  const stop = new AbortController();
  const asked = source();
  const fetching = sources.fetch(asked, stop.signal);
  await arrived.promise;
  stop.abort();
  expect(await fetching).toMatchObject({ code: 'unavailable', because: expect.stringContaining('stopped') });
  await left.promise;
  expect([begun, gone]).toEqual([1, 1]);
  expect(await sources.fetch(asked, stop.signal)).toMatchObject({ code: 'unavailable' });
  expect(begun).toBe(1);
  const again = sources.fetch(source());
  await arrived.promise;
  goOn.resolve();
  expect(insist(await again).archives).toHaveLength(1);
  expect(readdirSync(join(dir, 'sources', 'files')).filter((name) => !/^[0-9a-f]{64}(\.name)?$/.test(name))).toEqual([]);
});

test('whoever else waits for the same source has it all the same', async () => {
  rmSync(join(dir, 'sources'), { recursive: true });
  const stop = new AbortController();
  const asked = source();
  const [stopped, waiting] = [sources.fetch(asked, stop.signal), sources.fetch(asked)];
  await arrived.promise;
  stop.abort();
  expect(await stopped).toMatchObject({ code: 'unavailable' });
  goOn.resolve();
  expect(insist(await waiting).archives).toHaveLength(1);
});
