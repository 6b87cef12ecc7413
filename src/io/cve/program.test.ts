import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CveWorld, cveAccount, openCveServices } from '../../../test/equipment/cve-services.ts';
import { limits } from '../../base/limits.ts';
import { readCveAccount } from './account-file.ts';
import { cveServices, noCveServices } from './program.ts';

let world: CveWorld;
beforeAll(async () => {
  world = await openCveServices();
});
afterAll(() => world.close());
const services = (over: object = {}) => cveServices(world.origin, { ...cveAccount, ...over });
const container = { affected: [], descriptions: [], references: [] };

test('errors are told by their name, and never hold the key', async () => {
  expect(await services({ key: 'WRONG-KEY' }).quota()).toMatchObject({ code: 'not_permitted', because: 'UNAUTHORIZED: Unauthorized' });
  expect(await services().put('CVE-2026-999999', container)).toMatchObject({
    code: 'not_permitted',
    because: expect.stringMatching(/^ORG_DOES_NOT_OWN_ID/),
  });
  expect(await services().reserve(2031, 1)).toMatchObject({ code: 'wrong_state' });
  expect(await services().reserve(2026, limits.cveBatchIds + 1)).toMatchObject({ code: 'too_many' });
  for (const [fault, code] of [
    ['busy', 'unavailable'],
    ['broken', 'unavailable'],
    ['slow-down', 'unavailable'],
    ['lost', 'unavailable'],
    ['nonsense', 'unavailable'],
  ] as const) {
    world.faults.push(fault);
    expect([fault, await services().quota()]).toMatchObject([fault, { code }]);
  }
  const echoing = createServer((_, response) =>
    response.writeHead(400).end(JSON.stringify({ error: 'X', message: `your key ${cveAccount.key} is odd` })),
  );
  await new Promise<void>((ready) => echoing.listen(0, '127.0.0.1', ready));
  const origin = `http://127.0.0.1:${(echoing.address() as AddressInfo).port}`;
  expect(await cveServices(origin, cveAccount).quota()).toMatchObject({ because: 'X: your key … is odd' });
  echoing.close();
});

test('a record is put whether there was one or not, and rejected likewise', async () => {
  const [cveId] = (await services().reserve(2026, 1)) as string[];
  for (const title of ['a', 'b']) expect(await services().put(cveId!, { ...container, title })).toBeUndefined();
  expect(world.ids.get(cveId!)!.record!.cnaContainer.title).toBe('b');
  for (const value of ['x', 'y']) expect(await services().reject(cveId!, { rejectedReasons: [{ lang: 'en', value }] })).toBeUndefined();
  expect(world.ids.get(cveId!)!.state).toBe('REJECTED');
  expect(await services().put(cveId!, {})).toMatchObject({ code: 'malformed', because: expect.stringContaining("'affected'") });
});

test('an answer is bounded in bytes and time', async () => {
  const endless = createServer((_, response) => response.writeHead(200).end(Buffer.alloc(limits.cveAnswerBytes + 1, ' ')));
  await new Promise<void>((ready) => endless.listen(0, '127.0.0.1', ready));
  const origin = `http://127.0.0.1:${(endless.address() as AddressInfo).port}`;
  expect(await cveServices(origin, cveAccount).quota()).toMatchObject({ code: 'unavailable' });
  endless.close();
  expect(limits.cveServicesMs).toBeLessThan(60_000);
  expect(limits.cveRecordBytes).toBeLessThan(limits.cveAnswerBytes);
  expect(await noCveServices().reserve(2026, 1)).toMatchObject({ code: 'unavailable' });
});

test('the account lies in a file that nobody else may read', () => {
  const dir = mkdtempSync(join(tmpdir(), 'bw-cve-'));
  const path = join(dir, 'account.json');
  writeFileSync(path, JSON.stringify(cveAccount), { mode: 0o600 });
  expect(readCveAccount(path)).toEqual(cveAccount);
  chmodSync(path, 0o644);
  expect(() => readCveAccount(path)).toThrow(/mode 644/);
  chmodSync(path, 0o600);
  for (const text of ['SECRET', '{"org":"SECRET"}']) {
    writeFileSync(path, text);
    expect(() => readCveAccount(path)).toThrow(/^(?!.*SECRET)/);
  }
  rmSync(dir, { recursive: true });
});
