import { afterAll, beforeAll, expect, test } from 'vitest';
import { limits } from '../../src/base/limits.ts';
import * as claims from '../../src/clearinghouse/claims/actions.ts';
import * as scans from '../../src/clearinghouse/scans/actions.ts';
import type { Actor } from '../../src/trust/access.ts';
import { openHub, type TestHub } from '../hub.ts';

let hub: TestHub;
let [north, south, desk]: Actor[] = [];
let claimId: string;
const window = { startsAt: '2026-11-20T00:00:00Z', endsAt: '2026-11-28T00:00:00Z' };
const scan = () => ({
  claimId,
  tool: 'semgrep',
  toolVersion: '1.99',
  startedAt: '2026-11-20T10:00:00Z',
  endedAt: '2026-11-20T11:00:00Z',
  paths: ['src/parse'],
  results: 0,
});

beforeAll(async () => {
  hub = await openHub();
  north = await hub.join('North Lab', 'finder');
  south = await hub.join('South Lab', 'finder');
  desk = await hub.join('Clearinghouse', 'coordinator');
  const target = { purl: 'pkg:npm/a', paths: ['src'], technique: 'static-analysis', contact: 'x', ...window };
  claimId = (await hub.do<{ claim: { id: string } }>(north, claims.declare, target)).claim.id;
});
afterAll(() => hub.close());

test('a scan is recorded under a claim of one’s own, and only there', async () => {
  expect(await hub.do(north!, scans.record, scan())).toMatchObject({ claimId, purl: 'pkg:npm/a', results: 0 });
  expect(await hub.try(south!, scans.record, scan())).toMatchObject({ code: 'not_found' });
  expect(await hub.try(desk!, scans.record, scan())).toMatchObject({ code: 'not_permitted' });
  expect((await hub.do<{ items: unknown[] }>(north!, scans.list, {})).items).toHaveLength(1);
  expect((await hub.do<{ items: unknown[] }>(south!, scans.list, {})).items).toHaveLength(0);
  expect((await hub.do<{ items: unknown[] }>(desk!, scans.list, {})).items).toHaveLength(1);
});

test('a running system is not scanned without its owner, and not yet with', async () => {
  expect(await hub.try(north!, scans.record, { ...scan(), live: true })).toMatchObject({ code: 'not_permitted' });
  expect(await hub.try(north!, scans.record, { ...scan(), live: true, authorisation: 'signed' })).toMatchObject({ code: 'unavailable' });
});

test('a scan lies inside its claim, in time and in place, and is over', async () => {
  expect(await hub.try(north!, scans.record, { ...scan(), startedAt: '2026-11-19T23:00:00Z' })).toMatchObject({
    code: 'not_permitted',
    at: '/startedAt',
  });
  expect(await hub.try(north!, scans.record, { ...scan(), paths: ['src/a.c', 'test/b.c'] })).toMatchObject({
    code: 'not_permitted',
    at: '/paths/1',
  });
  expect(await hub.try(north!, scans.record, { ...scan(), endedAt: '2026-11-21T10:00:00Z' })).toMatchObject({
    code: 'malformed',
    at: '/endedAt',
  });
  expect(await hub.try(north!, scans.record, { ...scan(), endedAt: '2026-11-20T09:00:00Z' })).toMatchObject({ code: 'malformed' });
});

test('limits hold at the limit and refuse one above', async () => {
  const paths = (n: number) => Array.from({ length: n }, (_, i) => `src/${i}.c`);
  expect(await hub.try(north!, scans.record, { ...scan(), paths: paths(limits.scanPaths) })).toMatchObject({ claimId });
  expect(await hub.try(north!, scans.record, { ...scan(), paths: paths(limits.scanPaths + 1) })).toMatchObject({ code: 'malformed' });
});

test('a claim given back carries no scans', async () => {
  await hub.do(north!, claims.release, { id: claimId });
  expect(await hub.try(north!, scans.record, scan())).toMatchObject({ code: 'wrong_state' });
});
