import { afterAll, beforeAll, expect, test } from 'vitest';
import { limits } from '../../src/base/limits.ts';
import * as advisories from '../../src/clearinghouse/advisories/actions.ts';
import type { Case } from '../../src/clearinghouse/cases/case.ts';
import * as fixes from '../../src/clearinghouse/fixes/actions.ts';
import * as inventories from '../../src/clearinghouse/inventories/actions.ts';
import * as releases from '../../src/clearinghouse/releases/actions.ts';
import { type Actor, anonymous, house } from '../../src/trust/access.ts';
import { insertPerson } from '../../src/trust/orgs/store.ts';
import { draftInput, openCase, publishCase } from '../case.ts';
import { openHub, type TestHub } from '../hub.ts';

let hub: TestHub;
let [north, desk, second, clinic, bank]: Actor[] = [];
let of: Case;
let releaseId: string;
const staff = (): [Actor, Actor] => [desk!, second!];

interface Fix {
  id: string;
  state: string;
  because: string;
  components: string[];
  fixedIn: string[];
  inventoryId: string;
  package: string;
  claim: string | null;
  trackingId: string;
}
const sbom = (...purls: string[]) =>
  JSON.stringify({ bomFormat: 'CycloneDX', specVersion: '1.6', components: purls.map((purl) => ({ type: 'library', name: purl, purl })) });
const keep = async (who: Actor, name: string, ...purls: string[]) => {
  const { id } = await hub.do<{ id: string }>(who, inventories.keep, { name, document: sbom(...purls) });
  return { id, seen: await hub.do(house, fixes.observe, { id }) };
};
const own = async (who: Actor) => (await hub.do<{ items: Fix[] }>(who, fixes.list, {})).items;

beforeAll(async () => {
  hub = await openHub();
  north = await hub.join('North Lab', 'finder');
  desk = await hub.join('Clearinghouse', 'coordinator');
  clinic = await hub.join('Clinic', 'operator');
  bank = await hub.join('Bank', 'operator');
  const orgId = desk.orgId as `org_${string}`;
  const id = 'psn_00000000000000000000000001';
  await hub.doors.db.transaction(house.reads, (tx) =>
    insertPerson(tx, { id, orgId, name: 'Second', email: 'second@example.org', createdAt: hub.clock.now() }),
  );
  second = await hub.again({ id, scopes: ['*'] } as unknown as Actor);
  await keep(clinic, 'Ward', 'pkg:npm/left@1.4.0', 'pkg:npm/left@2.1.0', 'pkg:npm/right@1.0.0', 'pkg:pypi/thing@3.0');
  await keep(bank, 'Teller', 'pkg:npm/left@2.0.1');
  of = await openCase(hub, 'pkg:npm/left@1.0.0', [north]);
});
afterAll(() => hub.close());

test('nothing is known of anybody before the release', async () => {
  expect(await own(clinic!)).toEqual([]);
});

test('a release finds who holds an affected version, and only those', async () => {
  releaseId = await publishCase(hub, of, staff(), [{ fixed: '2.0.1' }]);
  expect(await hub.do(house, fixes.match, { id: releaseId })).toEqual({ exposed: 1, observed: 0, couldNotTell: 0 });
  const [fix, ...rest] = await own(clinic!);
  expect(rest).toEqual([]);
  expect(fix).toMatchObject({ state: 'exposed', components: ['pkg:npm/left@1.4.0'], fixedIn: ['2.0.1'], trackingId: 'BW-2026-0001' });
  expect(await own(bank!)).toEqual([]);
  // The follower delivers at least once.
  expect(await hub.do(house, fixes.match, { id: releaseId })).toEqual({ exposed: 0, observed: 0, couldNotTell: 0 });
  expect(await own(clinic!)).toHaveLength(1);
});

test('an operator sees its own only; a coordinator none of them, a stranger nothing', async () => {
  const [fix] = await own(clinic!);
  for (const who of [bank!, desk!, north!, anonymous]) {
    const got = await hub.try(who, fixes.get, { id: fix!.id });
    expect(['not_found', 'not_permitted']).toContain((got as { code: string }).code);
    const claimed = await hub.try(who, fixes.claim, { id: fix!.id, how: 'no' });
    expect(['not_found', 'not_permitted']).toContain((claimed as { code: string }).code);
  }
  expect(await hub.try(bank!, fixes.get, { id: fix!.id })).toMatchObject({ code: 'not_found' });
  expect(await hub.try(desk!, fixes.list, {})).toMatchObject({ code: 'not_permitted' });
  // An organisation that is both coordinator and operator reads others' rows in the database, and still gets none here.
  const both = await hub.join('Both', 'coordinator', 'operator');
  expect(await own(both)).toEqual([]);
  expect(await hub.try(both, fixes.get, { id: fix!.id })).toMatchObject({ code: 'not_found' });
});

test('a word is a claim; an inventory that contradicts it opens the exposure again; one that shows the fix closes it', async () => {
  const [fix] = await own(clinic!);
  expect(await hub.do(clinic!, fixes.claim, { id: fix!.id, how: 'updated on Sunday' })).toMatchObject({
    state: 'fix-claimed',
    claim: 'updated on Sunday',
  });
  expect(await hub.try(clinic!, fixes.claim, { id: fix!.id, how: 'again' })).toMatchObject({ code: 'wrong_state' });
  expect((await keep(clinic!, 'Ward', 'pkg:npm/left@1.5.0')).seen).toMatchObject({ exposed: 1 });
  expect(await own(clinic!)).toMatchObject([{ state: 'exposed', components: ['pkg:npm/left@1.5.0'], claim: null }]);
  await hub.do(clinic!, fixes.claim, { id: fix!.id, how: 'now really' });
  expect((await keep(clinic!, 'Ward', 'pkg:npm/left@2.0.1')).seen).toMatchObject({ exposed: 0, observed: 1 });
  expect(await own(clinic!)).toMatchObject([{ id: fix!.id, state: 'observed', because: expect.stringContaining('2.0.1 lies outside') }]);
  expect(await hub.try(clinic!, fixes.claim, { id: fix!.id, how: 'late' })).toMatchObject({ code: 'wrong_state' });
});

test('a fix that is lost again is an exposure again; a package that is gone is a fix observed', async () => {
  expect((await keep(clinic!, 'Ward', 'pkg:npm/left@2.0.0')).seen).toMatchObject({ exposed: 1 });
  expect((await keep(clinic!, 'Ward', 'pkg:npm/else@1.0.0')).seen).toMatchObject({ observed: 1 });
  expect(await own(clinic!)).toMatchObject([{ state: 'observed', because: 'the inventory does not hold this package' }]);
});

test('an inventory kept after the release is matched as well', async () => {
  expect((await keep(bank!, 'Branch', 'pkg:npm/left@0.1.0')).seen).toEqual({ exposed: 1, observed: 0, couldNotTell: 0 });
  expect(await own(bank!)).toMatchObject([{ state: 'exposed' }]);
});

test('an ecosystem without an order is could-not-tell, and says why', async () => {
  const thing = await openCase(hub, 'pkg:docker/thing@3.0', [north!]);
  await keep(bank!, 'Images', 'pkg:docker/thing@3.0', 'pkg:deb/debian/cjson@1.7.15-1%2Bdeb12u3');
  const id = await publishCase(hub, thing, staff(), [{ fixed: '4.0' }]);
  expect(await hub.do(house, fixes.match, { id })).toMatchObject({ exposed: 0, couldNotTell: 1 });
  const found = (await own(bank!)).find((f) => f.package === 'pkg:docker/thing');
  expect(found).toMatchObject({ state: 'could-not-tell', because: 'versions of docker packages cannot be ordered here yet' });
});

test('Debian packages by the order of dpkg', async () => {
  const cjson = await openCase(hub, 'pkg:deb/debian/cjson@1.7.15-1', [north!]);
  await keep(clinic!, 'Fixed', 'pkg:deb/debian/cjson@1.7.15-1%2Bdeb12u10');
  const id = await publishCase(hub, cjson, staff(), [{ fixed: '1.7.15-1+deb12u4' }]);
  expect(await hub.do(house, fixes.match, { id })).toMatchObject({ exposed: 1 });
  expect((await own(bank!)).find((f) => f.package === 'pkg:deb/debian/cjson')).toMatchObject({ state: 'exposed' });
  expect((await own(clinic!)).some((f) => f.package === 'pkg:deb/debian/cjson')).toBe(false);
});

test('a later version of an advisory takes back what it had said too much, and stays taken back', async () => {
  const { advisoryId } = await hub.do<{ advisoryId: string }>(anonymous, releases.get, { id: releaseId });
  await hub.do(
    desk!,
    advisories.draft,
    draftInput(of, [
      { introduced: '1.0.0', fixed: '2.0.1' },
      { package: 'pkg:npm/right', fixed: '9.0.0' },
    ]),
  );
  await hub.do(second!, advisories.approve, { id: advisoryId });
  const goLiveAt = new Date(Date.parse(hub.clock.now()) + 1000).toISOString();
  const { id } = await hub.do<{ id: string }>(desk!, releases.schedule, { advisoryId, goLiveAt });
  hub.clock.advance(1000);
  await hub.do(house, releases.publishDue, {});
  await hub.do(house, fixes.match, { id });
  const branch = (await own(bank!)).find((f) => f.package === 'pkg:npm/left');
  expect(branch).toMatchObject({ state: 'not-affected', because: expect.stringContaining('0.1.0 lies outside') });
  expect((await keep(bank!, 'Branch', 'pkg:npm/left@0.1.0')).seen).toMatchObject({ exposed: 0, observed: 0 });
  expect((await own(bank!)).find((f) => f.package === 'pkg:npm/left')).toMatchObject({ state: 'not-affected' });
});

test('a roll-up has no count that few operators make up', async () => {
  const wide = await openCase(hub, 'pkg:npm/wide@1.0.0', [north!]);
  const many: Actor[] = [];
  for (let i = 0; i < limits.rollupOperators - 1; i++) {
    many.push(await hub.join(`Operator ${i}`, 'operator'));
    await keep(many[i]!, 'All', 'pkg:npm/wide@1.0.0');
  }
  const id = await publishCase(hub, wide, staff(), [{ fixed: '1.0.1' }]);
  await hub.do(house, fixes.match, { id });
  const { advisoryId } = await hub.do<{ advisoryId: string }>(anonymous, releases.get, { id });
  const rollup = () => hub.do(desk!, fixes.rollup, { advisoryId });
  const nothing = { operators: null, states: { exposed: null, 'could-not-tell': null, 'fix-claimed': null, observed: null }, atLeast: 5 };
  expect(await rollup()).toEqual(nothing);
  // An advisory that nobody is exposed to, or that does not exist, reads the same.
  expect(await hub.do(desk!, fixes.rollup, { advisoryId: 'adv_00000000000000000000000000' })).toEqual(nothing);
  const fifth = await hub.join('Fifth', 'operator');
  await keep(fifth, 'One', 'pkg:npm/wide@1.0.0');
  await keep(fifth, 'Two', 'pkg:npm/wide@1.0.0');
  expect(await rollup()).toMatchObject({ operators: 5, states: { exposed: 5, observed: 0 } });
  await keep(fifth, 'One', 'pkg:npm/wide@1.0.1');
  expect(await rollup()).toMatchObject({ operators: 5, states: { exposed: 5 } });
  await keep(fifth, 'Two', 'pkg:npm/wide@1.0.1');
  expect(await rollup()).toMatchObject({ states: { exposed: null, observed: null } });
  expect(await hub.try(clinic!, fixes.rollup, { advisoryId })).toMatchObject({ code: 'not_permitted' });
});

test('limits of a claim', async () => {
  const [open] = (await own(bank!)).filter((f) => f.state === 'exposed');
  expect(await hub.try(bank!, fixes.claim, { id: open!.id, how: 'x'.repeat(limits.nameChars + 1) })).toMatchObject({
    code: 'malformed',
    at: '/how',
  });
  expect(await hub.try(bank!, fixes.claim, { id: open!.id, how: 'x'.repeat(limits.nameChars) })).toMatchObject({ state: 'fix-claimed' });
});
