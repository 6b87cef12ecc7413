import { afterAll, beforeAll, expect, test } from 'vitest';
import * as cases from '../../src/clearinghouse/cases/actions.ts';
import type { CaseOut } from '../../src/clearinghouse/cases/wire.ts';
import * as duplicates from '../../src/clearinghouse/duplicates/actions.ts';
import { type Actor, house } from '../../src/trust/access.ts';
import { upToCases } from './cases-stage.ts';
import { crash, type DuplicatesStage, elsewhere, openDuplicates, type Regrouped } from './duplicates-stage.ts';

let stage: DuplicatesStage;
beforeAll(async () => {
  stage = await openDuplicates();
});
afterAll(() => stage.hub.close());

const because = 'a second look';
/** Only what follows from vulnerabilities: the stage takes the steps before by hand. */
const flow = { ...upToCases, hops: upToCases.hops.filter((h) => h.on.startsWith('vulnerability.')), works: [] };
const settle = () => stage.hub.settle(flow);
const caseOf = async (findingId: string) => {
  const { caseId } = await stage.hub.do<{ caseId: string | null }>(stage.desk, cases.ofFinding, { findingId });
  return caseId!;
};
const seenBy = async (as: Actor, id: string) => {
  const seen = (await stage.hub.try(await stage.hub.again(as), cases.get, { id })) as CaseOut & { code?: string };
  return seen.code ?? seen;
};
const reportsIn = async (id: string) => ((await seenBy(stage.desk, id)) as CaseOut).reports!.map((r) => r.id);

async function two(name: string) {
  const { north, south, replayed } = stage;
  const [a, b] = [await replayed(north, name, crash, 'r1'), await replayed(south, name, elsewhere, 'r2')];
  await settle();
  const [caseA, caseB] = [await caseOf(a.id), await caseOf(b.id)];
  expect(caseA).not.toBe(caseB);
  return { a, b, caseA, caseB };
}

test('merged away: the finders are let in there and out here, the case says where it goes on; undone, all is back', async () => {
  const { hub, north, south, desk } = stage;
  const { a, b, caseA, caseB } = await two('merged');
  const { act } = await hub.do<Regrouped>(desk, duplicates.merge, { id: a.vulnerability, fromId: b.vulnerability, because });
  await settle();
  expect(await reportsIn(caseA)).toEqual([a.id, b.id]);
  expect(await seenBy(desk, caseB)).toMatchObject({ reports: [], continuesInId: a.vulnerability });
  expect(await seenBy(south, caseA)).toMatchObject({ reports: [{ id: b.id }] });
  expect(await seenBy(south, caseB)).toBe('not_found');
  // One finder does not hear from the case that another one was there.
  expect(await seenBy(south, caseA)).not.toHaveProperty('continuesInId');
  await hub.do(desk, duplicates.undo, { id: act.id, because });
  await settle();
  expect([await reportsIn(caseA), await reportsIn(caseB)]).toEqual([[a.id], [b.id]]);
  expect(await seenBy(desk, caseB)).toMatchObject({ continuesInId: null });
  expect(await seenBy(south, caseA)).toBe('not_found');
  expect(await seenBy(south, caseB)).toMatchObject({ reports: [{ id: b.id }] });
  expect(await seenBy(north, caseA)).toMatchObject({ reports: [{ id: a.id }] });
});

test('one finding moved: its finder is let out of the case it left', async () => {
  const { hub, north, south, desk, replayed } = stage;
  const { a, b, caseA, caseB } = await two('left');
  const c = await replayed(north, 'left', elsewhere, 'r2');
  await settle();
  expect(await reportsIn(caseB)).toEqual([b.id, c.id]);
  expect(await seenBy(north, caseB)).toMatchObject({ id: caseB });
  await hub.do(desk, duplicates.merge, { id: a.vulnerability, findingId: c.id, because });
  await settle();
  expect([await reportsIn(caseA), await reportsIn(caseB)]).toEqual([[a.id, c.id], [b.id]]);
  expect(await seenBy(north, caseB)).toBe('not_found');
  expect(await seenBy(south, caseB)).toMatchObject({ id: caseB });
});

test('subsumed: the fix of the whole must stop the part\u2019s too, and the part\u2019s case says so until it is undone', async () => {
  const { hub, south, desk, replayed } = stage;
  const { a, b, caseA, caseB } = await two('subsumed');
  const { act } = await hub.do<Regrouped>(desk, duplicates.subsume, { id: a.vulnerability, partId: b.vulnerability, because });
  await settle();
  expect([await reportsIn(caseA), await reportsIn(caseB)]).toEqual([[a.id, b.id], [b.id]]);
  expect(await seenBy(desk, caseB)).toMatchObject({ continuesInId: a.vulnerability });
  expect(await seenBy(south, caseA)).toMatchObject({ reports: [{ id: b.id }] });
  // Whoever finds the part later is counted in both.
  const c = await replayed(south, 'subsumed', elsewhere, 'r2');
  await settle();
  expect([await reportsIn(caseA), await reportsIn(caseB)]).toEqual([
    [a.id, b.id, c.id],
    [b.id, c.id],
  ]);
  expect(await hub.try(house, cases.follow, { id: b.vulnerability, intoId: b.vulnerability })).toMatchObject({ code: 'wrong_state' });
  await hub.do(desk, duplicates.undo, { id: act.id, because });
  await settle();
  expect([await reportsIn(caseA), await reportsIn(caseB)]).toEqual([[a.id], [b.id, c.id]]);
  expect(await seenBy(desk, caseB)).toMatchObject({ continuesInId: null });
  expect(await seenBy(south, caseA)).toBe('not_found');
});
