import { spawnSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTransport } from 'nodemailer';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { flow as whole } from '../../src/app/flow.ts';
import { mailIn } from '../../src/app/mail-in.ts';
import { followOnce, runDues } from '../../src/app/worker.ts';
import { day, epochMs, hour, type Instant, minute, plusMs } from '../../src/base/instant.ts';
import { limits } from '../../src/base/limits.ts';
import { recordForeign } from '../../src/clearinghouse/cases/cves/actions.ts';
import { answerDuty, offerDuty } from '../../src/clearinghouse/cases/duties/actions.ts';
import { proposeEmbargo } from '../../src/clearinghouse/cases/embargoes/actions.ts';
import { message, messages } from '../../src/clearinghouse/cases/messages/actions.ts';
import { choices, choose, notices, tell } from '../../src/clearinghouse/cases/notices/actions.ts';
import {
  beginMail,
  concludeMail,
  failedMail,
  mailLabour,
  retryMail,
  wakeMail,
} from '../../src/clearinghouse/cases/notices/mails/actions.ts';
import { dueMails, saveMail } from '../../src/clearinghouse/cases/notices/mails/store.ts';
import { addCoordinator } from '../../src/clearinghouse/cases/participants/actions.ts';
import { endReadIn, readIn } from '../../src/clearinghouse/cases/read-ins/actions.ts';
import { delegate, revokeDelegation } from '../../src/clearinghouse/cases/read-ins/delegations/actions.ts';
import { withdraw } from '../../src/clearinghouse/cases/withdrawals/actions.ts';
import * as webhooks from '../../src/clearinghouse/releases/webhooks/actions.ts';
import { readMail } from '../../src/io/mail/read.ts';
import { openReceiver } from '../../src/io/mail/receive.ts';
import { relayMail } from '../../src/io/mail/send.ts';
import { guardedNet } from '../../src/io/net/http.ts';
import { atOnce } from '../../src/lab/at-once.ts';
import { type Actor, house } from '../../src/trust/access.ts';
import type { Flow } from '../../src/trust/flow.ts';
import { invite } from '../../src/trust/orgs/actions.ts';
import { pauseGrants } from '../../src/trust/orgs/grants/store.ts';
import { suspendPerson } from '../../src/trust/orgs/store.ts';
import { openMailServer, relayTo } from '../equipment/mail-server.ts';
import { openReceiver as openHook } from '../equipment/receiver.ts';
import { noneFound, openStage, placed, type Stage } from './cases-stage.ts';

interface Notice {
  readonly seq: number;
  readonly point: string;
  readonly caseId: string | null;
  readonly deadlineAt: Instant | null;
}
interface Failed {
  readonly id: string;
  readonly email: string;
  readonly because: string;
}

/** Of the whole flow, what tells and mails: the rest takes its time and has nothing to do here. */
const flow: Flow = {
  hops: whole.hops.filter((h) => h.verb.name === tell.name),
  works: whole.works.filter((w) => w.labour === mailLabour || w.labour === webhooks.tellLabour),
  dues: [wakeMail, webhooks.wakeDue],
};

let stage: Stage;
let server: Awaited<ReturnType<typeof openMailServer>>;
let receiver: Awaited<ReturnType<typeof openReceiver>>;
let [maintainer, tester, stager]: Actor[] = [];
/** Of whose copy it is. */
const marks = /[\u2060-\u2063]/g;
const canaries = /SECRET|looper|CANARY/i;
/** Everything this hub ever sent, beside what is looked at in one test. */
const everything: string[] = [];

beforeAll(async () => {
  server = await openMailServer();
  stage = await openStage({ mail: relayMail(relayTo(server.port)), net: guardedNet({ own: ['127.0.0.1'] }) });
  receiver = await openReceiver({
    ...{ protocol: 'lmtp', host: '127.0.0.1', port: 0, name: 'mail.hub.example' },
    ...mailIn(stage.hub.doors),
    log: (_, error) => {
      throw error;
    },
  });
  maintainer = await stage.enter(await stage.hub.join('Upstream', 'maintainer'), 0);
  tester = await stage.enter(await stage.hub.join('Tester', 'operator'), 1);
  stager = await stage.enter(await stage.hub.join('Hospital', 'operator'), 3);
  await stage.hub.settle(flow);
});
afterAll(async () => {
  await receiver.close();
  await server.close();
  await stage.hub.close();
});
beforeEach(async () => {
  server.answerWith(() => 'take');
  everything.push(...server.taken.splice(0).map((m) => m.raw));
});

const emailOf = (who: Actor) => `${who.id}@example.org`;
const settle = () => stage.hub.settle(flow);
const to = (who: Actor) => server.taken.filter((m) => m.to === emailOf(who));
const write = (as: Actor, text = 'CANARY-TEXT', over: object = {}) => stage.hub.do(as, message, { id: stage.caseId, text, ...over });
const told = async (who: Actor) => (await stage.hub.do<{ items: Notice[] }>(who, notices, {})).items;
const failed = async () => (await stage.hub.do<{ items: Failed[] }>(stage.desk, failedMail, {})).items;
const usual = { zone: 'UTC', quiet: null, incidentThrough: true, pace: 'at-once', digestAt: '08:00', off: [], protection: 'none' };
const chooses = (who: Actor, over: object) => stage.hub.do(who, choose, { ...usual, ...over });
const textOf = async (raw: string) => ((await readMail({ to: 'a@b', sender: 'c@d' }, Buffer.from(raw))) as { text: string }).text;
/** The clock may not be turned back: the next time it is this hour somewhere. */
const turnTo = (time: string) => {
  const now = stage.hub.clock.now();
  const today = `${now.slice(0, 10)}T${time}:00.000Z` as Instant;
  stage.hub.clock.set(today > now ? today : (new Date(epochMs(today) + day).toISOString() as Instant));
};

describe('notices', () => {
  test('name what happened, the case by its id, the link and the hour, and nothing else', async () => {
    await chooses(tester!, { zone: 'Europe/Berlin' });
    const endsAt = new Date(epochMs(stage.hub.clock.now()) + 14 * day).toISOString();
    await stage.hub.do(maintainer!, proposeEmbargo, { id: stage.caseId, endsAt, because: 'CANARY-WHY' });
    await settle();
    const [mail] = to(tester!);
    const text = await textOf(mail!.raw);
    expect(text).toContain('A time was proposed until which a case stays closed.');
    expect(text).toContain(stage.caseId);
    expect(text).toContain(`http://localhost/cases/${stage.caseId}`);
    expect(mail!.raw.replace(/\r\n[ \t]+/g, ' ')).toMatch(
      new RegExp(`^Subject: test\\.example: case ${stage.caseId}: (news|your answer is waited for)`, 'm'),
    );
    // Whoever did it knows; who stages the fix is told when it is settled.
    expect([to(maintainer!), to(stager!)]).toEqual([[], []]);
    expect((await told(tester!))[0]).toMatchObject({ point: 'embargo-proposed', caseId: stage.caseId });
    if (text.includes('By:')) expect(text).toMatch(/\d\d:\d\d Europe\/Berlin \(UTC\+1\)/);
  });

  test('one mail for each notice and recipient, however often the flow is run', async () => {
    await write(maintainer!);
    for (let i = 0; i < 3; i++) await settle();
    for (const who of [tester!, stage.finder, stage.desk]) expect(to(who)).toHaveLength(1);
    expect(to(stager!)).toEqual([]);
    expect((await told(tester!)).map((n) => n.seq)).toEqual([3, 2, 1]);
  });

  test('a message for coordinators is told to them, one to a person to that person, a mention by itself', async () => {
    await write(stager!, 'CANARY-ASK');
    await settle();
    expect(server.taken.map((m) => m.to)).toEqual([emailOf(stage.desk)]);
    server.taken.length = 0;
    await write(stage.desk, 'CANARY-ANSWER', { withId: stager!.id });
    await settle();
    expect(server.taken.map((m) => m.to)).toEqual([emailOf(stager!)]);
    server.taken.length = 0;
    await write(stage.finder, 'CANARY', { mentions: [maintainer!.id] });
    await settle();
    expect(await told(maintainer!)).toMatchObject([{ point: 'mention' }, ...(await told(maintainer!)).slice(1)]);
    expect(to(maintainer!)).toHaveLength(1);
  });

  test('optional kinds are switched off, by choice or by the address in the mail; what is owed is not', async () => {
    await chooses(tester!, { off: ['messages'] });
    await write(maintainer!);
    await settle();
    expect(to(tester!)).toEqual([]);
    expect((await told(tester!))[0]).toMatchObject({ point: 'message' });
    expect(await stage.hub.try(tester!, choose, { ...usual, off: ['deadlines'] })).toMatchObject({ code: 'malformed' });
    await chooses(tester!, {});
    await write(maintainer!);
    await settle();
    const [, stop] = /^List-Unsubscribe: <mailto:([^>]+)>/im.exec(to(tester!)[0]!.raw.replace(/\r\n[ \t]+/g, ' '))!;
    await bring({ to: stop!, from: 'anybody@example.org', text: 'stop' });
    expect(await stage.hub.do(tester!, choices, {})).toMatchObject({ off: ['messages'] });
    await chooses(tester!, {});
  });

  test('wait for the digest, and all of one hour come in one mail', async () => {
    await chooses(tester!, { pace: 'daily', digestAt: '08:00', zone: 'America/New_York' });
    for (const text of ['CANARY-a', 'CANARY-b', 'CANARY-c']) await write(maintainer!, text);
    await settle();
    expect(to(tester!)).toEqual([]);
    turnTo('12:59');
    await settle();
    expect(to(tester!)).toEqual([]);
    turnTo('13:00');
    await settle();
    expect(to(tester!)).toHaveLength(1);
    expect((await textOf(to(tester!)[0]!.raw)).match(/There is a new message in a case\./g)).toHaveLength(3);
    await chooses(tester!, {});
  });

  test('wait while it is night where the recipient is', async () => {
    await chooses(tester!, { quiet: { from: '22:00', to: '07:00' }, zone: 'Asia/Kathmandu' });
    turnTo('16:30'); // 22:15 in Kathmandu
    await write(maintainer!);
    await settle();
    expect(to(tester!)).toEqual([]);
    turnTo('01:15');
    await settle();
    expect(to(tester!)).toHaveLength(1);
    await chooses(tester!, {});
  });

  test('of what somebody may not know any more by the hour of sending, nothing is sent', async () => {
    const brief = await stage.enter(await stage.hub.join('Brief', 'operator'), 1);
    await chooses(brief, { pace: 'daily' });
    await settle();
    server.taken.length = 0;
    await write(maintainer!);
    await settle();
    await stage.hub.do(stage.desk, endReadIn, { id: stage.caseId, personId: brief.id, because: 'need-ended' });
    await settle();
    stage.hub.clock.advance(day);
    await settle();
    const mine = to(brief);
    expect(mine).toHaveLength(1);
    const text = await textOf(mine[0]!.raw);
    expect(text).toContain('Your access to a case has ended.');
    expect(text).not.toContain('new message');
    expect(mine[0]!.raw).not.toMatch(/^Reply-To/im);
  });

  test('an offer is told to who is asked, and opens nothing', async () => {
    const asked = await stage.hub.join('Asked', 'operator');
    const offer = {
      id: stage.caseId,
      personId: asked.id,
      tier: 2,
      need: 'SECRET-NEED',
      ...placed[2],
      sponsorId: stage.desk.id,
      exclusions: noneFound,
    };
    await stage.hub.do(stage.desk, readIn, offer);
    await settle();
    expect(await told(asked)).toMatchObject([{ point: 'read-in-offered' }]);
    expect(to(asked)).toHaveLength(1);
  });
});

describe('sending', () => {
  test('what was not taken is sent again, later and later, under the same id; then it is parked where a coordinator sees it', async () => {
    const tried: string[] = [];
    server.answerWith((m) => {
      if (m.to !== emailOf(tester!)) return 'take';
      tried.push(/^Message-ID: (.*)$/im.exec(m.raw)![1]!);
      everything.push(m.raw);
      return { code: 451, text: '4.3.0 not now' };
    });
    await write(maintainer!);
    for (const waited of [0, 2 * minute, 6 * minute]) {
      stage.hub.clock.advance(waited);
      await settle();
    }
    expect(tried).toHaveLength(3);
    expect(new Set(tried).size).toBe(1);
    await giveUpOn(tester!);
    expect((await failed())[0]).toMatchObject({ email: emailOf(tester!), because: '451 4.3.0 not now' });
    server.answerWith(() => 'take');
    const parked = await failed();
    for (const { id } of parked) await stage.hub.do(stage.desk, retryMail, { id });
    await settle();
    expect(to(tester!).length).toBeGreaterThanOrEqual(parked.length);
    expect(await failed()).toEqual([]);
  });

  test('a worker that dies in between is followed by another; only the mail under way can come twice', async () => {
    await write(maintainer!);
    await followOnce(stage.hub.doors, flow, async () => {});
    await runDues(stage.hub.doors, flow);
    const ids: string[] = [];
    while ((await followOnce(stage.hub.doors, flow, async (_tx, labour, id) => void (labour.name === 'mail' && ids.push(id)))) > 0);
    expect(ids.length).toBeGreaterThan(2);
    // One is told to the server, and the hub dies before it knows.
    const spec = await stage.hub.do<Parameters<typeof mailLabour.work>[0]>(house, beginMail, { id: ids[0] });
    await mailLabour.work(spec, stage.hub.doors);
    expect(server.taken).toHaveLength(1);
    await settle();
    expect(server.taken).toHaveLength(1);
    stage.hub.clock.advance(11 * minute);
    await settle();
    expect(server.taken).toHaveLength(ids.length + 1);
    const sent = server.taken.map((m) => /^Message-ID: <([^@]*)/im.exec(m.raw)![1]!);
    expect(sent.filter((id) => id === ids[0])).toHaveLength(2);
    expect(new Set(sent)).toEqual(new Set(ids));
    expect(await stage.hub.try(house, concludeMail, { id: ids[0], evidence: null })).toMatchObject({ code: 'wrong_state' });
  });

  test('an address that does not exist is marked at once, the coordinators are told, and it gets no more until it works', async () => {
    server.answerWith(
      () => 'take',
      (address) => (address === emailOf(tester!) ? { code: 550, text: '5.1.1 no such person' } : 'take'),
    );
    await write(maintainer!);
    await settle();
    expect(await failed()).toMatchObject([{ email: emailOf(tester!), because: '550 5.1.1 no such person' }]);
    expect((await told(stage.desk))[0]).toMatchObject({ point: 'address-fails', caseId: null });
    expect(await stage.hub.do(tester!, choices, {})).toMatchObject({ addressFailsSince: stage.hub.clock.now() });
    server.answerWith(() => 'take');
    await write(maintainer!);
    await settle();
    expect(to(tester!)).toEqual([]);
    expect(await failed()).toHaveLength(2);
    expect(await stage.hub.try(maintainer!, failedMail, {})).toMatchObject({ code: 'not_permitted' });
    for (const { id } of await failed()) await stage.hub.do(stage.desk, retryMail, { id });
    await settle();
    expect(to(tester!)).toHaveLength(2);
    expect(await stage.hub.do(tester!, choices, {})).toMatchObject({ addressFailsSince: null });
  });

  test('mail about failing mail that fails is the end of it', async () => {
    server.answerWith(() => ({ code: 550, text: '5.7.1 not from here' }));
    await write(maintainer!);
    await settle();
    expect((await failed()).length).toBeLessThan(12);
    server.answerWith(() => 'take');
    for (const { id } of await failed()) await stage.hub.do(stage.desk, retryMail, { id });
    await settle();
  });
});

/** Its mail is at its last try: the next is in vain too. */
async function giveUpOn(who: Actor): Promise<void> {
  await stage.hub.doors.db.transaction(house.reads, async (tx) => {
    const [mail] = (await dueMails(tx, '2100-01-01T00:00:00.000Z' as Instant, 100)).filter((m) => m.personId === who.id);
    await saveMail(tx, { ...mail!, tries: limits.mailTries - 1 });
  });
  stage.hub.clock.advance(hour);
  await settle();
}

/** As the mail server of whoever runs the hub brings it. */
async function bring({
  to: address,
  from,
  sender = from,
  ...mail
}: Record<string, unknown> & { to: string; from: string; sender?: string }) {
  const transport = createTransport({ host: '127.0.0.1', port: receiver.port, lmtp: true, ignoreTLS: true });
  return transport.sendMail({ envelope: { from: sender, to: address }, from, to: address, ...mail }).then(
    // LMTP answers for each recipient.
    (info) => (info as unknown as { rejectedErrors?: { responseCode: number }[] }).rejectedErrors?.[0]?.responseCode ?? 250,
    (error: { responseCode?: number }) => error.responseCode,
  );
}

describe('answering by mail', () => {
  const replyTo = async (who: Actor) => {
    server.taken.length = 0;
    await write(stage.desk, 'CANARY-Q', { withId: who.id });
    await settle();
    return /^Reply-To: (\S+)/im.exec(to(who)[0]!.raw.replace(/\r\n[ \t]+/g, ' '))![1]!;
  };
  const last = async (as: Actor) => {
    const { items } = await stage.hub.do<{ items: { seq: number; text: string }[] }>(as, messages, { id: stage.caseId, limit: 1 });
    return { ...items[0]!, text: items[0]!.text.replace(marks, '') };
  };

  test('writes in that case, as that person, at its tier, without what was quoted, and says that it came by mail', async () => {
    const address = await replyTo(stager!);
    const quoted = to(stager!)[0]!.raw;
    const text = `Monday suits us.\r\n\r\nOn Sat, 21 Nov 2026 at 10:00, Breakwater <notices@hub.example>\r\nwrote:\r\n> ${(await textOf(quoted)).replaceAll('\n', '\n> ')}\r\n`;
    const attachments = [{ filename: 'plan.txt', content: 'CANARY-PLAN' }];
    const mail = { to: address, from: emailOf(stager!), text, attachments, messageId: '<1@hospital.example>' };
    expect(await bring(mail)).toBe(250);
    const expected = {
      text: 'Monday suits us.',
      way: 'mail',
      authorId: stager!.id,
      tier: 3,
      withId: stager!.id,
      files: [{ filename: 'plan.txt' }],
    };
    expect(await last(stage.desk)).toMatchObject(expected);
    // Brought twice, because the answer to the first was lost: written once.
    const { seq } = await last(stage.desk);
    expect(await bring(mail)).toBe(250);
    expect(await last(stage.desk)).toMatchObject({ seq });
    expect((await last(tester!)).text).not.toBe('Monday suits us.');
  });

  test('is for the holder of the address, while it lasts, while they are read in', async () => {
    const address = await replyTo(tester!);
    const mail = { to: address, from: emailOf(tester!), text: 'x' };
    expect(await bring({ ...mail, from: 'eve@example.org' })).toBe(550);
    for (const altered of [
      address.replace(/^r/, 'b'),
      address.replace(/-(.)/, (_, c) => `-${c === '1' ? '2' : '1'}`),
      'r-1@mail.hub.example',
    ])
      expect(await bring({ ...mail, to: altered })).toBe(550);
    expect(await bring({ ...mail, to: address.toUpperCase().replace('MAIL.HUB.EXAMPLE', 'mail.hub.example') })).toBe(250);
    // Made anew once half of its time is over.
    stage.hub.clock.advance((limits.replyDays / 2 - 1) * day);
    expect(await bring({ ...mail, text: 'still' })).toBe(250);
    stage.hub.clock.advance((limits.replyDays / 2 + 2) * day);
    expect(await bring(mail)).toBe(550);
    const fresh = { ...mail, to: await replyTo(tester!) };
    await stage.hub.do(stage.desk, endReadIn, { id: stage.caseId, personId: tester!.id, because: 'need-ended' });
    expect(await bring(fresh)).toBe(550);
    expect((await last(stage.desk)).text).not.toBe('x');
  });

  test('what a program wrote is taken and dropped; who writes too much is sent away', async () => {
    const address = await replyTo(maintainer!);
    const before = (await last(stage.desk)).seq;
    const mail = { to: address, from: emailOf(maintainer!), text: 'I am away until Monday' };
    for (const headers of [{ 'auto-submitted': 'auto-replied' }, { precedence: 'bulk' }, { 'list-id': '<a.b>' }])
      expect(await bring({ ...mail, headers })).toBe(250);
    expect(await bring({ ...mail, sender: '' })).toBe(250);
    expect((await last(stage.desk)).seq).toBe(before);
    for (const who of [stage.finder, stage.desk]) await chooses(who, { off: ['messages'] });
    const answers: (number | undefined)[] = [];
    for (let i = 0; i <= limits.repliesPerHour; i++) answers.push(await bring({ ...mail, text: `fine ${i}` }));
    expect(answers.slice(0, -1).every((code) => code === 250)).toBe(true);
    expect(answers.at(-1)).toBe(452);
    stage.hub.clock.advance(hour);
    expect(await bring(mail)).toBe(250);
    await settle();
    for (const who of [stage.finder, stage.desk]) await chooses(who, {});
  });

  test('to one address so many mails come an hour, even those that are dropped; another has its own hour', async () => {
    const { take } = mailIn(stage.hub.doors);
    const away = { sender: '', from: undefined, messageId: 'm', automatic: 'a program wrote it', text: '', files: [], report: [] };
    const [one, other] = [await replyTo(maintainer!), await replyTo(stage.finder)];
    const codes: (string | undefined)[] = [];
    for (let i = 0; i <= limits.mailsPerAddressHour; i++) codes.push((await take({ ...away, to: one }))?.code);
    expect([codes.slice(0, -1).every((code) => code === undefined), codes.at(-1)]).toEqual([true, 'too_many']);
    expect(await take({ ...away, to: other })).toBeUndefined();
    stage.hub.clock.advance(hour);
    expect(await take({ ...away, to: one })).toBeUndefined();
  });

  test('a report that a mail came back marks the address; one that says nothing does not', async () => {
    await write(stage.desk, 'CANARY', { withId: stager!.id });
    await settle();
    const bounce = server.taken.find((m) => m.to === emailOf(stager!))!.from;
    expect(bounce).toMatch(/^b-.*@mail\.hub\.example$/);
    const dsn = (action: string, status: string) =>
      [
        ...['Content-Type: multipart/report; report-type=delivery-status; boundary=b', '', '--b', '', 'Sorry.', '--b'],
        ...[
          'Content-Type: message/delivery-status',
          '',
          'Reporting-MTA: dns; mx',
          '',
          `Action: ${action}`,
          `Status: ${status}`,
          '--b--',
          '',
        ],
      ].join('\r\n');
    const report = (raw: string) =>
      createTransport({ host: '127.0.0.1', port: receiver.port, lmtp: true, ignoreTLS: true }).sendMail({
        envelope: { from: '', to: bounce },
        raw,
      });
    const state = () => stage.hub.do(stager!, choices, {});
    await report(dsn('delayed', '4.4.1'));
    await report('Subject: undeliverable\r\n\r\nyour mail was not delivered');
    expect(await state()).toMatchObject({ addressFailsSince: null });
    await report(dsn('failed', '5.1.1'));
    expect(await state()).toMatchObject({ addressFailsSince: stage.hub.clock.now() });
    expect(await failed()).toMatchObject([{ email: emailOf(stager!), because: 'came back: 5.1.1' }]);
    // Said again and again, of the mail or of the address, it is told nobody again.
    await settle();
    const heard = await told(stage.desk);
    for (const status of ['5.1.1', '4.0.0']) await report(dsn('failed', status));
    await report(dsn('delayed', '4.4.1'));
    await settle();
    expect(await told(stage.desk)).toEqual(heard);
    expect(await failed()).toMatchObject([{ because: 'came back: 5.1.1' }]);
    await stage.hub.do(stage.desk, retryMail, { id: (await failed())[0]!.id });
  });
});

describe('encrypted to a key of the recipient\u2019s own', () => {
  test('with OpenPGP it tells what it is about, opens with GnuPG, and its subject stays as it was', async () => {
    const home = mkdtempSync(join(tmpdir(), 'bw-gpg-'));
    const gpg = (args: string[], input?: string) => {
      const ran = spawnSync('gpg', ['--homedir', home, '--batch', '--quiet', '--passphrase', '', '--pinentry-mode', 'loopback', ...args], {
        input,
      });
      return ran.stdout.toString();
    };
    gpg(['--quick-gen-key', 'Ada <ada@example.org>', 'future-default', 'default', 'never']);
    const publicKey = gpg(['--armor', '--export', 'ada@example.org']);
    await chooses(maintainer!, { protection: 'openpgp', publicKey });
    await write(stage.desk, 'CANARY-SECRET Grüße');
    await settle();
    const [mail] = to(maintainer!);
    expect(mail!.raw).not.toMatch(canaries);
    expect(mail!.raw).toMatch(/^Content-Type: multipart\/encrypted; protocol="application\/pgp-encrypted"/im);
    const armored = /-----BEGIN PGP MESSAGE-----[\s\S]*-----END PGP MESSAGE-----/.exec(mail!.raw)![0];
    const inner = gpg(['--decrypt'], armored);
    expect(await textOf(inner)).toMatch(/CANARY-SECRET Grüße[\u2060-\u2063]{8}/);
    const secret = gpg(['--armor', '--export-secret-keys', 'ada@example.org']);
    expect(await stage.hub.try(maintainer!, choose, { ...usual, protection: 'openpgp', publicKey: secret })).toMatchObject({
      code: 'malformed',
    });
    expect(await stage.hub.try(maintainer!, choose, { ...usual, protection: 'openpgp', publicKey: 'nonsense' })).toMatchObject({
      code: 'malformed',
    });
    rmSync(home, { recursive: true, force: true });
  });

  test('with age it opens with the identity', async () => {
    const { armor, Decrypter, generateX25519Identity, identityToRecipient } = await import('age-encryption');
    const identity = await generateX25519Identity();
    await chooses(maintainer!, { protection: 'age', publicKey: await identityToRecipient(identity) });
    await write(stage.desk, 'CANARY-AGE');
    await settle();
    const [mail] = to(maintainer!);
    expect(mail!.raw).not.toMatch(canaries);
    const read = (await readMail({ to: 'a@b', sender: 'c@d' }, Buffer.from(mail!.raw))) as unknown as {
      files: { filename: string; bytes: Uint8Array }[];
    };
    const decrypter = new Decrypter();
    decrypter.addIdentity(identity);
    const opened = await decrypter.decrypt(armor.decode(Buffer.from(read.files[0]!.bytes).toString()), 'text');
    expect(opened).toContain('CANARY-AGE');
    await chooses(maintainer!, {});
  });
});

test('a webhook of cases is one person\u2019s own: signed, links only, in order, and not told twice', async () => {
  const hook = await openHook();
  const { id, secret } = await stage.hub.do<{ id: string; secret: string }>(maintainer!, webhooks.add, { url: hook.url, about: 'cases' });
  for (const text of ['CANARY-w1', 'CANARY-w2']) await write(stage.desk, text);
  await settle();
  await settle();
  const bodies = hook.received.map((r) => JSON.parse(r.body) as { type: string; data: { seq: number; case: string; link: string } });
  expect(bodies).toHaveLength(2);
  expect(bodies[0]).toMatchObject({
    type: 'case.notice',
    data: { case: stage.caseId, link: `http://localhost/cases/${stage.caseId}` },
  });
  expect(bodies[1]!.data.seq).toBe(bodies[0]!.data.seq + 1);
  for (const { headers, body } of hook.received) {
    expect(JSON.stringify(headers) + body).not.toMatch(canaries);
    expect(body).not.toMatch(/North Lab|Upstream|Hospital/);
    const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
    const mac = createHmac('sha256', Buffer.from(secret.slice('whsec_'.length), 'base64'))
      .update(signed)
      .digest('base64');
    expect(headers['webhook-signature']).toBe(`v1,${mac}`);
  }
  const { id: colleagueId } = await stage.hub.do<{ id: string }>(stage.desk, invite, {
    ...{ orgId: maintainer!.orgId, name: 'Colleague', email: 'colleague@example.org' },
  });
  const colleague = await stage.hub.again({ ...maintainer!, id: colleagueId });
  expect((await stage.hub.do<{ items: object[] }>(colleague, webhooks.list, {})).items).toEqual([]);
  for (const verb of [webhooks.end, webhooks.rotate, webhooks.redeliver])
    expect(await stage.hub.try(colleague, verb, { id })).toMatchObject({ code: 'not_found', because: 'no such thing' });
  const paused = (at: Instant | null) =>
    stage.hub.doors.db.transaction(house.reads, (tx) => pauseGrants(tx, stage.caseId, maintainer!.orgId!, at));
  await paused(stage.hub.clock.now());
  await stage.hub.do(maintainer!, webhooks.redeliver, { id, after: bodies[0]!.data.seq - 1 });
  await settle();
  const later = hook.received.splice(2).map((r) => (JSON.parse(r.body) as { data: { kind: string; case: string | null } }).data);
  expect(later.map((data) => [data.kind, data.case])).toEqual([
    ['withheld', null],
    ['withheld', null],
  ]);
  expect(JSON.stringify(later)).not.toContain(stage.caseId);
  await paused(null);
  const suspended = (at: Instant | null) => stage.hub.doors.db.transaction(house.reads, (tx) => suspendPerson(tx, maintainer!.id, at));
  await suspended(stage.hub.clock.now());
  await write(stage.desk, 'CANARY-w3');
  await settle();
  await stage.hub.do(stage.desk, webhooks.redeliver, { id, after: 0 });
  await settle();
  expect(hook.received).toHaveLength(2);
  expect((await stage.hub.do<{ items: object[] }>(stage.desk, webhooks.list, {})).items).toMatchObject([{ state: 'ended' }]);
  await suspended(null);
  await hook.close();
});

test('a duty is told to who is offered it, a delegation to whom it is given, by name; a CVE id to those who read the case', async () => {
  const other = await stage.hub.join('Other Desk', 'coordinator');
  const points = async (who: Actor) => (await told(who)).map((n) => n.point);
  await stage.hub.do(stage.desk, addCoordinator, { id: stage.caseId, orgId: other.orgId });
  await stage.hub.do(stage.desk, offerDuty, { id: stage.caseId, duty: 'publication', orgId: other.orgId });
  await settle();
  expect((await points(other)).slice(0, 2)).toEqual(['duty-offered', 'coordinator-added']);
  await stage.hub.do(other, answerDuty, { id: stage.caseId, duty: 'publication', answer: 'decline' });
  const expiresAt = plusMs(stage.hub.clock.now(), 7 * day);
  const given = { delegateId: maintainer!.id, orgIds: [maintainer!.orgId], fromTier: 2, people: 1, expiresAt, because: 'CANARY-WHY' };
  const { id: delegationId } = await stage.hub.do<{ id: string }>(stage.desk, delegate, { id: stage.caseId, ...given });
  await settle();
  expect((await points(stage.desk))[0]).toBe('duty-declined');
  expect(await told(maintainer!)).toMatchObject([{ point: 'delegated', deadlineAt: expiresAt }, ...(await told(maintainer!)).slice(1)]);
  await stage.hub.do(stage.desk, revokeDelegation, { id: stage.caseId, delegationId });
  const recorded = { id: stage.caseId, cveId: 'CVE-2026-12345', by: 'CANARY-CNA' };
  await stage.hub.do(stage.desk, recordForeign, recorded);
  await settle();
  expect((await points(maintainer!)).slice(0, 2)).toEqual(['cve-recorded', 'delegation-revoked']);
  expect(await points(stager!)).not.toContain('cve-recorded');
  expect(await points(other)).not.toContain('delegated');
});

test('a finder who will publish goes through the night of the desk', async () => {
  await chooses(stage.desk, { quiet: { from: '22:00', to: '07:00' }, pace: 'daily' });
  turnTo('23:00');
  const publishesAt = plusMs(stage.hub.clock.now(), day);
  const said = { id: stage.caseId, because: 'CANARY-WHY', intent: 'will-publish', publishesAt };
  await stage.hub.do(stage.finder, withdraw, said);
  await settle();
  expect((await told(stage.desk))[0]).toMatchObject({ point: 'finder-will-publish', deadlineAt: publishesAt });
  expect(to(stage.desk)).toHaveLength(1);
  expect(to(stage.desk)[0]!.raw.replace(/\r\n[ \t]+/g, ' ')).toMatch(/^Subject: .*urgent/m);
});

test('no mail that was ever sent here, no header and no address of one, holds a word of what is secret', async () => {
  const all = [...everything, ...server.taken.map((m) => m.raw)];
  expect(all.length).toBeGreaterThan(40);
  for (const raw of all) expect(raw).not.toMatch(canaries);
  // Each is taken apart in a thread of its own, which takes as long to begin as the mail to read.
  await atOnce(all, 4, async (raw) => expect(await textOf(raw)).not.toMatch(canaries));
  // Who is spoken of is not named either.
  expect(all.join('\n')).not.toMatch(/North Lab|Upstream|Hospital/);
}, 120_000);
