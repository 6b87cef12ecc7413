import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { flow } from '../../src/app/flow.ts';
import { day, epochMs, hour, type Instant, minute } from '../../src/base/instant.ts';
import { limits } from '../../src/base/limits.ts';
import * as webhooks from '../../src/clearinghouse/releases/webhooks/actions.ts';
import { afterRound, type Webhook } from '../../src/clearinghouse/releases/webhooks/webhook.ts';
import { guardedNet } from '../../src/io/net/http.ts';
import type { Actor } from '../../src/trust/access.ts';
import { openCase, publishCase } from '../case.ts';
import { openReceiver } from '../equipment/receiver.ts';
import { openHub, type TestHub } from '../hub.ts';

interface Out {
  readonly id: string;
  readonly secret: string;
  readonly state: string;
  readonly toldSeq: number;
  readonly failures: number;
  readonly because: string | null;
  readonly lastStatus: number | null;
  readonly nextAt: Instant | null;
}

let hub: TestHub;
let receiver: Awaited<ReturnType<typeof openReceiver>>;
let [desk, second, finder, member, other]: Actor[] = [];
let published = 0;
beforeAll(async () => {
  hub = await openHub({ net: guardedNet({ own: ['127.0.0.1'] }) });
  desk = await hub.join('House', 'coordinator');
  second = await hub.join('House two', 'coordinator');
  finder = await hub.join('Lab', 'finder');
  member = await hub.join('Hospital', 'operator');
  other = await hub.join('Bank', 'operator');
  receiver = await openReceiver();
});
afterAll(async () => {
  await receiver.close();
  await hub.close();
});
beforeEach(() => {
  receiver.received.length = 0;
  receiver.setAnswer((response) => void response.writeHead(204).end());
});

const publish = async () => {
  const purl = `pkg:npm/thing-${++published}`;
  const of = await openCase(hub, purl, [finder!]);
  return publishCase(hub, of, [desk!, second!], [{ fixed: '1.0.1' }]);
};
const add = (input: object = {}) => hub.do<Out>(member!, webhooks.add, { url: receiver.url, ...input });
const now = async (id: string) => (await hub.do<{ items: Out[] }>(member!, webhooks.list, {})).items.find((w) => w.id === id)!;
const end = (id: string) => hub.do(member!, webhooks.end, { id });

/** As a receiver checks it that was written from the standard alone. */
function isSignedBy(secret: string, { headers, body }: (typeof receiver.received)[number]): boolean {
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
  const wanted = createHmac('sha256', key).update(`${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`).digest('base64');
  return headers['webhook-signature']!.split(' ').includes(`v1,${wanted}`);
}

test('who registers is told of what comes after, signed, with ids and links and no word of content', async () => {
  const { id, secret } = await add();
  const releaseId = await publish();
  await hub.settle(flow);
  expect(receiver.received).toHaveLength(1);
  const [one] = receiver.received;
  expect(isSignedBy(secret, one!)).toBe(true);
  expect(isSignedBy(secret, { ...one!, body: one!.body.replace('1', '2') })).toBe(false);
  expect(Buffer.from(secret.slice(6), 'base64')).toHaveLength(32);
  expect(Math.abs(Number(one!.headers['webhook-timestamp']) - epochMs(hub.clock.now()) / 1000)).toBeLessThan(60);
  const message = JSON.parse(one!.body);
  expect(message).toMatchObject({ type: 'release.published', data: { seq: 1, release: releaseId, version: 1 } });
  expect(message.data.links[0]).toMatch(/^https:\/\/test\.example\/public\/csaf\//);
  expect(one!.body).not.toMatch(/flaw|thing-1"|crafted/);
  expect(await now(id)).toMatchObject({ state: 'active', toldSeq: 1, failures: 0, lastStatus: 204 });
  await hub.settle(flow);
  expect(receiver.received).toHaveLength(1);
  await end(id);
});

test('a receiver that fails is asked again, later and later, with the same id; then it is parked where its owner sees it', async () => {
  receiver.setAnswer((response) => void response.writeHead(500).end());
  const { id, secret } = await add();
  await publish();
  const pausesMs: number[] = [];
  for (let i = 0; i < limits.webhookTries; i++) {
    await hub.settle(flow);
    expect(receiver.received).toHaveLength(i + 1);
    const { nextAt } = await now(id);
    if (nextAt === null) break;
    const pauseMs = epochMs(nextAt) - epochMs(hub.clock.now());
    pausesMs.push(pauseMs);
    hub.clock.advance(pauseMs - 1);
    await hub.settle(flow);
    expect(receiver.received).toHaveLength(i + 1);
    hub.clock.advance(1);
  }
  expect(pausesMs).toHaveLength(limits.webhookTries - 1);
  expect(pausesMs.every((p, i) => i === 0 || p > pausesMs[i - 1]! || p >= 20 * hour)).toBe(true);
  expect(new Set(receiver.received.map((r) => r.headers['webhook-id'])).size).toBe(1);
  expect(new Set(receiver.received.map((r) => r.headers['webhook-timestamp'])).size).toBe(limits.webhookTries);
  expect(receiver.received.every((r) => isSignedBy(secret, r))).toBe(true);
  expect(await now(id)).toMatchObject({ state: 'parked', failures: limits.webhookTries, because: 'answered 500', nextAt: null });
  hub.clock.advance(30 * day);
  await publish();
  await hub.settle(flow);
  expect(receiver.received).toHaveLength(limits.webhookTries);

  // A month later it is asked for again: everything it missed, in order, in one round.
  receiver.setAnswer((response) => void response.writeHead(200).end('ok'));
  receiver.received.length = 0;
  await hub.do(member!, webhooks.redeliver, { id });
  await hub.settle(flow);
  expect(receiver.received.map((r) => JSON.parse(r.body).data.seq)).toEqual([2, 3]);
  await hub.do(member!, webhooks.redeliver, { id, after: 0 });
  await hub.settle(flow);
  expect(receiver.received.map((r) => JSON.parse(r.body).data.seq)).toEqual([2, 3, 1, 2, 3]);
  await end(id);
});

test('what a receiver took is not told again because of what it did not take', async () => {
  receiver.setAnswer(
    (response, { body }) => void response.writeHead(JSON.parse(body).data.seq === 2 ? 503 : 200, { 'retry-after': '3600' }).end(),
  );
  const { id } = await add({ after: 0 });
  await hub.settle(flow);
  expect(receiver.received.map((r) => JSON.parse(r.body).data.seq)).toEqual([1, 2]);
  const { toldSeq, failures, nextAt } = await now(id);
  expect([toldSeq, failures]).toEqual([1, 1]);
  expect(epochMs(nextAt!) - epochMs(hub.clock.now())).toBe(hour);
  await end(id);
});

test('a redirect is not followed, a 410 ends it, silence and too many words are failures', async () => {
  receiver.setAnswer((response) => void response.writeHead(302, { location: receiver.url }).end());
  const moved = await add({ after: 2 });
  await hub.settle(flow);
  expect(await now(moved.id)).toMatchObject({ state: 'active', failures: 1, lastStatus: 302 });
  expect(receiver.received).toHaveLength(1);
  await end(moved.id);

  receiver.setAnswer((response) => void response.writeHead(410).end());
  const gone = await add({ after: 2 });
  await hub.settle(flow);
  expect(await now(gone.id)).toMatchObject({ state: 'ended', lastStatus: 410 });
  expect(await hub.try(member!, webhooks.redeliver, { id: gone.id })).toMatchObject({ code: 'wrong_state' });

  receiver.setAnswer((response) => void response.end('x'.repeat(limits.webhookAnswerBytes)));
  const wordy = await add({ after: 2 });
  await hub.settle(flow);
  expect(await now(wordy.id)).toMatchObject({ toldSeq: 3 });
  await end(wordy.id);
  receiver.setAnswer((response) => void response.end('x'.repeat(limits.webhookAnswerBytes + 1)));
  const endless = await add({ after: 2 });
  await hub.settle(flow);
  expect(await now(endless.id)).toMatchObject({ failures: 1, lastStatus: null });
  await end(endless.id);

  receiver.setAnswer((response) => response.destroy());
  const rude = await add({ after: 2 });
  await hub.settle(flow);
  expect(await now(rude.id)).toMatchObject({ failures: 1, because: /cannot be reached/ });
  await end(rude.id);
});

test('an address inside is parked at once, and never called', async () => {
  const inside = await add({ after: 2, url: 'https://10.0.0.1/' });
  await hub.settle(flow);
  expect(await now(inside.id)).toMatchObject({ state: 'parked', failures: 1, because: 'this hub does not call addresses of that kind' });
  await end(inside.id);
});

test('a changed secret: for a day both sign, then the new one alone', async () => {
  const { id, secret } = await add({ after: 2 });
  const rotated = await hub.do<Out>(member!, webhooks.rotate, { id });
  expect(rotated.secret).not.toBe(secret);
  await hub.settle(flow);
  expect([secret, rotated.secret].map((s) => isSignedBy(s, receiver.received[0]!))).toEqual([true, true]);
  hub.clock.advance(day);
  await hub.do(member!, webhooks.redeliver, { id, after: 2 });
  await hub.settle(flow);
  expect([secret, rotated.secret].map((s) => isSignedBy(s, receiver.received[1]!))).toEqual([false, true]);
  await end(id);
});

test('webhooks are an organisation\u2019s own; the clearinghouse sees them and does not see the secret', async () => {
  const { id } = await add();
  for (const verb of [webhooks.end, webhooks.rotate, webhooks.redeliver])
    expect(await hub.try(other!, verb, { id })).toMatchObject({ code: 'not_found' });
  const items = async (viewer: Actor) => (await hub.do<{ items: Out[] }>(viewer, webhooks.list, {})).items;
  expect(await items(other!)).toEqual([]);
  expect((await items(desk!)).find((w) => w.id === id)).not.toHaveProperty('secret');
  expect(await hub.try(desk!, webhooks.rotate, { id })).toMatchObject({ code: 'not_permitted' });
  await end(id);
});

test('so many an organisation, addresses of such a length, and no password in them', async () => {
  const made: string[] = [];
  for (let i = 0; i < limits.webhooksPerOrg; i++) made.push((await add()).id);
  expect(await hub.try(member!, webhooks.add, { url: receiver.url })).toMatchObject({ code: 'too_many' });
  await end(made.pop()!);
  const long = (chars: number) => `https://a.example/${'a'.repeat(chars - 'https://a.example/'.length)}`;
  made.push((await add({ url: long(limits.webhookUrlChars) })).id);
  for (const url of [long(limits.webhookUrlChars + 1), 'ftp://a.example/', 'https://u:p@a.example/', 'https://a.example/#x', 'x'])
    expect(await hub.try(other!, webhooks.add, { url })).toMatchObject({ code: 'malformed' });
  for (const id of made) await end(id);
});

test('a round tells so many entries, and waits so long', async () => {
  const round = (n: number) =>
    Array.from({ length: n }, (_, i) => ({ seq: i + 1, status: 200, because: null, isHopeless: false, retryAfterSeconds: null }));
  const conclude = (n: number) => webhooks.conclude.input.safeParse({ id: `whk_${'0'.repeat(26)}`, evidence: round(n) }).success;
  expect([conclude(limits.webhookBatch), conclude(limits.webhookBatch + 1)]).toEqual([true, false]);
  const asked: number[] = [];
  const post = async (_: string, { timeoutMs }: { timeoutMs: number }) => {
    asked.push(timeoutMs);
    return { status: 200, headers: {}, body: Buffer.of() };
  };
  const doors = { ...hub.doors, net: { post } };
  await webhooks.tellLabour.work({ url: receiver.url, secrets: [], messages: [{ seq: 1, id: 'a', body: '{}' }] }, doors);
  expect(asked).toEqual([limits.webhookMs]);
});

test('whoever asks to be left alone for a year is asked again tomorrow', () => {
  const of = { toldSeq: 0, failures: 0 } as Webhook;
  const told = { seq: 1, status: 429, because: null, isHopeless: false, retryAfterSeconds: 999_999_999 };
  const at = '2026-11-21T09:00:00.000Z' as Instant;
  expect(epochMs(afterRound(of, [told], at, 0).dueAt) - epochMs(at)).toBe(day);
  expect(epochMs(afterRound({ ...of, failures: 1 }, [{ ...told, retryAfterSeconds: null }], at, 0).dueAt) - epochMs(at)).toBe(5 * minute);
});
