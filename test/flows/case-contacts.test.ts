import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { day } from '../../src/base/instant.ts';
import { limits } from '../../src/base/limits.ts';
import * as cases from '../../src/clearinghouse/cases/actions.ts';
import { clocksOfCase } from '../../src/clearinghouse/cases/clocks/store.ts';
import * as ladders from '../../src/clearinghouse/cases/contacts/ladders/actions.ts';
import { laddersOf, saveLadder } from '../../src/clearinghouse/cases/contacts/ladders/store.ts';
import * as profiles from '../../src/clearinghouse/cases/contacts/profiles/actions.ts';
import * as records from '../../src/clearinghouse/cases/contacts/records/actions.ts';
import { addCoordinator } from '../../src/clearinghouse/cases/participants/actions.ts';
import { participantsOf } from '../../src/clearinghouse/cases/participants/store.ts';
import { type Actor, house } from '../../src/trust/access.ts';
import { hop } from '../../src/trust/flow.ts';
import { loopPackage } from '../lab-rehearsal.ts';
import { openStage, type Stage, upToCases } from './cases-stage.ts';

let stage: Stage;
let second: Actor;
let participantId: string;
const following = { ...upToCases, hops: [...upToCases.hops, hop('case.closed', ladders.endContacts, (h) => ({ id: h.thing }))] };
beforeAll(async () => {
  stage = await openStage();
  second = await stage.hub.join('Second Treasury', 'coordinator');
  await stage.hub.do(stage.desk, addCoordinator, { id: stage.caseId, orgId: second.orgId });
  const all = await stage.hub.doors.db.transaction(house.reads, (tx) => participantsOf(tx, stage.caseId));
  participantId = all.find((p) => p.kind === 'supplier')!.id;
});
afterAll(() => stage.hub.close());

interface Shown {
  id: string;
  state: string;
  made: number;
  next: { rung: string; dueAt: string } | null;
  attempts: { seq: number; outcome: string }[];
  words?: string;
}
const attempt = (over: object = {}, as = stage.desk) =>
  stage.hub.try(as, ladders.attemptContact, {
    ...{ id: stage.caseId, participantId, channel: 'email', addressee: 'security@looper.dev' },
    ...over,
  }) as Promise<Shown>;
const outcome = (id: string, seq: number, said: string) =>
  stage.hub.try(stage.desk, ladders.recordContact, { id, seq, outcome: said }) as Promise<Shown>;
const decide = (id: string, said: string) =>
  stage.hub.try(stage.desk, ladders.decideContact, { id, outcome: said, because: 'as it looks' });
const running = async () => {
  const all = await stage.hub.doors.db.transaction(house.reads, (tx) => clocksOfCase(tx, stage.caseId as `cas_${string}`));
  return all.filter((c) => c.kind === 'contact' && c.doneAt === null);
};
const list = async (as: Actor) => (await stage.hub.do<{ items: Shown[] }>(as, ladders.contacts, { id: stage.caseId })).items;
const to = (at: string) => stage.hub.clock.advance(Date.parse(at) - Date.parse(stage.hub.clock.now()));

describe('the ladder', () => {
  let id: string;

  test('begins with the first attempt, and the next is owed five business days later', async () => {
    to('2026-11-24T10:00:00.000Z');
    expect(await attempt({ rung: 'second' })).toMatchObject({ code: 'wrong_state', because: expect.stringContaining('first attempt') });
    expect(await attempt({ at: '2026-11-25T00:00:00Z' })).toMatchObject({ code: 'malformed', at: '/at' });
    const begun = await attempt({ carriesReport: true });
    expect(begun).toMatchObject({ state: 'climbing', made: 1, next: { rung: 'second', dueAt: '2026-12-01T10:00:00.000Z' } });
    id = begun.id;
    expect(await running()).toMatchObject([{ dueAt: '2026-12-01T10:00:00.000Z', owedBy: { by: 'coordinator' }, about: participantId }]);
    expect(await outcome(id, 1, 'bounced')).toMatchObject({ attempts: [{ outcome: 'bounced' }] });
    expect(await outcome(id, 1, 'read')).toMatchObject({ code: 'wrong_state', at: '/outcome' });
  });

  test('no rung comes before its day, unless severity bends it for a reason; none is left out', async () => {
    expect(await attempt()).toMatchObject({ code: 'wrong_state', at: '/rung' });
    const bend = { id, tempo: 'urgent', because: 'exploited' };
    expect(await stage.hub.do(stage.desk, ladders.bendLadder, bend)).toMatchObject({ next: { dueAt: '2026-11-25T10:00:00.000Z' } });
    expect(await running()).toMatchObject([{ dueAt: '2026-11-25T10:00:00.000Z' }]);
    to('2026-11-25T10:00:00.000Z');
    expect(await attempt({ addressee: 'ada@looper.dev' })).toMatchObject({ made: 2, next: { rung: 'third' } });
    expect(await attempt({ rung: 'coordinator', at: '2026-11-25T10:00:00Z' })).toMatchObject({ code: 'wrong_state' });
    to('2026-11-27T10:00:00.000Z');
    // Whoever is asked for help learns that there is something, not what.
    expect(await attempt({ carriesReport: true })).toMatchObject({ code: 'not_permitted', at: '/carriesReport' });
    const third = await attempt({ addressee: 'help@foundation.example' });
    expect(third).toMatchObject({ attempts: [{ outcome: 'bounced' }, { outcome: 'no-reply' }, { outcome: 'awaited' }] });
    expect(third.words).toContain(loopPackage);
    expect(third.words).not.toMatch(/SECRET|loop\(|CWE/);
  });

  test('silence is decided only when every rung has its record and the day has come', async () => {
    expect(await decide(id, 'abandoned')).toMatchObject({ code: 'wrong_state', because: 'the coordinator attempt has no record yet' });
    await attempt({ channel: 'form', addressee: 'CERT/CC' });
    expect(await running()).toMatchObject([{ dueAt: '2026-12-01T10:00:00.000Z', because: expect.stringContaining('decide') }]);
    expect(await decide(id, 'silent')).toMatchObject({ code: 'wrong_state', because: 'this is decided from 2026-12-01T10:00:00.000Z on' });
    expect(await decide(id, 'non-fix')).toMatchObject({ code: 'wrong_state' });
    expect(await decide(id, 'capacity-gap')).toMatchObject({ code: 'wrong_state' });
    to('2026-12-01T10:00:00.000Z');
    expect(await decide(id, 'abandoned')).toMatchObject({ state: 'decided', outcome: 'abandoned', next: null });
    expect(await running()).toEqual([]);
  });

  test('who was written to is the clearinghouse’s; the finder sees how far it is, a lower tier and a stranger nothing', async () => {
    const [mine] = await list(stage.finder);
    expect(mine).toMatchObject({ state: 'decided', made: 4, next: null });
    for (const secret of ['looper.dev', 'abandoned', 'exploited', 'CERT']) expect(JSON.stringify(mine)).not.toContain(secret);
    expect(await list(stage.desk)).toMatchObject([{ outcome: 'abandoned', attempts: [{}, {}, {}, { addressee: 'CERT/CC' }] }]);
    const stager = await stage.enter(await stage.hub.join('Distribution', 'operator'), 2);
    for (const as of [stager, await stage.hub.join('West Lab', 'finder')])
      expect(await stage.hub.try(as, ladders.contacts, { id: stage.caseId })).toMatchObject({
        code: 'not_found',
        because: 'no such thing',
      });
  });
});

describe('a fork of last resort', () => {
  const text = 'as is known';
  const said = (over: object = {}) => ({
    ...{ id: stage.caseId, participantId, namespace: 'looper-lifeboat', integrity: 'signed, two persons, reproducible' },
    evidence: { exhausted: text, deployed: 'FOOTPRINT in 40 distributions', licence: text, capacity: text },
    licence: { spdxId: 'MIT', forkPermitted: true, obligations: 'keep the notice' },
    base: { commit: 'v1.0.0', knownGoodBecause: text },
    term: { startsAt: '2026-12-02T00:00:00Z', endsAt: '2027-06-01T00:00:00Z', renewals: 0 },
    sunset: ['a steward is confirmed'],
    steward: { plan: 'ask the distributions', owner: 'Second Treasury' },
    ...over,
  });
  const draft = (over: object = {}) => stage.hub.try(stage.desk, records.recordLastResort, said(over)) as Promise<{ id: string }>;
  const approve = (id: string, as: Actor) => stage.hub.try(as, records.approveRecord, { id });

  test.each([
    ['without the licence', { licence: { spdxId: 'NONE', forkPermitted: false, obligations: 'x' } }, '/licence/forkPermitted'],
    ['under the name of the original', { namespace: 'Looper' }, '/namespace'],
    ['that ends before it starts', { term: { startsAt: '2027-06-01T00:00:00Z', endsAt: '2027-06-01T00:00:00Z' } }, '/term/endsAt'],
  ])('is not drafted %s', async (_, over, at) => expect(await draft(over)).toMatchObject({ at }));

  test(`lasts at most ${limits.lastResortDays} days`, async () => {
    const term = (ms: number) => {
      const startsAt = '2026-12-02T00:00:00.000Z';
      return { term: { startsAt, endsAt: new Date(Date.parse(startsAt) + limits.lastResortDays * day + ms).toISOString() } };
    };
    expect(await draft(term(1))).toMatchObject({ code: 'too_large', at: '/term/endsAt' });
    expect(await draft(term(0))).toMatchObject({ state: 'drafted' });
  });

  test('is approved by somebody else, ends by itself, once, and is not renewed more often than was said', async () => {
    const { id } = await draft();
    expect(await approve(id, stage.desk)).toMatchObject({ code: 'not_permitted' });
    expect(await approve(id, { ...second, kind: 'agent' })).toMatchObject({ code: 'not_permitted' });
    expect(await approve(id, second)).toMatchObject({ state: 'approved' });
    expect(await approve(id, second)).toMatchObject({ code: 'wrong_state' });
    expect(await stage.hub.do(house, records.endLastResorts, {})).toEqual({ ended: 0 });
    to('2027-06-01T00:00:00.000Z');
    const ended = await Promise.all([1, 2].map(() => stage.hub.do<{ ended: number }>(house, records.endLastResorts, {})));
    expect(ended.reduce((sum, e) => sum + e.ended, 0)).toBe(1);
    expect(await draft({ term: { startsAt: '2027-06-02T00:00:00Z', endsAt: '2027-12-01T00:00:00Z' } })).toMatchObject({ code: 'too_many' });
  });
});

describe('an answer', () => {
  let id: string;
  test('comes late, and takes it all back to ordinary coordination', async () => {
    id = (await list(stage.desk))[0]!.id;
    expect(await stage.hub.try(stage.desk, records.recordNonFix, nonFix())).toMatchObject({
      code: 'wrong_state',
      because: expect.stringContaining('silence is not a refusal'),
    });
    expect(await outcome(id, 2, 'acknowledged')).toMatchObject({ state: 'answered', outcome: null, next: null });
    expect(await stage.hub.do(stage.desk, cases.get, { id: stage.caseId })).toMatchObject({ vfdpxa: 'vfdpxa' });
    expect(await decide(id, 'silent')).toMatchObject({ code: 'wrong_state', at: '/outcome' });
  });

  test('that nothing will be fixed is kept in its own words, and nobody but the clearinghouse reads where it is in use', async () => {
    expect(await decide(id, 'non-fix')).toMatchObject({ code: 'wrong_state', because: expect.stringContaining('own words') });
    const kept = await stage.hub.do<{ id: string }>(stage.desk, records.recordNonFix, nonFix());
    expect(kept).toMatchObject({ nonFix: { fixStatus: 'will_not_fix', position: 'We are done with 1.x.' } });
    expect(await decide(id, 'non-fix')).toMatchObject({ state: 'decided', outcome: 'non-fix' });
    expect(await stage.hub.try(second, records.approveRecord, { id: kept.id })).toMatchObject({ state: 'approved' });
    const read = (as: Actor) => stage.hub.do<{ items: object[] }>(as, records.upstreamRecords, { id: stage.caseId });
    expect((await read(stage.finder)).items).toEqual([]);
    const maintainer = await stage.enter(await stage.hub.join('Looper Project', 'maintainer'), 0);
    expect((await read(maintainer)).items).toMatchObject([{ nonFix: { position: 'We are done with 1.x.', footprint: null } }]);
    expect(JSON.stringify(await read(maintainer))).not.toMatch(/FOOTPRINT|draftedBy|lifeboat/);
    expect(JSON.stringify(await read(stage.desk))).toContain('FOOTPRINT');
  });

  test(`a new silence is a new round, of at most ${limits.attemptsPerLadder} attempts; it ends with the case`, async () => {
    const again = await attempt();
    expect(again).toMatchObject({ state: 'climbing', made: 1 });
    expect(again.id).not.toBe(id);
    await stage.hub.doors.db.transaction(house.reads, async (tx) => {
      const ladder = (await laddersOf(tx, stage.caseId)).at(-1)!;
      const more = Array.from({ length: limits.attemptsPerLadder - 2 }, (_, n) => ({ ...ladder.attempts[0]!, seq: n + 2 }));
      await saveLadder(tx, { ...ladder, attempts: [...ladder.attempts, ...more] });
    });
    expect(await attempt({ rung: 'first' })).toMatchObject({ made: limits.attemptsPerLadder });
    expect(await attempt({ rung: 'first' })).toMatchObject({ code: 'too_many' });
    await stage.hub.do(stage.desk, cases.close, { id: stage.caseId, outcome: 'will-not-fix', because: 'as it said' });
    await stage.hub.settle(following);
    expect((await list(stage.desk)).map((l) => l.state)).toEqual(['decided', 'ended']);
    expect(await running()).toEqual([]);
  });

  const nonFix = () => ({
    ...{ id: stage.caseId, participantId, position: 'We are done with 1.x.', type: 'end-of-life', rationale: 'no time' },
    ...{ saidAt: stage.hub.clock.now(), source: 'mail of the day', footprint: 'FOOTPRINT: 40 distributions', decision: 'advisory' },
  });
});

describe('how a project likes to be approached', () => {
  test('a maintainer’s word goes before what was read, thing by thing, each with its origin', async () => {
    const { hub, desk } = stage;
    const maintainer = await hub.join('Spinner Project', 'maintainer');
    const name = 'pkg:npm/spinner';
    const keep = (as: Actor, said: object) => hub.try(as, profiles.keepProfile, { package: name, ...said });
    const read = { sourceUrl: 'https://spinner.dev/SECURITY.md', readAt: '2026-12-01T00:00:00Z' };
    expect(await keep(desk, { aiReports: 'no' })).toMatchObject({ code: 'malformed', at: '/sourceUrl' });
    expect(await keep(desk, read)).toMatchObject({ code: 'malformed' });
    expect(await keep(maintainer, { aiReports: 'yes' })).toMatchObject({ code: 'not_found' });
    await keep(desk, { aiReports: 'no', venue: 'private', languages: ['de', 'en'], ...read });
    await hub.do(desk, profiles.recogniseMaintainer, { package: name, orgId: maintainer.orgId, because: 'signs its releases' });
    await keep(maintainer, { aiReports: 'with-conditions', aiConditions: 'one at a time, with a test', who: 'Ada' });
    const spoken = await hub.do(maintainer, profiles.profile, { package: name });
    expect(spoken).toMatchObject({
      aiReports: { value: 'with-conditions', by: 'maintainer', url: null },
      venue: { value: 'private', by: 'coordinator', url: read.sourceUrl, at: '2026-12-01T00:00:00.000Z' },
      languages: { value: ['de', 'en'] },
    });
    expect(spoken).not.toHaveProperty('severityScale');
    // Another member does not even learn that anybody looked it up.
    const stranger = await hub.join('Stranger', 'maintainer');
    const ask = (package_: string) => hub.try(stranger, profiles.profile, { package: package_ });
    expect(await ask(name)).toEqual(await ask('pkg:npm/unheard-of'));
    await hub.do(desk, profiles.endMaintainer, { package: name, because: 'left' });
    expect(await hub.do(desk, profiles.profile, { package: name })).toMatchObject({ aiReports: { value: 'no' }, maintainerOrgId: null });
  });

  test('files of a project give suggestions, and keep nothing', async () => {
    const files = [
      { name: 'SECURITY.md', text: '# Reporting\nsecurity@looper.dev' },
      { name: 'notes', text: 'x' },
    ];
    const ask = (given: object[]) => stage.hub.try(stage.desk, profiles.lookUpContacts, { files: given });
    expect(await ask(files)).toMatchObject({ code: 'unsupported', at: '/files/1/kind' });
    expect(await ask(files.slice(0, 1))).toMatchObject({ suggestions: [{ value: 'security@looper.dev', line: 2, attempt: 1 }] });
  });
});
