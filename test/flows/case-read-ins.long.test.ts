import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { day } from '../../src/base/instant.ts';
import * as cases from '../../src/clearinghouse/cases/actions.ts';
import { message, messages } from '../../src/clearinghouse/cases/messages/actions.ts';
import { submitPatch } from '../../src/clearinghouse/cases/patches/actions.ts';
import { acknowledge, decline, endReadIn, offers, readIn } from '../../src/clearinghouse/cases/read-ins/actions.ts';
import { knowers } from '../../src/clearinghouse/cases/read-ins/knowers/actions.ts';
import { tiers } from '../../src/clearinghouse/cases/read-ins/read-in.ts';
import * as priorities from '../../src/clearinghouse/priorities/actions.ts';
import type { Actor } from '../../src/trust/access.ts';
import { history } from '../../src/trust/log/actions.ts';
import { loopPatch } from '../lab-rehearsal.ts';
import { noneFound, openStage, type Stage, upToCases } from './cases-stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.hub.close());

const see = (as: Actor) => stage.hub.try(as, cases.get, { id: stage.caseId });
const offer = (person: Actor, over: object = {}) => ({
  ...{
    id: stage.caseId,
    personId: person.id,
    tier: 0,
    need: 'writes the fix',
    ability: 'patch',
    sponsorId: stage.desk.id,
    exclusions: noneFound,
  },
  ...over,
});
const offered = async (person: Actor) =>
  (await stage.hub.do<{ items: { caseId: string; terms: string; termsDigest: string }[] }>(person, offers, {})).items;

describe('being read in', () => {
  test('opens nothing before the terms are acknowledged', async () => {
    const ada = await stage.hub.join('Ada Ltd', 'maintainer');
    await stage.hub.do(stage.desk, readIn, offer(ada));
    expect(await see(await stage.hub.again(ada))).toMatchObject({ code: 'not_found', because: 'no such thing' });
    const [mine] = await offered(ada);
    expect(JSON.stringify(mine)).not.toMatch(/SECRET|looper|writes the fix/);
    expect(await stage.hub.try(ada, acknowledge, { id: stage.caseId, termsDigest: '0'.repeat(64) })).toMatchObject({ code: 'stale' });
    expect(await see(await stage.hub.again(ada))).toMatchObject({ code: 'not_found' });
    await stage.hub.do(ada, acknowledge, { id: stage.caseId, termsDigest: mine!.termsDigest });
    expect(await see(await stage.hub.again(ada))).toMatchObject({ id: stage.caseId, tier: 0 });
    expect(await stage.hub.try(ada, acknowledge, { id: stage.caseId, termsDigest: mine!.termsDigest })).toMatchObject({
      code: 'wrong_state',
    });
    expect(await stage.hub.try(stage.desk, readIn, offer(ada))).toMatchObject({ code: 'conflict' });
  });

  test('is for the person named, not for a colleague or a stranger', async () => {
    const [named, stranger] = [await stage.hub.join('Named', 'maintainer'), await stage.hub.join('Stranger', 'maintainer')];
    await stage.hub.do(stage.desk, readIn, offer(named));
    const { termsDigest } = (await offered(named))[0]!;
    expect(await stage.hub.try(stranger, acknowledge, { id: stage.caseId, termsDigest })).toMatchObject({
      code: 'not_found',
      because: 'no such thing',
    });
    expect(await offered(stranger)).toEqual([]);
    expect(await stage.hub.try(stranger, readIn, offer(stranger))).toMatchObject({ code: 'not_permitted' });
  });

  test('is refused at every gate that does not hold', async () => {
    const eve = await stage.hub.join('Eve Inc', 'operator');
    const ask = (over: object) => stage.hub.try(stage.desk, readIn, offer(eve, over));
    expect(await ask({})).toMatchObject({ code: 'not_permitted', at: '/tier' });
    expect(await ask({ tier: 1, need: ' ' })).toMatchObject({ code: 'malformed', at: '/need' });
    expect(await ask({ tier: 1, sponsorId: eve.id })).toMatchObject({ code: 'not_permitted', at: '/sponsorId' });
    expect(await ask({ tier: 1, exclusions: { ...noneFound, sanctions: true } })).toMatchObject({ code: 'not_permitted' });
    expect(await ask({ tier: 1, exclusions: { conflict: false } })).toMatchObject({ code: 'malformed' });
    expect(await ask({ tier: 1, personId: 'psn_00000000000000000000000000' })).toMatchObject({ code: 'not_found', at: '/personId' });
    expect(await offered(eve)).toEqual([]);
  });

  test('ends by itself, and an expired offer cannot be taken', async () => {
    const [brief, late] = [await stage.hub.join('Brief', 'maintainer'), await stage.hub.join('Late', 'maintainer')];
    const expiresAt = new Date(Date.parse(stage.hub.clock.now()) + day).toISOString();
    for (const person of [brief, late]) await stage.hub.do(stage.desk, readIn, offer(person, { expiresAt }));
    const digestOf = async (person: Actor) => (await offered(person))[0]!.termsDigest;
    await stage.hub.do(brief, acknowledge, { id: stage.caseId, termsDigest: await digestOf(brief) });
    expect(await see(await stage.hub.again(brief))).toMatchObject({ tier: 0 });
    stage.hub.clock.advance(day);
    expect(await see(await stage.hub.again(brief))).toMatchObject({ code: 'not_found' });
    expect(await stage.hub.try(late, acknowledge, { id: stage.caseId, termsDigest: await digestOf(late) })).toMatchObject({
      code: 'expired',
    });
    expect(await stage.hub.try(stage.desk, readIn, offer(brief))).toMatchObject({ state: 'offered' });
  });

  test('can be declined', async () => {
    const shy = await stage.hub.join('Shy', 'maintainer');
    await stage.hub.do(stage.desk, readIn, offer(shy));
    await stage.hub.do(shy, decline, { id: stage.caseId });
    expect(await stage.hub.try(shy, decline, { id: stage.caseId })).toMatchObject({ code: 'not_found' });
    expect(await see(await stage.hub.again(shy))).toMatchObject({ code: 'not_found' });
  });

  test('ends at once on a suspected breach, and nobody so suspected is let in again', async () => {
    const mole = await stage.enter(await stage.hub.join('Mole', 'maintainer'), 0);
    await stage.hub.do(stage.desk, endReadIn, { id: stage.caseId, personId: mole.id, because: 'suspected-breach' });
    await expect(stage.hub.again(mole)).rejects.toThrow('no such actor');
    expect(await stage.hub.try(stage.desk, readIn, offer(mole))).toMatchObject({ code: 'not_permitted', at: '/exclusions/breach' });
  });
});

test('the knowers of a case are one call, for the clearinghouse only', async () => {
  const { items } = await stage.hub.do<{ items: { name: string; state: string; tier: number }[] }>(stage.desk, knowers, {
    id: stage.caseId,
  });
  const names = Object.fromEntries(items.map((k) => [k.name, k.state]));
  expect(names).toMatchObject({
    'North Lab': 'granted',
    "Ada Ltd's person": 'acknowledged',
    "Mole's person": 'ended',
    "Shy's person": 'declined',
  });
  expect(await stage.hub.try(stage.finder, knowers, { id: stage.caseId })).toMatchObject({ code: 'not_permitted' });
});

test('who else reads a case does not show in the log of reads', async () => {
  const reader = await stage.enter(await stage.hub.join('Reader', 'maintainer'), 0);
  const staging = await stage.enter(await stage.hub.join('Curious', 'operator'), 3);
  await see(reader);
  const reads = async (as: Actor) => JSON.stringify(await stage.hub.do(as, history, { thing: 'cases.get' }));
  expect(await reads(reader)).toContain(reader.id);
  expect(await reads(stage.desk)).toContain(reader.id);
  expect(await reads(staging)).not.toContain(reader.id);
});

describe('who sees what: role × tier × field', () => {
  const always = ['id', 'tier', 'package', 'state', 'goLiveAt', 'artefact'];
  const fixAndTiming = ['openedAt', 'disclosedAt', 'closedAt', 'outcome', 'vfdpxa', 'embargo', 'patches'];
  const contents = ['title', 'vulnerabilityId', 'vulnerabilities', 'continuesInId', 'reports', 'messages', 'rung'];
  const fields: Record<number, string[]> = {
    0: [...always, ...fixAndTiming, ...contents, 'finderOrgIds'],
    1: [...always, ...fixAndTiming, ...contents],
    2: [...always, ...fixAndTiming],
    3: always,
  };
  // Each holds a word that must not be found at a tier which does not see its field.
  const words = {
    0: [],
    1: [],
    2: ['SECRET-TITLE', 'SECRET-POC', 'SECRET-MESSAGE', 'PoCs', 'CVSS'],
    3: ['SECRET-TITLE', 'SECRET-MESSAGE', 'fpxa', 'agreed', 'house default'],
  };

  beforeAll(async () => {
    const maintainer = await stage.enter(await stage.hub.join('Patching', 'maintainer'), 0);
    await stage.hub.do(maintainer, submitPatch, { id: stage.caseId, patch: loopPatch('good') });
    await stage.hub.do(maintainer, message, { id: stage.caseId, text: 'SECRET-MESSAGE' });
    await stage.hub.settle(upToCases);
    const answer = (value: string) => ({ value, evidence: 'SECRET-EVIDENCE' });
    const ssvc = {
      exploitation: answer('none'),
      automatable: answer('yes'),
      technicalImpact: answer('partial'),
      missionWellbeing: answer('low'),
    };
    await stage.hub.do(stage.desk, priorities.assess, {
      caseId: stage.caseId,
      cvssVector: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H',
      ssvc,
    });
  });

  const matrix = (['maintainer', 'finder', 'operator', 'developer'] as const).flatMap((role) => tiers.map((tier) => [role, tier] as const));
  test.each(matrix)('%s at tier %i', async (role, tier) => {
    const person = await stage.hub.join(`${role} ${tier}`, role);
    if (tier === 0 && role !== 'maintainer' && role !== 'finder') {
      expect(await stage.hub.try(stage.desk, readIn, offer(person))).toMatchObject({ code: 'not_permitted', at: '/tier' });
      return;
    }
    const inside = await stage.enter(person, tier);
    const seen = await stage.hub.do<object>(inside, cases.get, { id: stage.caseId });
    expect(Object.keys(seen).sort()).toEqual([...fields[tier]!].sort());
    for (const word of words[tier]) expect(JSON.stringify(seen)).not.toContain(word);
    const listed = await stage.hub.do(inside, cases.list, {});
    if (tier > 1) expect(JSON.stringify(listed)).not.toMatch(/SECRET/);
    const written = await stage.hub.do<{ items: object[] }>(inside, messages, { id: stage.caseId });
    expect(written.items.length > 0).toBe(tier <= 1);
    expect('items' in ((await stage.hub.try(inside, priorities.get, { caseId: stage.caseId })) as object)).toBe(tier <= 1);
  });

  test.each(['finder', 'maintainer', 'operator', 'developer', 'evaluator'] as const)(
    '%s who is not read in sees that there is nothing',
    async (role) => {
      const outsider = await stage.hub.join(`outside ${role}`, role);
      const nothing = { refused: true, code: 'not_found', because: 'no such thing' };
      expect(await see(outsider)).toEqual(nothing);
      expect(await stage.hub.try(outsider, message, { id: stage.caseId, text: 'x' })).toEqual(nothing);
      expect(await stage.hub.try(outsider, priorities.get, { caseId: stage.caseId })).toEqual(nothing);
      expect(await stage.hub.do(outsider, cases.list, {})).toEqual({ items: [] });
    },
  );
});
