import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { day } from '../../src/base/instant.ts';
import { limits } from '../../src/base/limits.ts';
import * as cases from '../../src/clearinghouse/cases/actions.ts';
import { answerDuty, offerDuty } from '../../src/clearinghouse/cases/duties/actions.ts';
import { history, skill } from '../../src/clearinghouse/cases/histories/actions.ts';
import * as participants from '../../src/clearinghouse/cases/participants/actions.ts';
import { newParticipant } from '../../src/clearinghouse/cases/participants/participant.ts';
import { insertParticipant, participantsOf } from '../../src/clearinghouse/cases/participants/store.ts';
import type { ParticipantOut } from '../../src/clearinghouse/cases/participants/wire.ts';
import { approveStatement, state, statements } from '../../src/clearinghouse/cases/statements/actions.ts';
import { caseById } from '../../src/clearinghouse/cases/store.ts';
import type { CaseOut } from '../../src/clearinghouse/cases/wire.ts';
import { withdraw } from '../../src/clearinghouse/cases/withdrawals/actions.ts';
import { type Actor, house } from '../../src/trust/access.ts';
import { historyOf as eventsOf } from '../../src/trust/log/store.ts';
import { openCase } from '../case.ts';
import { loopPackage } from '../lab-rehearsal.ts';
import { openStage, type Stage } from './cases-stage.ts';

interface Shown {
  readonly items: readonly (Omit<ParticipantOut, 'id'> & { id: string })[];
  readonly duties?: readonly { duty: string; orgId: string; offeredToId: string | null }[];
}

let stage: Stage;
let [maintainer, downstream, other]: Actor[] = [];
beforeAll(async () => {
  stage = await openStage();
  other = await stage.hub.join('Second Treasury', 'coordinator');
});
afterAll(() => stage.hub.close());

const stored = () => stage.hub.doors.db.transaction(house.reads, (tx) => participantsOf(tx, stage.caseId));
const shown = (as: Actor) => stage.hub.do<Shown>(as, participants.participants, { id: stage.caseId });
const named = async (name: string, as = stage.desk) => (await shown(as)).items.find((p) => p.name === name)!;
const manage = (as: Actor, id: string, by: string) => stage.hub.try(as, participants.manage, { id, by, because: 'looked at it' });
const add = (as: Actor, ...suppliers: object[]) => stage.hub.try(as, participants.addSuppliers, { id: stage.caseId, suppliers });

describe('who takes part', () => {
  test('from the opening on: the finder, and the package’s own supplier, whom nobody has told yet', async () => {
    expect(await stored()).toMatchObject([
      { kind: 'finder', orgId: stage.finder.orgId, name: 'North Lab', rm: 'accepted', vfd: null },
      { kind: 'supplier', orgId: null, name: loopPackage, rm: 'start', vfd: 'vfd', askedAt: null },
    ]);
    expect(await named(loopPackage)).toMatchObject({
      standing: 'not-asked',
      waitingSince: null,
      answers: [{ status: 'not-answered', since: null }],
    });
  });

  test('a maintainer who is read in is that supplier, and a second one another', async () => {
    maintainer = await stage.enter(await stage.hub.join('Upstream', 'maintainer'), 0);
    stage.hub.clock.advance(1000);
    downstream = await stage.enter(await stage.hub.join('Downstream', 'maintainer'), 1);
    const [first, second] = (await stored()).filter((p) => p.kind === 'supplier');
    expect(first).toMatchObject({ orgId: maintainer.orgId, name: 'Upstream', rm: 'received', vfd: 'Vfd' });
    expect(second).toMatchObject({ name: 'Downstream', rm: 'received', vfd: 'Vfd' });
  });

  test('suppliers are added, members or not, once each', async () => {
    stage.hub.clock.advance(1000);
    expect(
      await add(stage.desk, { name: 'Distro', packages: ['pkg:deb/debian/loop'], contact: 'security@distro.example' }, { name: 'Fork' }),
    ).toMatchObject({
      ids: [expect.stringMatching(/^par_/), expect.stringMatching(/^par_/)],
    });
    expect(await add(stage.desk, { name: 'distro' })).toMatchObject({ code: 'conflict', at: '/suppliers/0' });
    expect(await add(stage.desk, { name: 'A' }, { name: 'a' })).toMatchObject({ code: 'conflict', at: '/suppliers/1' });
    expect(await add(stage.desk, { orgId: maintainer!.orgId })).toMatchObject({ code: 'conflict' });
    expect(await add(stage.desk, { name: 'A', packages: ['pkg:npm/a@1'] })).toMatchObject({
      code: 'malformed',
      at: '/suppliers/0/packages/0',
    });
    expect(await add(stage.desk, {})).toMatchObject({ code: 'malformed' });
    expect(await add(stage.finder, { name: 'A' })).toMatchObject({ code: 'not_permitted' });
  });

  test('everybody else sees itself, the coordinators and who is listed, and of those the name only', async () => {
    const names = async (as: Actor) => (await shown(as)).items.map((p) => p.name).sort();
    expect(await names(maintainer!)).toEqual(['Clearinghouse', 'North Lab', 'Upstream']);
    expect(await names(stage.finder)).toEqual(['Clearinghouse', 'North Lab']);
    expect((await shown(downstream!)).items.find((p) => p.name === 'Downstream')).toMatchObject({ rm: 'received', standing: 'awaited' });
    await stage.hub.do(stage.desk, participants.listParticipant, { id: (await named('Distro')).id, isListed: true });
    expect(await names(stage.finder)).toEqual(['Clearinghouse', 'Distro', 'North Lab']);
    expect(Object.keys(await named('Distro', stage.finder)).sort()).toEqual(['id', 'isListed', 'kind', 'name', 'orgId', 'proxyOrgId']);
    expect(await shown(maintainer!)).not.toHaveProperty('duties');
    const stager = await stage.enter(await stage.hub.join('Hospital', 'operator'), 2);
    expect(await stage.hub.try(stager, participants.participants, { id: stage.caseId })).toMatchObject({ code: 'not_found' });
    expect(await stage.hub.try(await stage.hub.join('Stranger', 'finder'), participants.participants, { id: stage.caseId })).toMatchObject({
      code: 'not_found',
    });
  });

  test(`are at most ${limits.participantsPerCase}`, async () => {
    const { id } = await openCase(stage.hub, 'pkg:npm/crowded@1.0.0', []);
    const addTo = (name: string) => stage.hub.try(stage.desk, participants.addSuppliers, { id, suppliers: [{ name }] });
    await stage.hub.doors.db.transaction(house.reads, async (tx) => {
      const of = (await caseById(tx, id))!;
      const given = { kind: 'finder' as const, addedBy: 'x', addedAt: of.openedAt };
      const filler = (n: number) => newParticipant(of, { id: `par_${String(n).padStart(26, '0')}`, name: `F${n}`, ...given });
      // The coordinator who adds takes part too.
      await insertParticipant(tx, ...Array.from({ length: limits.participantsPerCase - 2 }, (_, n) => filler(n)));
    });
    expect(await addTo('The last')).toMatchObject({ ids: [expect.anything()] });
    expect(await addTo('One more')).toMatchObject({ code: 'too_many', at: '/suppliers' });
  });
});

describe('report management', () => {
  test('goes by the table, each for itself', async () => {
    const [up, down] = [await named('Upstream'), await named('Downstream')];
    expect(await manage(maintainer!, up.id, 'accept')).toMatchObject({ code: 'wrong_state', at: '/by' });
    expect(await manage(maintainer!, up.id, 'validate')).toMatchObject({ rm: 'valid' });
    expect(await manage(maintainer!, up.id, 'accept')).toMatchObject({ rm: 'accepted' });
    expect(await manage(maintainer!, down.id, 'validate')).toMatchObject({ code: 'not_found' });
    expect(await manage(stage.finder, up.id, 'defer')).toMatchObject({ code: 'not_found' });
    expect(await named('Downstream')).toMatchObject({ rm: 'received' });
  });

  test('whoever looks after a supplier that is no member says what it does: then it has heard of the flaw', async () => {
    const fork = await named('Fork');
    expect(await manage(stage.desk, fork.id, 'receive')).toMatchObject({ rm: 'received', vfd: 'Vfd' });
    expect(await named('Fork')).toMatchObject({ standing: 'awaited' });
  });

  test('a fix is one supplier’s; which one must be said, and the case stands where the last of them stands', async () => {
    const observe = (more: object) =>
      stage.hub.try(stage.desk, cases.observe, { id: stage.caseId, what: 'fix-ready', because: 'x', ...more });
    expect(await observe({})).toMatchObject({ code: 'malformed', at: '/participantId' });
    expect(await observe({ participantId: (await named('Distro')).id })).toMatchObject({ code: 'wrong_state' });
    expect(await observe({ participantId: (await named('Downstream')).id })).toMatchObject({ vfdpxa: 'vfdpxa' });
    expect(await named('Downstream')).toMatchObject({ vfd: 'VFd', rm: 'accepted' });
  });
});

describe('what suppliers say', () => {
  const say = (as: Actor, more: object) => stage.hub.try(as, state, { id: stage.caseId, status: 'affected', text: 'It is.', ...more });

  test('silence has an age and never reads as an answer', async () => {
    stage.hub.clock.advance(5 * day);
    expect(await named('Upstream')).toMatchObject({ standing: 'awaited', waitingDays: 5, answers: [{ status: 'not-answered' }] });
    const { silent } = await stage.hub.do<{ silent: { orgName: string }[] }>(stage.desk, statements, { id: stage.caseId });
    expect(silent.map((s) => s.orgName)).toEqual(['Upstream', 'Downstream', 'Fork']);
    expect(await say(maintainer!, { status: 'unknown' })).toMatchObject({ status: 'unknown', orgName: 'Upstream' });
    expect(await named('Upstream')).toMatchObject({ standing: 'answered', answers: [{ status: 'unknown', state: 'given' }] });
  });

  test('of a supplier who is no member is written down with where it was heard, and approved by another person', async () => {
    const { id: participantId } = await named('Fork');
    expect(await say(stage.desk, { participantId })).toMatchObject({ code: 'malformed', at: '/heard' });
    expect(await say(stage.desk, { heard: 'x' })).toMatchObject({ code: 'not_found', at: '/participantId' });
    const upstream = await named('Upstream');
    expect(await say(stage.desk, { participantId: upstream.id, heard: 'x' })).toMatchObject({ code: 'not_permitted' });
    const told = (await say(stage.desk, {
      participantId,
      heard: 'mail of 20 November',
      status: 'not-affected',
      justification: 'component_not_present',
    })) as {
      id: string;
    };
    expect(told).toMatchObject({ orgId: null, orgName: 'Fork', heard: 'mail of 20 November' });
    expect(await named('Fork')).toMatchObject({ rm: 'invalid', standing: 'answered' });
    expect(await stage.hub.try(stage.desk, approveStatement, { id: told.id })).toMatchObject({ code: 'not_permitted' });
    expect(await say(maintainer!, { participantId })).toMatchObject({ code: 'not_permitted' });
  });

  test('that it is fixed makes a fix ready once it is approved', async () => {
    await manage(stage.desk, (await named('Downstream')).id, 'defer');
    expect(await named('Upstream')).toMatchObject({ vfd: 'Vfd' });
    const { id } = (await say(maintainer!, { status: 'fixed', affected: [{ fixed: '2.0.0' }] })) as { id: string };
    expect(await named('Upstream')).toMatchObject({ vfd: 'Vfd' });
    await stage.hub.do(stage.desk, approveStatement, { id });
    expect(await named('Upstream')).toMatchObject({ vfd: 'VFd', answers: [{ status: 'fixed', state: 'approved' }] });
  });
});

describe('two coordinators', () => {
  test('one who takes no part changes nothing; let in, it has participants of its own', async () => {
    expect(await add(other!, { name: 'Vendor B' })).toMatchObject({ code: 'not_permitted', because: /coordinated by Clearinghouse/ });
    await stage.hub.do(stage.desk, participants.addCoordinator, { id: stage.caseId, orgId: other!.orgId });
    expect(await stage.hub.try(stage.desk, participants.addCoordinator, { id: stage.caseId, orgId: other!.orgId })).toMatchObject({
      code: 'conflict',
    });
    expect(await stage.hub.try(stage.desk, participants.addCoordinator, { id: stage.caseId, orgId: maintainer!.orgId })).toMatchObject({
      code: 'not_found',
    });
    expect(await add(other!, { name: 'Vendor B' })).toMatchObject({ ids: [expect.anything()] });
    expect(await named('Vendor B')).toMatchObject({ coordinatorOrgId: other!.orgId });
    expect(await manage(other!, (await named('Distro')).id, 'receive')).toMatchObject({ code: 'not_permitted' });
    expect(await manage(other!, (await named('Vendor B')).id, 'receive')).toMatchObject({ rm: 'received' });
    await stage.hub.do(stage.desk, participants.entrust, { id: (await named('Distro')).id, orgId: other!.orgId });
    expect(await manage(other!, (await named('Distro')).id, 'receive')).toMatchObject({ rm: 'received' });
  });

  test('a duty is one organisation’s, and changes hands by offer and acceptance', async () => {
    const offer = (as: Actor, duty: string, to: Actor) => stage.hub.try(as, offerDuty, { id: stage.caseId, duty, orgId: to.orgId });
    const answer = (as: Actor, duty: string, how: string) => stage.hub.try(as, answerDuty, { id: stage.caseId, duty, answer: how });
    const holder = async (duty: string) => (await shown(stage.desk)).duties!.find((d) => d.duty === duty);
    expect(await holder('lead')).toMatchObject({ orgId: stage.desk.orgId });
    expect(await offer(other!, 'cve', stage.desk)).toMatchObject({ code: 'not_permitted' });
    expect(await offer(stage.desk, 'cve', maintainer!)).toMatchObject({ code: 'not_found' });
    await offer(stage.desk, 'cve', other!);
    expect(await holder('cve')).toMatchObject({ orgId: stage.desk.orgId, offeredToId: other!.orgId });
    expect(await answer(stage.desk, 'cve', 'accept')).toMatchObject({ code: 'wrong_state' });
    await answer(other!, 'cve', 'accept');
    expect(await holder('cve')).toMatchObject({ orgId: other!.orgId, offeredToId: null });
    await offer(stage.desk, 'embargo', other!);
    await answer(other!, 'embargo', 'decline');
    expect(await holder('embargo')).toMatchObject({ orgId: stage.desk.orgId, offeredToId: null });
  });
});

describe('a finder who wants not to be known', () => {
  test('is known to its proxy alone: not to the other staff, the log or anybody else', async () => {
    const given = { id: stage.caseId, pseudonym: 'Finder 7', name: 'SECRET-NAME', contact: 'SECRET-CONTACT', credit: 'SECRET-CREDIT' };
    const { id } = await stage.hub.do<{ id: string }>(stage.desk, participants.addProxiedFinder, given);
    expect(await stage.hub.do(stage.desk, participants.identity, { id })).toEqual({
      name: 'SECRET-NAME',
      contact: 'SECRET-CONTACT',
      credit: 'SECRET-CREDIT',
    });
    for (const as of [other!, house]) expect(await stage.hub.try(as, participants.identity, { id })).toMatchObject({ code: 'not_found' });
    expect(await stage.hub.try(maintainer!, participants.identity, { id })).toMatchObject({ code: 'not_permitted' });
    const said = await Promise.all(
      [other!, stage.desk, maintainer!, stage.finder].map(async (as) =>
        JSON.stringify([await shown(as), await stage.hub.do(as, cases.get, { id: stage.caseId })]),
      ),
    );
    expect(said.join('')).not.toContain('SECRET-NAME');
    expect(said[0]).toContain('Finder 7');
    expect(said[3]).not.toContain('Finder 7');
    const log = await stage.hub.doors.db.transaction(house.reads, (tx) => eventsOf(tx, stage.caseId, 500));
    expect(JSON.stringify(log)).not.toMatch(/SECRET-(NAME|CONTACT|CREDIT)/);
    const seen = await stage.hub.doors.db.transaction(other!.reads, async (tx) =>
      tx.withTables<{ case_identities: { name: string } }>().selectFrom('case_identities').select('name').execute(),
    );
    expect(seen).toEqual([]);
    expect(await stage.hub.try(stage.desk, participants.addProxiedFinder, given)).toMatchObject({ code: 'conflict' });
    expect(await stage.hub.try(other!, withdraw, { id: stage.caseId, participantId: id, because: 'x', intent: 'leaves-it' })).toMatchObject(
      { code: 'not_found' },
    );
    await stage.hub.do(stage.desk, withdraw, { id: stage.caseId, participantId: id, because: 'it asked to', intent: 'leaves-it' });
    expect(await named('Finder 7')).toMatchObject({ standing: 'withdrawn', rm: 'closed' });
  });
});

describe('a finder who withdraws', () => {
  test('is let out at once; its report and its credit stay, and its intent is on record', async () => {
    const colleague = stage.finder;
    const before = await stage.hub.do<CaseOut>(stage.desk, cases.get, { id: stage.caseId });
    const leave = { id: stage.caseId, because: 'no answer in months', intent: 'will-publish', publishesAt: '2027-01-01T00:00:00Z' };
    expect(await stage.hub.try(maintainer!, withdraw, leave)).toMatchObject({ code: 'not_found' });
    expect(await stage.hub.try(colleague, withdraw, { ...leave, intent: 'leaves-it' })).toMatchObject({ code: 'malformed' });
    await stage.hub.do(colleague, withdraw, leave);
    expect(await stage.hub.try(await stage.hub.again(colleague), cases.get, { id: stage.caseId })).toMatchObject({ code: 'not_found' });
    const after = await stage.hub.do<CaseOut>(stage.desk, cases.get, { id: stage.caseId });
    expect(after.reports).toEqual(before.reports);
    expect(await named('North Lab')).toMatchObject({ standing: 'withdrawn', rm: 'closed' });
    const log = await stage.hub.doors.db.transaction(house.reads, (tx) => eventsOf(tx, stage.caseId, 500));
    expect(log.findLast((e) => e.body.event === 'case.finder-withdrew')?.body.payload).toMatchObject({
      intent: 'will-publish',
      publishesAt: '2027-01-01T00:00:00.000Z',
    });
    expect(await stage.hub.try(colleague, withdraw, leave)).toMatchObject({ code: 'not_found' });
  });
});

describe('the skill', () => {
  test('is counted over the suppliers’ histories, and the case’s steps can be read', async () => {
    await stage.hub.do(stage.desk, cases.observe, { id: stage.caseId, what: 'exploit-public', because: 'a page' });
    const told = await stage.hub.do<{
      histories: { participantId: string; history: string }[];
      skill: { ordering: string; met: number; trials: number }[];
    }>(stage.desk, history, { id: stage.caseId });
    expect(told.histories.map((h) => h.history).sort()).toEqual(['VFXP', 'VFXP', 'VXP', 'VXP', 'VXP']);
    expect(told.skill.find((s) => s.ordering === 'FP')).toMatchObject({ trials: 5, met: 2 });
    expect(told.skill.find((s) => s.ordering === 'PX')).toMatchObject({ trials: 5, met: 0, skill: -1 });
    expect(await stage.hub.do(stage.desk, skill, {})).toMatchObject({ cases: 1, histories: 5 });
    expect(await stage.hub.try(maintainer!, history, { id: stage.caseId })).toMatchObject({ code: 'not_permitted' });
    // Whoever is found to be concerned now is taken to know, and was not told.
    await add(stage.desk, { name: 'Latecomer' });
    expect(await named('Latecomer')).toMatchObject({ vfd: 'Vfd', rm: 'start', standing: 'not-asked' });
  });
});
