import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { limits } from '../../src/base/limits.ts';
import * as cases from '../../src/clearinghouse/cases/actions.ts';
import { byMail, message, messageFile, messages, readMessages, unread } from '../../src/clearinghouse/cases/messages/actions.ts';
import type { Message } from '../../src/clearinghouse/cases/messages/message.ts';
import { appendMessage } from '../../src/clearinghouse/cases/messages/store.ts';
import { messageInput } from '../../src/clearinghouse/cases/messages/wire.ts';
import { caseById } from '../../src/clearinghouse/cases/store.ts';
import { type Actor, house } from '../../src/trust/access.ts';
import { openStage, type Stage } from './cases-stage.ts';

interface Out {
  readonly seq: number;
  readonly text: string;
  readonly tier: number;
  readonly withId: string | null;
  readonly way: string;
  readonly files: readonly { id: string; filename: string }[];
}

let stage: Stage;
let [maintainer, tester, stager, other]: Actor[] = [];
beforeAll(async () => {
  stage = await openStage();
  const enter = async (name: string, role: 'maintainer' | 'operator', tier: 0 | 1 | 2 | 3) =>
    stage.enter(await stage.hub.join(name, role), tier);
  maintainer = await enter('Upstream', 'maintainer', 0);
  tester = await enter('Tester', 'operator', 1);
  stager = await enter('Hospital', 'operator', 3);
  other = await enter('Bank', 'operator', 3);
});
afterAll(() => stage.hub.close());

const write = (as: Actor, text: string, over: object = {}) => stage.hub.try(as, message, { id: stage.caseId, text, ...over });
const list = (as: Actor, over: object = {}) =>
  stage.hub.do<{ items: Out[]; unread: number; readUpTo: number }>(as, messages, { id: stage.caseId, ...over });
/** What one is shown is marked as one's own copy, invisibly. */
const plain = (text: string) => text.replace(/[\u2060-\u2063]/g, '');
const texts = async (as: Actor) => (await list(as, { limit: 100 })).items.map((m) => plain(m.text));

describe('messages', () => {
  test('reach those who work on the case, in order', async () => {
    expect(await write(stage.finder, 'hello')).toMatchObject({ seq: 1, tier: 1, withId: null, way: 'direct' });
    expect(await write(maintainer!, 'thank you')).toMatchObject({ seq: 2 });
    const of = await stage.hub.do<{ messages: Out[] }>(stage.finder, cases.get, { id: stage.caseId });
    expect(of.messages.map((m) => plain(m.text))).toEqual(['hello', 'thank you']);
    expect((await list(maintainer!, { after: 1 })).items).toMatchObject([{ seq: 2 }]);
    expect((await list(maintainer!, { before: 2 })).items).toMatchObject([{ seq: 1 }]);
    expect((await list(maintainer!, { limit: 1 })).items).toMatchObject([{ seq: 2 }]);
  });

  test('are written at the same moment without losing one', async () => {
    const before = (await texts(stage.finder)).length;
    await Promise.all(Array.from({ length: 5 }, (_, i) => write(stage.finder, `at once ${i}`)));
    expect(await texts(stage.finder)).toHaveLength(before + 5);
  });

  test('are read at their tier and above, and nobody at 2 or 3 learns who else is there', async () => {
    await write(maintainer!, 'CANARY-0', { tier: 0 });
    await write(maintainer!, 'CANARY-1', { tier: 1 });
    await write(stage.desk, 'for all who stage', { tier: 3 });
    await write(stager!, 'CANARY-ASKED: we cannot on Friday');
    await write(stage.desk, 'CANARY-ANSWER: then on Monday', { withId: stager!.id });
    expect(await texts(other!)).toEqual(['for all who stage']);
    expect(await texts(stager!)).toEqual(['for all who stage', 'CANARY-ASKED: we cannot on Friday', 'CANARY-ANSWER: then on Monday']);
    const atOne = (await texts(tester!)).join();
    expect(atOne).toContain('CANARY-1');
    expect(atOne).not.toMatch(/CANARY-(0|ASKED|ANSWER)/);
    expect((await texts(maintainer!)).join()).not.toMatch(/CANARY-A/);
    for (const word of ['CANARY-0', 'CANARY-1', 'CANARY-ASKED', 'CANARY-ANSWER']) expect((await texts(stage.desk)).join()).toContain(word);
  });

  test('go to no tier that their author does not read, and down only from the coordinators', async () => {
    expect(await write(tester!, 'x', { tier: 0 })).toMatchObject({ code: 'not_permitted', at: '/tier' });
    for (const as of [maintainer!, tester!, stager!]) expect(await write(as, 'x', { tier: 3 })).toMatchObject({ code: 'not_permitted' });
    expect(await write(stager!, 'x', { tier: 1 })).toMatchObject({ code: 'not_permitted' });
    expect(await write(maintainer!, 'x', { withId: stager!.id })).toMatchObject({ code: 'not_permitted', at: '/withId' });
    const stranger = await stage.hub.join('Stranger', 'operator');
    const nobody = { code: 'not_found', because: 'nobody of that id reads this case' };
    expect(await write(stage.desk, 'x', { withId: stranger.id })).toMatchObject(nobody);
    expect(await write(stage.desk, 'x', { withId: `psn_${'0'.repeat(26)}` })).toMatchObject(nobody);
    expect(await write(stranger, 'x')).toMatchObject({ code: 'not_found', because: 'no such thing' });
  });

  test('name whom their author can see, and nobody learns so who is read in', async () => {
    expect(await write(stage.finder, 'see here', { mentions: [maintainer!.id] })).toMatchObject({ mentions: [maintainer!.id] });
    const refused = [stager!.id, `psn_${'0'.repeat(26)}`].map((id) => write(tester!, 'x', { mentions: [id] }));
    expect(await Promise.all(refused)).toMatchObject([1, 2].map(() => ({ code: 'not_found', at: '/mentions/0' })));
    // Known to the coordinator, but not a reader of this message.
    expect(await write(stage.desk, 'x', { mentions: [stager!.id] })).toMatchObject({ code: 'not_found' });
    expect(await write(stage.desk, 'y', { tier: 3, mentions: [stager!.id] })).toMatchObject({ tier: 3 });
  });

  test('are new until they are said to be read; one\u2019s own never are', async () => {
    const before = await list(tester!);
    expect(before).toMatchObject({ readUpTo: 0, unread: (await list(tester!, { limit: 100 })).items.length });
    const last = before.items.at(-1)!.seq;
    expect(await stage.hub.do(tester!, readMessages, { id: stage.caseId, upTo: last })).toEqual({ readUpTo: last, unread: 0 });
    await stage.hub.do(tester!, readMessages, { id: stage.caseId, upTo: 1 });
    await write(tester!, 'my own');
    expect(await list(tester!)).toMatchObject({ readUpTo: last, unread: 0 });
    await write(stage.finder, 'another');
    await write(maintainer!, 'CANARY-0b', { tier: 0 });
    expect(await list(tester!)).toMatchObject({ unread: 1 });
    const waiting = async (as: Actor) => (await stage.hub.do<{ items: object[] }>(as, unread, {})).items;
    expect(await waiting(await stage.hub.again(tester!))).toEqual([{ id: stage.caseId, unread: 1, mentioned: 0 }]);
    expect(await waiting(await stage.hub.again(maintainer!))).toMatchObject([{ id: stage.caseId, mentioned: 1 }]);
    expect(await waiting(await stage.hub.join('Outside', 'finder'))).toEqual([]);
  });

  test('bring files, for those who read the message', async () => {
    const data = Buffer.from('CANARY-FILE').toString('base64');
    const sent = (await write(maintainer!, 'see the log', { tier: 0, files: [{ filename: 'run.log', data }] })) as Out;
    const ask = { id: stage.caseId, seq: sent.seq, blobId: sent.files[0]!.id };
    expect(await stage.hub.do(stage.finder, messageFile, ask)).toEqual({ filename: 'run.log', data });
    for (const as of [tester!, stager!]) expect(await stage.hub.try(as, messageFile, ask)).toMatchObject({ code: 'not_found' });
    expect(await stage.hub.try(tester!, messageFile, { ...ask, seq: 1 })).toMatchObject({ code: 'not_found' });
  });

  test('by mail: as that person, at its tier, from its own address only, and it says so', async () => {
    const { email } = { email: `${maintainer!.id}@example.org` };
    const mail = { id: stage.caseId, from: email.toUpperCase(), text: 'fixed in 2.1', files: [] };
    expect(await stage.hub.do(maintainer!, byMail, mail)).toMatchObject({ way: 'mail', authorId: maintainer!.id, tier: 1 });
    expect(await stage.hub.try(maintainer!, byMail, { ...mail, from: 'eve@example.org' })).toMatchObject({ code: 'untrusted' });
    const staging = { ...mail, from: `${stager!.id}@example.org` };
    expect(await stage.hub.do(stager!, byMail, staging)).toMatchObject({ tier: 3, withId: stager!.id });
    // In the case's name only who coordinates it, by mail as well.
    const desk = { ...mail, from: `${stage.desk.id}@example.org` };
    expect(await stage.hub.do(stage.desk, byMail, desk)).toMatchObject({ way: 'mail', authorId: stage.desk.id });
    const staff = await stage.hub.join('Second Desk', 'coordinator');
    const refused = { code: 'not_permitted', because: expect.stringContaining('ask to be let in') };
    expect(await stage.hub.try(staff, byMail, { ...mail, from: `${staff.id}@example.org` })).toMatchObject(refused);
    expect(await stage.hub.try(staff, message, { id: stage.caseId, text: 'the same at the desk' })).toMatchObject(refused);
  });

  test('so many files, names and characters of one', () => {
    const complaints = (over: object) => messageInput.safeParse({ id: `cas_${'0'.repeat(26)}`, text: 'x', ...over }).success;
    const many = (n: number, of: unknown) => Array.from({ length: n }, () => of);
    const file = { filename: 'a', data: '' };
    const psn = `psn_${'0'.repeat(26)}`;
    expect([limits.filesPerMessage, limits.filesPerMessage + 1].map((n) => complaints({ files: many(n, file) }))).toEqual([true, false]);
    expect([limits.mentionsPerMessage, limits.mentionsPerMessage + 1].map((n) => complaints({ mentions: many(n, psn) }))).toEqual([
      true,
      false,
    ]);
    for (const filename of ['', '..', 'a/b', 'cod\u202eexe.txt']) expect(complaints({ files: [{ filename, data: '' }] })).toBe(false);
  });

  test(`are at most ${limits.messagesPerCase}`, async () => {
    const at = stage.hub.clock.now();
    const rest = { authorId: 'x', authorName: 'x', text: 'x', at, tier: 1, withId: null, mentions: [], files: [], way: 'direct' } as const;
    const last: Message = { seq: limits.messagesPerCase - 1, ...rest };
    await stage.hub.doors.db.transaction(house.reads, async (tx) => appendMessage(tx, (await caseById(tx, stage.caseId))!, last));
    expect(await write(stage.finder, 'the last one')).toMatchObject({ seq: limits.messagesPerCase });
    expect(await write(stage.finder, 'one too many')).toMatchObject({ code: 'too_many' });
  });
});
