import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { day } from '../../src/base/instant.ts';
import { limits } from '../../src/base/limits.ts';
import * as cases from '../../src/clearinghouse/cases/actions.ts';
import * as embargoes from '../../src/clearinghouse/cases/embargoes/actions.ts';
import { keepPolicy } from '../../src/clearinghouse/cases/embargoes/policies/actions.ts';
import { message } from '../../src/clearinghouse/cases/messages/actions.ts';
import type { CaseOut } from '../../src/clearinghouse/cases/wire.ts';
import * as findings from '../../src/clearinghouse/findings/actions.ts';
import { type Actor, house } from '../../src/trust/access.ts';
import { historyOf } from '../../src/trust/log/store.ts';
import { loopPackage, loopReport } from '../lab-rehearsal.ts';
import { openStage, type Stage, upToCases } from './cases-stage.ts';

let stage: Stage;
let maintainer: Actor;
beforeAll(async () => {
  stage = await openStage();
  maintainer = await stage.enter(await stage.hub.join('Upstream', 'maintainer'), 0);
});
afterAll(() => stage.hub.close());

const get = (as: Actor, id = stage.caseId) => stage.hub.do<CaseOut>(as, cases.get, { id });
const inDays = (days: number) => new Date(Date.parse(stage.hub.clock.now()) + days * day).toISOString();

test('a reproduced finding opens a case, and its finder is in it', async () => {
  expect(await get(stage.finder)).toMatchObject({
    state: 'open',
    tier: 0,
    title: 'SECRET-TITLE',
    package: loopPackage,
    finderOrgIds: [stage.finder.orgId],
  });
  expect(await stage.hub.try(house, cases.open, { id: (await get(stage.desk)).vulnerabilityId })).toMatchObject({ code: 'conflict' });
});

test('the house default governs, and says so', async () => {
  expect((await get(stage.finder)).embargo).toMatchObject({
    state: 'none',
    source: 'house-default',
    because: `house default ${limits.houseEmbargoDays} days`,
  });
});

test('the maintainer knows from the moment they are read in', async () => {
  expect((await get(maintainer)).vfdpxa).toBe('Vfdpxa');
});

describe('the embargo', () => {
  const propose = (as: Actor, days: number) =>
    stage.hub.try(as, embargoes.proposeEmbargo, { id: stage.caseId, endsAt: inDays(days), because: 'a release train' });
  const reply = (as: Actor, answer: string, days?: number) =>
    stage.hub.try(as, embargoes.answerEmbargo, { id: stage.caseId, answer, ...(days ? { endsAt: inDays(days) } : {}) });

  test('is negotiated between organisations', async () => {
    expect(await reply(stage.finder, 'accept')).toMatchObject({ code: 'wrong_state' });
    expect(await propose(maintainer, 60)).toMatchObject({ state: 'proposed', source: 'house-default' });
    expect(await reply(maintainer, 'accept')).toMatchObject({ code: 'not_permitted' });
    expect(await reply(stage.finder, 'counter')).toMatchObject({ code: 'malformed' });
    expect(await reply(stage.finder, 'counter', 30)).toMatchObject({ state: 'proposed' });
    expect(await reply(maintainer, 'accept')).toMatchObject({ state: 'active', endsAt: inDays(30), because: 'agreed between the parties' });
  });

  test(`lasts at most ${limits.embargoDays} days`, async () => {
    expect(await propose(maintainer, limits.embargoDays + 1)).toMatchObject({ code: 'too_large', at: '/endsAt' });
    expect(await propose(maintainer, limits.embargoDays)).toMatchObject({ state: 'revise', endsAt: inDays(30) });
    expect(await reply(stage.desk, 'decline')).toMatchObject({ state: 'active', endsAt: inDays(30) });
  });

  test('is cut by a shorter cap, with the reason shown', async () => {
    const policy = {
      package: loopPackage,
      source: 'list-cap',
      name: 'linux-distros',
      max: 'P14D',
      url: 'https://example.org/policy',
      readAt: inDays(-1),
    };
    await stage.hub.do(stage.desk, keepPolicy, policy);
    expect((await get(stage.finder)).embargo).toMatchObject({
      source: 'list-cap',
      endsAt: inDays(14),
      because: 'linux-distros caps at 14 days',
    });
    expect(await stage.hub.try(stage.finder, keepPolicy, policy)).toMatchObject({ code: 'not_permitted' });
  });

  test(`takes at most ${limits.policiesPerPackage} policies a package`, async () => {
    const keep = (n: number) =>
      stage.hub.try(stage.desk, keepPolicy, {
        package: 'pkg:npm/many',
        source: 'list-cap',
        name: `list ${n}`,
        max: 'P1D',
        url: 'https://example.org',
        readAt: inDays(0),
      });
    for (let n = 1; n <= limits.policiesPerPackage; n++) expect(await keep(n)).toMatchObject({ name: `list ${n}` });
    expect(await keep(limits.policiesPerPackage + 1)).toMatchObject({ code: 'too_many' });
    expect(await keep(1)).toMatchObject({ name: 'list 1' });
  });
});

describe('co-finders', () => {
  let second: Actor;

  test('join the case, and neither sees the report of the other', async () => {
    stage.hub.clock.advance(1000);
    second = await stage.hub.join('South Lab', 'finder');
    await stage.hub.do(second, findings.submit, loopReport('OTHER-TITLE', 'loop again'));
    await stage.hub.settle(upToCases);
    second = await stage.hub.again(second);
    const seen = await get(second);
    expect(seen).toMatchObject({ title: 'OTHER-TITLE', finderOrgIds: [second.orgId] });
    expect(seen.reports?.map((r) => r.title)).toEqual(['OTHER-TITLE']);
    expect(JSON.stringify({ ...seen, messages: [] })).not.toMatch(new RegExp(`SECRET|${stage.finder.orgId}`));
    expect((await get(stage.finder)).reports?.map((r) => r.title)).toEqual(['SECRET-TITLE']);
    expect((await get(maintainer)).reports?.map((r) => r.orgName)).toEqual(['North Lab', 'South Lab']);
    expect(JSON.stringify({ ...seen, messages: [] })).not.toContain('North Lab');
    expect((await get(stage.desk)).finderOrgIds).toEqual([stage.finder.orgId, second.orgId]);
  });

  test('see no title of another in a list either', async () => {
    const { items } = await stage.hub.do<{ items: object[] }>(second, cases.list, {});
    expect(items).toHaveLength(1);
    expect(JSON.stringify(items)).not.toContain('SECRET');
  });

  test('are led from their own finding to the case, and learn nothing by trying that of another', async () => {
    const caseOf = (as: Actor, findingId: string) => stage.hub.do(as, cases.ofFinding, { findingId });
    const { id: other } = (await get(second)).reports![0]!;
    for (const as of [stage.finder, maintainer, stage.desk]) expect(await caseOf(as, stage.findingId)).toEqual({ caseId: stage.caseId });
    expect(await caseOf(second, other)).toEqual({ caseId: stage.caseId });
    const stager = await stage.enter(await stage.hub.join('Distribution', 'operator'), 2);
    const stranger = await stage.hub.join('West Lab', 'finder');
    for (const as of [second, stager, stranger]) expect(await caseOf(as, stage.findingId)).toEqual({ caseId: null });
    const rung = async (as: Actor) => (await stage.hub.do<{ items: CaseOut[] }>(as, cases.list, {})).items[0]?.rung;
    for (const as of [stage.finder, second, maintainer, stage.desk]) expect(await rung(as)).toBe('replayed');
    for (const as of [stager, stranger]) expect(await rung(as)).toBeUndefined();
  });

  test("cannot fetch the other one's proof of concept", async () => {
    const poc = (await get(stage.finder)).reports![0]!.attachments[0]!.id;
    expect(await stage.hub.try(second, cases.attachment, { id: stage.caseId, blobId: poc })).toMatchObject({
      code: 'not_found',
      because: 'no such thing',
    });
    expect(await stage.hub.do(maintainer, cases.attachment, { id: stage.caseId, blobId: poc })).toMatchObject({
      data: Buffer.from('loop SECRET-POC').toString('base64'),
    });
  });
});

test('what happened to a case is logged where only the clearinghouse reads it', async () => {
  const bodies = (as: Actor) => stage.hub.doors.db.transaction(as.reads, (tx) => historyOf(tx, stage.caseId, 100));
  expect((await bodies(stage.desk)).map((e) => e.body.event)).toEqual(
    expect.arrayContaining(['case.opened', 'case.read-in', 'case.embargo-agreed']),
  );
  expect(await bodies(maintainer)).toEqual([]);
});

describe('the end', () => {
  test('an embargo ends by itself, whatever its state', async () => {
    stage.hub.clock.advance(14 * day);
    expect(await stage.hub.do(house, embargoes.endEmbargoes, {})).toEqual({ ended: 1 });
    expect(await stage.hub.do(house, embargoes.endEmbargoes, {})).toEqual({ ended: 0 });
    expect((await get(stage.finder)).embargo).toMatchObject({ state: 'exited', because: 'linux-distros caps at 14 days' });
    const late = { id: stage.caseId, endsAt: inDays(30), because: 'more time' };
    expect(await stage.hub.try(maintainer, embargoes.proposeEmbargo, late)).toMatchObject({ code: 'wrong_state' });
  });

  test('what cannot have happened is not recorded', async () => {
    expect(await stage.hub.try(stage.desk, cases.observe, { id: stage.caseId, what: 'fix-deployed', because: 'x' })).toMatchObject({
      code: 'wrong_state',
    });
    expect(await stage.hub.try(stage.finder, cases.observe, { id: stage.caseId, what: 'public', because: 'x' })).toMatchObject({
      code: 'not_permitted',
    });
  });

  test('disclosure closes the findings and lets out who was read in below tier 0', async () => {
    const tester = await stage.enter(await stage.hub.join('Tester', 'operator'), 1);
    expect(await stage.hub.do(house, cases.disclose, { id: stage.caseId })).toMatchObject({ state: 'disclosed', vfdpxa: 'VfdPxa' });
    await stage.hub.settle(upToCases);
    expect(await stage.hub.do(stage.finder, findings.get, { id: stage.findingId })).toMatchObject({ state: 'closed' });
    expect(await stage.hub.try(await stage.hub.again(tester), cases.get, { id: stage.caseId })).toMatchObject({ code: 'not_found' });
    expect(await get(await stage.hub.again(maintainer))).toMatchObject({ state: 'disclosed' });
    expect(await stage.hub.try(house, cases.disclose, { id: stage.caseId })).toMatchObject({ code: 'wrong_state' });
  });

  test('closing lets everybody out', async () => {
    await stage.hub.do(stage.desk, cases.close, { id: stage.caseId, outcome: 'fixed', because: 'released' });
    for (const actor of [stage.finder, maintainer])
      expect(await stage.hub.try(await stage.hub.again(actor), cases.get, { id: stage.caseId })).toMatchObject({ code: 'not_found' });
    expect(await stage.hub.try(stage.desk, message, { id: stage.caseId, text: 'late' })).toMatchObject({ code: 'wrong_state' });
    expect(await stage.hub.try(stage.desk, cases.close, { id: stage.caseId, outcome: 'fixed', because: 'x' })).toMatchObject({
      code: 'wrong_state',
    });
  });
});
