import { afterAll, beforeAll, expect, test } from 'vitest';
import * as cases from '../../src/clearinghouse/cases/actions.ts';
import * as priorities from '../../src/clearinghouse/priorities/actions.ts';
import { priorityOfCase } from '../../src/clearinghouse/priorities/store.ts';
import { house } from '../../src/trust/access.ts';
import { openStage, type Stage } from './cases-stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.hub.close());

const answer = (value: string) => ({ value, evidence: `because ${value}` });
const urgent = {
  exploitation: answer('active'),
  automatable: answer('yes'),
  technicalImpact: answer('total'),
  missionWellbeing: answer('high'),
};
const vector = 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H';
const assess = (over: object = {}, as = stage.desk) =>
  stage.hub.try(as, priorities.assess, { caseId: stage.caseId, cvssVector: vector, ssvc: urgent, ...over });

test('severity and urgency are assessed apart, each answer with what it rests on', async () => {
  expect(await assess()).toMatchObject({
    decision: 'act',
    deviation: null,
    cvss: { version: '3.1', base: 7.5, severity: 'HIGH' },
    ssvc: { table: 'cisa:DT_CO:2.0.3', decision: 'act', points: { exploitation: 'active' } },
    evidence: { exploitation: 'because active' },
  });
  expect(await assess({ ssvc: { ...urgent, exploitation: { value: 'active' } } })).toMatchObject({
    code: 'malformed',
    at: '/ssvc/exploitation/evidence',
  });
  expect(await assess({ cvssVector: 'CVSS:3.1/AV:N' })).toMatchObject({ code: 'malformed', at: '/cvssVector' });
});

test('a person may decide otherwise than the table, and it shows', async () => {
  stage.hub.clock.advance(1000);
  const deviation = { decision: 'attend', because: 'only reachable in a lab' };
  expect(await assess({ deviation })).toMatchObject({ decision: 'attend', deviation, ssvc: { decision: 'act' } });
  stage.hub.clock.advance(1000);
  expect(await assess({ deviation: { decision: 'act', because: 'as the table says' } })).toMatchObject({
    decision: 'act',
    deviation: null,
  });
});

test('the newest counts, and the others stay', async () => {
  const { items } = await stage.hub.do<{ items: { decision: string }[] }>(stage.finder, priorities.get, { caseId: stage.caseId });
  expect(items.map((p) => p.decision)).toEqual(['act', 'attend', 'act']);
  expect(await stage.hub.do(stage.desk, priorities.list, {})).toMatchObject({ items: [{ caseId: stage.caseId, decision: 'act' }] });
  expect(await stage.hub.doors.db.transaction(house.reads, (tx) => priorityOfCase(tx, stage.caseId))).toMatchObject({ decision: 'act' });
});

test('only the clearinghouse assesses, and only while the case is not closed', async () => {
  expect(await assess({}, stage.finder)).toMatchObject({ code: 'not_permitted' });
  expect(await stage.hub.try(stage.finder, priorities.list, {})).toMatchObject({ code: 'not_permitted' });
  const outsider = await stage.hub.join('Outside', 'maintainer');
  expect(await stage.hub.try(outsider, priorities.get, { caseId: stage.caseId })).toMatchObject({
    code: 'not_found',
    because: 'no such thing',
  });
  await stage.hub.do(stage.desk, cases.close, { id: stage.caseId, outcome: 'will-not-fix', because: 'end of life' });
  expect(await assess()).toMatchObject({ code: 'wrong_state' });
});
