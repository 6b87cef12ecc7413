import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeId } from '../../src/base/id.ts';
import { day, epochMs, hour, type Instant, plusMs } from '../../src/base/instant.ts';
import type { Case } from '../../src/clearinghouse/cases/case.ts';
import { clocks, owed, strikeClocks } from '../../src/clearinghouse/cases/clocks/actions.ts';
import { type ClockKind, type Owner, owedByDesk } from '../../src/clearinghouse/cases/clocks/clock.ts';
import { startClock, stopClock, stopClocks } from '../../src/clearinghouse/cases/clocks/store.ts';
import type { ClockOut } from '../../src/clearinghouse/cases/clocks/wire.ts';
import { type Actor, house } from '../../src/trust/access.ts';
import { historyOf } from '../../src/trust/log/store.ts';
import { openStage, type Stage } from './cases-stage.ts';

let stage: Stage;
let upstream: Actor;
let other: Actor;
const caseId = () => stage.caseId as Case['id'];
beforeAll(async () => {
  stage = await openStage();
  upstream = await stage.enter(await stage.hub.join('Upstream', 'maintainer'), 0);
  other = await stage.enter(await stage.hub.join('Other Vendor', 'maintainer'), 1);
});
afterAll(() => stage.hub.close());

const supplier = (of: Actor): Owner => ({ by: 'org', id: of.orgId!, orgId: of.orgId });
const start = (kind: ClockKind, about: string, owedBy: Owner, dueAt: Instant) =>
  stage.hub.doors.db.transaction(house.reads, (tx) => {
    const startedAt = stage.hub.clock.now();
    const id = makeId('clk', epochMs(startedAt), stage.hub.doors.chance(10));
    return startClock(tx, { id, caseId: caseId(), kind, about, owedBy, because: 'it was agreed', startedAt, dueAt });
  });
const inMs = (ms: number) => plusMs(stage.hub.clock.now(), ms);
const shown = async (as: Actor) => (await stage.hub.do<{ items: ClockOut[] }>(as, clocks, { id: stage.caseId })).items;
const owes = async (as: Actor) => (await stage.hub.do<{ items: ClockOut[] }>(as, owed, {})).items;
const told = async () => {
  const seen = await stage.hub.doors.db.transaction(house.reads, (tx) => historyOf(tx, stage.caseId, 1000));
  return seen.map((e) => e.body.event).filter((event) => event.startsWith('case.clock-'));
};

test('a clock shows to whoever owes it and to the coordinator, to nobody else', async () => {
  await start('acknowledgement', upstream.orgId!, supplier(upstream), inMs(2 * day));
  expect(await shown(upstream)).toMatchObject([{ kind: 'acknowledgement', isOwn: true, standing: 'running' }]);
  expect(await shown(stage.desk)).toMatchObject([{ kind: 'acknowledgement', isOwn: false }]);
  for (const as of [other, stage.finder]) expect(await shown(as)).toEqual([]);
  expect(await owes(upstream)).toHaveLength(1);
  for (const as of [other, stage.finder, stage.desk]) expect(await owes(as)).toEqual([]);
  // A colleague who was not read in learns of no case by what their organisation owes.
  const colleague = { ...(await stage.hub.join('Nobody', 'maintainer')), orgId: upstream.orgId };
  expect(await owes(colleague)).toEqual([]);
});

test('it strikes once: first to whoever owes it, then to the coordinator', async () => {
  stage.hub.clock.advance(2 * day);
  expect(await stage.hub.do(house, strikeClocks, {})).toEqual({ struck: 1 });
  expect(await stage.hub.do(house, strikeClocks, {})).toEqual({ struck: 0 });
  expect(await told()).toEqual(['case.clock-overdue']);
  expect(await owes(upstream)).toMatchObject([{ standing: 'overdue' }]);
  expect(await owes(stage.desk)).toEqual([]);
  stage.hub.clock.advance(day);
  await stage.hub.do(house, strikeClocks, {});
  expect((await told()).sort()).toEqual(['case.clock-escalated', 'case.clock-overdue']);
  expect(await owes(stage.desk)).toMatchObject([{ standing: 'escalated', isOwn: false }]);
  const stopped = await stage.hub.doors.db.transaction(house.reads, (tx) =>
    stopClock(tx, caseId(), 'acknowledgement', upstream.orgId!, stage.hub.clock.now()),
  );
  expect(stopped).toMatchObject({ kind: 'acknowledgement' });
  expect(await owes(stage.desk)).toEqual([]);
  expect(await shown(upstream)).toMatchObject([{ standing: 'done-late' }]);
});

test('moved to another hour it begins anew, to the same it goes on', async () => {
  const first = await start('embargo', '', owedByDesk, inMs(10 * day));
  expect(await start('embargo', '', owedByDesk, first.dueAt)).toEqual(first);
  stage.hub.clock.advance(10 * day);
  expect(await stage.hub.do(house, strikeClocks, {})).toEqual({ struck: 1 });
  expect(await start('embargo', '', owedByDesk, inMs(5 * day))).toMatchObject({
    id: first.id,
    overdueAt: null,
    startedAt: first.startedAt,
  });
  expect((await shown(stage.finder)).map((c) => c.kind)).toEqual(['embargo']);
});

test('what nobody owes any more is stopped at once', async () => {
  await start('assessment', 'a', supplier(upstream), inMs(hour));
  await start('assessment', 'b', supplier(other), inMs(hour));
  const at = stage.hub.clock.now();
  const stop = () => stage.hub.doors.db.transaction(house.reads, (tx) => stopClocks(tx, caseId(), ['assessment'], at));
  expect(await stop()).toBe(2);
  expect(await stop()).toBe(0);
  stage.hub.clock.advance(2 * day);
  expect(await stage.hub.do(house, strikeClocks, {})).toEqual({ struck: 0 });
});
