import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { day } from '../../src/base/instant.ts';
import { limits } from '../../src/base/limits.ts';
import * as cases from '../../src/clearinghouse/cases/actions.ts';
import type { Case } from '../../src/clearinghouse/cases/case.ts';
import * as profiles from '../../src/clearinghouse/cases/contacts/profiles/actions.ts';
import * as pacing from '../../src/clearinghouse/cases/pacing/actions.ts';
import { acknowledge, endReadIn, offers, readIn } from '../../src/clearinghouse/cases/read-ins/actions.ts';
import { setBand, takePlace } from '../../src/clearinghouse/findings/queue/actions.ts';
import * as priorities from '../../src/clearinghouse/priorities/actions.ts';
import { type Actor, house } from '../../src/trust/access.ts';
import { type Flow, hop } from '../../src/trust/flow.ts';
import { invite } from '../../src/trust/orgs/actions.ts';
import { openCase } from '../case.ts';
import { openHub, type TestHub } from '../hub.ts';
import { noneFound } from './cases-stage.ts';

const looper = 'pkg:npm/looper';
let hub: TestHub;
let [finder, second, maintainer, desk, stranger]: Actor[] = [];
const following: Flow = {
  hops: [
    hop('finding.received', takePlace, (h) => ({ id: h.thing })),
    hop('finding.banded', pacing.reorderDelivery, (h) => ({ findingId: h.thing })),
    hop('priority.assessed', pacing.noteSeverity, (h) => ({ id: h.payload.caseId, base: h.payload.cvss.base })),
    hop('case.closed', pacing.endDeliveries, (h) => ({ id: h.thing })),
  ],
  works: [],
  dues: [],
};

interface Shown {
  id: string;
  state: string;
  place: number | null;
  expected: { from: string } | null;
  because: string | null;
  band: string;
  severity: string;
}

beforeAll(async () => {
  hub = await openHub();
  finder = await hub.join('North Lab', 'finder');
  second = await hub.join('South Lab', 'finder');
  maintainer = await hub.join('Looper Project', 'maintainer');
  stranger = await hub.join('Other Project', 'maintainer');
  desk = await hub.join('Clearinghouse', 'coordinator');
});
afterAll(() => hub.close());

const open = async (band: string, by = finder!, purl = `${looper}@1.0.0`): Promise<Case> => {
  const of = await openCase(hub, purl, [by]);
  await hub.settle(following);
  if (band !== 'NEEDS-INFO') await hub.do(desk!, setBand, { id: of.findingIds[0]!, band, because: 'for the test' });
  await hub.settle(following);
  hub.clock.advance(1000);
  return of;
};
const input = (of: Case, over: object = {}) => ({
  id: of.id,
  personId: maintainer!.id,
  need: 'maintains the package',
  sponsorId: desk!.id,
  exclusions: noneFound,
  ...over,
});
const deliver = async (of: Case, over: object = {}) => hub.try(desk!, pacing.deliver, input(of, over)) as Promise<Shown>;
const seen = async (as: Actor, of: Case) => {
  const reader = as === desk ? as : await grant(as, of);
  return (await hub.do<{ items: Shown[] }>(reader, pacing.deliveries, { id: of.id })).items;
};
/** As the finder's organisation is let in when a case is opened. */
const grant = async (as: Actor, of: Case): Promise<Actor> => ({ ...as, reads: [...as.reads, of.id], tiers: { ...as.tiers, [of.id]: 0 } });
const pace = (over: object, as = maintainer!) => hub.try(as, pacing.setPace, { package: looper, weekly: null, ...over });
const offered = async () => (await hub.do<{ items: { caseId: string }[] }>(maintainer!, offers, {})).items.map((o) => o.caseId).sort();
const due = () => hub.do<{ delivered: number }>(house, pacing.deliverDue, {});

describe('who speaks for a project', () => {
  test('nobody does before the clearinghouse has made sure', async () => {
    const of = await open('STANDARD');
    expect(await deliver(of)).toMatchObject({ code: 'not_found', at: '/package' });
    expect(await pace({ weekly: 1 })).toMatchObject({ code: 'not_found' });
    const known = { package: looper, orgId: maintainer!.orgId, because: 'publishes it on npm with this key' };
    expect(await hub.try(maintainer!, profiles.recogniseMaintainer, known)).toMatchObject({ code: 'not_permitted' });
    expect(await hub.try(desk!, profiles.recogniseMaintainer, { ...known, orgId: finder!.orgId })).toMatchObject({ code: 'conflict' });
    await hub.do(desk!, profiles.recogniseMaintainer, known);
    expect(await hub.try(desk!, profiles.recogniseMaintainer, { ...known, orgId: stranger!.orgId })).toMatchObject({ code: 'conflict' });
    expect(await hub.do(maintainer!, profiles.projects, {})).toMatchObject({ items: [{ package: looper }] });
    await hub.do(desk!, cases.close, { id: of.id, outcome: 'not-a-vulnerability', because: 'only a test' });
  });

  test('to another maintainer a package that is not theirs reads like one that nobody knows', async () => {
    const ask = (as: Actor, name: string) => hub.try(as, pacing.backlog, { package: name });
    expect(await ask(stranger!, looper)).toEqual(await ask(stranger!, 'pkg:npm/unheard-of'));
    expect(await pace({ weekly: 1 }, stranger!)).toMatchObject({ code: 'not_found' });
    expect(await hub.try(desk!, pacing.setPace, { package: looper, weekly: 1 })).toMatchObject({ code: 'not_permitted' });
  });

  test('the recipient is a person of theirs who passes the gates of a read-in, now and not only later', async () => {
    const of = await open('STANDARD');
    expect(await deliver(of, { personId: stranger!.id })).toMatchObject({ code: 'conflict', at: '/personId' });
    expect(await deliver(of, { exclusions: { ...noneFound, sanctions: true } })).toMatchObject({ at: '/exclusions/sanctions' });
    await hub.do(desk!, cases.close, { id: of.id, outcome: 'not-a-vulnerability', because: 'only a test' });
  });
});

describe('at two a week', () => {
  let [first, middle, urgent, late]: Case[] = [];

  test('two are offered at once; the others wait in their order, and everybody is told honestly', async () => {
    expect(await pace({ weekly: 2 })).toMatchObject({ weekly: 2, incidentsAtOnce: false });
    [first, middle] = [await open('STANDARD'), await open('STANDARD')];
    for (const of of [first, middle]) expect(await deliver(of)).toMatchObject({ state: 'delivered' });
    expect(await offered()).toEqual([first.id, middle.id]);
    late = await open('STANDARD');
    urgent = await open('URGENT', second!);
    expect(await deliver(late)).toMatchObject({ state: 'waiting', place: 1, because: '2 a week' });
    expect(await deliver(urgent)).toMatchObject({ state: 'waiting', place: 1 });
    expect(await deliver(urgent)).toMatchObject({ code: 'conflict' });
    expect(await seen(desk!, late)).toMatchObject([{ place: 2, expected: { from: '2026-11-23T00:00:00.000Z' } }]);
    // The finder learns a bound, not how many others there are.
    expect(await seen(finder!, late)).toMatchObject([{ place: 5, expected: { from: '2026-11-23T00:00:00.000Z' } }]);
    expect(await offered()).toHaveLength(2);
  });

  test('whoever is not read in learns nothing of it', async () => {
    expect(await hub.try(second!, pacing.deliveries, { id: late!.id })).toMatchObject({ code: 'not_found' });
    const stager = { ...stranger!, reads: [...stranger!.reads, late!.id], tiers: { ...stranger!.tiers, [late!.id]: 2 } };
    expect(await hub.try(stager, pacing.deliveries, { id: late!.id })).toMatchObject({ code: 'not_found', because: 'no such thing' });
  });

  test('the project sees how much waits for it, by band and week, and not a word of what', async () => {
    const backlog = await hub.do<object>(maintainer!, pacing.backlog, { package: looper });
    expect(backlog).toMatchObject({ deliveredThisWeek: 2, waiting: [{ waiting: 0 }, { waiting: 1 }, { waiting: 1 }, { waiting: 0 }] });
    for (const secret of [late!.id, urgent!.id, 'A flaw', finder!.orgId!]) expect(JSON.stringify(backlog)).not.toContain(secret);
  });

  test('a place that is free is given by itself, once, by whichever worker comes, across a restart of it', async () => {
    expect(await due()).toEqual({ delivered: 0 });
    hub.clock.advance(7 * day);
    const given = await Promise.all([due(), due(), due()]);
    expect(given.reduce((sum, g) => sum + g.delivered, 0)).toBe(2);
    expect(await offered()).toEqual([first!.id, middle!.id, late!.id, urgent!.id]);
    expect(await due()).toEqual({ delivered: 0 });
    expect(await seen(finder!, late!)).toMatchObject([{ state: 'delivered', place: null }]);
  });

  test('what is better assessed goes first, and a case that is over leaves the queue', async () => {
    hub.clock.advance(1000);
    const [mild, severe] = [await open('STANDARD'), await open('STANDARD')];
    for (const of of [mild, severe]) await deliver(of);
    await hub.do(desk!, priorities.assess, assessment(severe.id));
    await hub.settle(following);
    expect(await seen(desk!, severe)).toMatchObject([{ place: 1, severity: 'critical' }]);
    expect(await seen(desk!, mild)).toMatchObject([{ place: 2, severity: 'unknown' }]);
    await hub.do(desk!, setBand, { id: mild.findingIds[0]!, band: 'URGENT', because: 'exploited elsewhere' });
    await hub.settle(following);
    expect(await seen(desk!, mild)).toMatchObject([{ place: 1, band: 'URGENT' }]);
    await hub.do(desk!, cases.close, { id: mild.id, outcome: 'not-a-vulnerability', because: 'a mistake' });
    await hub.settle(following);
    expect(await seen(desk!, mild)).toMatchObject([{ state: 'withdrawn', because: 'the case is closed' }]);
    const [of] = await seen(desk!, severe);
    expect(await hub.do(desk!, pacing.recallDelivery, { id: of!.id, because: 'handed over in person' })).toMatchObject({
      state: 'withdrawn',
    });
    expect(await hub.try(desk!, pacing.recallDelivery, { id: of!.id, because: 'again' })).toMatchObject({ code: 'wrong_state' });
  });
});

test('nobody of the project is read in past its pace; after it was delivered, colleagues are as everywhere', async () => {
  await pace({ weekly: 1 });
  hub.clock.advance(8 * day);
  const [first, of] = [await open('STANDARD'), await open('STANDARD')];
  const past = (id: string, personId = maintainer!.id) =>
    hub.try(desk!, readIn, { ...input(of, { id, personId }), tier: 0, ability: 'patch' });
  expect(await past(of.id)).toMatchObject({ code: 'wrong_state', at: '/personId' });
  await deliver(first);
  expect(await past(first.id)).toMatchObject({ code: 'conflict', because: expect.stringContaining('offered already') });
});

describe('an incident', () => {
  let incident: Case;
  const consent = (incidentsAtOnce: boolean, as = maintainer!) =>
    hub.try(as, pacing.consentToIncidents, { package: looper, incidentsAtOnce });

  test('waits at the head of the queue while the project has not consented, even while it pauses', async () => {
    await pace({ weekly: 2, paused: {} });
    incident = await open('INCIDENT');
    expect(await deliver(incident)).toMatchObject({ state: 'waiting', place: 1, expected: null, because: 'the project has paused' });
    hub.clock.advance(30 * day);
    expect(await due()).toEqual({ delivered: 0 });
  });

  test('comes at once when a named person of the project has consented; software cannot, nor can the clearinghouse', async () => {
    expect(await consent(true, { ...maintainer!, kind: 'agent' })).toMatchObject({ code: 'not_permitted' });
    expect(await consent(true, desk!)).toMatchObject({ code: 'not_permitted' });
    expect(await consent(true)).toMatchObject({ incidentsAtOnce: true, consentAt: hub.clock.now(), paused: { until: null } });
    // Nothing is given by setting a pace: the hub comes by.
    expect((await seen(desk!, incident))[0]).toMatchObject({ state: 'waiting' });
    expect(await due()).toEqual({ delivered: 1 });
    expect(await offered()).toContain(incident.id);
    // Another pace leaves the consent as it is; taken back, it is gone.
    expect(await pace({ weekly: 1 })).toMatchObject({ incidentsAtOnce: true });
    expect(await consent(false)).toMatchObject({ incidentsAtOnce: false, consentAt: null, weekly: 1 });
  });
});

test('a recipient who became unfit meanwhile is not offered it: the place goes to the next, and the desk is told', async () => {
  await pace({ weekly: 1 });
  hub.clock.advance(8 * day);
  const [first, waits] = [await open('STANDARD'), await open('STANDARD')];
  expect(await deliver(first)).toMatchObject({ state: 'delivered' });
  await deliver(waits);
  const mine = await hub.do<{ items: { caseId: string; termsDigest: string }[] }>(maintainer!, offers, {});
  await hub.do(maintainer!, acknowledge, { id: first.id, termsDigest: mine.items.find((o) => o.caseId === first.id)!.termsDigest });
  await hub.do(desk!, endReadIn, { id: first.id, personId: maintainer!.id, because: 'suspected-breach' });
  hub.clock.advance(7 * day);
  expect(await due()).toEqual({ delivered: 0 });
  expect(await seen(desk!, waits)).toMatchObject([{ state: 'withdrawn', because: expect.stringContaining('suspected breach') }]);
  expect(await seen(finder!, waits)).toMatchObject([{ state: 'withdrawn', because: null }]);
});

test('where no pace is set the weekly number that a project publishes counts, and whoever spoke for it before does not', async () => {
  const name = 'pkg:npm/spinner';
  const other = await hub.join('Spinner Project', 'maintainer');
  await hub.do(desk!, profiles.recogniseMaintainer, { package: name, orgId: other.orgId, because: 'signed its releases' });
  const [one, two] = [await open('STANDARD', finder!, `${name}@1.0.0`), await open('STANDARD', finder!, `${name}@1.0.0`)];
  await hub.do(desk!, profiles.keepProfile, {
    package: name,
    weekly: 1,
    sourceUrl: 'https://spinner.dev/security',
    readAt: hub.clock.now(),
  });
  expect(await deliver(one, { personId: other.id })).toMatchObject({ state: 'delivered' });
  // Of the other suppliers of a case its finder learns nothing.
  const beside = await open('STANDARD');
  await deliver(beside, { personId: other.id, package: name });
  expect(await seen(desk!, beside)).toHaveLength(1);
  expect(await seen(finder!, beside)).toEqual([]);
  await hub.do(desk!, pacing.recallDelivery, { id: (await seen(desk!, beside))[0]!.id, because: 'only a test' });
  expect(await deliver(two, { personId: other.id })).toMatchObject({ state: 'waiting', because: '1 a week' });
  await hub.do(other, pacing.setPace, { package: name, weekly: 5 });
  await hub.do(desk!, profiles.endMaintainer, { package: name, because: 'handed it on' });
  expect(await due()).toEqual({ delivered: 0 });
  expect(await seen(desk!, two)).toMatchObject([{ state: 'waiting', because: '1 a week' }]);
  expect(await hub.try(other, pacing.setPace, { package: name, weekly: 9 })).toMatchObject({ code: 'not_found' });
});

test(`a pause ends within ${limits.pauseDays} days, and ${limits.deliveriesPerProject} reports wait for a project at most`, async () => {
  const until = (ms: number) => new Date(Date.parse(hub.clock.now()) + limits.pauseDays * day + ms).toISOString();
  expect(await pace({ weekly: 1, paused: { until: until(1) } })).toMatchObject({ code: 'too_large' });
  expect(await pace({ weekly: 1, paused: { until: hub.clock.now() } })).toMatchObject({ code: 'expired' });
  expect(await pace({ weekly: 1, paused: { until: until(0) } })).toMatchObject({ paused: { until: until(0) } });
  const [of, last, over] = [await open('STANDARD'), await open('STANDARD'), await open('STANDARD')];
  // The person who was suspected is out; a colleague takes what comes.
  const input = { orgId: maintainer!.orgId, name: 'Colleague', email: 'colleague@example.org' };
  const colleague = await hub.do<{ id: string }>(desk!, invite, input);
  const to = { personId: colleague.id };
  expect(await deliver(of, to)).toMatchObject({ state: 'waiting' });
  await hub.doors.db.transaction(house.reads, async (tx) => {
    const rows = tx.withTables<Record<'cases' | 'deliveries', Record<string, unknown>>>();
    const copies = async (table: 'cases' | 'deliveries', column: string, id: string, change: (n: number) => object) => {
      const row = await rows.selectFrom(table).selectAll().where(column, '=', id).executeTakeFirstOrThrow();
      const json = Object.fromEntries(
        Object.entries(row).map(([k, v]) => [k, v !== null && v?.constructor === Object ? JSON.stringify(v) : v]),
      );
      const all = Array.from({ length: limits.deliveriesPerProject - 2 }, (_, n) => ({ ...json, ...change(n) }));
      // A statement takes 65,535 values.
      for (let n = 0; n < all.length; n += 500)
        await rows
          .insertInto(table)
          .values(all.slice(n, n + 500))
          .execute();
    };
    await copies('cases', 'id', of.id, (n) => ({ id: `cas_${n}`, vulnerabilities: JSON.stringify([{ id: `vul_${n}` }]) }));
    await copies('deliveries', 'case_id', of.id, (n) => ({ id: `dlv_${n}`, case_id: `cas_${n}` }));
  });
  expect(await deliver(last, to)).toMatchObject({ state: 'waiting' });
  expect(await deliver(over, to)).toMatchObject({ code: 'too_many' });
});

function assessment(caseId: string): object {
  const answer = (value: string) => ({ value, evidence: 'for the test' });
  const ssvc = {
    ...{ exploitation: answer('none'), automatable: answer('no') },
    ...{ technicalImpact: answer('total'), missionWellbeing: answer('low') },
  };
  return { caseId, cvssVector: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H', ssvc };
}
