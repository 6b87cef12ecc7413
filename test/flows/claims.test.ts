import { afterAll, beforeAll, expect, test } from 'vitest';
import { limits } from '../../src/base/limits.ts';
import * as claims from '../../src/clearinghouse/claims/actions.ts';
import type { Actor } from '../../src/trust/access.ts';
import { house } from '../../src/trust/access.ts';
import { verifyChain } from '../../src/trust/log/entry.ts';
import { entriesAfter } from '../../src/trust/log/store.ts';
import { openHub, type TestHub } from '../hub.ts';

let hub: TestHub;
let [north, south, desk]: Actor[] = [];
const target = {
  purl: 'pkg:deb/debian/cjson@1.7.15',
  technique: 'fuzzing',
  contact: 'sec@north.example',
  startsAt: '2026-11-21T00:00:00Z',
  endsAt: '2026-11-28T00:00:00Z',
};

beforeAll(async () => {
  hub = await openHub();
  north = await hub.join('North Lab', 'finder');
  south = await hub.join('South Lab', 'finder');
  desk = await hub.join('Clearinghouse', 'coordinator');
});
afterAll(() => hub.close());

test('the second lab learns that somebody is on it, and not who', async () => {
  const first = await hub.do<{ claim: { id: string }; overlap: { claims: number } }>(north!, claims.declare, target);
  expect(first.overlap.claims).toBe(0);
  const second = await hub.do<{ overlap: unknown }>(south!, claims.declare, { ...target, paths: ['cJSON.c'] });
  expect(second.overlap).toEqual({ claims: 1, sameTechnique: true, until: '2026-11-28T00:00:00.000Z' });
  expect(JSON.stringify(second)).not.toContain(north!.orgId);
  expect(await hub.try(south!, claims.get, { id: first.claim.id })).toMatchObject({ code: 'not_found' });
  expect(await hub.try(desk!, claims.get, { id: first.claim.id })).toMatchObject({ id: first.claim.id });
});

test('a list holds only what one may see', async () => {
  expect((await hub.do<{ items: unknown[] }>(south!, claims.list, {})).items).toHaveLength(1);
  expect((await hub.do<{ items: unknown[] }>(desk!, claims.list, {})).items).toHaveLength(2);
});

test('a claim ends by itself, and cannot be given back then', async () => {
  const { claim } = await hub.do<{ claim: { id: string } }>(north!, claims.declare, target);
  hub.clock.advance(8 * 24 * 3600 * 1000);
  expect(await hub.do(house, claims.expire, {})).toEqual({ expired: 3 });
  expect(await hub.try(north!, claims.release, { id: claim.id })).toMatchObject({ code: 'wrong_state' });
});

test('a claim lasts at most so many days', async () => {
  const of = (days: number) => {
    const endsAt = new Date(Date.parse(hub.clock.now()) + days * 24 * 3600 * 1000).toISOString();
    return hub.try(south!, claims.declare, { ...target, startsAt: hub.clock.now(), endsAt });
  };
  expect(await of(limits.claimDays)).toHaveProperty('claim');
  expect(await of(limits.claimDays + 1)).toMatchObject({ code: 'malformed', at: '/endsAt' });
});

test('everything that happened is one verifiable chain', async () => {
  const entries = await hub.doors.db.transaction(house.reads, (tx) => entriesAfter(tx, 0, 1000));
  expect(verifyChain(entries)).toMatchObject({ withheld: 0, erased: 0 });
  expect(entries.length).toBeGreaterThan(5);
});
