import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Validator } from '@seriousme/openapi-schema-validator';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { actions } from '../../src/app/actions.ts';
import { buildHttp } from '../../src/app/http.ts';
import { openApi } from '../../src/app/openapi.ts';
import { limits } from '../../src/base/limits.ts';
import { refusalCodes, refusalMapping, refuse } from '../../src/base/refusal.ts';
import type { Actor } from '../../src/trust/access.ts';
import { action } from '../../src/trust/action.ts';
import * as orgs from '../../src/trust/orgs/actions.ts';
import { openHub, type TestHub } from '../hub.ts';

let hub: TestHub;
let app: FastifyInstance;
let finder: Actor;
let token: string;
const dir = mkdtempSync(join(tmpdir(), 'bw-http-'));
const faults: string[] = [];

const refusing = action({
  name: 'test.refuse',
  at: 'POST /test/refuse/:code',
  summary: 'refuses as it is told',
  by: 'anyone',
  input: z.object({ code: z.string() }),
  output: z.object({}),
  async run(_ctx, { code }) {
    const known = refusalCodes.find((c) => c === code);
    if (!known) throw new Error('a secret detail');
    return refuse(known, 'because', '/there');
  },
});
const hidden = action({ ...refusing, name: 'test.hidden', at: 'POST /test/hidden', internal: true });

beforeAll(async () => {
  hub = await openHub();
  finder = await hub.join('Lab', 'finder');
  token = (await hub.do<{ secret: string }>(finder, orgs.issueToken, { holderId: finder.id })).secret;
  mkdirSync(join(dir, 'public'));
  writeFileSync(join(dir, 'public/feed.json'), '{}');
  const served = {
    actions: [...actions, refusing, hidden],
    version: '1.2.3',
    deskDir: join(dir, 'none'),
    publicDir: join(dir, 'public'),
    log: (problem: string) => faults.push(problem),
    nowMs: () => 0,
  };
  app = await buildHttp(hub.doors, served);
});
afterAll(async () => {
  await app.close();
  await hub.close();
  rmSync(dir, { recursive: true, force: true });
});

const bearer = () => ({ authorization: `Bearer ${token}` });
const claim = {
  purl: 'pkg:npm/minimist',
  technique: 'fuzzing',
  contact: 'a',
  startsAt: '2026-11-21T00:00:00Z',
  endsAt: '2026-11-22T00:00:00Z',
};

describe('refusals over HTTP', () => {
  test.each(refusalCodes)('%s has its status and a problem document', async (code) => {
    const response = await app.inject({ method: 'POST', url: `/test/refuse/${code}`, payload: {} });
    expect(response.statusCode).toBe(refusalMapping[code].status);
    expect(response.headers['content-type']).toContain('application/problem+json');
    expect(response.json()).toMatchObject({
      type: `urn:breakwater:refusal:${code}`,
      status: response.statusCode,
      detail: 'because',
      code,
      at: '/there',
    });
  });

  test('a fault shows a reference and nothing else', async () => {
    const response = await app.inject({ method: 'POST', url: '/test/refuse/unknown', payload: {} });
    expect(response.statusCode).toBe(500);
    expect(response.json().reference).toMatch(/^F-[0-9a-f]{12}$/);
    expect(response.body).not.toContain('secret detail');
    expect(faults.some((f) => f.includes(response.json().reference))).toBe(true);
  });

  test('what is no JSON object, of another type, or nowhere', async () => {
    const post = (payload: string, type = 'application/json') =>
      app.inject({ method: 'POST', url: '/api/claims', headers: { ...bearer(), 'content-type': type }, payload });
    expect((await post('{"a":')).json()).toMatchObject({ code: 'malformed' });
    expect((await post('[1]')).json()).toMatchObject({ code: 'malformed' });
    expect((await post('a=b', 'application/x-www-form-urlencoded')).statusCode).toBe(415);
    expect((await app.inject({ url: '/api/nothing' })).json()).toMatchObject({ code: 'not_found' });
    expect((await app.inject({ method: 'POST', url: '/test/hidden', payload: {} })).statusCode).toBe(404);
    expect((await app.inject({ url: '/public/%2e%2e/%2e%2e/etc/passwd' })).statusCode).toBeGreaterThanOrEqual(400);
  });

  test('a body has so many JSON values, and no more', async () => {
    const of = (n: number) =>
      app.inject({
        method: 'POST',
        url: '/api/findings/import',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        payload: `{"nothing":[${'0,'.repeat(n - 3)}0]}`,
      });
    expect((await of(limits.jsonValues)).json()).toMatchObject({ code: 'malformed' });
    expect((await of(limits.jsonValues + 1)).json()).toMatchObject({ code: 'too_large', status: 413 });
  });

  test('a request of the largest size is read, one byte more is too large', async () => {
    const of = (bytes: number) =>
      app.inject({
        method: 'POST',
        url: '/api/claims',
        headers: { ...bearer(), 'content-type': 'application/json' },
        payload: `{"a":"${'x'.repeat(bytes - 8)}"}`,
      });
    expect((await of(limits.requestBytes)).statusCode).not.toBe(413);
    expect((await of(limits.requestBytes + 1)).json()).toMatchObject({ code: 'too_large', status: 413 });
  });

  test('a request that says it is of a GiB is refused before a byte of it has come', async () => {
    await app.listen({ port: 0, host: '127.0.0.1' });
    const { port } = app.server.address() as AddressInfo;
    const socket = connect(port, '127.0.0.1');
    const head = ['POST /api/claims HTTP/1.1', 'host: hub', `authorization: Bearer ${token}`, 'content-type: application/json'];
    socket.write(`${[...head, `content-length: ${2 ** 30}`].join('\r\n')}\r\n\r\n`);
    const [answer] = await once(socket, 'data');
    socket.destroy();
    expect(String(answer)).toMatch(/^HTTP\/1.1 413 /);
  });

  test('an Idempotency-Key of the longest length is taken, one more is not', async () => {
    const of = (chars: number) =>
      app.inject({ method: 'POST', url: '/api/claims', headers: { ...bearer(), 'idempotency-key': 'k'.repeat(chars) }, payload: claim });
    const first = await of(limits.idempotencyKeyChars);
    expect(first.statusCode).toBe(200);
    expect((await of(limits.idempotencyKeyChars)).json()).toEqual(first.json());
    expect((await of(limits.idempotencyKeyChars + 1)).json()).toMatchObject({ code: 'malformed', at: 'Idempotency-Key' });
  });
});

describe('strangers', () => {
  const big = (bytes: number) => ({ 'content-type': 'application/json', 'content-length': String(bytes) });

  test('nobody without a credential, or with an unknown one, has megabytes read', async () => {
    const of = (headers: Record<string, string>, bytes: number) =>
      app.inject({
        method: 'POST',
        url: '/api/claims',
        headers: { ...big(bytes), ...headers },
        payload: `{"a":"${'x'.repeat(bytes - 8)}"}`,
      });
    // A body over the limit is not even looked at: were it read, it would be too_large.
    expect((await of({}, limits.requestBytes + 1)).json()).toMatchObject({ code: 'not_permitted', status: 401 });
    expect((await of({ authorization: 'Bearer bw_tok_none' }, limits.requestBytes + 1)).json()).toMatchObject({ status: 401 });
    expect((await of(bearer(), limits.requestBytes + 1)).json()).toMatchObject({ code: 'too_large' });
  });

  test('a verb for anyone reads a small body, and one byte more is too large', async () => {
    const of = (bytes: number) =>
      app.inject({ method: 'POST', url: '/api/sessions', headers: big(bytes), payload: `{"a":"${'x'.repeat(bytes - 8)}"}` });
    expect((await of(limits.strangerBytes)).json()).toMatchObject({ code: 'malformed' });
    expect((await of(limits.strangerBytes + 1)).json()).toMatchObject({
      code: 'too_large',
      detail: expect.stringContaining(String(limits.strangerBytes)),
    });
  });

  test('one address has so many requests a minute; whoever signed in, and the public tree, are not counted', async () => {
    const of = (url: string, headers: Record<string, string> = {}) => app.inject({ url, headers, remoteAddress: '192.0.2.7' });
    for (let i = 0; i < limits.strangerRequestsPerMinute; i++) expect((await of('/api/feed/checkpoint')).statusCode).toBe(200);
    const flooded = await of('/api/feed/checkpoint');
    expect(flooded.json()).toMatchObject({ code: 'too_many', status: 429 });
    expect(flooded.headers['retry-after']).toBe('60');
    expect((await of('/api/whoami', { authorization: 'Bearer bw_tok_none' })).statusCode).toBe(429);
    expect((await of('/api/whoami', bearer())).statusCode).toBe(200);
    expect((await of('/public/feed.json')).statusCode).toBe(200);
    expect((await app.inject({ url: '/api/feed/checkpoint', remoteAddress: '192.0.2.8' })).statusCode).toBe(200);
  });
});

describe('who is asking', () => {
  test('nobody, somebody unknown, somebody known', async () => {
    const of = (headers: Record<string, string>) => app.inject({ url: '/api/whoami', headers });
    expect((await of({})).statusCode).toBe(401);
    expect((await of({ authorization: 'Bearer bw_tok_none' })).statusCode).toBe(401);
    expect((await of({ authorization: 'Basic eA==' })).statusCode).toBe(400);
    expect((await of(bearer())).json()).toMatchObject({ id: finder.id });
  });

  test('the cookie of the desk is HttpOnly and useless to other sites', async () => {
    const desk = await hub.join('House', 'coordinator');
    const { secret } = await hub.do<{ secret: string }>(desk, orgs.issueLink, { personId: finder.id });
    const entered = await app.inject({ method: 'POST', url: '/api/sessions', payload: { secret } });
    const cookie = entered.cookies[0]!;
    expect(cookie).toMatchObject({ name: 'breakwater_session', httpOnly: true, sameSite: 'Strict' });
    const cookies = { breakwater_session: cookie.value };
    expect((await app.inject({ url: '/api/whoami', cookies })).json()).toMatchObject({ id: finder.id });
    const forged = await app.inject({
      method: 'POST',
      url: '/api/claims',
      cookies,
      headers: { 'sec-fetch-site': 'cross-site' },
      payload: claim,
    });
    expect(forged.json()).toMatchObject({ code: 'not_permitted', at: 'Sec-Fetch-Site' });
    const own = await app.inject({
      method: 'POST',
      url: '/api/claims',
      cookies,
      headers: { 'sec-fetch-site': 'same-origin' },
      payload: claim,
    });
    expect(own.statusCode).toBe(200);
  });

  test('a thing one may not see reads exactly like one that does not exist', async () => {
    const mine = (await app.inject({ method: 'POST', url: '/api/claims', headers: bearer(), payload: claim })).json().claim.id as string;
    const stranger = await hub.join('Stranger', 'finder');
    const other = (await hub.do<{ secret: string }>(stranger, orgs.issueToken, { holderId: stranger.id })).secret;
    const of = (id: string) => app.inject({ url: `/api/claims/${id}`, headers: { authorization: `Bearer ${other}` } });
    const [hiddenOne, missing] = [await of(mine), await of(`clm_${'0'.repeat(26)}`)];
    expect(hiddenOne.statusCode).toBe(404);
    expect(hiddenOne.body).toBe(missing.body);
  });
});

describe('OpenAPI 3.1', () => {
  const document = openApi(actions, '1.2.3') as {
    paths: Record<string, Record<string, { operationId: string; parameters: { name: string; in: string }[] }>>;
  };

  test('is valid by the judgement of others', async () => {
    const { valid, errors } = await new Validator().validate(structuredClone(document));
    expect(errors).toBeUndefined();
    expect(valid).toBe(true);
  });

  test('is served, and describes every verb that has a route and no other', async () => {
    expect((await app.inject({ url: '/openapi.json' })).json()).toMatchObject({ openapi: '3.1.0' });
    const described = Object.values(document.paths).flatMap((path) => Object.values(path).map((o) => o.operationId));
    expect(described.sort()).toEqual(
      actions
        .filter((a) => !a.internal)
        .map((a) => a.name)
        .sort(),
    );
  });

  test('names each path parameter', () => {
    for (const [path, methods] of Object.entries(document.paths)) {
      const names = [...path.matchAll(/\{(\w+)\}/g)].map((m) => m[1]!);
      for (const operation of Object.values(methods))
        expect(operation.parameters.filter((p) => p.in === 'path').map((p) => p.name)).toEqual(names);
    }
  });

  test('no two verbs share a route or a name', () => {
    const routes = actions.map((a) => a.at.replace(/:\w+/g, ':'));
    expect(routes.filter((r, i) => routes.indexOf(r) !== i)).toEqual([]);
    const names = actions.map((a) => a.name);
    expect(names.filter((n, i) => names.indexOf(n) !== i)).toEqual([]);
  });
});

test('whoever opened a connection and asked nothing does not keep a hub from stopping; who is being answered is', async () => {
  const other = await buildHttp(hub.doors, { actions: [], version: '0', deskDir: join(dir, 'none'), publicDir: dir, log: () => {} });
  const answer = Promise.withResolvers<string>();
  const asked = Promise.withResolvers<void>();
  other.get('/slow', () => {
    asked.resolve();
    return answer.promise;
  });
  const { port } = new URL(await other.listen({ host: '127.0.0.1', port: 0 }));
  const [silent, waiting] = [connect(Number(port), '127.0.0.1'), fetch(`http://127.0.0.1:${port}/slow`)];
  await Promise.all([once(silent.resume(), 'connect'), asked.promise]);
  const [left, closed] = [once(silent, 'close'), other.close()];
  await left;
  answer.resolve('whole');
  expect(await (await waiting).text()).toBe('whole');
  await closed;
});
