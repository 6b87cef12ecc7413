import { request } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { admission, type Bounds, intakeBounds } from '../../src/app/admission.ts';
import { isSending, lastWords, readBody } from '../../src/app/body.ts';
import { tapRoutes } from '../../src/app/tap.ts';
import { limits } from '../../src/base/limits.ts';
import { submitTap } from '../../src/clearinghouse/findings/actions.ts';
import type { Actor } from '../../src/trust/access.ts';
import * as orgs from '../../src/trust/orgs/actions.ts';
import { openHub, type TestHub } from '../hub.ts';

// TAP v1 over real sockets: what happens before, instead of and after the reading of a body.

let hub: TestHub;
let lab: Actor;
let token: string;
const opened: FastifyInstance[] = [];
const report = JSON.stringify({ purl: 'pkg:npm/example-lib@1.0.1' });

async function serve(bounds: Partial<Bounds> = {}): Promise<number> {
  const app = Fastify();
  tapRoutes(app, hub.doors, () => {}, { ...intakeBounds, ...bounds });
  await app.listen({ port: 0, host: '127.0.0.1' });
  opened.push(app);
  return (app.server.address() as AddressInfo).port;
}
const tokenOf = async (who: Actor, scopes = ['findings.*']) =>
  (await hub.do<{ id: string; secret: string }>(who, orgs.issueToken, { holderId: who.id, scopes, days: limits.tokenDays })).secret;

let port: number;
beforeAll(async () => {
  hub = await openHub();
  lab = await hub.join('North Lab', 'finder');
  token = await tokenOf(lab);
  port = await serve();
});
afterAll(async () => {
  for (const app of opened) await app.close();
  await hub.close();
});

interface Answer {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: string;
}
/** What the server says on this socket: the whole answer, or nothing when it ends the connection first. */
function answerOn(socket: Socket): Promise<Answer> {
  return new Promise((resolve, reject) => {
    let said = '';
    const read = () => {
      const [head = '', body = ''] = said.split('\r\n\r\n');
      const [first = '', ...lines] = head.split('\r\n');
      const pairs = lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]);
      const headers = Object.fromEntries(pairs) as Record<string, string>;
      return { status: Number(first.split(' ')[1]), headers, body };
    };
    socket.on('data', (chunk) => {
      said += chunk.toString('latin1');
      const { headers, body } = read();
      if (Number(headers['content-length']) > body.length || !said.includes('\r\n\r\n')) return;
      resolve(read());
      socket.destroy();
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(read()));
  });
}
const head = (lines: readonly string[], to = 'POST /v1/reports') => `${to} HTTP/1.1\r\nHost: hub.example\r\n${lines.join('\r\n')}\r\n\r\n`;
const bearer = () => `Authorization: Bearer ${token}`;
const json = 'Content-Type: application/json';
/** Sends a head, and as much of a body as it is given; the connection stays open. */
async function say(lines: readonly string[], body: string | Buffer = '', to?: string, at = port): Promise<Answer> {
  const socket = connect(at, '127.0.0.1');
  const answer = answerOn(socket);
  socket.write(head(lines, to));
  if (body.length > 0) socket.write(body);
  return answer;
}
const kind = ({ status, body }: Answer) => [status, (JSON.parse(body) as { type: string }).type];

describe('before the body is read', () => {
  // The body is announced and never comes: whoever waits for it never answers.
  const announced = ['Content-Length: 1000000'];
  test.each([
    ['401 without a token', [json], 401],
    ['401 with an unknown one', [json, 'Authorization: Bearer x'], 401],
    ['401 with another scheme', [json, 'Authorization: Basic eA=='], 401],
    ['403 from another site', [json, 'Origin: https://elsewhere.example'], 403],
    ['403 as a browser tells it', [json, 'Sec-Fetch-Site: cross-site'], 403],
    ['403 from nowhere', [json, 'Origin: null'], 403],
  ])('%s', async (_, lines, status) => {
    const answer = await say([...lines, ...announced]);
    expect(kind(answer)).toEqual([status, 'about:blank']);
    expect([answer.headers['content-type'], answer.headers.connection]).toEqual(['application/problem+json', 'close']);
    expect(answer.headers['www-authenticate']).toBe(status === 401 ? 'Bearer' : undefined);
  });

  test('403 comes before the token is looked at, 401 before the content type, 415 before the body', async () => {
    expect((await say(['Origin: https://elsewhere.example', ...announced])).status).toBe(403);
    expect((await say(['Content-Type: text/plain', ...announced])).status).toBe(401);
    expect((await say([bearer(), 'Content-Type: text/plain', ...announced])).status).toBe(415);
    expect((await say([bearer(), ...announced])).status).toBe(415);
    expect((await say([bearer(), 'Content-Type: multipart/form-data; boundary=b', ...announced])).status).toBe(415);
    expect((await say([bearer(), 'Content-Type: multipart/mixed', ...announced])).status).toBe(400);
    expect((await say([bearer(), 'Content-Type: application/json; charset', ...announced])).status).toBe(400);
  });

  test('an Origin that is this host is not cross-origin', async () => {
    const answer = await say(
      [bearer(), json, 'Origin: https://hub.example', `Content-Length: ${report.length}`, 'Connection: close'],
      report,
    );
    expect(answer.status).toBe(202);
  });

  test('both headers: the same token, different ones, one header twice', async () => {
    const old = (secret: string) => `TAP-SUBMISSION-TOKEN: ${secret}`;
    const of = (...lines: string[]) => say([...lines, json, `Content-Length: ${report.length}`, 'Connection: close'], report);
    expect((await of(old(token))).status).toBe(202);
    expect((await of(bearer(), old(token))).status).toBe(202);
    expect(kind(await of(bearer(), old('x')))).toEqual([400, 'about:blank']);
    expect(kind(await of('Authorization: Basic eA==', old(token)))).toEqual([400, 'about:blank']);
    expect(kind(await of(bearer(), 'Authorization: Bearer x'))).toEqual([400, 'about:blank']);
    expect((await of(bearer(), bearer())).status).toBe(202);
  });

  test('unknown, expired, revoked, of a disabled member, too narrow: one answer', async () => {
    const [narrow, old] = [await tokenOf(lab, ['claims.*']), await tokenOf(lab)];
    const [house, gone] = [await hub.join('House', 'coordinator'), await hub.join('South Lab', 'finder')];
    const disabled = await tokenOf(gone);
    const toggle = (on: boolean) => hub.do(house, orgs.disable, { id: gone.orgId, disabled: on, because: 'a breach' });
    const sent = () => say([`Authorization: Bearer ${disabled}`, json, `Content-Length: ${report.length}`, 'Connection: close'], report);
    await toggle(true);
    await toggle(false);
    expect((await sent()).status).toBe(202);
    await toggle(true);
    expect(await hub.try(house, orgs.disable, { id: house.orgId, because: 'x' })).toMatchObject({ code: 'wrong_state' });
    expect(await hub.try(lab, orgs.disable, { id: gone.orgId, because: 'x' })).toMatchObject({ code: 'not_permitted' });
    const revoked = await hub.do<{ id: string; secret: string }>(lab, orgs.issueToken, { holderId: lab.id });
    await hub.do(lab, orgs.revokeToken, { id: revoked.id });
    const tokens = ['bw_tok_nobody', disabled, narrow, revoked.secret, 'x'.repeat(limits.secretChars), 'x'.repeat(limits.secretChars + 1)];
    const answers = await Promise.all(tokens.map((secret) => say([`Authorization: Bearer ${secret}`, json, ...announced])));
    expect(answers.map((a) => a.status)).toEqual(tokens.map(() => 401));
    hub.clock.advance(limits.tokenDays * 86_400_000);
    const expired = await say([`Authorization: Bearer ${old}`, json, ...announced]);
    token = await tokenOf(lab);
    expect(new Set([...answers, expired].map((a) => a.body)).size).toBe(1);
    expect(await hub.try(lab, orgs.issueToken, { holderId: lab.id, days: limits.tokenDays + 1 })).toMatchObject({ code: 'malformed' });
  });
});

describe('paths and methods', () => {
  test.each(['PUT', 'PATCH', 'DELETE', 'OPTIONS', 'GET', 'HEAD', 'PROPFIND', 'TRACE'])('405 for %s of reports', async (method) => {
    const answer = await say(['Connection: close'], '', `${method} /v1/reports`);
    expect([answer.status, answer.headers.allow]).toEqual([405, 'POST']);
  });
  test.each(['POST', 'PUT', 'DELETE', 'REPORT'])('405 for %s of a submission, whatever body follows', async (method) => {
    const answer = await say(['Content-Length: 1000000', 'Content-Type: text/plain'], '', `${method} /v1/submissions/SUB-x`);
    expect([answer.status, answer.headers.allow]).toEqual([405, 'GET, HEAD']);
  });
  test.each([
    'GET /v1/submissions/SUB-aaaaaaaaaaaaaaaaaa',
    'GET /v1/submissions/x',
    'GET /v1/submissions/',
    'POST /v1/report',
    'GET /v1/',
    'POST /v1/reports/',
  ])('404 for %s', async (to) => {
    expect(kind(await say(['Connection: close'], '', to))).toEqual([404, 'about:blank']);
  });
  test('a status is read by whoever holds the receipt, to the second', async () => {
    const sent = await say([bearer(), json, `Content-Length: ${report.length}`, 'Connection: close'], report);
    const { receipt } = JSON.parse(sent.body) as { receipt: string };
    const status = await say(['Connection: close'], '', `GET /v1/submissions/${receipt}`);
    expect([status.status, JSON.parse(status.body)]).toEqual([
      200,
      { receipt, status: 'queued', at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/) },
    ]);
  });
});

describe('the body', () => {
  const received = async () => {
    const { rows } = await (hub.doors.db as unknown as { pool: { query(text: string): Promise<{ rows: { n: number }[] }> } }).pool.query(
      'SELECT count(*)::int AS n FROM log_entries',
    );
    return rows[0]!.n;
  };

  test('408 when it does not arrive in time; nothing is stored', async () => {
    const [quick, before] = [await serve({ bodyMs: 200 }), await received()];
    const answer = await say([bearer(), json, `Content-Length: ${report.length}`], report.slice(0, -1), undefined, quick);
    expect([...kind(answer), answer.headers.connection]).toEqual([408, 'about:blank', 'close']);
    expect(await received()).toBe(before);
    // What trickles in is not in time either.
    const socket = connect(quick, '127.0.0.1');
    const trickled = answerOn(socket);
    socket.write(head([bearer(), json, 'Content-Length: 1000']));
    const drip = setInterval(() => socket.write(' '), 20);
    expect((await trickled).status).toBe(408);
    clearInterval(drip);
  });

  test('a body of the largest size is read, one byte more is not, announced or not', async () => {
    const padded = (n: number) => Buffer.from(report.padEnd(n));
    const of = (n: number) => say([bearer(), json, `Content-Length: ${n}`, 'Connection: close'], padded(n));
    expect((await of(limits.tapBodyBytes)).status).toBe(202);
    expect(kind(await of(limits.tapBodyBytes + 1))).toEqual([413, 'about:blank']);
    expect(kind(await say([bearer(), json, 'Content-Length: 1000000000000']))).toEqual([413, 'about:blank']);
    const chunked = (n: number) => {
      const body = Buffer.concat([Buffer.from(`${n.toString(16)}\r\n`), padded(n), Buffer.from('\r\n0\r\n\r\n')]);
      return say([bearer(), json, 'Transfer-Encoding: chunked', 'Connection: close'], body);
    };
    expect((await chunked(limits.tapBodyBytes)).status).toBe(202);
    expect(kind(await chunked(limits.tapBodyBytes + 1))).toEqual([413, 'about:blank']);
  });

  test('a client that sends a little too much before it listens still hears the answer', async () => {
    const answer = await new Promise<number>((resolve, reject) => {
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
      const client = request({ port, method: 'POST', path: '/v1/reports', headers }, (reply) => resolve(reply.statusCode!));
      client.on('error', reject);
      client.end(Buffer.alloc(limits.tapBodyBytes + 1_000_000, ' '));
    });
    expect(answer).toBe(413);
  });

  test('a gigabyte is cut at the limit, in flat memory', { timeout: 60_000 }, async () => {
    const before = process.memoryUsage().rss;
    const socket = connect(port, '127.0.0.1');
    const answer = answerOn(socket);
    socket.on('error', () => {});
    socket.write(head([bearer(), json, 'Transfer-Encoding: chunked']));
    const chunk = Buffer.concat([Buffer.from('100000\r\n'), Buffer.alloc(0x100000, ' '), Buffer.from('\r\n')]);
    let sent = 0;
    while (sent < 1024 && !socket.destroyed) {
      if (!socket.write(chunk))
        await Promise.race([new Promise((go) => socket.once('drain', go)), new Promise((go) => socket.once('close', go))]);
      sent++;
    }
    expect((await answer).status).toBe(413);
    expect(sent).toBeLessThan(limits.lingerBytes / 0x100000 + 64);
    expect(process.memoryUsage().rss - before).toBeLessThan(256 * 1024 * 1024);
  });

  test('a client that breaks off stores nothing and leaves its place', async () => {
    const [narrow, before] = [await serve({ atOnce: 1 }), await received()];
    const socket = connect(narrow, '127.0.0.1');
    socket.write(head([bearer(), json, 'Content-Length: 100']));
    await sleep(200);
    socket.destroy();
    await sleep(100);
    expect(await received()).toBe(before);
    const next = await say([bearer(), json, `Content-Length: ${report.length}`, 'Connection: close'], report, undefined, narrow);
    expect(next.status).toBe(202);
  });
});

describe('too many', () => {
  test('503 with Retry-After when all places are taken, before the body is read', async () => {
    const narrow = await serve({ atOnce: 2 });
    const held = [1, 2].map(() => connect(narrow, '127.0.0.1'));
    for (const socket of held) socket.write(head([bearer(), json, `Content-Length: ${report.length}`]));
    await sleep(200);
    const answer = await say([bearer(), json, 'Content-Length: 1000000'], '', undefined, narrow);
    expect([...kind(answer), answer.headers['retry-after']]).toEqual([503, 'about:blank', '1']);
    const first = answerOn(held[0]!);
    held[0]!.write(report);
    expect((await first).status).toBe(202);
    expect((await say([bearer(), json, `Content-Length: ${report.length}`, 'Connection: close'], report, undefined, narrow)).status).toBe(
      202,
    );
    held[1]!.destroy();
  });

  test('429 with Retry-After to the end of the hour; the count is shared between hubs and outlives them', async () => {
    const other = await tokenOf(lab);
    const [one, two] = [await serve({ perHour: 3 }), await serve({ perHour: 3 })];
    const ask = (at: number, secret = other) =>
      say([`Authorization: Bearer ${secret}`, json, 'Content-Length: 0', 'Connection: close'], '', undefined, at);
    expect([(await ask(one)).status, (await ask(two)).status, (await ask(one)).status]).toEqual([400, 400, 400]);
    const refused = await ask(two);
    expect(kind(refused)).toEqual([429, 'about:blank']);
    const seconds = Number(refused.headers['retry-after']);
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThanOrEqual(3600);
    expect((await ask(await serve({ perHour: 3 }))).status).toBe(429);
    expect((await ask(one, await tokenOf(lab))).status).toBe(400);
    hub.clock.advance((seconds - 1) * 1000);
    expect((await ask(one)).status).toBe(429);
    hub.clock.advance(1000);
    expect((await ask(one)).status).toBe(400);
  });

  test('429 also for asking again and again what became of a report; nobody without a token is counted', async () => {
    const [at, secret] = [await serve({ perHour: 3 }), await tokenOf(lab)];
    const sent = await say(
      [`Authorization: Bearer ${secret}`, json, `Content-Length: ${report.length}`, 'Connection: close'],
      report,
      undefined,
      at,
    );
    const { receipt } = JSON.parse(sent.body) as { receipt: string };
    const poll = async (headers: string[]) => kind(await say([...headers, 'Connection: close'], '', `GET /v1/submissions/${receipt}`, at));
    const mine = [`Authorization: Bearer ${secret}`];
    expect([(await poll(mine))[0], (await poll(mine))[0]]).toEqual([200, 200]);
    expect(await poll(mine)).toEqual([429, 'about:blank']);
    expect([(await poll([]))[0], (await poll(['Authorization: Bearer unknown']))[0]]).toEqual([200, 200]);
  });

  test('the house’s own bounds are the named ones, and are held', async () => {
    expect(intakeBounds).toEqual({ perHour: limits.submissionsPerHour, atOnce: limits.submissionsAtOnce, bodyMs: limits.intakeBodyMs });
    const { take } = admission(hub.doors, submitTap, intakeBounds);
    const taken = Array.from({ length: limits.submissionsAtOnce }, take);
    expect(taken.every(Boolean)).toBe(true);
    expect(take()).toBeUndefined();
    taken[0]!.leave();
    taken[0]!.leave();
    expect([take() !== undefined, take()]).toEqual([true, undefined]);
  });

  test('others give way to a report whose body is here, not to one whose sender keeps it back', async () => {
    let underWay = 0;
    const enter = () => {
      underWay++;
      return () => void underWay--;
    };
    const counted = { enter, giveWay: async () => {} };
    const place = admission(hub.doors, submitTap, { ...intakeBounds, traffic: counted }).take()!;
    expect(underWay).toBe(0);
    place.arrived();
    expect(underWay).toBe(1);
    place.leave();
    expect(underWay).toBe(0);
  });
});

test('after an early answer: so much may still be sent, so long, and not more', async () => {
  const { Readable } = await import('node:stream');
  const sender = () =>
    Object.assign(new Readable({ read() {} }), { headers: { 'transfer-encoding': 'chunked' }, complete: false }) as never;
  const ended = async (from: InstanceType<typeof Readable>, ms: number) => {
    const words = lastWords(from as never, 'x');
    let text = '';
    const end = new Promise((resolve) => words.on('data', (c: Buffer) => (text += c.toString())).on('end', () => resolve(text)));
    return Promise.race([end, sleep(ms).then(() => 'still open')]);
  };
  const within: InstanceType<typeof Readable> = sender();
  within.push(Buffer.alloc(limits.lingerBytes));
  expect(await ended(within, limits.lingerMs / 4)).toBe('still open');
  const beyond: InstanceType<typeof Readable> = sender();
  beyond.push(Buffer.alloc(limits.lingerBytes + 1));
  expect(await ended(beyond, limits.lingerMs / 4)).toBe('x');
  expect(await ended(sender(), limits.lingerMs * 4)).toBe('x');
  expect([
    isSending(sender()),
    await readBody(Object.assign(sender() as object, { destroyed: true }) as never, 1, 1).catch(() => 'broken'),
  ]).toEqual([true, 'broken']);
});
