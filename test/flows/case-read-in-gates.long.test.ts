import { createHash, createPublicKey, verify } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { flow } from '../../src/app/flow.ts';
import { day, hour, plusMs } from '../../src/base/instant.ts';
import { limits } from '../../src/base/limits.ts';
import { open } from '../../src/base/signature.ts';
import * as cases from '../../src/clearinghouse/cases/actions.ts';
import { acknowledge, askToAcknowledge, endReadIn, endReadInsDue, offers, readIn } from '../../src/clearinghouse/cases/read-ins/actions.ts';
import { delegate, delegations, readInAsDelegate, revokeDelegation } from '../../src/clearinghouse/cases/read-ins/delegations/actions.ts';
import { delegateInput } from '../../src/clearinghouse/cases/read-ins/delegations/wire.ts';
import { exportKnowers, knowers } from '../../src/clearinghouse/cases/read-ins/knowers/actions.ts';
import type { Tier } from '../../src/clearinghouse/cases/read-ins/read-in.ts';
import { readInsOfCase } from '../../src/clearinghouse/cases/read-ins/store.ts';
import { type Actor, house } from '../../src/trust/access.ts';
import { entriesAfter } from '../../src/trust/log/store.ts';
import { addAgent, enter, issueLink, issueToken, reinstate, whoami } from '../../src/trust/orgs/actions.ts';
import { addPasskey, offerPasskey } from '../../src/trust/orgs/passkeys/actions.ts';
import { openCase } from '../case.ts';
import { authenticator } from '../equipment/authenticator.ts';
import { openHub, type TestHub } from '../hub.ts';
import { noneFound, placed } from './cases-stage.ts';

type Offer = { caseId: string; termsDigest: string; state: string; emergencyUntil: string | null };
let hub: TestHub;
let [desk, finder]: Actor[] = [];
let caseId: string;
beforeAll(async () => {
  hub = await openHub();
  desk = await hub.join('House', 'coordinator');
  finder = await hub.join('Finder', 'finder');
  caseId = (await openCase(hub, 'pkg:npm/looper@1.0.0', [finder])).id;
});
afterAll(() => hub.close());

const offer = (person: Actor, tier: Tier, over: object = {}) => ({
  ...{ id: caseId, personId: person.id, tier, need: 'writes the fix', ...placed[tier], sponsorId: desk!.id, exclusions: noneFound },
  ...over,
});
const offered = async (who: Actor | string, of = caseId) => {
  const { items } = await hub.do<{ items: Offer[] }>(who, offers, {});
  return items.find((o) => o.caseId === of)!;
};
const accept = async (who: Actor | string, over: object = {}, of = caseId) =>
  hub.try(who, acknowledge, { id: of, termsDigest: (await offered(who, of)).termsDigest, ...over });
const sees = async (person: Actor) => hub.try(await hub.again(person), cases.get, { id: caseId });
const said = async (event: string) => {
  const entries = await hub.doors.db.transaction(house.reads, (tx) => entriesAfter(tx, 0, 10_000));
  return entries.flatMap((e) => (e.body?.event === event ? [e.body.payload as Record<string, unknown>] : []));
};
/** Somebody who is at the desk, with a key: their session and their device. */
const seated = async (person: Actor, says = {}) => {
  const link = await hub.do<{ secret: string }>(desk!, issueLink, { personId: person.id });
  const { secret } = await hub.do<{ secret: string }>(person, enter, { secret: link.secret });
  const device = authenticator();
  const answer = device.make(await hub.do<{ challenge: string }>(secret, offerPasskey, {}), says);
  await hub.do(secret, addPasskey, { name: 'key', answer });
  return { secret, device };
};
const ask = (secret: string) => hub.do<{ challenge: string }>(secret, askToAcknowledge, { id: caseId });

describe('the terms', () => {
  test('are signed by the passkey of whoever is at the desk, and the record of it stands without the hub', async () => {
    const ada = await hub.join('Ada', 'maintainer');
    await hub.do(desk!, readIn, offer(ada, 0));
    const { secret, device } = await seated(ada);
    expect(await accept(secret)).toMatchObject({ code: 'not_permitted', at: '/answer' });
    expect(await sees(ada)).toMatchObject({ code: 'not_found' });
    expect(await accept(secret, { answer: device.answer(await ask(secret)) })).toMatchObject({
      state: 'acknowledged',
      signedBy: 'passkey',
    });
    expect(await sees(ada)).toMatchObject({ tier: 0 });

    const kept = (await hub.doors.db.transaction(house.reads, (tx) => readInsOfCase(tx, caseId))).find((r) => r.personId === ada.id)!;
    const { clientDataJSON, authenticatorData, signature, publicKey, subject } = kept.signature!;
    const [client, data, cose] = [clientDataJSON, authenticatorData, publicKey].map((text) => Buffer.from(text, 'base64url'));
    // The last 64 bytes of this COSE key are x (with the head of y between them).
    const [x, y] = [cose!.subarray(10, 42), cose!.subarray(45, 77)].map((part) => part.toString('base64url'));
    const key = createPublicKey({ format: 'jwk', key: { kty: 'EC', crv: 'P-256', x: x!, y: y! } });
    const hashed = createHash('sha256').update(client!).digest();
    expect(verify('sha256', Buffer.concat([data!, hashed]), key, Buffer.from(signature, 'base64url'))).toBe(true);
    const { challenge } = JSON.parse(client!.toString()) as { challenge: string };
    expect(Buffer.from(challenge, 'base64url').subarray(-32)).toEqual(createHash('sha256').update(subject).digest());
    expect(JSON.parse(subject)).toEqual({ act: 'cases.acknowledge', caseId, personId: ada.id, termsDigest: kept.termsDigest });
  });

  test('are signed for one case: what was signed for another does not fit, nor what another person signed', async () => {
    const [bea, eve] = [await hub.join('Bea', 'maintainer'), await hub.join('Eve', 'maintainer')];
    const other = (await openCase(hub, 'pkg:npm/other@1.0.0', [finder!])).id;
    await hub.do(desk!, readIn, offer(bea, 0));
    await hub.do(desk!, readIn, { ...offer(bea, 0), id: other });
    await hub.do(desk!, readIn, offer(eve, 0));
    const [b, e] = [await seated(bea), await seated(eve)];
    const forOther = await hub.do<{ challenge: string }>(b.secret, askToAcknowledge, { id: other });
    expect(await accept(b.secret, { answer: b.device.answer(forOther) })).toMatchObject({
      because: 'this is the answer to another question',
    });
    expect(await accept(e.secret, { answer: b.device.answer(await ask(e.secret)) })).toMatchObject({ code: 'not_permitted' });
    expect(await accept(e.secret, { answer: b.device.answer(await ask(b.secret)) })).toMatchObject({ code: 'untrusted' });
    expect(await sees(bea)).toMatchObject({ code: 'not_found' });
  });

  test('at tiers 0 and 1 take a key that stays on one device; at tier 2 another will do', async () => {
    const syn = await hub.join('Syn', 'maintainer');
    await hub.do(desk!, readIn, offer(syn, 1));
    const { secret, device } = await seated(syn, { synced: true });
    const given = async () => device.answer(await ask(secret), { synced: true });
    expect(await accept(secret, { answer: await given() })).toMatchObject({ code: 'not_permitted', at: '/answer' });
    await hub.do(desk!, endReadIn, { id: caseId, personId: syn.id, because: 'need-ended' });
    await hub.do(desk!, readIn, offer(syn, 2));
    expect(await accept(secret, { answer: await given() })).toMatchObject({ tier: 2, signedBy: 'passkey' });
  });

  test('are not signed with a key that two devices hold', async () => {
    const twin = await hub.join('Twin', 'maintainer');
    await hub.do(desk!, readIn, offer(twin, 0));
    const { secret, device } = await seated(twin);
    device.answer(await ask(secret));
    expect(await accept(secret, { answer: device.answer(await ask(secret), { counter: 0 }) })).toMatchObject({ state: 'acknowledged' });
    const [again] = [await hub.join('Twin two', 'maintainer')];
    await hub.do(desk!, readIn, offer(again, 0));
    const second = await seated(again);
    await hub.do(second.secret, whoami, {});
    await accept(second.secret, { answer: second.device.answer(await ask(second.secret), { counter: 9 }) });
    await hub.do(desk!, endReadIn, { id: caseId, personId: again.id, because: 'need-ended' });
    await hub.do(desk!, readIn, offer(again, 0));
    const cloned = await accept(second.secret, { answer: second.device.answer(await ask(second.secret), { counter: 9 }) });
    expect(cloned).toMatchObject({ suspended: true });
    expect(await sees(again)).toMatchObject({ code: 'not_found' });
  });
});

describe('an emergency', () => {
  test(`lets in for ${limits.emergencyHours} hours without a key, and never past a gate`, async () => {
    const joe = await hub.join('Joe', 'operator');
    expect(await hub.try(desk!, readIn, offer(joe, 0, { emergency: true }))).toMatchObject({ at: '/tier' });
    const excluded = { exclusions: { ...noneFound, sanctions: true }, emergency: true };
    expect(await hub.try(desk!, readIn, offer(joe, 1, excluded))).toMatchObject({ code: 'not_permitted' });
    await hub.do(desk!, readIn, offer(joe, 1, { emergency: true }));
    const { secret } = await seated(joe);
    expect(await accept(secret)).toMatchObject({
      signedBy: 'emergency',
      emergencyUntil: plusMs(hub.clock.now(), limits.emergencyHours * hour),
    });
    hub.clock.advance(limits.emergencyHours * hour - 1);
    expect(await sees(joe)).toMatchObject({ tier: 1 });
    hub.clock.advance(1);
    expect(await sees(joe)).toMatchObject({ code: 'not_found' });
    expect(await hub.do(house, endReadInsDue, {})).toEqual({ ended: 1 });
    expect(await hub.do(house, endReadInsDue, {})).toEqual({ ended: 0 });
    expect(await said('case.read-in-ended')).toContainEqual({ personId: joe.id, because: 'expired' });
    expect(await hub.try(desk!, readIn, offer(joe, 1, { emergency: true }))).toMatchObject({ code: 'conflict', at: '/emergency' });
  });

  test('becomes a read-in like any other once the terms are signed within it', async () => {
    const kim = await hub.join('Kim', 'operator');
    await hub.do(desk!, readIn, offer(kim, 1, { emergency: true }));
    await accept(kim);
    const { secret, device } = await seated(kim);
    expect(await offered(secret)).toMatchObject({ state: 'acknowledged' });
    expect(await accept(secret)).toMatchObject({ code: 'wrong_state' });
    hub.clock.advance(1 * hour);
    expect(await accept(secret, { answer: device.answer(await ask(secret)) })).toMatchObject({ signedBy: 'passkey', emergencyUntil: null });
    hub.clock.advance(30 * day);
    expect(await sees(kim)).toMatchObject({ tier: 1 });
    expect(await offered(kim)).toBeUndefined();
  });
});

test('an offer that nobody took runs out too, and says so once', async () => {
  const lee = await hub.join('Lee', 'maintainer');
  await hub.do(desk!, readIn, offer(lee, 0, { expiresAt: plusMs(hub.clock.now(), day) }));
  hub.clock.advance(day);
  await hub.settle(flow);
  await hub.do(house, endReadInsDue, {});
  await hub.do(house, endReadInsDue, {});
  expect((await said('case.read-in-ended')).filter((p) => p.personId === lee.id)).toEqual([{ personId: lee.id, because: 'expired' }]);
});

test('a suspected breach ends every session, token, agent and read-in of that person in every case, at once', async () => {
  const mole = await hub.join('Mole', 'maintainer');
  const other = (await openCase(hub, 'pkg:npm/second@1.0.0', [finder!])).id;
  for (const id of [caseId, other]) await hub.do(desk!, readIn, { ...offer(mole, 0), id });
  for (const id of [caseId, other]) await accept(mole, {}, id);
  const { secret } = await seated(mole);
  const agent = await hub.do<{ id: string }>(desk!, addAgent, { orgId: mole.orgId, name: 'bot', answerableId: mole.id });
  const token = await hub.do<{ secret: string }>(desk!, issueToken, { holderId: agent.id });
  expect(await hub.do(token.secret, whoami, {})).toMatchObject({ id: agent.id });
  expect(await hub.do(secret, cases.get, { id: other })).toMatchObject({ tier: 0 });

  await hub.do(desk!, endReadIn, { id: caseId, personId: mole.id, because: 'suspected-breach' });
  for (const dead of [secret, token.secret]) expect(await hub.try(dead, whoami, {})).toMatchObject({ code: 'not_permitted' });
  const link = await hub.do<{ secret: string }>(desk!, issueLink, { personId: mole.id });
  expect(await hub.try(finder!, enter, { secret: link.secret })).toMatchObject({ code: 'expired' });
  expect(await said('case.breach-suspected')).toEqual([{ personId: mole.id, orgId: mole.orgId, readIns: 2 }]);

  // Whoever is let back in begins anew, and is read into nothing.
  await hub.do(desk!, reinstate, { personId: mole.id, because: 'it was the other laptop' });
  expect(await hub.try(secret, whoami, {})).toMatchObject({ code: 'not_permitted' });
  expect(await hub.try(await hub.again(mole), cases.get, { id: other })).toMatchObject({ code: 'not_found' });
  expect(await hub.try(desk!, readIn, offer(mole, 0))).toMatchObject({ at: '/exclusions/breach' });
});

test('a colleague of the finder, never read in by name, is suspended all the same', async () => {
  const colleague = await hub.again(finder!);
  await hub.do(desk!, endReadIn, { id: caseId, personId: colleague.id, because: 'suspected-breach' });
  await expect(hub.again(colleague)).rejects.toThrow('no such actor');
  await hub.do(desk!, reinstate, { personId: colleague.id, because: 'cleared up' });
});

describe('a delegate', () => {
  let [distro, mirror, stranger]: Actor[] = [];
  beforeAll(async () => {
    distro = await hub.join('Distro', 'maintainer');
    mirror = await hub.join('Mirror', 'operator');
    stranger = await hub.join('Elsewhere', 'operator');
    await hub.do(desk!, readIn, offer(distro, 2));
    await accept(distro);
    distro = await hub.again(distro);
  });
  const given = (over: object = {}) => {
    const { sponsorId: _, ...own } = offer(mirror!, 3, { expiresAt: plusMs(hub.clock.now(), day), ...over });
    return own;
  };
  const granted = (over: object = {}) => ({
    ...{ id: caseId, delegateId: distro!.id, orgIds: [mirror!.orgId], fromTier: 3, people: 1 },
    ...{ expiresAt: plusMs(hub.clock.now(), 2 * day), because: 'knows its mirrors', ...over },
  });

  test('reads nobody in without a delegation, and with one within its limits', async () => {
    expect(await hub.try(distro!, readInAsDelegate, given())).toMatchObject({ code: 'not_permitted' });
    expect(await hub.try(stranger!, readInAsDelegate, given())).toMatchObject({ code: 'not_found' });
    const { id } = await hub.do<{ id: string }>(desk!, delegate, granted());
    expect(await hub.do(distro!, delegations, { id: caseId })).toMatchObject({ items: [{ id }] });
    expect(await hub.try(distro!, readInAsDelegate, given({ tier: 2 }))).toMatchObject({ at: '/tier' });
    expect(await hub.try(distro!, readInAsDelegate, given({ personId: stranger!.id }))).toMatchObject({ at: '/personId' });
    // The same words at every gate, so that none tells of a suspicion.
    const shut = { because: 'the coordinator alone can read this person in', at: '/personId' };
    expect(await hub.try(distro!, readInAsDelegate, given({ exclusions: { ...noneFound, antitrust: true } }))).toMatchObject(shut);
    expect(await hub.try(distro!, readInAsDelegate, given({ expiresAt: hub.clock.now() }))).toMatchObject(shut);
    await hub.do(distro!, readInAsDelegate, given());
    expect(await accept(mirror!)).toMatchObject({ tier: 3 });
    expect(await said('case.read-in-offered')).toContainEqual(expect.objectContaining({ personId: mirror!.id, delegationId: id }));
    const colleague = await hub.join('Mirror two', 'operator');
    await hub.do(desk!, delegate, granted({ orgIds: [colleague.orgId] }));
    expect(await hub.try(distro!, readInAsDelegate, given({ personId: colleague.id }))).toMatchObject({ state: 'offered' });
    await hub.do(desk!, revokeDelegation, { id: caseId, delegationId: id });
    expect(await hub.do<{ items: unknown[] }>(distro!, delegations, { id: caseId })).toMatchObject({ items: [{ people: 1 }] });
  });

  test('and a delegation is bounded', () => {
    const many = (n: number) => Array.from({ length: n }, () => mirror!.orgId);
    const taken = (over: object) => delegateInput.safeParse(granted(over)).success;
    expect([taken({ people: limits.delegatedPeople }), taken({ people: limits.delegatedPeople + 1 })]).toEqual([true, false]);
    expect([taken({ orgIds: many(limits.delegatedOrgs) }), taken({ orgIds: many(limits.delegatedOrgs + 1) })]).toEqual([true, false]);
  });
});

describe('the list of knowers', () => {
  test('says how each accepted the terms, and is exported signed', async () => {
    const { items } = await hub.do<{ items: { name: string; signedBy: string | null; hardware: string | null }[] }>(desk!, knowers, {
      id: caseId,
    });
    expect(items.find((k) => k.name === "Ada's person")).toMatchObject({ signedBy: 'passkey', hardware: 'could-not-tell' });
    expect(items.find((k) => k.name === "Joe's person")).toMatchObject({ state: 'ended', endedBecause: 'expired' });
    const { data, envelope } = await hub.do<{ data: string; envelope: Parameters<typeof open>[0] }>(desk!, exportKnowers, { id: caseId });
    expect(open(envelope, hub.doors.keys.signer('records').publicKey)?.toString()).toBe(data);
    const forged = { ...envelope, payload: Buffer.from(data.replace('Ada', 'Eve')).toString('base64') };
    expect(open(forged, hub.doors.keys.signer('records').publicKey)).toBeUndefined();
    expect(JSON.parse(data).knowers).toHaveLength(items.length);
    expect(await hub.try(finder!, exportKnowers, { id: caseId })).toMatchObject({ code: 'not_permitted' });
    expect(await said('case.knowers-exported')).toHaveLength(1);
  });

  test('as CSV gives a spreadsheet no formula', async () => {
    const evil = await hub.join('=HYPERLINK("http://evil.example","x")', 'maintainer');
    await hub.do(desk!, readIn, offer(evil, 0, { need: '+1 "quoted",\nand a line' }));
    const { data } = await hub.do<{ data: string }>(desk!, exportKnowers, { id: caseId, format: 'csv' });
    expect(data).toContain(`"'=HYPERLINK(""http://evil.example"",""x"")"`);
    expect(data).toContain(`"'+1 ""quoted"",\nand a line"`);
    expect(data.split('\r\n')[0]).toContain('"caseId","holderId","kind","name","org","tier"');
  });
});
