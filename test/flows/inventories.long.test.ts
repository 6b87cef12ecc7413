import { afterAll, beforeAll, expect, test } from 'vitest';
import * as inventories from '../../src/clearinghouse/inventories/actions.ts';
import { componentsOf, inventoriesHolding } from '../../src/clearinghouse/inventories/store.ts';
import { type Actor, house } from '../../src/trust/access.ts';
import { historyOf } from '../../src/trust/log/store.ts';
import { openHub, type TestHub } from '../hub.ts';

let hub: TestHub;
let [clinic, bank, lab]: Actor[] = [];
const sbom = (...purls: string[]) =>
  JSON.stringify({ bomFormat: 'CycloneDX', specVersion: '1.6', components: purls.map((purl) => ({ name: purl, purl })) });

beforeAll(async () => {
  hub = await openHub();
  clinic = await hub.join('Clinic', 'operator');
  bank = await hub.join('Bank', 'operator');
  lab = await hub.join('Lab', 'finder');
});
afterAll(() => hub.close());

test('keeping again under one name replaces, and says which revision', async () => {
  const document = sbom('pkg:npm/a@1', 'pkg:npm/b@1', 'pkg:NPM/a@1');
  const first = await hub.do<{ id: string }>(clinic!, inventories.keep, { name: 'ward', document });
  expect(first).toMatchObject({ name: 'ward', components: 2, revision: 1, unreadable: 0 });
  const second = await hub.do(clinic!, inventories.keep, { name: 'ward', document: sbom('pkg:npm/a@2') });
  expect(second).toMatchObject({ id: first.id, components: 1, revision: 2 });
  expect(await hub.do(clinic!, inventories.components, { id: first.id })).toEqual({
    components: [{ purl: 'pkg:npm/a@2', version: '2', name: 'pkg:npm/a@2' }],
  });
  const history = await hub.doors.db.transaction(house.reads, (tx) => historyOf(tx, first.id, 10));
  expect(history.map((h) => h.body.payload)).toEqual([
    { name: 'ward', components: 2, revision: 1 },
    { name: 'ward', components: 1, revision: 2 },
  ]);
});

test("nobody sees another operator's inventory, and two may use one name", async () => {
  const own = await hub.do<{ id: string }>(bank!, inventories.keep, { name: 'ward', document: sbom('pkg:npm/a@3') });
  const { items } = await hub.do<{ items: { id: string; revision: number }[] }>(bank!, inventories.list, {});
  expect(items).toMatchObject([{ id: own.id, revision: 1 }]);
  expect(await hub.try(clinic!, inventories.get, { id: own.id })).toMatchObject({ code: 'not_found' });
  expect(await hub.try(clinic!, inventories.components, { id: own.id })).toMatchObject({ code: 'not_found' });
  expect(await hub.doors.db.transaction(clinic!.reads, (tx) => componentsOf(tx, own.id))).toEqual([]);
  const holding = (reads: readonly string[]) => hub.doors.db.transaction(reads, (tx) => inventoriesHolding(tx, 'pkg:npm/a'));
  expect((await holding(clinic!.reads)).map((h) => h.version)).toEqual(['2']);
  expect((await holding(house.reads)).map((h) => h.version).sort()).toEqual(['2', '3']);
});

test("what an organisation runs is not the clearinghouse's to read", async () => {
  const staff = await hub.join('Clearinghouse', 'coordinator');
  const { id } = await hub.do<{ id: string }>(bank!, inventories.keep, { name: 'ward', document: sbom('pkg:npm/a@3') });
  expect(await hub.try(staff, inventories.get, { id })).toMatchObject({ code: 'not_found' });
  expect(await hub.do(staff, inventories.list, {})).toEqual({ items: [] });
  const seen = await hub.doors.db.transaction(staff.reads, (tx) => historyOf(tx, id, 10));
  expect(seen).toEqual([]);
});

test('what cannot be read is refused and nothing is kept of it', async () => {
  expect(await hub.try(bank!, inventories.keep, { name: 'other', document: '{}' })).toMatchObject({ code: 'unsupported', at: '/document' });
  expect(await hub.try(lab!, inventories.keep, { name: 'x', document: sbom() })).toMatchObject({ code: 'not_permitted' });
  expect((await hub.do<{ items: unknown[] }>(bank!, inventories.list, {})).items).toHaveLength(1);
});

test('two who keep under one name at once follow one another', async () => {
  const kept = await Promise.all(
    [1, 2, 3, 4].map((n) => hub.do<{ revision: number }>(bank!, inventories.keep, { name: 'race', document: sbom(`pkg:npm/a@${n}`) })),
  );
  expect(kept.map((k) => k.revision).sort()).toEqual([1, 2, 3, 4]);
});

test('an inventory of many components is kept whole', async () => {
  const purls = Array.from({ length: 12_001 }, (_, i) => `pkg:npm/p${i}@1`);
  const { components } = await hub.do<{ components: number }>(bank!, inventories.keep, { name: 'big', document: sbom(...purls) });
  expect(components).toBe(12_001);
});
