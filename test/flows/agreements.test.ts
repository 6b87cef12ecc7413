import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeId } from '../../src/base/id.ts';
import { limits } from '../../src/base/limits.ts';
import * as agreements from '../../src/reviews/agreements/actions.ts';
import type { Agreement } from '../../src/reviews/agreements/agreement.ts';
import { type Actor, house } from '../../src/trust/access.ts';
import { openHub, type TestHub } from '../hub.ts';
import { agree, legalBasis, terms } from '../review.ts';

let hub: TestHub;
let [lab, agency, second, stranger, desk]: Actor[] = [];
const propose = (as: Actor, parties: unknown[], over: object = {}) =>
  hub.try(as, agreements.propose, { parties, terms, legalBasis, ...over });

beforeAll(async () => {
  hub = await openHub();
  lab = await hub.join('Lab', 'developer');
  agency = await hub.join('Agency', 'evaluator');
  second = await hub.join('Second Agency', 'evaluator');
  stranger = await hub.join('Stranger', 'developer', 'evaluator');
  desk = await hub.join('Clearinghouse', 'coordinator');
});
afterAll(() => hub.close());

test('both sides sign what they have read, and then it is in force', async () => {
  const { id, digest } = await hub.do<Agreement>(agency!, agreements.propose, { parties: [lab!.orgId, agency!.orgId], terms, legalBasis });
  [lab, agency] = [await hub.again(lab!), await hub.again(agency!)];
  expect(await hub.try(lab!, agreements.sign, { id, digest: 'f'.repeat(64) })).toMatchObject({ code: 'stale' });
  expect(await hub.do(lab!, agreements.sign, { id, digest })).toMatchObject({ state: 'proposed' });
  expect(await hub.do(agency!, agreements.sign, { id })).toMatchObject({ state: 'in-force' });
  expect(await hub.try(agency!, agreements.sign, { id })).toMatchObject({ code: 'wrong_state' });
});

test('who is not a party sees nothing of it, staff of the clearinghouse no more than others', async () => {
  const { id } = await agree(hub, lab!, agency!);
  for (const outsider of [stranger!, second!]) {
    expect(await hub.try(outsider, agreements.get, { id })).toMatchObject({ code: 'not_found' });
    expect(await hub.try(outsider, agreements.sign, { id })).toMatchObject({ code: 'not_found' });
    expect(await hub.try(outsider, agreements.withdraw, { id })).toMatchObject({ code: 'not_found' });
    expect(await hub.do(outsider, agreements.list, {})).toEqual({ items: [] });
  }
  expect(await hub.try(desk!, agreements.get, { id })).toMatchObject({ code: 'not_permitted' });
  const both = { ...desk!, roles: ['coordinator', 'evaluator'] as const };
  expect(await hub.try(both, agreements.get, { id })).toMatchObject({ code: 'not_found' });
});

test('an agent does not sign', async () => {
  const { id } = await hub.do<Agreement>(lab!, agreements.propose, { parties: [lab!.orgId, agency!.orgId], terms, legalBasis });
  const agent: Actor = { ...(await hub.again(lab!)), kind: 'agent' };
  expect(await hub.try(agent, agreements.sign, { id })).toMatchObject({ code: 'not_permitted' });
});

test('what cannot be an agreement is not proposed', async () => {
  expect(await propose(lab!, [agency!.orgId, second!.orgId])).toMatchObject({ code: 'malformed', at: '/parties' });
  expect(await propose(lab!, [lab!.orgId, stranger!.orgId])).toMatchObject({ code: 'malformed', at: '/parties' });
  expect(await propose(lab!, [lab!.orgId, lab!.orgId])).toMatchObject({ code: 'malformed' });
  expect(await propose(lab!, [lab!.orgId, makeId('org', 1, new Uint8Array(10))])).toMatchObject({ code: 'not_found' });
  const lapsed = { legalBasis: { name: 'a statute', expiresAt: hub.clock.now() } };
  expect(await propose(lab!, [lab!.orgId, agency!.orgId], lapsed)).toMatchObject({ code: 'expired' });
});

test('as many parties as the limit says, and not one more', async () => {
  const agencies: Actor[] = [];
  for (let i = 0; i < limits.agreementParties; i++) agencies.push(await hub.join(`Agency ${i}`, 'evaluator'));
  const ids = agencies.map((a) => a.orgId);
  expect(await propose(lab!, [lab!.orgId, ...ids.slice(1)])).toMatchObject({ state: 'proposed' });
  expect(await propose(lab!, [lab!.orgId, ...ids])).toMatchObject({ code: 'malformed' });
});

test('everybody leaves when it likes; what it leaves behind goes on without it', async () => {
  const { id } = await agree(hub, lab!, agency!, second!);
  expect(await hub.do(await hub.again(second!), agreements.withdraw, { id })).toMatchObject({ state: 'in-force' });
  expect(await hub.do(await hub.again(lab!), agreements.withdraw, { id })).toMatchObject({ state: 'withdrawn' });
  expect(await hub.try(await hub.again(lab!), agreements.withdraw, { id })).toMatchObject({ code: 'wrong_state' });
  const found = await hub.do<Agreement>({ ...house, roles: ['evaluator'] }, agreements.get, { id });
  expect(found.parties.map((p) => p.withdrawnAt !== null)).toEqual([true, false, true]);
});
