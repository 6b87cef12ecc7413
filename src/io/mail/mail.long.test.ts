import { connect } from 'node:net';
import { createTransport } from 'nodemailer';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { openMailServer, relayTo } from '../../../test/equipment/mail-server.ts';
import type { IncomingMail, OutgoingMail } from '../../base/doors.ts';
import type { Instant } from '../../base/instant.ts';
import { limits } from '../../base/limits.ts';
import { insist, type Refusal, refuse } from '../../base/refusal.ts';
import { textOfHtml } from './html.ts';
import { readBounds, readMail } from './read.ts';
import { openReceiver } from './receive.ts';
import { type MailBounds, mailBounds, relayMail } from './send.ts';

let server: Awaited<ReturnType<typeof openMailServer>>;
let receiver: Awaited<ReturnType<typeof openReceiver>>;
const came: IncomingMail[] = [];
const faults: unknown[] = [];
let answer: (mail: IncomingMail) => Refusal | undefined = () => undefined;
beforeAll(async () => {
  server = await openMailServer();
  receiver = await openReceiver({
    ...{ protocol: 'smtp', host: '127.0.0.1', port: 0, name: 'mail.hub.example' },
    knows: (address) => address.startsWith('r-'),
    async take(mail) {
      const refusal = answer(mail);
      if (!refusal) came.push(mail);
      return refusal;
    },
    log: (_, error) => void faults.push(error),
  });
});
afterAll(async () => {
  await server.close();
  await receiver.close();
});
beforeEach(() => {
  server.taken.length = came.length = 0;
  server.answerWith(() => 'take');
  answer = () => undefined;
});

const one: OutgoingMail = {
  ...{ messageId: 'a.1@hub.example', at: '2026-11-21T09:00:00.000Z' as Instant, to: 'ada@example.org' },
  ...{ replyTo: 'r-1@mail.hub.example', bounceTo: 'b-1@mail.hub.example', subject: 'Case cas_1: news', headers: {} },
  body: { kind: 'plain', text: 'Überraschung\n.\n.. a line\n' },
};
const send = (over: Partial<OutgoingMail> = {}) => relayMail(relayTo(server.port)).send({ ...one, ...over });

test('a mail goes out whole, says that no person wrote it, and is told again under the same id', async () => {
  expect(await send()).toMatchObject({ outcome: 'taken', status: 250 });
  await send();
  const [first, second] = server.taken;
  expect(first).toMatchObject({ from: 'b-1@mail.hub.example', to: 'ada@example.org' });
  for (const { raw } of [first!, second!]) {
    expect(raw).toMatch(/^Message-I[Dd]: <a\.1@hub\.example>/m);
    expect(raw).toMatch(/^Date: Sat, 21 Nov 2026 09:00:00 \+0000/m);
    expect(raw).toMatch(/^Auto-Submitted: auto-generated/m);
    expect(raw).toMatch(/^Reply-To: r-1@mail\.hub\.example/m);
  }
  const read = insist(await readMail({ to: 'x@y', sender: '' }, Buffer.from(first!.raw)));
  expect(read.text.replaceAll('\r\n', '\n').trim()).toBe('Überraschung\n.\n.. a line');
  expect(read.automatic).toBe('auto-submitted: auto-generated');
});

test('a header that is none is no way to write another', async () => {
  await send({ subject: 'a\r\nBcc: eve@example.org', headers: { 'x-more': 'b\r\nX-Other: c' } });
  expect(server.taken[0]!.raw).not.toMatch(/^(bcc|x-other):/im);
});

test.each([
  [451, '4.3.0 later', 'later'],
  [550, '5.1.1 no such person', 'refused'],
])('%d %s is %s, from the recipient or the mail', async (code, text, outcome) => {
  server.answerWith(() => ({ code, text }));
  expect(await send()).toMatchObject({ outcome, status: code, enhanced: text.slice(0, 5) });
  server.answerWith(
    () => 'take',
    () => ({ code, text }),
  );
  expect(await send()).toMatchObject({ outcome, status: code, enhanced: text.slice(0, 5) });
});

test('whoever hangs up after the last byte may have taken it; whoever is not there has not', async () => {
  server.answerWith(() => 'hang up');
  expect(await send()).toMatchObject({ outcome: 'unknown', status: null });
  expect(await relayMail(relayTo(1)).send(one)).toMatchObject({ outcome: 'later', because: /ECONNREFUSED/ });
  // A relay without TLS, elsewhere than here, gets nothing.
  expect(await relayMail({ ...relayTo(server.port), plain: false }).send(one)).toMatchObject({ outcome: 'later' });
  expect(server.taken).toHaveLength(1);
});

test('a relay that says nothing is not waited for', async () => {
  expect(mailBounds).toEqual({ atOnce: limits.mailsAtOnce, idleMs: limits.mailIdleMs, wholeMs: limits.mailMs });
  server.answerWith(() => 'wait');
  const ask = (bounds: MailBounds) => relayMail(relayTo(server.port), bounds).send(one);
  expect(await ask({ ...mailBounds, idleMs: 500 })).toMatchObject({ outcome: 'unknown' });
  expect(await ask({ ...mailBounds, wholeMs: 300 })).toMatchObject({ status: null, because: /^no answer/ });
});

test('so many bring mail at once, and whoever says nothing is shown out', async () => {
  const options = { protocol: 'lmtp', host: '127.0.0.1', port: 0, name: 'h', knows: () => true, take: async () => undefined } as const;
  const small = await openReceiver({ ...options, log: () => {} }, { ...mailBounds, atOnce: 1, idleMs: 200 });
  const said = () =>
    new Promise<string>((ended) => {
      let text = '';
      const socket = connect(small.port, '127.0.0.1');
      socket.on('data', (part) => (text += part.toString()));
      socket.on('close', () => ended(text));
    });
  const answers = await Promise.all([said(), said()]);
  expect(answers.map((text) => /421/.test(text) && /^(220|421)/.exec(text)?.[0]).sort()).toEqual(['220', '421']);
  await small.close();
});

const bring = (mail: object, to = 'r-1@mail.hub.example', from = 'ada@example.org') =>
  createTransport({ host: '127.0.0.1', port: receiver.port, ignoreTLS: true }).sendMail({ envelope: { from, to }, from, ...mail });

test('a mail that comes in is read: its text, its files, who says to have written it', async () => {
  const attachments = [{ filename: 'fix.patch', content: '--- a\n+++ b\n' }];
  await bring({ to: 'r-1@mail.hub.example', subject: 's', text: 'Grüße\n', attachments, messageId: '<m1@example.org>' });
  expect(came).toMatchObject([
    { to: 'r-1@mail.hub.example', from: 'ada@example.org', messageId: '<m1@example.org>', automatic: undefined },
  ]);
  expect(came[0]!.text.trim()).toBe('Grüße');
  expect(came[0]!.files.map((f) => [f.filename, Buffer.from(f.bytes).toString()])).toEqual([['fix.patch', '--- a\n+++ b\n']]);
});

test('what is not known is refused before a byte of it comes; each refusal has its code; one recipient at a time', async () => {
  await expect(bring({ text: 'x' }, 'somebody@mail.hub.example')).rejects.toMatchObject({ responseCode: 550, command: 'RCPT TO' });
  for (const [code, reply] of [
    ['untrusted', 550],
    ['too_many', 452],
    ['unavailable', 451],
  ] as const) {
    answer = () => refuse(code, 'no');
    await expect(bring({ text: 'x' })).rejects.toMatchObject({ responseCode: reply });
  }
  answer = () => {
    throw new Error('the database is gone');
  };
  await expect(bring({ text: 'x' })).rejects.toMatchObject({ responseCode: 451 });
  expect(faults).toHaveLength(1);
  answer = () => undefined;
  const to = ['r-1@mail.hub.example', 'r-2@mail.hub.example'] as unknown as string;
  expect((await bring({ text: 'x' }, to)).rejected).toEqual(['r-2@mail.hub.example']);
});

const raw = (...lines: string[]) => Buffer.from(lines.join('\r\n'));
const read = (bytes: Uint8Array, sender = 'a@example.org') => readMail({ to: 'r-1@h', sender }, bytes);

test('so many bytes, parts, levels, headers and no more', async () => {
  const padded = (n: number) => Buffer.concat([raw('Content-Type: application/octet-stream', '', ''), Buffer.alloc(n, 'a')]);
  const head = padded(0).length;
  expect(await read(padded(limits.mailBytes - head))).not.toHaveProperty('refused');
  expect(await read(padded(limits.mailBytes - head + 1))).toMatchObject({ code: 'too_large' });
  const text = (n: number) => raw('Content-Type: text/plain', '', 'a'.repeat(n));
  expect(await read(text(limits.mailTextBytes))).not.toHaveProperty('refused');
  expect(await read(text(limits.mailTextBytes + 1))).toMatchObject({ code: 'too_large' });
  const parts = (n: number) => raw('Content-Type: multipart/mixed; boundary=b', '', ...Array.from({ length: n }, () => '--b'), '');
  expect(await read(parts(limits.mailParts))).not.toHaveProperty('refused');
  expect(await read(parts(limits.mailParts + 1))).toMatchObject({ code: 'malformed' });
  const lines = (n: number) => Buffer.concat([raw('Content-Type: application/octet-stream', '', ''), Buffer.alloc(n - 3, '\n')]);
  expect(await read(lines(limits.mailLines))).not.toHaveProperty('refused');
  expect(await read(lines(limits.mailLines + 1))).toMatchObject({ code: 'malformed' });
  const nested = (n: number) =>
    raw(...Array.from({ length: n }, (_, i) => [`Content-Type: multipart/mixed; boundary=b${i}`, '', `--b${i}`]).flat(), '', 'x');
  expect(await read(nested(limits.mailDepth))).not.toHaveProperty('refused');
  expect(await read(nested(limits.mailDepth + 1))).toMatchObject({ code: 'malformed' });
  const headers = (n: number) => raw(`X-A: ${'a'.repeat(n - 'X-A: '.length)}`, '', 'x');
  expect(await read(headers(limits.mailHeaderBytes - 2))).not.toHaveProperty('refused');
  expect(await read(headers(limits.mailHeaderBytes + 1))).toMatchObject({ code: 'malformed' });
  const hops = (n: number) => raw(...Array.from({ length: n }, () => 'Received: by a'), '', 'x');
  expect(insist(await read(hops(limits.mailHops))).automatic).toBeUndefined();
  expect(insist(await read(hops(limits.mailHops + 1))).automatic).toBe('it goes in circles');
});

const mixed = (html: string) =>
  raw('Content-Type: multipart/mixed; boundary=b', '', '--b', '', 'Yes', '--b', 'Content-Type: text/html', '', html, '--b--', '');

test('a mail that is made to be read slowly is read elsewhere, and the hub goes on', async () => {
  expect(readBounds).toEqual({ readMs: limits.mailReadMs, heapMb: limits.mailHeapMb });
  let ticks = 0;
  const ticking = setInterval(() => ticks++, 1);
  // Plain text beside HTML: made into text by the parser, this would take hours.
  expect(insist(await read(mixed('<a href="'.repeat(1_000_000)))).text).toBe('Yes');
  clearInterval(ticking);
  expect(ticks).toBeGreaterThan(10);
  // The thread does not even start within a millisecond, nor with so little memory.
  expect(await readMail({ to: 'a@b', sender: '' }, mixed('x'), { ...readBounds, readMs: 1 })).toMatchObject({ because: /within 1 ms/ });
  const lines = Buffer.alloc(limits.mailLines - 1, 'a\n\n');
  const starved = readMail({ to: 'a@b', sender: '' }, Buffer.concat([raw('', ''), lines]), { ...readBounds, heapMb: 12 });
  expect(await starved).toMatchObject({ because: /cannot be read/ });
});

test.each([
  ['Auto-Submitted: auto-replied', 'a@b'],
  ['Auto-Submitted: auto-generated; owner-email="x"', 'a@b'],
  ['Precedence: bulk', 'a@b'],
  ['List-Id: <l.example.org>', 'a@b'],
  ['X-Auto-Response-Suppress: All', 'a@b'],
  ['Subject: Undelivered', ''],
  ['Subject: hello', 'MAILER-DAEMON@example.org'],
])('%s, from <%s>: no person wrote it', async (header, sender) => {
  expect(insist(await read(raw(header, '', 'x'), sender)).automatic).toBeDefined();
});

test('a person may have written the rest', async () => {
  for (const header of ['Auto-Submitted: no', 'Precedence: first-class', 'Subject: I am away from the bug'])
    expect(insist(await read(raw(header, '', 'x'))).automatic).toBeUndefined();
});

test('who wrote it is one mailbox in one header, or nobody', async () => {
  const from = async (...headers: string[]) => insist(await read(raw(...headers, '', 'x'))).from;
  expect(await from('From: "eve@example.org" <Ada@Example.org>')).toBe('ada@example.org');
  expect(await from('From: a@example.org', 'From: b@example.org')).toBeUndefined();
  expect(await from('From: a@example.org, b@example.org')).toBeUndefined();
  expect(await from('From: team: a@example.org, b@example.org;')).toBeUndefined();
  expect(await from('Subject: x')).toBeUndefined();
});

test('a report of delivery is read field by field; a mail that only speaks of one is none', async () => {
  const report = (...fields: string[]) =>
    raw(
      ...['Content-Type: multipart/report; report-type=delivery-status; boundary=b', '', '--b', '', 'Sorry.', '--b'],
      ...['Content-Type: message/delivery-status', '', 'Reporting-MTA: dns; mx.example.org', '', ...fields, '', '--b--'],
    );
  const bounced = insist(
    await read(
      report(
        'Final-Recipient: rfc822; ada@example.org',
        'Action: failed',
        'Status: 5.1.1 (gone)',
        'Diagnostic-Code: smtp; 550',
        ' no such person',
      ),
      '',
    ),
  );
  expect(bounced.report).toEqual([{ action: 'failed', status: '5.1.1', diagnostic: 'smtp; 550 no such person' }]);
  expect(insist(await read(report('Action: exploded', 'Status: 5.1.1'))).report).toEqual([]);
  expect(insist(await read(raw('', 'Action: failed', 'Status: 5.1.1'))).report).toEqual([]);
});

test('HTML is read as its words, quotes marked, nothing of it kept', () => {
  const html =
    '<html><head><title>t</title><style>p{}</style></head><body><p>Yes &amp; no&#33;<br>more</p><!-- c --><script>alert("<p>")</script>' +
    '<blockquote type="cite"><div>On Monday</div><p title="a>b">old</p></blockquote><img src=x onerror="y">end</body>';
  expect(textOfHtml(html)).toBe('Yes & no!\nmore\n\n> On Monday\n> old\n\nend');
  expect(textOfHtml('a < b and <unclosed')).toBe('a');
  expect(textOfHtml('&#0; &#xd800; &#x110000; &nope; &lt;b&gt;')).toBe('\ufffd \ufffd \ufffd &nope; <b>');
});

test('an HTML-only mail has text', async () => {
  expect(insist(await read(raw('Content-Type: text/html', '', '<p>Fixed in 2.1</p>'))).text).toBe('Fixed in 2.1');
});
