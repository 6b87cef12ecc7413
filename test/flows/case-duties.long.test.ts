import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { flow } from '../../src/app/flow.ts';
import { day, hour } from '../../src/base/instant.ts';
import * as cases from '../../src/clearinghouse/cases/actions.ts';
import { clocks, owed } from '../../src/clearinghouse/cases/clocks/actions.ts';
import * as bases from '../../src/clearinghouse/cases/clocks/bases/actions.ts';
import * as cra from '../../src/clearinghouse/cases/clocks/cra/actions.ts';
import type { ClockOut } from '../../src/clearinghouse/cases/clocks/wire.ts';
import * as messages from '../../src/clearinghouse/cases/messages/actions.ts';
import { type Actor, house } from '../../src/trust/access.ts';
import { historyOf } from '../../src/trust/log/store.ts';
import { readersOf } from '../../src/trust/orgs/grants/store.ts';
import { openStage, type Stage } from './cases-stage.ts';

interface Shared {
  readonly items: readonly { orgId: string; choice: string | null; lapsesAt: string; lapsedAt: string | null }[];
}
interface Form {
  readonly dueWritten: string | null;
  readonly fields: readonly { name: string; value: string | null; origin: string }[];
}

let stage: Stage;
let upstream: Actor;
beforeAll(async () => {
  stage = await openStage();
  upstream = await stage.enter(await stage.hub.join('Upstream', 'maintainer'), 0);
  await stage.hub.settle(flow);
});
afterAll(() => stage.hub.close());

const id = () => stage.caseId;
const inMs = (ms: number) => new Date(Date.parse(stage.hub.clock.now()) + ms).toISOString();
const running = async (as: Actor) =>
  (await stage.hub.do<{ items: ClockOut[] }>(as, clocks, { id: id() })).items.filter((c) => c.doneAt === null);
const kinds = async (as: Actor, of: RegExp) => (await running(as)).filter((c) => of.test(c.kind)).map((c) => c.kind);
const told = async (event: string) => {
  const seen = await stage.hub.doors.db.transaction(house.reads, (tx) => historyOf(tx, id(), 1000));
  return seen.filter((e) => e.body.event === event).map((e) => e.body.payload);
};
const form = (as: Actor, stageName: string, over: object = {}) =>
  stage.hub.do<Form>(as, cra.craForm, { id: id(), stage: stageName, ...over });
const value = ({ fields }: Form, name: string) => fields.find((f) => f.name === name);

describe('the Cyber Resilience Act', () => {
  test('asks nothing while nobody exploits it', async () => {
    expect(await kinds(upstream, /^cra/)).toEqual([]);
    expect(await stage.hub.try(upstream, cra.craForm, { id: id(), stage: 'early-warning' })).toMatchObject({ code: 'wrong_state' });
    // A finder that also maintains something is no supplier of this case.
    const both: Actor = { ...stage.finder, roles: ['finder', 'maintainer'] };
    expect(await stage.hub.try(both, cra.tellCra, { id: id(), isManufacturer: true })).toMatchObject({ code: 'not_permitted' });
  });

  test('starts 24 and 72 hours for the supplier who learns of attacks here, to the minute and on a weekend too', async () => {
    await stage.hub.do(stage.desk, cases.observe, { id: id(), what: 'attacks', because: 'a sensor' });
    await stage.hub.settle(flow);
    expect(await running(upstream)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ kind: 'cra-early-warning', isOwn: true, dueAt: inMs(24 * hour) }),
        expect.objectContaining({ kind: 'cra-notification', isOwn: true, dueAt: inMs(72 * hour) }),
      ]),
    );
    expect(await kinds(stage.finder, /^cra/)).toEqual([]);
    expect(await stage.hub.do(stage.finder, cra.craDuties, { id: id() })).toEqual({ items: [] });
  });

  test('has its forms filled as far as the case goes; what is missing says so', async () => {
    const early = await form(upstream, 'early-warning', { zone: 'Europe/Brussels' });
    expect(early.dueWritten).toBe('2026-11-22 10:00 Europe/Brussels (UTC+1)');
    expect(value(early, 'member states')).toMatchObject({ value: null, origin: 'missing' });
    expect(value(early, 'manufacturer')).toMatchObject({ value: 'Upstream', origin: 'case' });
    const told = { memberStates: ['BE', 'PT'], isManufacturer: true, told: { userMeasures: 'Turn the parser off.' } };
    expect(await stage.hub.try(upstream, cra.tellCra, { id: id(), ...told, awareAt: inMs(hour) })).toMatchObject({ at: '/awareAt' });
    await stage.hub.do(upstream, cra.tellCra, { id: id(), ...told });
    expect(value(await form(upstream, 'early-warning'), 'member states')).toMatchObject({ value: 'BE, PT', origin: 'told' });
    const notification = await form(upstream, 'notification');
    expect(value(notification, 'measures for users')).toMatchObject({ value: 'Turn the parser off.', origin: 'told' });
    expect(value(notification, 'vulnerability')?.value).toContain('CWE-835');
    expect(await stage.hub.try(stage.finder, cra.craForm, { id: id(), stage: 'notification' })).toMatchObject({ code: 'not_permitted' });
    expect(value(await form(stage.desk, 'notification', { orgId: upstream.orgId }), 'manufacturer')?.value).toBe('Upstream');
  });

  test('what was sent stops its clock; what was not shows to its supplier, then to the coordinator', async () => {
    const sent = { id: id(), stage: 'early-warning', at: stage.hub.clock.now(), reference: 'SRP-1' };
    await stage.hub.do(upstream, cra.craSent, sent);
    expect(await stage.hub.try(upstream, cra.craSent, sent)).toMatchObject({ code: 'wrong_state' });
    stage.hub.clock.advance(72 * hour);
    await stage.hub.settle(flow);
    const late = (await stage.hub.do<{ items: ClockOut[] }>(stage.desk, owed, {})).items.filter((c) => c.kind.startsWith('cra'));
    expect(late).toMatchObject([{ kind: 'cra-notification', standing: 'escalated' }]);
    await stage.hub.do(upstream, cra.craSent, { ...sent, stage: 'notification' });
    expect(await kinds(upstream, /^cra/)).toEqual([]);
  });

  test('the last report is owed 14 days after a measure was there; whoever is no manufacturer owes nothing', async () => {
    await stage.hub.do(upstream, cra.tellCra, { id: id(), measureAt: stage.hub.clock.now() });
    expect((await running(upstream)).find((c) => c.kind === 'cra-final-report')).toMatchObject({ dueAt: inMs(14 * day) });
    expect(value(await form(upstream, 'final-report'), 'malicious actor')).toMatchObject({ origin: 'missing' });
    await stage.hub.do(upstream, cra.tellCra, { id: id(), isManufacturer: false });
    expect(await kinds(upstream, /^cra/)).toEqual([]);
  });
});

describe('the law under which one shares', () => {
  const seen = async (as: Actor) => stage.hub.try(await stage.hub.again(as), cases.get, { id: id() });
  const mailed = async (as: Actor) =>
    (await stage.hub.doors.db.transaction(house.reads, (tx) => readersOf(tx, id(), stage.hub.clock.now()))).filter(
      (r) => r.orgId === as.orgId,
    );
  const sharing = (as: Actor) => stage.hub.do<Shared>(as, bases.sharing, { id: id() });

  test('is noted with each who takes part, who sees its own and is asked what happens when it lapses', async () => {
    expect((await sharing(stage.desk)).items.map((s) => s.orgId).sort()).toEqual([stage.finder.orgId, upstream.orgId].sort());
    const own = await sharing(upstream);
    expect(own.items).toMatchObject([{ orgId: upstream.orgId, choice: null, lapsesAt: '2026-12-12T05:00:00.000Z' }]);
    expect(await kinds(upstream, /^legal/)).toEqual(['legal-choice']);
    await stage.hub.do(upstream, bases.chooseOnLapse, { id: id(), choice: 'withdraw' });
    expect(await kinds(upstream, /^legal/)).toEqual([]);
  });

  test('prolonged, it moves every clock, and lapses on the new day only', async () => {
    const prolonged = {
      ...{ id: 'us-cisa-2015', name: 'Cybersecurity Information Sharing Act of 2015', citation: '6 U.S.C. 1501–1510' },
      ...{ lapsesAt: '2027-01-31T05:00:00Z', url: 'https://example.org/act', readAt: stage.hub.clock.now() },
    };
    expect(await stage.hub.try(upstream, bases.keepLegalBasis, prolonged)).toMatchObject({ code: 'not_permitted' });
    await stage.hub.do(stage.desk, bases.keepLegalBasis, prolonged);
    stage.hub.clock.set('2027-01-31T04:59:59.999Z' as never);
    await stage.hub.settle(flow);
    expect(await told('case.basis-lapsed')).toEqual([]);
    stage.hub.clock.advance(1);
    await stage.hub.settle(flow);
    await stage.hub.settle(flow);
    expect(await told('case.basis-lapsed')).toHaveLength(2);
    expect(await told('case.basis-lapsed')).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ orgId: upstream.orgId, choice: 'withdraw', bySilence: false }),
        expect.objectContaining({ orgId: stage.finder.orgId, choice: 'pause', bySilence: true }),
      ]),
    );
    // Whoever chose to leave is let out; for who paused, by silence too, the case is as if it were not.
    for (const party of [upstream, stage.finder])
      expect(await seen(party)).toEqual(
        await stage.hub.try(await stage.hub.again(party), cases.get, { id: 'cas_00000000000000000000000000' }),
      );
    expect(await stage.hub.try(await stage.hub.again(stage.finder), messages.message, { id: id(), text: 'x' })).toMatchObject({
      code: 'not_found',
    });
    expect(await mailed(stage.finder)).toEqual([]);
  });

  test('another law: who paused goes on, and is asked anew; who left stays out', async () => {
    const renewed = {
      id: 'us-next',
      name: 'The next act',
      citation: 'none yet',
      url: 'https://example.org/next',
      readAt: stage.hub.clock.now(),
    };
    await stage.hub.do(stage.desk, bases.keepLegalBasis, { ...renewed, lapsesAt: stage.hub.clock.now() });
    expect(await seen(stage.finder)).toMatchObject({ code: 'not_found' });
    await stage.hub.do(stage.desk, bases.keepLegalBasis, { ...renewed, lapsesAt: inMs(30 * day) });
    await stage.hub.settle(flow);
    expect(await seen(stage.finder)).toMatchObject({ tier: 0 });
    expect(await seen(upstream)).toMatchObject({ code: 'not_found' });
    const again = await stage.hub.again(stage.finder);
    expect((await sharing(again)).items).toMatchObject([{ choice: null, lapsesAt: inMs(30 * day), lapsedAt: null }]);
    expect(await kinds(again, /^legal/)).toEqual(['legal-choice']);
    expect(await told('case.sharing-resumed')).toMatchObject([{ orgId: stage.finder.orgId, basisId: 'us-next' }]);
  });
});
