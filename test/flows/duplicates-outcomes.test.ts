import pg from 'pg';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { label } from '../../src/base/label.ts';
import * as duplicates from '../../src/clearinghouse/duplicates/actions.ts';
import * as findings from '../../src/clearinghouse/findings/actions.ts';
import { type Actor, house } from '../../src/trust/access.ts';
import { entriesAfter } from '../../src/trust/log/store.ts';
import { crash, type DuplicatesStage, elsewhere, openDuplicates, type Regrouped } from './duplicates-stage.ts';

let stage: DuplicatesStage;
beforeAll(async () => {
  stage = await openDuplicates();
});
afterAll(() => stage.hub.close());

interface Outcome {
  readonly findingId: string;
  readonly outcome: string;
  readonly vulnerability: string | null;
  readonly at: string;
}
const ask = (as: Actor, findingId: string) => stage.hub.do<Outcome>(as, duplicates.outcome, { findingId });

test('pending until our own replay; then new or known, by the same name for both, and nothing else', async () => {
  const { hub, north, south, report, judge } = stage;
  const [a, b] = [await report(north, 'told'), await report(south, 'told')];
  expect(await ask(south, b)).toEqual({ findingId: b, outcome: 'pending', vulnerability: null, at: expect.any(String) });
  const id = await judge(b, 'reproduced', crash, 'r1');
  const alone = await ask(south, b);
  expect(alone).toMatchObject({ outcome: 'new', vulnerability: expect.stringMatching(/^V-[0-9a-f]{24}$/) });
  hub.clock.advance(60_000);
  await judge(a, 'reproduced', crash, 'r1');
  // The older of the two hears that it is the first; whoever was told before is not told that somebody came.
  expect(await ask(north, a)).toMatchObject({ outcome: 'new', vulnerability: alone.vulnerability });
  expect(await ask(south, b)).toEqual(alone);
  const c = await report(south, 'told');
  await judge(c, 'reproduced', crash, 'r1');
  expect(await ask(south, c)).toMatchObject({ outcome: 'known', vulnerability: alone.vulnerability });
  const told = JSON.stringify([await ask(north, a), await ask(south, b), await ask(south, c)]);
  for (const canary of [id!, north.orgId!, south.orgId!, 'RED', 'pkg:npm/told']) expect(told).not.toContain(canary);
  expect((await stage.shown(id)).name).toBe(alone.vulnerability);
});

test('what is contradicted or taken back is none; a split, a merge and their undoing tell the one who is moved', async () => {
  const { hub, north, south, desk, report, judge, replayed } = stage;
  const a = await report(north, 'none');
  await judge(a, 'not-reproduced', null, null);
  expect(await ask(north, a)).toMatchObject({ outcome: 'none', vulnerability: null });
  const b = await report(north, 'none');
  await hub.do(north, findings.withdraw, { id: b, because: 'x' });
  await stage.compare(b);
  expect(await ask(north, b)).toMatchObject({ outcome: 'none' });

  const [c, d] = [await replayed(north, 'moved', crash, 'r1'), await replayed(south, 'moved', crash, 'r1')];
  const [first, before] = [await ask(north, c.id), await ask(south, d.id)];
  expect(before).toMatchObject({ outcome: 'known', vulnerability: first.vulnerability });
  const { act, to } = await hub.do<Regrouped>(desk, duplicates.split, { id: c.vulnerability, findingId: d.id, because: 'x' });
  expect(await ask(south, d.id)).toMatchObject({ outcome: 'new', vulnerability: to.name });
  expect(await ask(north, c.id)).toEqual(first);
  await hub.do(desk, duplicates.undo, { id: act.id, because: 'x' });
  expect(await ask(south, d.id)).toMatchObject({ outcome: before.outcome, vulnerability: before.vulnerability });
});

test('a foreign finding, an unknown one and one of staff\u2019s reading are the same not_found', async () => {
  const { hub, north, south, desk, report } = stage;
  const id = await report(north, 'foreign');
  const unknown = await hub.try(south, duplicates.outcome, { findingId: `${id.slice(0, 4)}${'0'.repeat(26)}` });
  expect(unknown).toMatchObject({ code: 'not_found' });
  expect(await hub.try(south, duplicates.outcome, { findingId: id })).toEqual(unknown);
  expect(await hub.try(desk, duplicates.outcome, { findingId: id })).toEqual(unknown);
  const { receipt } = await hub.do<{ receipt: string }>(north, findings.get, { id });
  expect(await hub.do(north, duplicates.outcome, { receipt })).toEqual(await ask(north, id));
  expect(await hub.try(south, duplicates.outcome, { receipt })).toEqual(unknown);
  expect(await hub.try(north, duplicates.outcome, { receipt, findingId: id })).toMatchObject({ code: 'malformed' });
});

test('every look-up is logged where the finder reads it and where the house does', async () => {
  const { hub, north, south, desk, report } = stage;
  const id = await report(north, 'logged');
  await ask(north, id);
  const seen = async (viewer: Actor) =>
    (await hub.doors.db.transaction(viewer.reads, (tx) => entriesAfter(tx, 0, 10_000))).flatMap((e) =>
      e.body?.thing === id && e.body.event === 'finding.outcome-told' ? [e.body] : [],
    );
  expect((await seen(north)).map((e) => [e.actor, e.label.compartments])).toEqual([[north.id, [north.orgId]]]);
  expect((await seen({ ...desk, reads: ['hou_*'] })).map((e) => e.label.compartments)).toEqual([['hou_clearinghouse']]);
  expect(await seen(south)).toEqual([]);
});

test('new, known, known to nobody who may hear of it, and pending cost the same statements and look the same', async () => {
  const { hub, north, south, report, judge, replayed } = stage;
  const [a, b] = [await replayed(north, 'alike', crash, 'r1'), await replayed(south, 'alike', crash, 'r1')];
  // A finding under more than its organisation's label: that it is there is not for the next one to hear.
  const sealed = await report(north, 'alike-sealed');
  const home = await judge(sealed, 'reproduced', elsewhere, 'r2');
  const { tlp, compartments } = label('RED', north.orgId!, 'hou_clearinghouse', 'cas_0');
  await hub.doors.db.transaction(house.reads, (tx) =>
    tx
      .withTables<{ finding_traits: { finding_id: string; tlp: string; compartments: string[] } }>()
      .updateTable('finding_traits')
      .set({ tlp, compartments: [...compartments] })
      .where('finding_id', '=', sealed)
      .execute(),
  );
  const hidden = await replayed(south, 'alike-sealed', elsewhere, 'r2');
  expect(hidden.vulnerability).toBe(home);
  const pending = await report(south, 'alike');

  const said: string[] = [];
  const query = pg.Client.prototype.query;
  const spy = vi.spyOn(pg.Client.prototype, 'query').mockImplementation(function (this: pg.Client, ...given: unknown[]) {
    said.push(String((given[0] as { text?: string }).text ?? given[0]));
    return (query as (...given: unknown[]) => unknown).apply(this, given) as never;
  });
  const asked: [Outcome, string[]][] = [];
  for (const [as, id] of [
    [north, a.id],
    [south, b.id],
    [south, hidden.id],
    [south, pending],
  ] as const) {
    said.length = 0;
    asked.push([await ask(as, id), [...said]]);
  }
  spy.mockRestore();
  expect(asked.map(([told]) => told.outcome)).toEqual(['new', 'known', 'new', 'pending']);
  for (const [told, statements] of asked) {
    expect(statements).toEqual(asked[0]![1]);
    expect(Object.keys(told)).toEqual(Object.keys(asked[0]![0]));
  }
});
