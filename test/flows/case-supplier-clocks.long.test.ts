import { afterAll, beforeAll, expect, test } from 'vitest';
import { flow } from '../../src/app/flow.ts';
import { calendars } from '../../src/base/business-days.ts';
import { day } from '../../src/base/instant.ts';
import { close } from '../../src/clearinghouse/cases/actions.ts';
import { clocks, strikeClocks } from '../../src/clearinghouse/cases/clocks/actions.ts';
import { dueOf } from '../../src/clearinghouse/cases/clocks/clock.ts';
import { reckonSuppliers } from '../../src/clearinghouse/cases/clocks/suppliers/actions.ts';
import { supplierKinds } from '../../src/clearinghouse/cases/clocks/suppliers/owed.ts';
import type { ClockOut } from '../../src/clearinghouse/cases/clocks/wire.ts';
import { attemptContact, recordContact } from '../../src/clearinghouse/cases/contacts/ladders/actions.ts';
import { addSuppliers, bindSupplier, manage, participants } from '../../src/clearinghouse/cases/participants/actions.ts';
import { state } from '../../src/clearinghouse/cases/statements/actions.ts';
import { type Actor, house } from '../../src/trust/access.ts';
import { openStage, type Stage } from './cases-stage.ts';

let stage: Stage;
let upstream: Actor;
let fork: string;
beforeAll(async () => {
  stage = await openStage();
  upstream = await stage.enter(await stage.hub.join('Upstream', 'maintainer'), 0);
  const suppliers = [{ name: 'Fork', contact: 'security@fork.example' }];
  ({
    ids: [fork],
  } = await stage.hub.do<{ ids: [string] }>(stage.desk, addSuppliers, { id: stage.caseId, suppliers }));
  await stage.hub.settle(flow);
});
afterAll(() => stage.hub.close());

const shown = async (as: Actor, about?: string) => {
  const { items } = await stage.hub.do<{ items: ClockOut[] }>(as, clocks, { id: stage.caseId });
  const theirs = items.filter((c) => supplierKinds.some((kind) => kind === c.kind) && (about === undefined || c.about === about));
  return theirs.map((c) => `${c.kind} ${c.standing}`).sort();
};
const ownId = async () => {
  const { items } = await stage.hub.do<{ items: { id: string; name: string }[] }>(stage.desk, participants, { id: stage.caseId });
  return items.find((p) => p.name === 'Upstream')!.id;
};
const settle = () => stage.hub.settle(flow);

test('whoever is read in owes an assessment and a statement; whoever was not told owes nothing', async () => {
  expect(await shown(upstream)).toEqual(['assessment running', 'statement running']);
  expect(await shown(stage.desk, fork)).toEqual([]);
  expect(await shown(stage.finder)).toEqual([]);
});

test('reckoned again, nothing is doubled and nothing moves', async () => {
  const before = await stage.hub.do(stage.desk, clocks, { id: stage.caseId });
  stage.hub.clock.advance(day);
  for (let i = 0; i < 2; i++) await stage.hub.do(house, reckonSuppliers, { id: stage.caseId });
  expect(await stage.hub.do(stage.desk, clocks, { id: stage.caseId })).toEqual(before);
});

test('an attempt starts the acknowledgement, where the supplier works; its word ends that and starts the assessment', async () => {
  const attempt = { id: stage.caseId, participantId: fork, channel: 'email', addressee: 'security@fork.example', carriesReport: true };
  const at = stage.hub.clock.now();
  const { id } = await stage.hub.do<{ id: string }>(stage.desk, attemptContact, { ...attempt, zone: 'Asia/Tokyo', calendar: 'target' });
  await settle();
  expect(await shown(stage.desk, fork)).toEqual(['acknowledgement running', 'statement running']);
  const { items } = await stage.hub.do<{ items: ClockOut[] }>(stage.desk, clocks, { id: stage.caseId });
  const first = items.find((c) => c.about === fork && c.kind === 'acknowledgement');
  const dueAt = dueOf('acknowledgement', at, { zone: 'Asia/Tokyo', calendar: calendars.target });
  expect(first).toMatchObject({ startedAt: at, dueAt, owedBy: { by: 'participant', id: fork } });
  await stage.hub.do(stage.desk, recordContact, { id, seq: 1, outcome: 'acknowledged' });
  await settle();
  expect(await shown(stage.desk, fork)).toEqual(['acknowledgement done', 'assessment running', 'statement running']);
});

test('once it is a member it sees its own', async () => {
  const member = await stage.enter(await stage.hub.join('Fork project', 'maintainer'), 3);
  expect(await shown(member)).toEqual([]);
  await stage.hub.do(stage.desk, bindSupplier, { id: fork, orgId: member.orgId });
  await settle();
  expect(await shown(member)).toEqual(['assessment running', 'statement running']);
});

test('a statement of every vulnerability ends its clock, and what it means for the report the other', async () => {
  const id = await ownId();
  await stage.hub.do(upstream, state, { id: stage.caseId, status: 'unknown', text: 'We look.' });
  await settle();
  expect(await shown(upstream)).toEqual(['assessment running', 'statement done']);
  await stage.hub.do(upstream, manage, { id, by: 'validate', because: 'It is.' });
  await settle();
  expect(await shown(upstream, id)).toEqual(['assessment done', 'statement done']);
});

test('what is left strikes once, and ends with the case', async () => {
  stage.hub.clock.advance(40 * day);
  const { struck } = await stage.hub.do<{ struck: number }>(house, strikeClocks, {});
  expect(struck).toBeGreaterThan(0);
  expect(await shown(stage.desk, fork)).toEqual(['acknowledgement done', 'assessment escalated', 'statement escalated']);
  await stage.hub.do(stage.desk, close, {
    ...{ id: stage.caseId, outcome: 'abandoned', because: 'x' },
  });
  await settle();
  await stage.hub.do(house, reckonSuppliers, { id: stage.caseId });
  expect(await shown(stage.desk, fork)).toEqual(['acknowledgement done', 'assessment done-late', 'statement done-late']);
});
